import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type ClusterNode, JoinError, NoActorError } from "../../cluster/mod.ts";
import { ConnectionLostError } from "../../remote/mod.ts";
import { Cluster, membersOf } from "../support/cluster_nodes.ts";
import { DeskProtocol } from "../support/desk.ts";
import { watch } from "../support/signals.ts";

/** Three nodes; the second has a desk, which the first has asked already. */
async function stage(cluster: Cluster): Promise<[ClusterNode, ClusterNode, ClusterNode]> {
  const nodes = await cluster.start("a", "b", "c") as [ClusterNode, ClusterNode, ClusterNode];
  nodes[1].register("desk", cluster.desk(), DeskProtocol);
  await cluster.known(nodes[0], "desk");
  await cluster.run(cluster.at(nodes[0], "desk").send({ type: "echo", text: "" }));
  return nodes;
}

Deno.test("the others see a node that leaves as left, never as suspect or down, and lose its actors", async () => {
  await using cluster = new Cluster();
  const [a, b, c] = await stage(cluster);
  await cluster.run(b.leave());
  await cluster.clock.advance(120_000);
  for (const id of ["a", "c"]) {
    assertEquals(cluster.statuses(id).filter((line) => line.startsWith("b ")), ["b up", "b left"]);
  }
  for (const node of [a, c]) assertEquals([membersOf(node), node.actors], [["a up", "b left", "c up"], []]);
  assertEquals([cluster.hosts.open("a", "b"), cluster.hosts.open("b", "a"), cluster.hosts.open("c", "b")], [0, 0, 0]);
});

Deno.test("asks in hand are answered before a node is gone, in both directions, and nothing new is taken", async () => {
  await using cluster = new Cluster();
  const [a, b] = await stage(cluster);
  for (const name of ["home", "shop"]) {
    a.register(name, cluster.desk(), DeskProtocol);
    await cluster.known(b, name);
  }
  const asked = cluster.at(a, "desk").send({ type: "wait", gate: "go" }, { timeout: Infinity });
  const asking = cluster.at(b, "home").send({ type: "wait", gate: "go" }, { timeout: Infinity });
  await cluster.clock.advance(100);
  const left = b.leave();
  const state = watch(left);
  await cluster.clock.advance(3_000);
  assertEquals(state.ended, "pending");
  await assertRejects(() => cluster.at(a, "desk").send({ type: "echo", text: "" }), NoActorError);
  // What is in hand may need others to answer.
  assertEquals(await cluster.run(cluster.at(b, "shop").send({ type: "echo", text: "still" })), "still");
  cluster.gates.open("go");
  assertEquals(await cluster.run(Promise.all([asked, asking])), ["go", "go"]);
  await cluster.run(left);
  await assertRejects(() => cluster.at(b, "home").send({ type: "echo", text: "" }), NoActorError, "has left");
});

Deno.test("who still waits to send to a node that leaves is told at once, as not delivered", async () => {
  await using cluster = new Cluster();
  const [, b, c] = await stage(cluster);
  await cluster.known(c, "desk");
  // The first of them has to make the connection, and more than 32 may not be on their way at first.
  const asks = Array.from({ length: 100 }, (_, i) => cluster.at(c, "desk").send({ type: "echo", text: `${i}` }));
  const told = Promise.all(asks.map((ask) => ask.then(() => "handled", ({ outcome }) => outcome)));
  const state = watch(told);
  const left = b.leave();
  await cluster.clock.advance(500);
  assert(state.ended !== "pending", "they wait for their time-outs");
  for (const outcome of await told) assert(["handled", "not-delivered"].includes(outcome), outcome);
  await cluster.run(left);
});

Deno.test("what is left after the time-out is cut off, whatever it waits for, and no later", async () => {
  await using cluster = new Cluster();
  const [a, b, c] = await stage(cluster);
  c.register("slow", cluster.desk(), DeskProtocol);
  await cluster.known(b, "slow");
  const asked = cluster.at(a, "desk").send({ type: "wait", gate: "never" }, { timeout: Infinity });
  const asking = cluster.at(b, "slow").send({ type: "wait", gate: "never" }, { timeout: Infinity });
  const rejected = [asked, asking].map((ask) => assertRejects(() => ask, ConnectionLostError));
  await cluster.clock.advance(100);
  // One who is not there delays the goodbye.
  cluster.hosts.cut("b", "c");
  cluster.hosts.breakConnections("c");
  await cluster.clock.settle();
  const start = cluster.clock.now();
  await cluster.run(b.leave({ timeout: 1_000 }));
  assert(cluster.clock.now() - start <= 1_100, `It took ${cluster.clock.now() - start} ms`);
  await cluster.run(Promise.all(rejected));
});

