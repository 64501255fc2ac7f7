// The bridge in virtual time: what it says, whom it sees, what it lets through. Real sockets: rust_cluster_test.ts.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CompatBridge, type CompatBridgeOptions } from "../../../cluster/compat/bridge.ts";
import { FORGET_MS } from "../../../cluster/compat/limits.ts";
import { NodeDownError } from "../../../cluster/errors.ts";
import { BindError, ConnectionLostError, MessageRouter } from "../../../remote/mod.ts";
import { ManualClock, SeededRandom } from "../../../src/testing/mod.ts";
import { toHex } from "../../support/frames.ts";
import { readRustFrame } from "../../support/rust_node.ts";
import { watch } from "../../support/signals.ts";
import { CAPTURED } from "./captured.ts";
import { KvProtocol, RUST_STORE, Stage } from "./stage.ts";

const DENO = { hostname: "deno", port: 7000 };

/** The node of the captured conversation that hosts the store. */
const NODE_1: Partial<CompatBridgeOptions> = {
  hostname: "127.0.0.1",
  port: 7001,
  nodeId: "node-1",
  ownMembers: () => ["node-1"],
  ownActors: () => [{ name: "kv-store", actorType: "KVStore" }],
};

Deno.test("a captured conversation is answered byte for byte as the original answered it", async () => {
  await using stage = await Stage.open(NODE_1);
  let answered = 0;
  for (let i = 0; i < CAPTURED.length; i += 2) {
    const [request, answer] = [CAPTURED[i]!, CAPTURED[i + 1]!];
    // What it reads at number 7 was set on node-1, by hand.
    if (request.from !== "node-2" || readRustFrame(request.bytes.subarray(4)).envelope?.correlationId === 7) continue;
    const connection = await stage.network.connect({ hostname: "127.0.0.1", port: 7001 });
    await connection.write(request.bytes);
    assertEquals(toHex((await connection.read())!), toHex(answer.bytes));
    connection.close();
    answered++;
  }
  assertEquals(answered, 11);
});

Deno.test("the bridge gossips byte for byte as the original does", async () => {
  await using stage = await Stage.open(NODE_1);
  const listener = await stage.network.listen({ hostname: "127.0.0.1", port: 7002 });
  const joining = await stage.network.connect({ hostname: "127.0.0.1", port: 7001 });
  await joining.write(CAPTURED[0]!.bytes);
  await joining.read();
  await stage.clock.advance(100);
  const asked = await listener.accept();
  assertEquals(toHex((await asked!.read())!), toHex(CAPTURED[4]!.bytes));
  await asked!.write(CAPTURED[5]!.bytes);
  await stage.clock.settle();
  assertEquals(stage.take(), ["node-2 up"]);
  listener.close();
  joining.close();
});

Deno.test("a node that joins is seen Up, learns of our actors, and calls them", async () => {
  await using stage = await Stage.open();
  await using rust = await stage.rust("rust-1", RUST_STORE);
  assert(await rust.gossip(DENO));
  assertEquals(stage.take(), ["rust-1 up", "rust-store at rust-1"]);
  assertEquals(rust.actors.get("kv-store"), { actorId: "kv-store", nodeId: "deno-1", actorType: "KvStore" });
  assertEquals([...rust.members.keys()], ["deno-1", "rust-1"]);
  const set = await rust.call(
    DENO,
    "kv-store",
    "distributed_kv::proto::SetRequest",
    new Uint8Array([10, 1, 97, 18, 1, 98]),
  );
  assertEquals([set?.messageType, toHex(set!.payload)], ["distributed_kv::proto::SetResponse", "0801"]);
  const get = await rust.call(DENO, "kv-store", "distributed_kv::proto::GetRequest", new Uint8Array([10, 1, 97]));
  assertEquals(toHex(get!.payload), "0a0162");
});

Deno.test("we join by a seed, find its actors and call them, each caller with his own answer", async () => {
  await using stage = await Stage.open();
  await using _rust = await stage.rust("rust-1", RUST_STORE);
  stage.bridge.addPeer("rust-1:7000");
  await stage.clock.advance(100);
  assertEquals(stage.take(), ["rust-1 up", "rust-store at rust-1"]);
  assertEquals(stage.bridge.lookup("rust-store"), { node: "rust-1", addr: "rust-1:7000", actorType: "KVStore" });
  const store = stage.bridge.client("rust-1")!.remoteAddr("rust-store", KvProtocol);
  const keys = Array.from({ length: 200 }, (_, i) => `key-${i}`);
  const values = await Promise.all(keys.map(async (key) => (await store.send({ type: "get", key })).value));
  assertEquals(values, keys);
});

