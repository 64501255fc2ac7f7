// A process of a cluster is killed, and has no time to say so.

import { assert, assertEquals } from "@std/assert";
import { among, type NodeError, type NodeProcess, startCluster } from "../support/node_process.ts";

const LOCAL = { options: { preset: "local" } } as const;

/** All of a node's events about members that were not well. */
function doubts(node: NodeProcess): string[] {
  return node.events().filter((event) => /^(suspect|down|left) /.test(event));
}

/** Whether an ask failed because nobody was there, so that nothing can have happened to the message. */
function isNotDelivered({ name, outcome }: NodeError): boolean {
  return outcome === "not-delivered" && ["NoActorError", "ConnectionLostError"].includes(name);
}

for (const count of [3, 5, 12]) {
  Deno.test(`ClusterNode sees a killed one of ${count} processes suspect, then down, and doubts nobody else`, async () => {
    await among(startCluster(count, LOCAL), async (nodes) => {
      const [victim, rest] = [nodes.at(-1)!, nodes.slice(0, -1)];
      await victim.kill();
      const seen: string[][] = [];
      for (const node of rest) {
        await node.event("down", victim.id);
        seen.push(doubts(node));
      }
      const inTurn = [`suspect ${victim.id}`, `down ${victim.id}`];
      // Whoever has not noticed anything yet when three others have found the port closed believes them at once.
      for (const events of seen) assertEquals(events, events.length === 1 ? inTurn.slice(1) : inTurn);
      const suspecting = seen.filter(({ length }) => length === 2).length;
      assert(suspecting >= Math.min(count - 1, 3), `Only ${suspecting} suspected it before it was down`);
      const view = [...rest.map(({ id }) => `${id} up`), `${victim.id} down`].sort();
      for (const node of rest) assertEquals(await node.view(), view);
    });
  });
}

Deno.test("ClusterRemoteAddr.send fails typed at once when the process of the actor is killed, and names it no more", async () => {
  await among(startCluster(3, LOCAL), async ([one, two, victim]) => {
    await victim!.ask({ kind: "register", name: "store" });
    for (const node of [one!, two!]) await node.ask({ kind: "wait", name: "store" });
    assertEquals(await one!.call("store", "hello"), "node-3: hello");

    const inFlight = one!.failure({ kind: "ask", name: "store", text: "", slow: true });
    await victim!.line("that it has the message", ({ kind }) => kind === "hanging");
    const from = one!.mark;
    await victim!.kill();
    const lost = await inFlight;
    assertEquals([lost.name, lost.outcome], ["ConnectionLostError", "unknown"]);
    // By now the connection is known to be lost; that the node is down may not be known yet.
    const next = await one!.failure({ kind: "ask", name: "store", text: "next" });
    assert(isNotDelivered(next), `The next ask failed with ${JSON.stringify(next)}`);
    for (const node of [one!, two!]) {
      await node.event("unregistered", "store");
      assertEquals(await node.ask({ kind: "actors" }), []);
      const { name, outcome } = await node.failure({ kind: "ask", name: "store", text: "late" });
      assertEquals([name, outcome], ["NoActorError", "not-delivered"]);
    }
    const gone = await one!.event("unregistered", "store", from);
    assert(gone.kind === "event" && gone.event.kind === "unregistered");
    assertEquals([gone.event.node, gone.event.reason], ["node-3", "node-down"]);
  });
});

Deno.test("ClusterRemoteAddr.send reaches the next owner of a name whose node was killed", async () => {
  await among(startCluster(3, LOCAL), async ([one, two, victim]) => {
    await victim!.ask({ kind: "register", name: "store" });
    await one!.ask({ kind: "wait", name: "store" });
    assertEquals(await one!.call("store", "first"), "node-3: first");
    await victim!.kill();
    await one!.event("unregistered", "store");
    const from = one!.mark;
    await two!.ask({ kind: "register", name: "store" });
    await one!.event("registered", "store", from);
    assertEquals(await one!.call("store", "second"), "node-2: second");
  });
});

Deno.test("ctx.watch tells a watcher exactly once that the process of an actor was killed", async () => {
  await among(startCluster(3, LOCAL), async ([one, two, victim]) => {
    await victim!.ask({ kind: "register", name: "store" });
    for (const node of [one!, two!]) {
      await node.ask({ kind: "wait", name: "store" });
      await node.ask({ kind: "watch", name: "store" });
    }
    await victim!.kill();
    for (const node of [one!, two!]) {
      await node.line("terminated store", ({ kind }) => kind === "terminated");
      await node.event("down", "node-3");
    }
    // Whoever has the name now is another actor: that it ends as well is no second notice for those who watched the
    // first.
    await two!.ask({ kind: "register", name: "store" });
    await one!.ask({ kind: "wait", name: "store" });
    await two!.ask({ kind: "unregister", name: "store" });
    await one!.line(
      "unregistered store by node-2",
      (line) => line.kind === "event" && line.event.kind === "unregistered" && line.event.node === "node-2",
    );
    for (const node of [one!, two!]) {
      const notices = node.lines.flatMap((line) => line.kind === "terminated" ? [`${line.name} ${line.reason}`] : []);
      assertEquals(notices, ["store node-down"]);
    }
  });
});
