// Nodes of Cinema-rs 0.1 beside a cluster of ours, as a user of ClusterNode sees them.

import { assertEquals, assertRejects } from "@std/assert";
import { ClusterClient, type ClusterEvent, ClusterNode } from "../../../cluster/mod.ts";
import { Actor, ActorSystem, CinemaError, type Context, type Terminated } from "../../../mod.ts";
import { BindError } from "../../../remote/mod.ts";
import { rustFrame, RustNode } from "../../support/rust_node.ts";
import { toHex } from "../../support/frames.ts";
import { KvProtocol, KvStore, RUST_STORE } from "./stage.ts";

const FAST = { interval: 20, suspectTimeout: 400 } as const;

/** The first event that passes. */
async function until(
  events: ClusterNode["events"],
  passes: (text: string, event: ClusterEvent) => boolean,
): Promise<void> {
  for await (const event of events) {
    const subject = "member" in event ? event.member.id : "name" in event ? event.name : "";
    if (passes(`${event.kind} ${subject}`, event)) return;
  }
}

Deno.test("a Cinema-rs node joins by a port of its own: it is a member, and each side finds and calls the actors of the other", async () => {
  await using system = new ActorSystem();
  await using node = new ClusterNode("deno-1", "127.0.0.1:0");
  node.register("kv-store", system.spawn(() => new KvStore()), KvProtocol, { actorType: "KvStore" });
  await node.join([]);
  const port = await node.startCompatServer(0, FAST);
  await using rust = await RustNode.start({ id: "rust-1", ...RUST_STORE });

  const found = node.waitForActor("rust-store");
  await rust.gossip({ hostname: "127.0.0.1", port });
  assertEquals(await found, { name: "rust-store", node: "rust-1", actorType: "KVStore" });
  assertEquals(node.members.map(({ id, status }) => `${id} ${status}`), ["deno-1 up", "rust-1 up"]);
  assertEquals(node.actors.map(({ name }) => name), ["kv-store", "rust-store"]);

  const set = await rust.call(
    { hostname: "127.0.0.1", port },
    "kv-store",
    "distributed_kv::proto::SetRequest",
    new Uint8Array([10, 1, 97, 18, 1, 98]),
  );
  assertEquals(toHex(set!.payload), "0801");
  const client = new ClusterClient(node);
  assertEquals((await client.remoteAddr("kv-store", KvProtocol).send({ type: "get", key: "a" })).value, "b");
  const there = client.remoteAddr("rust-store", KvProtocol);
  const keys = Array.from({ length: 100 }, (_, i) => `key-${i}`);
  const values = await Promise.all(keys.map(async (key) => (await there.send({ type: "get", key })).value));
  assertEquals([values, there.node], [keys, "rust-1"]);
});

Deno.test("a Cinema-rs node calls each of several actors that take the same messages by its name, also one that came later", async () => {
  await using system = new ActorSystem();
  await using node = new ClusterNode("deno-1", "127.0.0.1:0");
  const stores = ["kv-1", "kv-2", "kv-3"].map((name) => ({ name, addr: system.spawn(() => new KvStore()) }));
  const offer = ({ name, addr }: typeof stores[number]) => node.register(name, addr, KvProtocol);
  stores.slice(0, 2).forEach(offer);
  await node.join([]);
  const port = await node.startCompatServer(0, FAST);
  stores.slice(2).forEach(offer);
  await using rust = await RustNode.start({ id: "rust-1" });
  for (const { name, addr } of stores) {
    const value = new TextEncoder().encode(name);
    const set = new Uint8Array([0x0A, 1, 0x61, 0x12, value.length, ...value]);
    await rust.call({ hostname: "127.0.0.1", port }, name, "distributed_kv::proto::SetRequest", set);
    assertEquals((await addr.send({ type: "get", key: "a" })).value, name);
  }
});

Deno.test("what a Cinema-rs node sends to an actor that has ended is for no other, and is told of: over there it is silence", async () => {
  await using system = new ActorSystem();
  await using node = new ClusterNode("deno-1", "127.0.0.1:0");
  const [kept, gone] = [system.spawn(() => new KvStore()), system.spawn(() => new KvStore())];
  node.register("kept", kept, KvProtocol);
  node.register("gone", gone, KvProtocol);
  await node.join([]);
  const at = { hostname: "127.0.0.1", port: await node.startCompatServer(0, FAST) };
  node.unregisterActor("gone");
  const messageType = "distributed_kv::proto::SetRequest";
  const frameOf = (targetActor: string, ...payload: number[]) => {
    const message = { messageType, payload: new Uint8Array(payload), correlationId: 1, senderNode: "rust-1" };
    return rustFrame({
      senderNode: "rust-1",
      isResponse: false,
      envelope: { ...message, targetActor, isResponse: false },
    });
  };
  const set = [0x0A, 1, 0x61, 0x12, 1, 0x62];
  const rejected: string[] = [];
  const told = until(node.events, (_, event) => {
    if (event.kind === "rejected") rejected.push(event.reason);
    // What came last, and cannot be decoded.
    return event.kind === "rejected" && !event.reason.includes("no actor");
  });
  using rust = await Deno.connect(at);
  for (const frame of [frameOf("gone", ...set), frameOf("gone", ...set), frameOf("kept", 0xFF)]) {
    await rust.write(frame);
  }
  await told;
  // The same is told once.
  const nobody = `"${messageType}" was not handled: Cannot deliver "${messageType}": no actor is routed as "gone"`;
  assertEquals([rejected.length, rejected[0]], [2, nobody]);
  assertEquals((await kept.send({ type: "get", key: "a" })).value, undefined);
});