Deno.test("the peers of a peer are found through it, and all of them are told of each other, but of no node of ours", async () => {
  await using stage = await Stage.open();
  await using first = await stage.rust("rust-1");
  await using second = await stage.rust("rust-2");
  await using third = await stage.rust("rust-3");
  for (const node of [second, third]) first.members.set(node.id, { id: node.id, addr: node.addr });
  stage.bridge.addPeer("rust-1:7000");
  await stage.clock.advance(500);
  assertEquals(stage.statuses, { "rust-1": "up", "rust-2": "up", "rust-3": "up" });
  assertEquals([...third.members.keys()].sort(), ["deno-1", "rust-1", "rust-2", "rust-3"]);
});

Deno.test("a peer that falls silent is Suspect, then Down with its actors, and comes back when it speaks again", async () => {
  await using stage = await Stage.open();
  const rust = await stage.rust("rust-1", RUST_STORE);
  stage.bridge.addPeer("rust-1:7000");
  await stage.clock.advance(2_000);
  assertEquals(stage.take(), ["rust-1 up", "rust-store at rust-1"]);
  rust.isHung = true;
  await stage.clock.advance(300);
  assertEquals(stage.take(), []);
  await stage.clock.advance(400);
  assertEquals(stage.take(), ["rust-1 suspect"]);
  assertEquals(stage.bridge.lookup("rust-store")?.node, "rust-1");
  await stage.clock.advance(500);
  assertEquals(stage.take(), ["rust-1 down", "rust-store at undefined"]);
  assertEquals([stage.bridge.lookup("rust-store"), stage.bridge.client("rust-1")], [undefined, undefined]);
  rust.isHung = false;
  await stage.clock.advance(35_000);
  assertEquals(stage.take(), ["rust-1 up", "rust-store at rust-1"]);
  await rust[Symbol.asyncDispose]();
});

Deno.test("an ask in flight to a peer that goes Down fails at once, and says why", async () => {
  await using stage = await Stage.open();
  await using rust = await stage.rust("rust-1", RUST_STORE);
  stage.bridge.addPeer("rust-1:7000");
  await stage.clock.advance(100);
  rust.isHung = true;
  const store = stage.bridge.client("rust-1")!.remoteAddr("rust-store", KvProtocol);
  const asked = watch(store.send({ type: "get", key: "a" }, { timeout: 60_000 }));
  await stage.clock.advance(900);
  assertEquals(asked.ended, "pending");
  await stage.clock.advance(400);
  assert(asked.ended instanceof ConnectionLostError && asked.ended.cause instanceof NodeDownError);
  assertEquals([asked.ended.outcome, asked.ended.cause.node], ["unknown", "rust-1"]);
});

Deno.test("a hung peer, and ten addresses that swallow everything, delay nobody else's detection", async () => {
  await using stage = await Stage.open();
  const [hung, live, dying] = [await stage.rust("rust-1"), await stage.rust("rust-2"), await stage.rust("rust-3")];
  const holes = await Promise.all(
    Array.from({ length: 10 }, (_, i) => stage.network.listen({ hostname: `hole-${i}`, port: 1 })),
  );
  for (const { address: { hostname } } of holes) stage.bridge.addPeer(`${hostname}:1`);
  for (const { addr } of [hung, live, dying]) stage.bridge.addPeer(addr);
  await stage.clock.advance(3_000);
  assertEquals(stage.statuses, { "rust-1": "up", "rust-2": "up", "rust-3": "up" });
  hung.isHung = true;
  await dying[Symbol.asyncDispose]();
  await stage.clock.advance(700);
  assertEquals(stage.statuses, { "rust-1": "suspect", "rust-2": "up", "rust-3": "suspect" });
  await stage.clock.advance(500);
  assertEquals(stage.statuses, { "rust-1": "down", "rust-2": "up", "rust-3": "down" });
  await live[Symbol.asyncDispose]();
  await hung[Symbol.asyncDispose]();
  for (const hole of holes) hole.close();
});

