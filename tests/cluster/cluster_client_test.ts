import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { ClusterClient, type ClusterNode, NoActorError, NodeDownError } from "../../cluster/mod.ts";
import { ActorSystem, MessageRefusedError, Rejection } from "../../mod.ts";
import { ConnectionLostError, LocalNode, MessageRouter, NoRouteError } from "../../remote/mod.ts";
import { Cluster } from "../support/cluster_nodes.ts";
import { Desk, DeskProtocol, Gates, untyped } from "../support/desk.ts";

/** Two nodes, of which the second has a desk that the first knows. */
async function pair(cluster: Cluster): Promise<[ClusterNode, ClusterNode]> {
  const [a, b] = await cluster.start("a", "b");
  b!.register("desk", cluster.desk({ name: "desk" }), DeskProtocol);
  await cluster.known(a!, "desk");
  return [a!, b!];
}

Deno.test("an actor is called by its name from every node, its own included, with the same words", async () => {
  await using cluster = new Cluster();
  for (const node of await pair(cluster)) {
    const desk = cluster.at(node, "desk");
    assertEquals(await cluster.run(desk.call({ type: "echo", text: "call" })), "call");
    assertEquals(await cluster.run(desk.send({ type: "echo", text: "send" })), "send");
    assertEquals(await cluster.run(desk.doSend({ type: "note", n: 1 })), "sent");
    assertEquals(desk.trySend({ type: "note", n: 2 }), "sent");
    const writer = desk.writable().getWriter();
    for (const n of [3, 4]) await cluster.run(writer.write({ type: "note", n }));
    await cluster.run(writer.close());
    await assertRejects(() => cluster.run(desk.send({ type: "fail", how: "reject" })), Rejection, "The desk is shut");
    await assertRejects(() => cluster.run(desk.send(untyped({ type: "other" }))), MessageRefusedError);
    assertEquals([desk.node, desk.name, desk.id], ["b", "desk", "desk@default"]);
  }
  assertEquals(cluster.notes, [1, 2, 3, 4, 1, 2, 3, 4]);
});

Deno.test("the first try at a node that there is no connection to yet finds it full", async () => {
  await using cluster = new Cluster();
  const [a] = await pair(cluster);
  const desk = cluster.at(a, "desk");
  assertEquals(desk.trySend({ type: "note", n: 1 }), "full");
  await cluster.clock.advance(100);
  assertEquals(desk.trySend({ type: "note", n: 2 }), "sent");
});

Deno.test("there is one connection for messages to a node, however many addresses and clients there are", async () => {
  await using cluster = new Cluster();
  const [a, b] = await pair(cluster);
  b.register("other", cluster.desk(), DeskProtocol);
  await cluster.known(a, "other");
  await cluster.clock.advance(30_000);
  const before = cluster.hosts.open("a", "b");
  for (const name of ["desk", "other", "desk"]) await cluster.run(cluster.at(a, name).send({ type: "echo", text: "" }));
  assertEquals(cluster.hosts.open("a", "b"), before + 1);
});

Deno.test("50 callers at a time, 20 times over, each get their own reply", async () => {
  await using cluster = new Cluster();
  const [a, b] = await pair(cluster);
  for (const name of ["second", "third"]) b.register(name, cluster.desk(), DeskProtocol);
  await cluster.known(a, "third");
  const names = ["desk", "second", "third"];
  for (let round = 0; round < 20; round++) {
    const texts = Array.from({ length: 50 }, (_, n) => `${round} ${n}`);
    const asked = texts.map((text, n) => cluster.at(a, names[n % 3]!).call({ type: "echo", text }));
    assertEquals(await cluster.run(Promise.all(asked)), texts);
  }
});

Deno.test("a name that nobody has is an error and a dead letter, and no connection is made for it", async () => {
  await using cluster = new Cluster();
  const [a] = await cluster.start("a", "b");
  const nobody = cluster.at(a!, "nobody");
  const error = await assertRejects(() => nobody.send({ type: "echo", text: "" }), NoActorError);
  assertEquals([error.outcome, nobody.node], ["not-delivered", undefined]);
  assertEquals([await nobody.doSend({ type: "note", n: 1 }), nobody.trySend({ type: "note", n: 2 })], [
    "closed",
    "closed",
  ]);
  await cluster.clock.settle();
  assertEquals<unknown>(cluster.eventsOf("a", "dead-letter").map(({ message }) => message), [{ type: "note", n: 1 }]);
});

