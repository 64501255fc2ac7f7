import { assertEquals, assertLess } from "@std/assert";
import { ClusterClient, ClusterNode, type ClusterNodeOptions } from "../../cluster/mod.ts";
import { ActorSystem } from "../../mod.ts";
import { Cluster, isUp } from "../support/cluster_nodes.ts";
import { Desk, DeskProtocol, Gates } from "../support/desk.ts";
import { recordAll } from "../support/record.ts";

Deno.test("a call to a node that swallows everything delays no call to another, first calls included", async () => {
  await using cluster = new Cluster();
  const [a, hole, well] = await cluster.start("a", "hole", "well");
  hole!.register("lost", cluster.desk(), DeskProtocol);
  well!.register("desk", cluster.desk(), DeskProtocol);
  for (const name of ["lost", "desk"]) await cluster.known(a!, name);
  // It takes connections and never says a word.
  cluster.hosts.hang("hole", ["a", "well"]);
  const lost = Array.from({ length: 20 }, () => cluster.at(a!, "lost").send({ type: "echo", text: "" }));
  const ends = Promise.allSettled(lost);
  const before = cluster.clock.now();
  for (let n = 0; n < 20; n++) {
    assertEquals(await cluster.run(cluster.at(a!, "desk").send({ type: "echo", text: `${n}` })), `${n}`);
  }
  assertLess(cluster.clock.now() - before, 500);
  const reasons = await cluster.run(ends);
  assertEquals(new Set(reasons.map(({ status }) => status)), new Set(["rejected"]));
  cluster.hosts.resume("hole", ["a", "well"]);
});

/** A node on a free port, with a desk of its own under its name. */
async function join(
  id: string,
  system: ActorSystem,
  seeds: string[],
  options: ClusterNodeOptions,
): Promise<ClusterNode> {
  const node = new ClusterNode(id, "127.0.0.1:0", { preset: "local", ...options });
  node.register(`desk of ${id}`, system.spawn(() => new Desk([], new Gates())), DeskProtocol);
  await node.join(seeds);
  return node;
}

function echo(node: ClusterNode, id: string, text: string): Promise<string> {
  return new ClusterClient(node).remoteAddr(`desk of ${id}`, DeskProtocol).send({ type: "echo", text });
}

Deno.test("a stream of echoes of 8 MiB between two nodes makes neither of them suspect the other", async () => {
  await using system = new ActorSystem();
  await using one = await join("one", system, [], { preset: "lan" });
  await using two = await join("two", system, [one.addr], { preset: "lan" });
  await Promise.all([one.waitForActor("desk of two"), two.waitForActor("desk of one")]);
  const events = [one, two].map((node) => recordAll(node.events));
  const text = "x".repeat(8_388_608);
  // For longer than a probe has, in both directions, with no pause.
  const stream = async (from: ClusterNode, to: string) => {
    for (let n = 0; n < 10; n++) assertEquals((await echo(from, to, text)).length, text.length);
  };
  await Promise.all([stream(one, "two"), stream(two, "one")]);
  assertEquals(events, [[], []]);
  assertEquals([one, two].map(({ members }) => members.every(isUp)), [true, true]);
});

Deno.test("a key is changed node by node while they talk: no step loses a member or a call", async () => {
  const [old, fresh] = ["old key", "new key"].map((text) => text.padEnd(32, "."));
  await using system = new ActorSystem();
  const options: ClusterNodeOptions[] = [{ key: old! }, { key: [old!, fresh!] }, { key: [fresh!, old!] }, {
    key: fresh!,
  }];
  const ids = ["one", "two", "three"];
  const nodes = [await join("one", system, [], options[0]!)];
  try {
    for (const id of ["two", "three"]) nodes.push(await join(id, system, [nodes[0]!.addr], options[0]!));
    for (const step of options.slice(1)) {
      for (let i = 0; i < nodes.length; i++) {
        await nodes[i]!.leave();
        nodes[i] = await join(ids[i]!, system, nodes.filter((_, j) => j !== i).map(({ addr }) => addr), step);
        for (const node of nodes) {
          for (const id of ids) {
            await node.waitForActor(`desk of ${id}`);
            assertEquals(await echo(node, id, id), id);
          }
          assertEquals(node.members.filter(isUp).map((member) => member.id).sort(), ids.toSorted());
        }
      }
    }
  } finally {
    await Promise.all(nodes.map((node) => node.leave()));
  }
});