Deno.test("a peer that says everybody is Down, our nodes included, changes nothing here and nothing that others are told", async () => {
  await using stage = await Stage.open();
  await using liar = await stage.rust("rust-1");
  await using other = await stage.rust("rust-2");
  for (const id of ["deno-1", "deno-2", "rust-2"]) liar.members.set(id, { id, addr: `${id}:7000`, status: 2 });
  stage.bridge.addPeer(other.addr);
  await stage.clock.advance(100);
  for (let round = 0; round < 20; round++) {
    assert(await liar.gossip(DENO));
    for (const id of ["deno-1", "deno-2", "rust-2"]) liar.members.set(id, { id, addr: `${id}:7000`, status: 2 });
    await stage.clock.advance(100);
  }
  assertEquals(stage.statuses, { "rust-1": "up", "rust-2": "up" });
  assertEquals([other.statusOf("deno-1"), other.statusOf("rust-1"), other.statusOf("rust-2")], [0, 0, 0]);
  assertEquals(other.members.has("deno-2"), false);
});

Deno.test("a peer with the id of one of our nodes is turned away at once and told of, not left waiting", async () => {
  await using stage = await Stage.open();
  await using rust = await stage.rust("deno-2", { actors: { "kv-store": "Evil" } });
  assertEquals(await rust.gossip(DENO), false);
  assertEquals(await rust.gossip(DENO), false);
  assertEquals(stage.events.map(({ kind }) => kind), ["rejected"]);
  assertEquals([stage.statuses, stage.bridge.lookup("kv-store")], [{}, undefined]);
});

Deno.test("a seed that nobody answers is told of and tried until somebody does; the own address is no seed", async () => {
  await using stage = await Stage.open();
  stage.bridge.addPeer("rust-1:7000");
  stage.bridge.addPeer("deno:7000");
  await stage.clock.advance(60_000);
  assertEquals(stage.take(), ["unreachable rust-1:7000", "rejected deno:7000"]);
  await using _rust = await stage.rust("rust-1");
  await stage.clock.advance(40_000);
  assertEquals(stage.statuses, { "rust-1": "up" });
});

Deno.test("what is no address is no peer", async () => {
  await using stage = await Stage.open();
  for (const addr of ["", "rust-1", "rust-1:0", "rust-1:99999"]) {
    assertThrows(() => stage.bridge.addPeer(addr), TypeError, "Cannot");
  }
});

Deno.test("a closed bridge gossips no more, answers nobody, and leaves nothing behind", async () => {
  const stage = await Stage.open();
  const rust = await stage.rust("rust-1", RUST_STORE);
  stage.bridge.addPeer("rust-1:7000");
  await stage.clock.advance(200);
  rust.isHung = true;
  await stage.clock.advance(250);
  const closed = watch(stage.bridge.close());
  await stage.clock.settle();
  assertEquals(closed.ended, undefined);
  assertEquals(stage.bridge.client("rust-1"), undefined);
  const said = rust.received.length;
  stage.take();
  await stage.clock.runUntilIdle({ maxMs: FORGET_MS });
  assertEquals([rust.received.length, stage.take()], [said, []]);
  await assertRejects(() => rust.gossip(DENO), Error, "refused");
  await rust[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

Deno.test("who would be open to others must say so, what to advertise, and no key", async () => {
  const options: CompatBridgeOptions = {
    hostname: "192.0.2.1",
    port: 0,
    nodeId: "deno-1",
    router: new MessageRouter(),
    clock: new ManualClock(),
    random: new SeededRandom(1),
    intervalMs: 100,
    suspectTimeoutMs: 500,
    ownMembers: () => [],
    ownActors: () => [],
    emit: () => {},
  };
  const open = (more: object) => CompatBridge.open({ ...options, ...more });
  await assertRejects(() => open({}), BindError, "they prove nothing");
  await assertRejects(() => open({ hostname: "0.0.0.0", insecure: true }), TypeError, "advertise");
  await assertRejects(() => open({ hostname: "127.0.0.1", key: "x".repeat(32) }), TypeError, "key");
  await assertRejects(() => open({ hostname: "127.0.0.1", tls: {} }), TypeError, "tls");
  await assertRejects(() => open({ hostname: "127.0.0.1", advertise: "nowhere" }), TypeError, "nowhere");
  await assertRejects(() => open({ hostname: "127.0.0.1", nodeId: "" }), TypeError, "name");
  for (const wrong of [0, -1, NaN, Infinity]) {
    await assertRejects(() => open({ hostname: "127.0.0.1", intervalMs: wrong }), RangeError, "intervalMs");
    await assertRejects(() => open({ hostname: "127.0.0.1", suspectTimeoutMs: wrong }), RangeError, "suspectTimeoutMs");
  }
});
