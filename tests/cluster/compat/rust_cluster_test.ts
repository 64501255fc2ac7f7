// A cluster of Cinema-rs 0.1 and a node of ours, over real sockets and in real time.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { CompatBridge, type CompatBridgeOptions } from "../../../cluster/compat/bridge.ts";
import type { CompatEvent } from "../../../cluster/compat/events.ts";
import { ActorSystem, systemClock, systemRandom } from "../../../mod.ts";
import { BindError, type Connection, LocalNode, MessageRouter } from "../../../remote/mod.ts";
import { tcpTransport } from "../../../remote/spi.ts";
import { fromHex, toHex } from "../../support/frames.ts";
import { rustFrame, RustNode } from "../../support/rust_node.ts";
import { KvProtocol, KvStore, RUST_STORE } from "./stage.ts";

/** A bridge on a free port of this machine. */
class Bridge implements AsyncDisposable {
  readonly system: ActorSystem = new ActorSystem();
  readonly events: CompatEvent[] = [];
  readonly #waiting: Set<() => void> = new Set();
  bridge!: CompatBridge;

  static async open(options: Partial<CompatBridgeOptions> = {}): Promise<Bridge> {
    const self = new Bridge();
    const handler = new LocalNode("deno-1").handler(self.system.spawn(() => new KvStore()), { name: "kv-store" });
    self.bridge = await CompatBridge.open({
      hostname: "127.0.0.1",
      port: 0,
      nodeId: "deno-1",
      router: new MessageRouter().route(KvProtocol, handler),
      clock: systemClock,
      random: systemRandom,
      intervalMs: 20,
      suspectTimeoutMs: 400,
      ownMembers: () => ["deno-1"],
      ownActors: () => [{ name: "kv-store", actorType: "KvStore" }],
      emit: (event) => {
        self.events.push(event);
        for (const look of self.#waiting) look();
      },
      ...options,
    });
    return self;
  }

  /** Resolves when a peer has got a status, after so many events. */
  async saw(id: string, status: string, from = 0): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      const isThere = this.events.slice(from).some((event) =>
        event.kind === "status" && event.id === id && event.status === status
      );
      if (isThere) resolve();
    };
    this.#waiting.add(look);
    look();
    await promise;
    this.#waiting.delete(look);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bridge.close({ timeout: 0 });
    await this.system.shutdown();
  }
}

async function connect({ bridge }: Bridge): Promise<Connection> {
  return await tcpTransport().connect(bridge.address);
}

Deno.test("a node of the original joins over a socket, is seen Up, and each side calls the actors of the other", async () => {
  await using ours = await Bridge.open();
  await using rust = await RustNode.start({ id: "rust-1", ...RUST_STORE });
  assert(await rust.gossip(ours.bridge.address));
  assertEquals(ours.bridge.peers.map(({ id, addr, status }) => [id, addr, status]), [["rust-1", rust.addr, "up"]]);
  assertEquals(rust.actors.get("kv-store")?.nodeId, "deno-1");

  const { address } = ours.bridge;
  const call = (type: string, payload: number[]) =>
    rust.call(address, "kv-store", `distributed_kv::proto::${type}Request`, new Uint8Array(payload));
  assertEquals(toHex((await call("Set", [10, 1, 97, 18, 1, 98]))!.payload), "0801");
  assertEquals(toHex((await call("Get", [10, 1, 97]))!.payload), "0a0162");
  assertEquals((await call("Get", [10, 1, 99]))!.payload.length, 0);

  const { node } = ours.bridge.lookup("rust-store")!;
  const store = ours.bridge.client(node)!.remoteAddr("rust-store", KvProtocol);
  const keys = Array.from({ length: 500 }, (_, i) => `key-${i}`);
  const asked = keys.map(async (key) => (await store.send({ type: "get", key }, { timeout: 30_000 })).value);
  assertEquals(await Promise.all(asked), keys);
});

Deno.test("a node of the original that dies is Suspect, then Down, and Up again when it is back at its address", async () => {
  await using ours = await Bridge.open();
  const rust = await RustNode.start({ id: "rust-1", ...RUST_STORE });
  ours.bridge.addPeer(rust.addr);
  await ours.saw("rust-1", "up");
  const [hostname, port] = rust.addr.split(":");
  await rust[Symbol.asyncDispose]();
  await ours.saw("rust-1", "suspect");
  await ours.saw("rust-1", "down");
  assertEquals([ours.bridge.lookup("rust-store"), ours.bridge.client("rust-1")], [undefined, undefined]);
  const before = ours.events.length;
  await using _back = await RustNode.start({ id: "rust-1", at: { hostname: hostname!, port: Number(port) } });
  await ours.saw("rust-1", "up", before);
});

