import { assertEquals, assertRejects } from "@std/assert";
import { ClusterFrameWriter } from "../../../cluster/compat/cluster_frame.ts";
import { exchange } from "../../../cluster/compat/exchange.ts";
import { GOSSIP_BYTES_MAX } from "../../../cluster/compat/limits.ts";
import { type Connection, type Listener, MemoryNetwork, WireError } from "../../../remote/mod.ts";
import { CinemaError } from "../../../mod.ts";
import { ManualClock } from "../../../src/testing/mod.ts";
import { fromHex } from "../../support/frames.ts";
import { readRustFrame, rustFrame, RustNode } from "../../support/rust_node.ts";
import { CountingSignal, watch } from "../../support/signals.ts";

const at = { hostname: "rust", port: 7000 };

const frame = (() => {
  const writer = new ClusterFrameWriter("deno-1", false);
  writer.appendGossip({ members: [{ id: "deno-1", addr: "deno:7000", status: "up" }], actors: [] });
  return writer.take();
})();

/** Somebody to exchange gossip with, who does what its test says. */
class Other implements Disposable {
  readonly clock: ManualClock = new ManualClock();
  readonly network: MemoryNetwork = new MemoryNetwork();
  readonly stop: AbortController = new AbortController();
  listener!: Listener;

  static async open(): Promise<Other> {
    const other = new Other();
    other.listener = await other.network.listen(at);
    return other;
  }

  ask(): ReturnType<typeof exchange> {
    const { network: transport, clock, stop: { signal } } = this;
    return exchange(at, frame, { transport, clock, timeoutMs: 500, signal });
  }

  accept(): Promise<Connection> {
    return this.listener.accept() as Promise<Connection>;
  }

  [Symbol.dispose](): void {
    this.listener.close();
  }
}

Deno.test("an exchange says what this node knows, gives what the other knows, and closes the connection", async () => {
  const [clock, transport] = [new ManualClock(), new MemoryNetwork()];
  await using rust = await RustNode.start({ id: "rust-1", at, transport, actors: { kv: "KVStore" } });
  const { signal } = new AbortController();
  const { sender, gossip } = await exchange(at, frame, { transport, clock, timeoutMs: 500, signal });
  assertEquals([sender, gossip.members.map(({ id }) => id)], ["rust-1", ["rust-1", "deno-1"]]);
  assertEquals(gossip.actors, [{ actorId: "kv", nodeId: "rust-1", actorType: "KVStore" }]);
  assertEquals(rust.received.map(({ senderNode, isResponse }) => [senderNode, isResponse]), [["deno-1", false]]);
  // No timer is left that would keep a process alive.
  await clock.runUntilIdle({ maxMs: 0 });
});

Deno.test("an exchange with a process that accepts and says nothing ends after its time-out", async () => {
  using other = await Other.open();
  const asked = assertRejects(() => other.ask(), CinemaError, "No answer within 500 ms");
  const connection = await other.accept();
  assertEquals(readRustFrame((await connection.read())!.subarray(4)).senderNode, "deno-1");
  await other.clock.advance(500);
  await asked;
  assertEquals(await connection.read(), undefined);
});

Deno.test("an exchange with a process that drips one byte after the other ends after its time-out too", async () => {
  using other = await Other.open();
  const asked = assertRejects(() => other.ask(), CinemaError, "No answer within 500 ms");
  const connection = await other.accept();
  for (let i = 0; i < 10; i++) {
    await connection.write(new Uint8Array(i === 0 ? [0, 0, 1, 0] : [0]));
    await other.clock.advance(50);
  }
  await asked;
});

Deno.test("an exchange that is not wanted any more ends at once, also before it has begun", async () => {
  using other = await Other.open();
  const reason = new Error("closing");
  const asked = assertRejects(() => other.ask(), Error, "closing");
  const connection = await other.accept();
  await connection.read();
  other.stop.abort(reason);
  await asked;
  assertEquals(await connection.read(), undefined);
  await assertRejects(() => other.ask(), Error, "closing");
});

const ANSWERS: readonly [what: string, bytes: Uint8Array, why: string][] = [
  ["nothing, and is closed", new Uint8Array(0), "closed before it came"],
  ["a header of 4 GiB", fromHex("ffffffff"), "4294967295 bytes"],
  ["bytes that are no envelope", fromHex("00000003ffffff"), "cut off"],
  ["an empty frame", fromHex("00000000"), "it is none"],
  [
    "a message",
    rustFrame({
      senderNode: "rust-1",
      isResponse: true,
      envelope: {
        messageType: "x",
        payload: new Uint8Array(0),
        correlationId: 1,
        senderNode: "",
        targetActor: "",
        isResponse: true,
      },
    }),
    "it is none",
  ],
];

for (const [what, bytes, why] of ANSWERS) {
  Deno.test(`an exchange fails when the answer is ${what}`, async () => {
    using other = await Other.open();
    const type = bytes.length === 0 ? CinemaError : WireError;
    const asked = assertRejects(() => other.ask(), type, why);
    const connection = await other.accept();
    await connection.read();
    if (bytes.length > 0) await connection.write(bytes);
    else connection.close();
    await asked;
    await other.clock.runUntilIdle({ maxMs: 0 });
  });
}

Deno.test("an exchange that is over leaves neither a connection nor a listener behind", async () => {
  using other = await Other.open();
  const counting = new CountingSignal();
  const { network: transport, clock } = other;
  const asked = exchange(at, frame, { transport, clock, timeoutMs: 500, signal: counting.signal });
  const connection = await other.accept();
  await connection.read();
  assertEquals(counting.listeners, 1);
  await connection.write(rustFrame({ senderNode: "rust-1", isResponse: true, gossip: { members: [], actors: [] } }));
  await asked;
  const end = watch(connection.read());
  await clock.settle();
  assertEquals([end.ended, counting.listeners], [undefined, 0]);
});

Deno.test("an exchange takes no answer of more bytes than gossip may have", async () => {
  using other = await Other.open();
  const asked = assertRejects(() => other.ask(), WireError, `the limit is ${GOSSIP_BYTES_MAX}`);
  const connection = await other.accept();
  const header = new Uint8Array(4);
  new DataView(header.buffer).setUint32(0, GOSSIP_BYTES_MAX + 1);
  await connection.write(header);
  await asked;
});

Deno.test("an exchange with an address where nobody listens fails with the error of the platform", async () => {
  using other = await Other.open();
  other.listener.close();
  await assertRejects(() => other.ask(), Error, "Connection refused");
  await other.clock.runUntilIdle({ maxMs: 0 });
});
