// A node whose connections stay open and carry nothing: its host has vanished without a word, or a box on the way has
// forgotten them.

import { assertEquals } from "@std/assert";
import { among } from "../support/node_process.ts";
import { startProxied } from "./proxied.ts";

const FAST = { gossip: { interval: 50, suspectTimeout: 1_000 } };

Deno.test("ClusterNode finds by probes that a node is gone whose connections stay open, and asks to it fail typed", async () => {
  await among(startProxied(3, FAST), async (nodes) => {
    const [one, two, lost] = [nodes[0]!, nodes[1]!, nodes[2]!];
    await lost.ask({ kind: "register", name: "store" });
    await one.ask({ kind: "wait", name: "store" });
    await one.ask({ kind: "watch", name: "store" });
    const inFlight = one.failure({ kind: "ask", name: "store", text: "", slow: true });
    await lost.line("that it has the message", ({ kind }) => kind === "hanging");

    nodes.network.part([lost], [one, two]);
    // Nobody can tell yet that this one will not arrive.
    const next = one.failure({ kind: "ask", name: "store", text: "next" });
    for (const node of [one, two]) {
      await node.event("suspect", "node-3");
      await node.event("down", "node-3");
    }
    for (const { name, outcome, cause } of [await inFlight, await next]) {
      assertEquals([name, outcome, cause?.name], ["ConnectionLostError", "unknown", "NodeDownError"]);
    }
    await one.line("terminated store", (line) => line.kind === "terminated" && line.reason === "node-down");
    const { name, outcome } = await one.failure({ kind: "ask", name: "store", text: "late" });
    assertEquals([name, outcome], ["NoActorError", "not-delivered"]);
    assertEquals(await one.view(), ["node-1 up", "node-2 up", "node-3 down"]);
  });
});

Deno.test("ClusterNode does not doubt a member that others reach, while its own connections to it carry nothing", async () => {
  // All that it probes within the time that an ask takes to fail, and others have most of that time to answer for it.
  const options = { tuning: { probeIntervalMs: 500, probeTimeoutMs: 100 }, askTimeout: 2_500 };
  await among(startProxied(4, { options }), async (nodes) => {
    const [one, two, three, four] = [nodes[0]!, nodes[1]!, nodes[2]!, nodes[3]!];
    for (const node of [three, four]) await node.ask({ kind: "register", name: node.id });
    for (const [node, name] of [[one, "node-3"], [two, "node-4"]] as const) {
      await node.ask({ kind: "wait", name });
      assertEquals(await node.call(name, "hello"), `${name}: hello`);
    }
    nodes.network.link(one, three, { there: "stall", back: "pass" });
    nodes.network.link(two, four, { there: "pass", back: "stall" });
    const failures = await Promise.all([
      one.failure({ kind: "ask", name: "node-3", text: "lost on the way there" }),
      two.failure({ kind: "ask", name: "node-4", text: "lost on the way back" }),
    ]);
    for (const { name, outcome } of failures) assertEquals([name, outcome], ["AskTimeoutError", "unknown"]);
    for (const node of nodes) assertEquals(node.events().filter((event) => /^(suspect|down|left)/.test(event)), []);
    nodes.network.heal();
    assertEquals(await one.call("node-3", "again"), "node-3: again");
    assertEquals(await two.call("node-4", "again"), "node-4: again");
  });
});