Deno.test("a node that leaves does not wait longer for one that has said goodbye and owes it an answer", async () => {
  await using cluster = new Cluster();
  const [a, b] = await stage(cluster);
  const asked = cluster.at(a, "desk").send({ type: "wait", gate: "never" }, { timeout: Infinity });
  const rejected = assertRejects(() => asked, ConnectionLostError);
  await cluster.clock.advance(100);
  const first = b.leave({ timeout: 60_000 });
  await cluster.clock.advance(100);
  const start = cluster.clock.now();
  await cluster.run(a.leave({ timeout: 500 }));
  assert(cluster.clock.now() - start <= 600, `It took ${cluster.clock.now() - start} ms`);
  await cluster.run(rejected);
  cluster.gates.open("never");
  await cluster.run(first);
});

Deno.test("leave is the same however often it is called, and disposes the node", async () => {
  await using cluster = new Cluster();
  const [, b] = await stage(cluster);
  assertThrows(() => b.leave({ timeout: -1 }), RangeError);
  const left = b.leave();
  assert(left === b.leave({ timeout: 0 }));
  await cluster.run(Promise.all([left, b[Symbol.asyncDispose](), b[Symbol.asyncDispose]()]));
  assert(left === b.leave());
});

Deno.test("a node that never started, and one that only listens, leave at once", async () => {
  await using cluster = new Cluster();
  const [unused, listening] = [cluster.node("a"), cluster.node("b")];
  const started = listening.startServer();
  // No time passes.
  await Promise.all([unused.leave(), listening.leave(), started]);
  const again = cluster.node("b");
  await again.startServer();
});

Deno.test("nothing begins on a node that has left: it registers, joins and finds nothing", async () => {
  await using cluster = new Cluster();
  const [, b] = await stage(cluster);
  const left = b.leave();
  const desk = cluster.desk();
  assertThrows(
    () => b.register("late", desk, DeskProtocol),
    JoinError,
    'Cannot register "late": the node "b" has left',
  );
  assertThrows(() => b.registerActor("late", "Desk"), JoinError);
  await assertRejects(() => b.join(["a:7000"]), JoinError);
  await assertRejects(() => b.startCompatServer(0), JoinError);
  await cluster.run(left);
  b.addMember({ id: "d", addr: "d:7000", status: "up" });
  assertEquals(b.unregisterActor("late"), false);
  await assertRejects(() => cluster.at(b, "desk").send({ type: "echo", text: "" }), NoActorError);
  await cluster.run(cluster.system.stop(desk));
  const dials = [...cluster.hosts.dials];
  await cluster.clock.advance(60_000);
  assertEquals([...cluster.hosts.dials].filter(([name]) => name.startsWith("d")), []);
  assertEquals(dials.length, cluster.hosts.dials.size);
});

Deno.test("the events end when the node has left, after every message that was lost", async () => {
  await using cluster = new Cluster();
  const [a] = await stage(cluster);
  const state = watch(Array.fromAsync(a.events));
  const desk = cluster.at(a, "desk");
  cluster.hosts.hang("b", ["a", "c"]);
  for (let n = 0; n < 100; n++) desk.trySend({ type: "note", n });
  await cluster.run(a.leave({ timeout: 100 }));
  await cluster.clock.settle();
  const letters = (state.ended as { kind: string; message: unknown }[]).filter(({ kind }) => kind === "dead-letter");
  const sent = letters.map(({ message }) => message);
  assert(sent.length > 30, `${sent.length} letters`);
  assertEquals(sent, Array.from({ length: sent.length }, (_, n) => ({ type: "note", n })));
});

Deno.test("an actor of the own node lives on, and can be registered by the next node", async () => {
  await using cluster = new Cluster();
  const one = cluster.node("a");
  await cluster.run(one.join([]));
  const desk = cluster.desk();
  one.register("desk", desk, DeskProtocol);
  await cluster.run(one.leave());
  assertEquals(await desk.send({ type: "echo", text: "alive" }), "alive");
  const two = cluster.node("a");
  await cluster.run(two.join([]));
  two.register("desk", desk, DeskProtocol);
  assertEquals(await cluster.at(two, "desk").send({ type: "echo", text: "again" }), "again");
});

Deno.test("a node that has left may come back as another start, and is up again", async () => {
  await using cluster = new Cluster();
  const [a, b] = await stage(cluster);
  await cluster.run(b.leave());
  const again = cluster.node("b");
  await cluster.run(again.join(["a:7000"]));
  await cluster.until(() => membersOf(a).join() === "a up,b up,c up");
  again.register("desk", cluster.desk(), DeskProtocol);
  await cluster.known(a, "desk");
  assertEquals(await cluster.run(cluster.at(a, "desk").send({ type: "echo", text: "back" })), "back");
});

Deno.test("all nodes of a cluster may leave at once", async () => {
  await using cluster = new Cluster();
  const nodes = await stage(cluster);
  const start = cluster.clock.now();
  await cluster.run(Promise.all(nodes.map((node) => node.leave())));
  assert(cluster.clock.now() - start < 5_000, `It took ${cluster.clock.now() - start} ms`);
});