Deno.test("bytes of a Cinema-rs node that make no sense are told of once, be it the message or the frame around it", async () => {
  await using node = new ClusterNode("deno-1", "127.0.0.1:0");
  await node.join([]);
  const at = { hostname: "127.0.0.1", port: await node.startCompatServer(0, FAST) };
  const { events } = node;
  const send = async (...bytes: number[]) => {
    using rust = await Deno.connect(at);
    await rust.write(new Uint8Array([0, 0, 0, bytes.length, ...bytes]));
    assertEquals(await rust.read(new Uint8Array(1)), null);
  };
  // A message whose name is a number; a frame whose name is cut off.
  await send(0x12, 4, 0x0A, 2, 0x08, 1);
  await send(0x0A, 9);
  await node.leave();
  const reasons: string[] = [];
  for await (const event of events) if (event.kind === "rejected") reasons.push(event.reason);
  assertEquals(reasons.map((reason) => reason.split(": ")[1]), ["field 1 is of the wrong kind", "a field is cut off"]);
});

Deno.test("a Cinema-rs node that dies is suspect, then down: its actors are gone, and who watched one is told once", async () => {
  await using system = new ActorSystem();
  await using node = new ClusterNode("deno-1", "127.0.0.1:0");
  await node.join([]);
  const rust = await RustNode.start({ id: "rust-1", ...RUST_STORE });
  const found = node.waitForActor("rust-store");
  await node.startCompatServer(0, { ...FAST, seeds: [rust.addr] });
  await found;
  const notices: string[] = [];
  const ended = Promise.withResolvers<void>();
  class Guard extends Actor {
    override started(ctx: Context<never>): void {
      ctx.watch(new ClusterClient(node).remoteAddr("rust-store", KvProtocol));
    }
    override terminated({ reason }: Terminated): void {
      notices.push(reason);
      ended.resolve();
    }
  }
  system.spawn(() => new Guard());
  const down = until(node.events, (text) => text === "down rust-1");
  await rust[Symbol.asyncDispose]();
  await Promise.all([down, ended.promise]);
  assertEquals(node.lookupActor("rust-store"), undefined);
  assertEquals([notices, node.actors], [["node-down"], []]);
});

Deno.test("what a Cinema-rs node says of a node of ours, or of its actors, changes nothing", async () => {
  await using system = new ActorSystem();
  await using one = new ClusterNode("node-1", "127.0.0.1:0");
  await using two = new ClusterNode("node-2", "127.0.0.1:0");
  await one.join([]);
  two.register("kv-store", system.spawn(() => new KvStore()), KvProtocol);
  await two.join([one.addr]);
  await one.waitForActor("kv-store");
  const port = await one.startCompatServer(0, FAST);
  await using liar = await RustNode.start({ id: "rust-1", actors: { "kv-store": "Fake" } });
  liar.members.set("node-2", { id: "node-2", addr: two.addr, status: 2 });
  liar.members.set("node-1", { id: "node-1", addr: one.addr, status: 1 });
  await liar.gossip({ hostname: "127.0.0.1", port });
  assertEquals(one.lookupActor("kv-store")?.node, "node-2");
  assertEquals(one.members.map(({ id, status }) => `${id} ${status}`), ["node-1 up", "node-2 up", "rust-1 up"]);
  await using thief = await RustNode.start({ id: "node-2" });
  const rejected = until(one.events, (text) => text.startsWith("rejected"));
  await thief.gossip({ hostname: "127.0.0.1", port });
  await rejected;
  assertEquals(one.members.find(({ id }) => id === "node-2"), { id: "node-2", addr: two.addr, status: "up" });
});

Deno.test("ClusterNode.startCompatServer() says what is wrong: too early, twice, an address that others can reach", async () => {
  await using node = new ClusterNode("deno-1", "127.0.0.1:0");
  await assertRejects(() => node.startCompatServer(0), CinemaError, "start the server first");
  await node.join([]);
  await assertRejects(() => node.startCompatServer(0, { interval: 0 }), RangeError);
  await assertRejects(() => node.startCompatServer(0, { hostname: "0.0.0.0", advertise: "10.0.0.1:1" }), BindError);
  await node.startCompatServer(0);
  await assertRejects(() => node.startCompatServer(0), CinemaError, "twice");
});
