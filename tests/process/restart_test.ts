// A process starts anew under the id and the address of one that was there.

import { assertEquals } from "@std/assert";
import { among, NodeProcess, startCluster } from "../support/node_process.ts";

const LOCAL = { options: { preset: "local" } } as const;

// Each start draws a number. Whether the second is higher than the first, or must make itself heard, is chance, and so
// both are tried.
for (const [isNoticed, draw] of [[true, 1], [true, 0], [false, 1], [false, 0]] as const) {
  const when = isNoticed ? "after the others took the first one down" : "before anybody noticed";
  const which = draw === 1 ? "higher" : "lower";
  Deno.test(`ClusterNode that starts anew on its address ${when} is another to everybody, with a ${which} number`, async () => {
    await among(startCluster(3, { ...LOCAL, draw: 0.5 }), async (nodes) => {
      const [one, two, first] = [nodes[0]!, nodes[1]!, nodes[2]!];
      await first.ask({ kind: "register", name: "store" });
      for (const node of [one, two]) await node.ask({ kind: "wait", name: "store" });
      await one.ask({ kind: "watch", name: "store" });
      assertEquals(await one.call("store", "hello"), "node-3: hello");
      const { addr } = first;
      const marks = [one.mark, two.mark];
      const signalOthers = (name: Deno.Signal) => [one, two].map((node) => node.signal(name));

      // Who stands still meanwhile notices nothing, and finds another at the address when it goes on.
      if (!isNoticed) signalOthers("SIGSTOP");
      await first.kill();
      if (isNoticed) await Promise.all([one, two].map((node) => node.event("down", "node-3")));
      const setup = { id: "node-3", addr, seeds: [one.addr], draw: (draw + 0.5) / 2, ...LOCAL };
      const second = await NodeProcess.start(setup);
      nodes.push(second);
      if (!isNoticed) signalOthers("SIGCONT");
      await second.ready();
      assertEquals(second.addr, addr);
      for (const [i, node] of [one, two].entries()) {
        await node.event("down", "node-3", marks[i]!);
        await node.event("up", "node-3", marks[i]!);
        await node.event("unregistered", "store", marks[i]!);
      }
      for (const node of [one, two, second]) await node.sees(["node-1 up", "node-2 up", "node-3 up"]);

      // Nothing of the first one is left: neither its actors nor connections that lead nowhere.
      assertEquals((await one.failure({ kind: "ask", name: "store", text: "" })).name, "NoActorError");
      await second.ask({ kind: "register", name: "store" });
      for (const node of [one, two]) {
        await node.ask({ kind: "wait", name: "store" });
        assertEquals(await node.call("store", "again"), "node-3: again");
      }
      await one.ask({ kind: "register", name: "home" });
      await second.ask({ kind: "wait", name: "home" });
      assertEquals(await second.call("home", "back"), "node-1: back");
      const notices = one.lines.flatMap((line) => line.kind === "terminated" ? [line.reason] : []);
      assertEquals(notices, ["node-down"]);
    });
  });
}
