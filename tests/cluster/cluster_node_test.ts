import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ClusterNode, JoinError } from "../../cluster/mod.ts";
import { CinemaError } from "../../mod.ts";
import { BindError, ConnectionLostError, LocalNode, MessageRouter } from "../../remote/mod.ts";
import { SeededRandom } from "../../src/testing/mod.ts";
import { Cluster, membersOf } from "../support/cluster_nodes.ts";
import { DeskProtocol } from "../support/desk.ts";
import { CountingSignal, watch } from "../support/signals.ts";

Deno.test("a node that joins knows all others, and they know it", async () => {
  await using cluster = new Cluster();
  const nodes = await cluster.start("a", "b", "c");
  for (const node of nodes) assertEquals(membersOf(node), ["a up", "b up", "c up"]);
  assertEquals(cluster.eventsOf("b", "joined"), [{ kind: "joined", seed: "a:7000" }]);
  assertEquals([cluster.statuses("a"), cluster.eventsOf("a", "joined")], [["b up", "c up"], []]);
});

Deno.test("a node that has joined finds the actors of all others, and one that hangs holds it up for three seconds", async () => {
  await using cluster = new Cluster();
  const ids = ["a", "b", "c"];
  for (const node of await cluster.start(...ids)) {
    node.register(`desk of ${node.id}`, cluster.desk(), DeskProtocol);
    node.register("desks", cluster.desk(), DeskProtocol, { group: true });
  }
  await cluster.clock.advance(1_000);
  const joined = async (id: string) => {
    const node = cluster.node(id);
    let found: readonly string[] = [];
    const begin = cluster.clock.now();
    await cluster.run(node.join(["a:7000"]).then(() => void (found = node.actors.map(({ name }) => name))));
    return { found: [...found].sort(), ms: cluster.clock.now() - begin, status: cluster.statuses(id) };
  };
  const all = [...ids.map((id) => `desk of ${id}`), "desks", "desks", "desks"];
  const d = await joined("d");
  assertEquals(d.found, all);
  assert(d.ms < 100, `it took ${d.ms} ms`);
  cluster.hosts.hang("b", ["a", "c", "d", "e"]);
  const e = await joined("e");
  assertEquals([e.found, e.status.includes("b down")], [["desk of a", "desk of c", "desks", "desks"], false]);
  assert(e.ms >= 3_000 && e.ms < 3_100, `it took ${e.ms} ms`);
});

Deno.test("a node knows how long each of the others took to answer it, and nothing of itself and of those who are gone", async () => {
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b");
  const tripOf = (node: ClusterNode, id: string) => node.members.find((member) => member.id === id)!;
  assert(!Object.hasOwn(tripOf(a!, "b"), "roundTripMs"));
  await cluster.until(() => tripOf(a!, "b").roundTripMs !== undefined && tripOf(b!, "a").roundTripMs !== undefined);
  assert(!Object.hasOwn(tripOf(a!, "a"), "roundTripMs"));
  await cluster.run(b!.leave());
  await cluster.until(() => tripOf(a!, "b").status === "left");
  assert(!Object.hasOwn(tripOf(a!, "b"), "roundTripMs"));
});

Deno.test("a node without seeds, or with none but itself, is the first one", async () => {
  await using cluster = new Cluster();
  const node = cluster.node("a");
  await cluster.run(node.join([]));
  await cluster.run(node.join(["a:7000", "a:7000"]));
  assertEquals([membersOf(node), cluster.hosts.dials.size], [["a up"], 0]);
});

Deno.test("a node that is its own seed by another name finds that out, and joins by way of the others", async () => {
  await using cluster = new Cluster();
  const alone = cluster.node("a", { advertise: "outside:1", transport: aliased(cluster, "a", "outside") });
  await cluster.run(alone.join(["a-alias:7000"]));
  assertEquals(membersOf(alone), ["a up"]);
  const other = cluster.node("b");
  await cluster.run(other.join(["a:7000"]));
  const third = cluster.node("c", { transport: aliased(cluster, "c", "c") });
  await cluster.run(third.join(["c-alias:7000", "b:7000"]));
  assertEquals(cluster.eventsOf("c", "joined"), [{ kind: "joined", seed: "b:7000" }]);
});