Deno.test("a name that is announced but not routed is told from one that nobody has, near and far", async () => {
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b");
  b!.registerActor("ghost", "Ghost");
  await cluster.known(a!, "ghost");
  for (const node of [a!, b!]) {
    const asked = cluster.at(node, "ghost").send({ type: "echo", text: "" });
    await assertRejects(() => cluster.run(asked), NoRouteError);
  }
  assertEquals(await cluster.run(cluster.at(a!, "ghost").doSend({ type: "note", n: 7 })), "sent");
  await cluster.clock.advance(100);
  const [letter] = cluster.eventsOf("a", "dead-letter");
  assertEquals([letter?.message, letter?.outcome], [{ type: "note", n: 7 }, "not-delivered"]);
  assertInstanceOf(letter?.error, NoRouteError);
});

Deno.test("an ask in flight fails at once when its node goes down, and says why and what is known of the message", async () => {
  await using cluster = new Cluster();
  const [a] = await pair(cluster);
  const desk = cluster.at(a, "desk");
  await cluster.run(desk.send({ type: "echo", text: "" }));
  const asked = assertRejects(
    () => desk.send({ type: "wait", gate: "never" }, { timeout: Infinity }),
    ConnectionLostError,
  );
  await cluster.clock.settle();
  // It hangs: its connection does not break.
  cluster.hosts.hang("b", ["a"]);
  const error = await cluster.run(asked, 120_000);
  assertEquals(error.outcome, "unknown");
  assertInstanceOf(error.cause, NodeDownError);
  assertEquals([error.cause.node, error.cause.message], ["b", "The node b is down"]);
  assertEquals(error.message, 'Cannot get a reply to "wait" from desk@b (b:7000): the connection was lost');
  assertEquals(a.lookupActor("desk"), undefined);
  await assertRejects(() => desk.send({ type: "echo", text: "" }), NoActorError);
});

Deno.test("an ask that waits for the verdict on a node that died was not delivered, and the next one goes to the new owner", async () => {
  await using cluster = new Cluster();
  const [a, b, c] = await cluster.start("a", "b", "c");
  for (const node of [b!, c!]) node.register("desk", cluster.desk(), DeskProtocol, { group: true });
  await cluster.run(a!.waitForActor("desk", { count: 2 }));
  const key = Array.from({ length: 100 }, (_, i) => `${i}`).find((each) => cluster.at(a!, "desk", each).node === "b");
  const desk = cluster.at(a!, "desk", key);
  await cluster.run(desk.send({ type: "echo", text: "" }));
  cluster.hosts.kill("b");
  await cluster.clock.settle();
  assertEquals(desk.node, "b");
  const asked = assertRejects(() => desk.send({ type: "echo", text: "" }), ConnectionLostError);
  const error = await cluster.run(asked, 1_000);
  assertEquals([error.outcome, desk.node], ["not-delivered", "c"]);
  assertInstanceOf(error.cause, NodeDownError);
  assertEquals(error.message, 'Cannot send "echo" to desk@b (b:7000): there is no connection');
  assertEquals(await cluster.run(desk.send({ type: "echo", text: "again" })), "again");
});

Deno.test("a tell to a node that goes down is a dead letter that says what is known", async () => {
  await using cluster = new Cluster();
  const [a] = await pair(cluster);
  const desk = cluster.at(a, "desk");
  await cluster.run(desk.send({ type: "echo", text: "" }));
  cluster.hosts.hang("b", ["a"]);
  assertEquals(await desk.doSend({ type: "note", n: 1 }), "sent");
  await cluster.until(() => cluster.eventsOf("a", "dead-letter").length > 0, 120_000);
  const [letter] = cluster.eventsOf("a", "dead-letter");
  assertEquals([letter!.message, letter!.outcome], [{ type: "note", n: 1 }, "unknown"]);
  assertInstanceOf((letter!.error as Error).cause, NodeDownError);
});

