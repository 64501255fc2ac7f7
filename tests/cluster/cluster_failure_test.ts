import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ClusterNode } from "../../cluster/mod.ts";
import { MessageRouter, RemoteServer } from "../../remote/mod.ts";
import { Cluster, membersOf } from "../support/cluster_nodes.ts";
import { DeskProtocol } from "../support/desk.ts";
import { watch } from "../support/signals.ts";

/** Moves the time until a node has a member for `status`, and returns the ms that it took. */
async function msUntil(cluster: Cluster, node: ClusterNode, id: string, status: string): Promise<number> {
  const start = cluster.clock.now();
  await cluster.until(() => membersOf(node).includes(`${id} ${status}`), 120_000);
  return cluster.clock.now() - start;
}

Deno.test("connections that break while their process lives on make nobody suspicious, and messages go on", async () => {
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b", "c");
  b!.register("desk", cluster.desk(), DeskProtocol);
  await cluster.known(a!, "desk");
  for (let round = 0; round < 5; round++) {
    assertEquals(await cluster.run(cluster.at(a!, "desk").send({ type: "echo", text: "again" })), "again");
    cluster.hosts.breakConnections("b");
    await cluster.clock.advance(3_000 * round);
  }
  for (const id of ["a", "b", "c"]) assertEquals(cluster.statuses(id).filter((line) => !line.endsWith(" up")), []);
});

Deno.test("a process that dies is suspect everywhere at once and down within a second, however often its connections broke before", async () => {
  for (const breaks of [0, 1, 3]) {
    await using cluster = new Cluster();
    const [a, , c] = await cluster.start("a", "b", "c");
    for (let n = 0; n < breaks; n++) {
      cluster.hosts.breakConnections("b");
      await cluster.clock.advance(5_000);
    }
    cluster.hosts.kill("b");
    await cluster.clock.advance(100);
    for (const node of [a!, c!]) assert(!membersOf(node).includes("b up"), "It is up after 100 ms");
    assert(await msUntil(cluster, a!, "b", "down") < 900);
    assert(await msUntil(cluster, c!, "b", "down") < 100);
  }
});

Deno.test("with two nodes, too, the one that is left knows within a second", async () => {
  await using cluster = new Cluster();
  const [a] = await cluster.start("a", "b");
  cluster.hosts.kill("b");
  assert(await msUntil(cluster, a!, "b", "down") < 1_000);
  // Nobody looks all the time for one that is down, but for now and then.
  const dials = cluster.hosts.dials.get("b:7000")!;
  await cluster.clock.advance(60_000);
  assert(cluster.hosts.dials.get("b:7000")! - dials < 40, `${cluster.hosts.dials.get("b:7000")! - dials} attempts`);
});

Deno.test("a peer that hangs delays nobody else: one that dies meanwhile is down as soon as ever", async () => {
  await using cluster = new Cluster();
  const [a, , , d] = await cluster.start("a", "b", "c", "d");
  d!.register("desk", cluster.desk(), DeskProtocol);
  await cluster.known(a!, "desk");
  cluster.hosts.hang("b", ["a", "c", "d"]);
  await cluster.clock.advance(500);
  assertEquals(await cluster.run(cluster.at(a!, "desk").send({ type: "echo", text: "quick" }), 100), "quick");
  cluster.hosts.kill("c");
  await msUntil(cluster, a!, "c", "suspect");
  await msUntil(cluster, a!, "b", "down");
  assert(membersOf(a!).includes("d up"));
  assertEquals(cluster.statuses("a").filter((line) => line.startsWith("d")), ["d up"]);
});

Deno.test("a peer that hung and runs again is up again by itself, and what it has can be called", async () => {
  await using cluster = new Cluster();
  const [a, b, c] = await cluster.start("a", "b", "c");
  b!.register("desk", cluster.desk(), DeskProtocol);
  await cluster.known(a!, "desk");
  cluster.hosts.hang("b", ["a", "c"]);
  await msUntil(cluster, a!, "b", "down");
  cluster.hosts.resume("b", ["a", "c"]);
  await cluster.until(() => [a!, b!, c!].every((node) => membersOf(node).join() === "a up,b up,c up"), 60_000);
  await cluster.known(a!, "desk");
  assertEquals(await cluster.run(cluster.at(a!, "desk").send({ type: "echo", text: "back" })), "back");
});

Deno.test("two nodes that cannot reach each other are kept together by a third", async () => {
  await using cluster = new Cluster();
  const nodes = await cluster.start("a", "b", "c");
  cluster.hosts.cut("a", "b");
  await cluster.clock.advance(120_000);
  cluster.hosts.heal("a", "b");
  await cluster.until(() => nodes.every((node) => membersOf(node).join() === "a up,b up,c up"), 60_000);
  for (const id of ["a", "b", "c"]) assertEquals(cluster.statuses(id).filter((line) => line.endsWith(" down")), []);
});

Deno.test("islands of any size and age become one cluster again when their network heals", async () => {
  await using cluster = new Cluster();
  const nodes = await cluster.start("a", "b", "c", "d");
  const pairs = ["a", "b"].flatMap((one) => ["c", "d"].map((other) => [one, other] as const));
  for (const [one, other] of pairs) cluster.hosts.cut(one, other);
  await cluster.until(
    () => nodes.every((node) => membersOf(node).filter((line) => line.endsWith(" down")).length === 2),
    300_000,
  );
  await cluster.clock.advance(600_000);
  for (const [one, other] of pairs) cluster.hosts.heal(one, other);
  await cluster.until(() => nodes.every((node) => membersOf(node).every((line) => line.endsWith(" up"))), 60_000);
});

Deno.test("a seed that is a server but no node of a cluster is told of, and tried again", async () => {
  await using cluster = new Cluster();
  const server = await RemoteServer.bind(
    { hostname: "a", port: 7000, transport: cluster.hosts.of("a"), clock: cluster.clock },
    new MessageRouter(),
  );
  const node = cluster.node("b");
  const joined = node.join(["a:7000"]);
  const state = watch(joined);
  await cluster.clock.advance(3_000);
  assertEquals(state.ended, "pending");
  const told = cluster.eventsOf("b", "unreachable");
  assert(told.length >= 3, `${told.length} events`);
  assertStringIncludes((told[0]!.error as Error).message, "no node of a cluster");
  await cluster.run(server.shutdown({ timeout: 0 }));
  await cluster.run(cluster.node("a").join([]));
  await cluster.run(joined);
});

Deno.test("a cluster at rest costs few packets and no new connections", async () => {
  await using cluster = new Cluster();
  await cluster.start("a", "b", "c");
  await cluster.clock.advance(60_000);
  const dials = [...cluster.hosts.dials.values()].reduce((sum, count) => sum + count, 0);
  await cluster.clock.advance(600_000);
  const more = [...cluster.hosts.dials.values()].reduce((sum, count) => sum + count, 0) - dials;
  // Only for the comparison now and then, whose connections are not kept.
  assert(more <= 3 * 600 / 5 + 10, `${more} connections in ten minutes`);
});