/** A network in which the host is also called by its name and "-alias". */
function aliased(cluster: Cluster, host: string, outside: string) {
  const transport = cluster.hosts.of(host);
  const names = new Map([[`${host}-alias`, host], [outside, host]]);
  return {
    ...transport,
    connect: ({ hostname, port }, options) =>
      transport.connect({ hostname: names.get(hostname) ?? hostname, port: port === 1 ? 7000 : port }, options),
  } as typeof transport;
}

Deno.test("while no seed can be reached a node keeps trying and says so, and joins when one appears", async () => {
  await using cluster = new Cluster();
  const node = cluster.node("b");
  const joined = node.join(["a:7000", "c:7000"]);
  const state = watch(joined);
  await cluster.clock.advance(20_000);
  assertEquals(state.ended, "pending");
  const told = cluster.eventsOf("b", "unreachable");
  assertEquals(new Set(told.map(({ addr }) => addr)), new Set(["a:7000", "c:7000"]));
  const retries = told.filter(({ addr }) => addr === "a:7000").map(({ retryInMs }) => retryInMs);
  assertEquals(retries.slice(0, 4), [200, 400, 800, 1_600]);
  assert(told.every(({ error }) => error instanceof Error));
  await cluster.run(cluster.node("a").join([]));
  await cluster.run(joined);
  assertEquals(membersOf(node), ["a up", "b up"]);
});

Deno.test("seeds that stay away are found later, so that two halves of a cluster become one", async () => {
  await using cluster = new Cluster();
  const [a, b] = [cluster.node("a"), cluster.node("b")];
  await cluster.run(a.join([]));
  await cluster.run(b.join(["a:7000", "c:7000"]));
  const c = cluster.node("c");
  await cluster.run(c.join([]));
  await cluster.until(() => [a, b, c].every((node) => node.members.length === 3));
});

Deno.test("a join ends with the reason of its signal, and nobody is dialled for it any more", async () => {
  await using cluster = new Cluster();
  const node = cluster.node("b");
  const aborted = AbortSignal.abort(new Error("never"));
  await assertRejects(() => node.join(["a:7000"], { signal: aborted }), Error, "never");
  assertEquals(cluster.hosts.dials.size, 0);
  const signal = new CountingSignal();
  const joined = node.join(["a:7000"], { signal: signal.signal });
  await cluster.clock.advance(1_000);
  signal.abort(new Error("enough"));
  await assertRejects(() => joined, Error, "enough");
  const dials = cluster.hosts.dials.get("a:7000");
  await cluster.clock.advance(60_000);
  assertEquals([cluster.hosts.dials.get("a:7000"), signal.listeners], [dials, 0]);
  // Aborted while the server was starting.
  const other = cluster.node("c");
  const late = new CountingSignal();
  const rejected = assertRejects(() => other.join(["a:7000"], { signal: late.signal }), Error, "late");
  late.abort(new Error("late"));
  await cluster.run(rejected);
});

Deno.test("a node that leaves while it joins, or while its server starts, joins no more", async () => {
  for (const ms of [0, 1_000]) {
    await using cluster = new Cluster();
    const node = cluster.node("b");
    const joined = assertRejects(() => node.join(["a:7000"]), JoinError, "has left");
    if (ms > 0) await cluster.clock.advance(ms);
    await cluster.run(node.leave());
    const { code } = await joined;
    const dials = cluster.hosts.dials.get("a:7000");
    await cluster.clock.runUntilIdle();
    assertEquals([code, cluster.hosts.dials.get("a:7000")], ["closed", dials]);
  }
});