Deno.test("the next call follows the directory to whoever has the name then", async () => {
  await using cluster = new Cluster();
  const [a, b, c] = await cluster.start("a", "b", "c");
  const desk = cluster.at(a!, "desk");
  const addr = cluster.desk({}, []);
  b!.register("desk", addr, DeskProtocol);
  await cluster.known(a!, "desk");
  await cluster.run(desk.send({ type: "echo", text: "" }));
  assertEquals(desk.node, "b");
  // The actor ends, and another node has the name.
  await cluster.run(cluster.system.stop(addr));
  await cluster.until(() => a!.lookupActor("desk") === undefined);
  c!.register("desk", cluster.desk(), DeskProtocol);
  await cluster.known(a!, "desk");
  await cluster.run(desk.doSend({ type: "note", n: 1 }));
  await cluster.clock.advance(100);
  assertEquals([desk.node, cluster.notes], ["c", [1]]);
  // The node dies, and this one has the name.
  cluster.hosts.kill("c");
  await cluster.until(() => desk.node === undefined);
  a!.register("desk", cluster.desk(), DeskProtocol);
  assertEquals([await desk.send({ type: "echo", text: "here" }), desk.node], ["here", "a"]);
});

Deno.test("an actor that ends is unregistered everywhere, for its reason, and so is one that is taken out", async () => {
  await using cluster = new Cluster();
  const [a, b] = await pair(cluster);
  b.register("other", cluster.desk(), DeskProtocol);
  b.register("third", cluster.desk(), DeskProtocol, { actorType: "Third" });
  await cluster.known(a, "third");
  b.unregisterActor("other");
  await assertRejects(() => cluster.run(cluster.at(a, "desk").send({ type: "fail", how: "throw" })));
  await cluster.until(() => a.actors.length === 1);
  assertEquals(a.actors, [{ name: "third", node: "b", actorType: "Third" }]);
  for (const id of ["a", "b"]) {
    const told = cluster.eventsOf(id, "unregistered").map(({ name, node, reason }) => `${name} ${node} ${reason}`);
    assertEquals(told.sort(), ["desk b failed", "other b stopped"]);
  }
});

Deno.test("keys spread over a group and stick to their actors, on every node; only those of one that goes move", async () => {
  await using cluster = new Cluster();
  const nodes = await cluster.start("a", "b", "c");
  for (const node of nodes) node.register("shard", cluster.desk(), DeskProtocol, { group: true });
  await cluster.until(() => nodes.every(({ actors }) => actors.length === 3));
  const keys = Array.from({ length: 300 }, (_, n) => `user ${n}`);
  const placed = (node: ClusterNode) => keys.map((key) => cluster.at(node, "shard", key).node!);
  const [before, ...others] = nodes.map(placed);
  for (const other of others) assertEquals(other, before);
  const share = (id: string) => before!.filter((node) => node === id).length;
  for (const id of ["a", "b", "c"]) assert(share(id) > 60 && share(id) < 140, `${id} has ${share(id)} of 300`);
  const key = keys.find((_, n) => before![n] === "b")!;
  assertEquals(await cluster.run(cluster.at(nodes[0]!, "shard", key).send({ type: "echo", text: key })), key);
  cluster.hosts.kill("b");
  await cluster.until(() => nodes[0]!.actors.length === 2);
  const after = placed(nodes[0]!);
  assertEquals(after.filter((node, n) => node !== before![n]).length, share("b"));
  assertEquals(cluster.eventsOf("a", "name-lost"), []);
});

