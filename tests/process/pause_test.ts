// A process stands still: it is stopped by a signal, or its event loop is blocked. Its connections stay open, and
// nobody answers.

import { assertEquals } from "@std/assert";
import { among, type NodeProcess, startCluster } from "../support/node_process.ts";

/**
 * Both are slow enough that a member which merely waits for a busy processor is not taken for one that stands still.
 */
const FAST = { gossip: { interval: 50, suspectTimeout: 1_000 } };
const STEADY = { gossip: { interval: 50, suspectTimeout: 2_000 } };

/** Which members a node took for one of these, each once. */
function taken(statuses: RegExp, node: NodeProcess, from = 0): string[] {
  const ids = node.events(from).flatMap((event) => {
    const [kind, id] = event.split(" ");
    return statuses.test(kind!) ? [id!] : [];
  });
  return [...new Set(ids)].sort();
}

Deno.test("ClusterNode sees a stopped process suspect, then down, and up again by itself when it goes on", async () => {
  await among(startCluster(3, FAST), async (nodes) => {
    const [one, two, stopped] = [nodes[0]!, nodes[1]!, nodes[2]!];
    await stopped.ask({ kind: "register", name: "store" });
    await one.ask({ kind: "wait", name: "store" });
    await one.ask({ kind: "watch", name: "store" });
    // An actor of its own: it never takes another message.
    await stopped.ask({ kind: "register", name: "pit" });
    await one.ask({ kind: "wait", name: "pit" });
    const inFlight = one.failure({ kind: "ask", name: "pit", text: "", slow: true });
    await stopped.line("that it has the message", ({ kind }) => kind === "hanging");

    stopped.signal("SIGSTOP");
    for (const node of [one, two]) {
      await node.event("down", "node-3");
      assertEquals(node.events().filter((event) => event.endsWith("node-3")).slice(-2), [
        "suspect node-3",
        "down node-3",
      ]);
      assertEquals(taken(/down|left/, node), ["node-3"]);
    }
    const { name, outcome } = await inFlight;
    assertEquals([name, outcome], ["ConnectionLostError", "unknown"]);

    const marks = nodes.map((node) => node.mark);
    stopped.signal("SIGCONT");
    for (const node of nodes) await node.sees(["node-1 up", "node-2 up", "node-3 up"]);
    for (const [i, node] of [one, two].entries()) {
      await node.event("registered", "store", marks[i]!);
      assertEquals(await node.call("store", "again"), "node-3: again");
    }
    // Whoever watched it before was told, and once.
    assertEquals(one.lines.filter(({ kind }) => kind === "terminated").length, 1);
  });
});

Deno.test("ClusterNode finds a killed process as usual while another one hangs", async () => {
  await among(startCluster(4, FAST), async (nodes) => {
    const [one, two, hung, dead] = [nodes[0]!, nodes[1]!, nodes[2]!, nodes[3]!];
    hung.signal("SIGSTOP");
    await dead.kill();
    for (const node of [one, two]) {
      for (const { id } of [hung, dead]) await node.event("down", id);
      assertEquals(taken(/down|left/, node), ["node-3", "node-4"]);
    }
    // The one that hung missed all of it, and learns it from the others.
    hung.signal("SIGCONT");
    for (const node of [one, two, hung]) await node.sees(["node-1 up", "node-2 up", "node-3 up", "node-4 down"]);
  });
});

Deno.test("ClusterNode knows that a killed process is down before it gives up one that hangs since earlier", async () => {
  await among(startCluster(5, { options: { preset: "lan" } }), async (nodes) => {
    nodes[3]!.signal("SIGSTOP");
    await nodes[4]!.kill();
    for (const node of nodes.slice(0, 3)) {
      await node.event("down", "node-5");
      assertEquals(taken(/down|left/, node), ["node-5"]);
    }
  });
});

Deno.test("ClusterNode accuses nobody while its own event loop is blocked again and again", async () => {
  await among(startCluster(3, STEADY), async (nodes) => {
    const from = nodes[2]!.mark;
    await nodes[2]!.ask({ kind: "block", ms: 700, times: 4 });
    for (const node of nodes) await node.sees(["node-1 up", "node-2 up", "node-3 up"]);
    assertEquals(taken(/suspect|down|left/, nodes[2]!, from), []);
    for (const node of nodes.slice(0, 2)) assertEquals(taken(/down|left/, node).filter((id) => id !== "node-3"), []);
  });
});

Deno.test("ClusterNode accuses nobody after its own event loop was blocked, and is up again for everybody", async () => {
  await among(startCluster(3, STEADY), async (nodes) => {
    const [one, two, blocked] = [nodes[0]!, nodes[1]!, nodes[2]!];
    const from = blocked.mark;
    await blocked.ask({ kind: "block", ms: 5_000 });
    for (const node of [one, two]) {
      await node.event("down", "node-3");
      assertEquals(taken(/down|left/, node), ["node-3"]);
    }
    for (const node of nodes) await node.sees(["node-1 up", "node-2 up", "node-3 up"]);
    assertEquals(taken(/suspect|down|left/, blocked, from), []);
  });
});

Deno.test("ClusterNode takes no member down whose event loop is blocked for 3 s, with the preset lan", async () => {
  await among(startCluster(3, { options: { preset: "lan" } }), async (nodes) => {
    const from = nodes[2]!.mark;
    await nodes[2]!.ask({ kind: "block", ms: 3_000 });
    for (const node of nodes) await node.sees(["node-1 up", "node-2 up", "node-3 up"]);
    for (const node of nodes) assertEquals(taken(/down|left/, node), []);
    assertEquals(taken(/suspect|down|left/, nodes[2]!, from), []);
  });
});