Deno.test("a second join takes the place of one that is under way", async () => {
  await using cluster = new Cluster();
  await cluster.run(cluster.node("a").join([]));
  const node = cluster.node("b");
  const first = assertRejects(() => node.join(["nobody:7000"]), JoinError, "another join has begun");
  await cluster.clock.advance(100);
  await cluster.run(node.join(["a:7000"]));
  assertEquals((await first).code, "closed");
  await cluster.run(node.join(["a:7000"]));
  assertEquals(membersOf(node), ["a up", "b up"]);
});

Deno.test("a cluster of another name refuses, whatever it is called by, and neither learns of the other", async () => {
  await using cluster = new Cluster();
  const blue = cluster.node("a", { clusterName: "blue", advertise: "elsewhere:7000" });
  await cluster.run(blue.join([]));
  const green = cluster.node("b", { clusterName: "green" });
  const error = await cluster.run(assertRejects(() => green.join(["a:7000"]), JoinError, 'this is the cluster "blue"'));
  assertEquals(error.code, "cluster");
  await cluster.clock.advance(60_000);
  assertEquals([membersOf(blue), membersOf(green)], [["a up"], ["b up"]]);
  assert(cluster.eventsOf("a", "rejected").some(({ addr }) => addr === "b:7000"));
});

Deno.test("an id that another host has is taken: the second node is refused, and the first one is undisturbed", async () => {
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b");
  b!.register("desk", cluster.desk(), DeskProtocol);
  await cluster.known(a!, "desk");
  for (const seed of ["a:7000", "b:7000"]) {
    const rival = cluster.node("b", { host: "elsewhere" });
    const joined = assertRejects(() => rival.join([seed]), JoinError, 'a node "b" lives at another address');
    assertEquals((await cluster.run(joined)).code, "id-taken");
    await cluster.clock.advance(20_000);
    await cluster.run(rival.leave());
  }
  assertEquals([cluster.statuses("a"), cluster.statuses("b")], [["b up"], ["a up"]]);
  assertEquals(a!.members.find(({ id }) => id === "b")?.addr, "b:7000");
  assertEquals(await cluster.run(cluster.at(a!, "desk").send({ type: "echo", text: "still" })), "still");
});

Deno.test("a node that restarts at once at its address is another start: old asks fail, and new ones reach it", async () => {
  // Its random number may be the higher or the lower one.
  for (const seed of [101, 102, 103, 104]) {
    await using cluster = new Cluster();
    const [a, b, c] = await cluster.start("a", "b", "c");
    b!.register("desk", cluster.desk(), DeskProtocol);
    for (const node of [a!, c!]) await cluster.known(node, "desk");
    const desk = cluster.at(a!, "desk");
    await cluster.run(desk.send({ type: "echo", text: "" }));
    const asked = assertRejects(
      () => desk.send({ type: "wait", gate: "never" }, { timeout: Infinity }),
      ConnectionLostError,
    );
    await cluster.clock.settle();
    cluster.hosts.kill("b");
    const again = cluster.node("b", { random: new SeededRandom(seed) });
    again.register("desk", cluster.desk(), DeskProtocol);
    await cluster.run(again.join(["c:7000"]));
    const error = await cluster.run(asked);
    assertEquals(error.outcome, "unknown");
    await cluster.until(() => [a!, c!, again].every((node) => membersOf(node).join() === "a up,b up,c up"));
    await cluster.known(a!, "desk");
    assertEquals(await cluster.run(desk.send({ type: "echo", text: "new" })), "new");
    const told = cluster.statuses("a").filter((line) => line.startsWith("b "));
    assertEquals([told[0], ...told.slice(-2)], ["b up", "b down", "b up"]);
  }
});