Deno.test("two nodes that register one name in a partition have one winner when it heals, and only the loser is told", async () => {
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b");
  cluster.hosts.cut("a", "b");
  await cluster.until(() => [a!, b!].every(({ members }) => members.some(({ status }) => status === "down")), 120_000);
  const notes = new Map<string, number[]>([["a", []], ["b", []]]);
  for (const node of [a!, b!]) node.register("bank", cluster.desk({}, notes.get(node.id)!), DeskProtocol);
  assertEquals([cluster.at(a!, "bank").node, cluster.at(b!, "bank").node], ["a", "b"]);
  cluster.hosts.heal("a", "b");
  await cluster.until(() => a!.actors.length === 2 && b!.actors.length === 2, 120_000);
  const winner = a!.lookupActor("bank")!.node;
  const loser = winner === "a" ? "b" : "a";
  assertEquals(b!.lookupActor("bank")!.node, winner);
  assertEquals(cluster.eventsOf(loser, "name-lost"), [{ kind: "name-lost", name: "bank", winner }]);
  assertEquals(cluster.eventsOf(winner, "name-lost"), []);
  for (const node of [a!, b!]) await cluster.run(cluster.at(node, "bank").send({ type: "note", n: 1 }));
  assertEquals([notes.get(winner), notes.get(loser)], [[1, 1], []]);
  // The loser still has its actor, and gets the name when the winner gives it up.
  (winner === "a" ? a : b)!.unregisterActor("bank");
  await cluster.until(() => a!.lookupActor("bank")?.node === loser && b!.lookupActor("bank")?.node === loser);
});

Deno.test("back-pressure is felt across nodes: a full actor stops its senders and nobody else", async () => {
  await using cluster = new Cluster();
  const [a, b] = await pair(cluster);
  b.register("slow", cluster.desk({ capacity: 1 }), DeskProtocol);
  await cluster.known(a, "slow");
  const slow = cluster.at(a, "slow");
  await cluster.run(slow.send({ type: "echo", text: "" }));
  const held = slow.send({ type: "wait", gate: "go" }, { timeout: Infinity });
  await cluster.clock.settle();
  let sent = 0;
  while (slow.trySend({ type: "note", n: sent }) === "sent") assert(sent++ < 2_000, "It takes everything");
  assertEquals(await cluster.run(cluster.at(a, "desk").send({ type: "echo", text: "quick" })), "quick");
  const aborted = new AbortController();
  const waiting = slow.doSend({ type: "note", n: -1 }, { signal: aborted.signal });
  aborted.abort();
  assertEquals(await cluster.run(waiting), "aborted");
  cluster.gates.open("go");
  assertEquals(await cluster.run(held), "go");
  await cluster.run(slow.send({ type: "echo", text: "" }));
  assertEquals(cluster.notes, Array.from({ length: sent }, (_, n) => n));
});

Deno.test("a local actor that is full says so as it does to anybody", async () => {
  await using cluster = new Cluster();
  const [a] = await cluster.start("a");
  await using system = new ActorSystem({ clock: cluster.clock });
  const gates = new Gates();
  a!.register("small", system.spawn(() => new Desk([], gates), { capacity: 1 }), DeskProtocol);
  const small = cluster.at(a!, "small");
  const held = small.send({ type: "wait", gate: "go" });
  await cluster.clock.settle();
  assertEquals([small.trySend({ type: "note", n: 1 }), small.trySend({ type: "note", n: 2 })], ["sent", "full"]);
  gates.open("go");
  assertEquals(await held, "go");
});

Deno.test("a router of the user and actors that are registered are served on one port", async () => {
  await using cluster = new Cluster();
  const a = cluster.node("a");
  a.register("registered", cluster.desk(), DeskProtocol);
  a.registerActor("routed", "Desk");
  const handler = new LocalNode("a").handler(cluster.desk(), { name: "routed" });
  await a.startServer(undefined, new MessageRouter().route(DeskProtocol, handler));
  await cluster.run(a.join([]));
  const b = cluster.node("b");
  await cluster.run(b.join(["a:7000"]));
  for (const name of ["registered", "routed"]) {
    await cluster.known(b, name);
    assertEquals(await cluster.run(cluster.at(b, name).send({ type: "echo", text: name })), name);
  }
});

Deno.test("remoteAddr refuses what is no name and what is no protocol", async () => {
  await using cluster = new Cluster();
  const client = new ClusterClient(cluster.node("a"));
  for (const name of ["", "x".repeat(256), 7]) {
    assertThrows(() => client.remoteAddr(name as string, DeskProtocol), TypeError);
  }
  assertThrows(() => client.remoteAddr("desk", {} as never), TypeError);
});