Deno.test("a node of the original that hangs is Down in its time, while one that lives is not", async () => {
  await using ours = await Bridge.open();
  await using hung = await RustNode.start({ id: "rust-1" });
  await using live = await RustNode.start({ id: "rust-2" });
  for (const { addr } of [hung, live]) ours.bridge.addPeer(addr);
  await Promise.all([ours.saw("rust-1", "up"), ours.saw("rust-2", "up")]);
  hung.isHung = true;
  await ours.saw("rust-1", "down");
  assertEquals(ours.bridge.client("rust-2")?.node, "rust-2");
});

const HOSTILE: readonly [what: string, bytes: Uint8Array][] = [
  ["a header of 4 GiB", fromHex("ffffffff")],
  ["garbage", Uint8Array.from({ length: 1_000 }, (_, i) => i < 4 ? [0, 0, 3, 0][i]! : i * 37 % 251)],
  [
    "a cluster frame whose message is garbage",
    fromHex("0000001a 0a07636c7573746572 1206 0a04ffffffff 2207 72757374 2d3939"),
  ],
  ["a plain envelope of a message", fromHex("00000009 0a0174 1202ffff 1801")],
];

Deno.test("hostile bytes end their own connection, and nothing else", async () => {
  await using ours = await Bridge.open({ suspectTimeoutMs: 60_000 });
  await using rust = await RustNode.start({ id: "rust-1" });
  for (const [what, bytes] of HOSTILE) {
    const connection = await connect(ours);
    await connection.write(bytes);
    assertEquals(await ended(connection), true, what);
  }
  assert(await rust.gossip(ours.bridge.address));
  assertEquals(ours.bridge.peers.map(({ id, status }) => [id, status]), [["rust-1", "up"]]);
  assert(ours.events.filter(({ kind }) => kind === "rejected").length >= 3);
});

/** Whether the other side has closed, without a word. */
async function ended(connection: Connection): Promise<boolean> {
  try {
    return await connection.read() === undefined;
  } catch {
    return true;
  } finally {
    connection.close();
  }
}

Deno.test("a peer that announces 16 MiB and sends it slowly costs what it has sent, and holds up nobody", async () => {
  await using ours = await Bridge.open();
  await using rust = await RustNode.start({ id: "rust-1" });
  const slow = await Promise.all(Array.from({ length: 20 }, () => connect(ours)));
  const before = Deno.memoryUsage().external;
  for (const connection of slow) await connection.write(fromHex("01000000 0a07636c7573746572"));
  assert(await rust.gossip(ours.bridge.address));
  assert(await rust.gossip(ours.bridge.address));
  // Twenty times as much would be 320 MiB.
  assert(Deno.memoryUsage().external - before < 16 * 1_048_576);
  for (const connection of slow) connection.close();
});

Deno.test("one frame cannot take a name, move a peer, nor mark anybody: the attack on the original changes nothing", async () => {
  await using ours = await Bridge.open({ suspectTimeoutMs: 60_000 });
  await using bank = await RustNode.start({ id: "bank-node", actors: { bank: "Bank" } });
  ours.bridge.addPeer(bank.addr);
  await ours.saw("bank-node", "up");
  const members = [
    { id: "evil", addr: "127.0.0.1:9" },
    { id: "bank-node", addr: "127.0.0.1:9", status: 2 },
    { id: "deno-1", addr: "127.0.0.1:9", status: 2 },
  ];
  for (const senderNode of ["evil", "bank-node", "deno-1"]) {
    const gossip = { members, actors: [{ actorId: "bank", nodeId: "evil", actorType: "Bank" }] };
    const connection = await connect(ours);
    await connection.write(rustFrame({ senderNode, isResponse: false, gossip }));
    await connection.read();
    connection.close();
  }
  const { node, addr } = ours.bridge.lookup("bank")!;
  assertEquals([node, addr], ["bank-node", bank.addr]);
  assertEquals(ours.bridge.peers.find(({ id }) => id === "bank-node")?.status, "up");
  await using other = await RustNode.start({ id: "rust-2" });
  assert(await other.gossip(ours.bridge.address));
  const { hostname, port } = ours.bridge.address;
  assertEquals(other.members.get("deno-1"), { id: "deno-1", addr: `${hostname}:${port}`, status: 0 });
  assertEquals(other.members.get("bank-node"), { id: "bank-node", addr: bank.addr, status: 0 });
});

Deno.test("a port that is taken is an error, and leaves nothing behind", async () => {
  await using ours = await Bridge.open();
  const { port } = ours.bridge.address;
  const system = new ActorSystem();
  await assertRejects(() => Bridge.open({ port }), BindError, String(port));
  await system.shutdown();
});