Deno.test("the walk-through of Cinema-rs works with the same names", async () => {
  await using cluster = new Cluster();
  const [one, two] = [cluster.node("node-1"), cluster.node("node-2")];
  two.registerActor("pingpong", "PingPong");
  const handler = new LocalNode("node-2").handler(cluster.desk(), { name: "pingpong" });
  await two.startServer(7000, new MessageRouter().route(DeskProtocol, handler));
  two.startPeriodicGossip({ interval: 100, suspectTimeout: 10_000 });
  await one.startServer(7000);
  one.addMember({ id: "node-2", addr: "node-2:7000", status: "up" });
  one.startPeriodicGossip({ interval: 100, suspectTimeout: 5_000 });
  await cluster.known(one, "pingpong");
  assertEquals(one.lookupActor("pingpong"), { name: "pingpong", node: "node-2", actorType: "PingPong" });
  assertEquals(await cluster.run(cluster.at(one, "pingpong").call({ type: "echo", text: "hello" })), "hello");
  assertEquals(await cluster.run(cluster.at(one, "pingpong").doSend({ type: "note", n: 1 })), "sent");
  assertEquals(membersOf(two), ["node-1 up", "node-2 up"]);
});

Deno.test("a server starts once, gossip after it and once, and neither after the node has left", async () => {
  await using cluster = new Cluster();
  const node = cluster.node("a");
  assertThrows(() => node.startPeriodicGossip(), CinemaError, "start the server first");
  const started = node.startServer();
  await assertRejects(() => node.startServer(), CinemaError, "twice");
  await started;
  assertThrows(() => node.startPeriodicGossip({ interval: 0, suspectTimeout: 1 }), RangeError, "interval");
  node.startPeriodicGossip();
  assertThrows(() => node.startPeriodicGossip(), CinemaError, "does so already");
  await cluster.run(node.leave());
  await assertRejects(() => node.startServer(), JoinError, "has left");
  assertThrows(() => node.startPeriodicGossip(), JoinError, "has left");
  await assertRejects(() => node.join([]), JoinError, "has left");
});

Deno.test("a server that could not start may be started again, at another port", async () => {
  await using cluster = new Cluster();
  const [one, two] = [cluster.node("a"), cluster.node("b", { host: "a" })];
  await one.startServer();
  two.register("desk", cluster.desk(), DeskProtocol);
  const router = new MessageRouter();
  await assertRejects(() => two.startServer(7000, router), BindError, "already in use");
  await assertRejects(() => two.join([]), BindError);
  await two.startServer(7001, router);
  assertEquals(two.addr, "a:7001");
  await cluster.run(two.join([one.addr]));
});

Deno.test("a constructor refuses what cannot work", () => {
  const make = (id: string, addr: string, options = {}) => () => new ClusterNode(id, addr, options);
  for (const id of ["", "x".repeat(256), 7]) assertThrows(make(id as string, "a:1"), TypeError);
  for (const addr of ["a", "a:x", "0.0.0.0:7000", "[::]:7000"]) assertThrows(make("a", addr), TypeError);
  for (const advertise of ["a", "a:0", "0.0.0.0:1"]) assertThrows(make("a", "a:1", { advertise }), TypeError);
  assertThrows(make("a", "a:1", { preset: "fast" }), TypeError, 'Cannot use the preset "fast"');
  assertThrows(make("a", "a:1", { preset: "toString" }), TypeError);
  assertThrows(make("a", "a:1", { clusterName: "" }), TypeError, "a cluster");
  for (const askTimeout of [-1, NaN, "5"]) assertThrows(make("a", "a:1", { askTimeout }), RangeError, "askTimeout");
  for (const maxEntries of [-1, NaN]) assertThrows(make("a", "a:1", { maxEntries }), RangeError, "entries");
  assertThrows(make("a", "a:1", { key: "short" }), RangeError, "Cannot use a key of 5 bytes");
  assertThrows(make("a", "a:1", { key: ["x".repeat(32), ""] }), RangeError, "Cannot use a key of 0 bytes");
  assertThrows(make("a", "a:1", { frameBytesMax: 1 }), RangeError, "frameBytesMax");
  assertThrows(make("a", "a:1", { tuning: { probeIntervalMs: 0 } }), RangeError, "probeIntervalMs");
  assertEquals(new ClusterNode("a", "0.0.0.0:7000", { advertise: "host:1" }).addr, "host:1");
});

