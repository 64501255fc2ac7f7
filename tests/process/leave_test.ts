// A process says goodbye before it ends, and starts without being told by anybody else.

import { assertEquals } from "@std/assert";
import { among, startCluster } from "../support/node_process.ts";

const LOCAL = { options: { preset: "local" } } as const;

Deno.test("ClusterNode.leave is no failure to anybody: the others see it left, and the process ends by itself", async () => {
  await among(startCluster(3, LOCAL), async (nodes) => {
    const [one, two, leaver] = [nodes[0]!, nodes[1]!, nodes[2]!];
    await leaver.ask({ kind: "register", name: "store" });
    for (const node of [one, two]) {
      await node.ask({ kind: "wait", name: "store" });
      await node.ask({ kind: "watch", name: "store" });
      assertEquals(await node.call("store", "hello"), "node-3: hello");
    }
    await leaver.ask({ kind: "leave" });
    const { code, signal } = await leaver.ended();
    assertEquals([code, signal, leaver.stderr], [0, null, ""]);
    for (const node of [one, two]) {
      await node.event("left", "node-3");
      await node.line("terminated store", ({ kind }) => kind === "terminated");
      assertEquals(await node.ask({ kind: "actors" }), []);
    }
    // Its port is closed by now, and everybody has looked elsewhere since: that is no reason to suspect it after all.
    await one.ask({ kind: "register", name: "store" });
    await two.ask({ kind: "wait", name: "store" });
    assertEquals(await two.call("store", "again"), "node-1: again");
    for (const node of [one, two]) {
      assertEquals(node.events().filter((event) => /^(suspect|down|left)/.test(event)), ["left node-3"]);
      assertEquals(await node.view(), ["node-1 up", "node-2 up", "node-3 left"]);
    }
  });
});

Deno.test("ClusterNode.leave of every member, one after the other, ends every process with nothing to complain about", async () => {
  await among(startCluster(3, LOCAL), async (nodes) => {
    for (const node of nodes) {
      await node.ask({ kind: "leave" });
      const { code } = await node.ended();
      assertEquals([code, node.stderr], [0, ""]);
    }
  });
});
