// The network between nodes is parted, and heals. Each node advertises a proxy, which learns from the handshake who
// dials, and holds the bytes of those who are on the other side: as a network that loses every packet, and lets them
// through when it heals.

import { assertEquals } from "@std/assert";
import { among, type NodeProcess } from "../support/node_process.ts";
import { startProxied } from "./proxied.ts";

const FAST = { gossip: { interval: 50, suspectTimeout: 600 } };

/** Resolves when a node can find an actor on another. */
async function finds(node: NodeProcess, name: string, owner: string, from: number): Promise<void> {
  await node.line(
    `registered ${name} on ${owner}`,
    ({ ...line }) =>
      line.kind === "event" && line.event.kind === "registered" && line.event.name === name &&
      line.event.node === owner,
    from,
  );
}

/** How many times any of the nodes was told that it has lost a name. */
function losses(nodes: readonly NodeProcess[]): string[] {
  return nodes.flatMap((node) =>
    node.events().filter((event) => event.startsWith("name-lost")).map((event) => `${node.id} ${event}`)
  );
}

for (const fate of ["stall", "cut"] as const) {
  Deno.test(`ClusterNode comes together again by itself after a partition of 2 and 2 whose network ${fate}s everything`, async () => {
    await among(startProxied(4, FAST), async (nodes) => {
      const [left, right] = [nodes.slice(0, 2), nodes.slice(2)];
      await nodes[0]!.ask({ kind: "register", name: "left" });
      await nodes[2]!.ask({ kind: "register", name: "right" });
      for (const node of nodes) for (const name of ["left", "right"]) await node.ask({ kind: "wait", name });
      assertEquals(await nodes[1]!.call("right", "hello"), "node-3: hello");

      nodes.network.part(left, right, fate);
      for (const node of left) await node.sees(["node-1 up", "node-2 up", "node-3 down", "node-4 down"]);
      for (const node of right) await node.sees(["node-1 down", "node-2 down", "node-3 up", "node-4 up"]);
      // Each side lives on, without the actors of the other.
      for (const [node, own, other] of [[nodes[1]!, "left", "right"], [nodes[3]!, "right", "left"]] as const) {
        assertEquals(await node.call(own, "alone"), `${own === "left" ? "node-1" : "node-3"}: alone`);
        assertEquals((await node.failure({ kind: "ask", name: other, text: "" })).name, "NoActorError");
      }
      await nodes[0]!.ask({ kind: "register", name: "shared" });
      await nodes[2]!.ask({ kind: "register", name: "shared" });
      for (const node of nodes) await node.ask({ kind: "wait", name: "shared" });
      assertEquals(await nodes[1]!.call("shared", "who?"), "node-1: who?");
      assertEquals(await nodes[3]!.call("shared", "who?"), "node-3: who?");
      assertEquals(losses(nodes), []);

      const marks = nodes.map((node) => node.mark);
      nodes.network.heal();
      for (const node of nodes) await node.sees(nodes.map(({ id }) => `${id} up`));
      for (const [i, node] of nodes.entries()) {
        const [name, owner] = left.includes(node) ? ["right", "node-3"] as const : ["left", "node-1"] as const;
        await finds(node, name, owner, marks[i]!);
        await finds(node, "shared", owner, marks[i]!);
        assertEquals(await node.call(name, "again"), `${owner}: again`);
      }
      const answers = await Promise.all(nodes.map((node) => node.call("shared", "who?")));
      const [loser, winner] = answers[0] === "node-1: who?" ? ["node-3", "node-1"] : ["node-1", "node-3"];
      assertEquals(answers, nodes.map(() => `${winner}: who?`));
      assertEquals(losses(nodes), [`${loser} name-lost shared`]);
      for (const { stderr } of nodes) assertEquals(stderr, "");
    });
  });
}