Deno.test("seeds, members and names that are none are refused where they are given", async () => {
  await using cluster = new Cluster();
  const node = cluster.node("a");
  for (const seed of ["", "a", "a:0"]) await assertRejects(() => node.join([seed]), TypeError);
  assertEquals(cluster.hosts.dials.size, 0);
  const member = { id: "b", addr: "b:7000", status: "up" } as const;
  for (const wrong of [{ id: "" }, { addr: "b:0" }, { addr: "b" }, { status: "UP" as "up" }]) {
    assertThrows(() => node.addMember({ ...member, ...wrong }), TypeError);
  }
  assertThrows(() => node.registerActor("", "Desk"), TypeError);
  await assertRejects(() => node.waitForActor(""), TypeError);
  assertEquals(membersOf(node), ["a up"]);
});

Deno.test("only so many actors can be registered, and an actor has one name of its own", async () => {
  await using cluster = new Cluster();
  const node = cluster.node("a", { maxEntries: 2 });
  node.register("one", cluster.desk(), DeskProtocol, { actorType: "Desk" });
  assertThrows(() => node.register("one", cluster.desk(), DeskProtocol), TypeError);
  node.registerActor("two", "Store");
  assertThrows(() => node.register("three", cluster.desk(), DeskProtocol), CinemaError, "2 actors already");
  assertThrows(() => node.registerActor("three", "Store"), CinemaError);
  assertEquals(node.actors.map(({ name, actorType }) => `${name} ${actorType}`), ["one Desk", "two Store"]);
  assertEquals([node.unregisterActor("two"), node.unregisterActor("two")], [true, false]);
  node.register("three", cluster.desk(), DeskProtocol);
});

Deno.test("waitForActor waits until so many nodes have the name", async () => {
  await using cluster = new Cluster();
  const [a, b, c] = await cluster.start("a", "b", "c");
  const locationAt = (node: string) => ({ name: "shard", node, actorType: "actor" });
  const states = [1, 2, 3].map((count) => watch(a!.waitForActor("shard", { count, signal: undefined })));
  let late: ReturnType<typeof watch> | undefined;
  for (const [i, node] of [c!, a!, b!].entries()) {
    assertEquals(states.map(({ ended }) => ended === "pending"), [i < 1, i < 2, i < 3]);
    node.register("shard", cluster.desk(), DeskProtocol, { group: true });
    await cluster.clock.advance(1_000);
    late ??= watch(a!.waitForActor("shard", { count: 2 })); // one is known by now
    await cluster.clock.settle();
    assertEquals(late.ended === "pending", i < 1);
  }
  assertEquals((await a!.waitForActor("shard", { count: 3 })).name, "shard");
  assertEquals(states.map(({ ended }) => ended), ["c", "a", "b"].map((node) => locationAt(node)));
  for (const count of [0, -1, 1.5, NaN, Infinity]) {
    await assertRejects(() => a!.waitForActor("shard", { count }), RangeError, `Cannot wait for ${count} actors`);
  }
});

Deno.test("waitForActor resolves where and when a name is known, and ends with its signal or its node", async () => {
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b");
  const waiting = a!.waitForActor("desk");
  b!.register("desk", cluster.desk(), DeskProtocol);
  const location = { name: "desk", node: "b", actorType: "actor" };
  assertEquals([await cluster.run(waiting), await a!.waitForActor("desk")], [location, location]);
  const signal = new CountingSignal();
  const aborted = assertRejects(() => a!.waitForActor("other", { signal: signal.signal }), Error, "enough");
  signal.abort(new Error("enough"));
  await aborted;
  const left = assertRejects(() => a!.waitForActor("other"), CinemaError, "has left");
  await cluster.run(a!.leave());
  await left;
  await assertRejects(() => a!.waitForActor("other"), CinemaError, "has left");
  assertEquals(signal.listeners, 0);
});
