// The decorator of a transport, and the connections that it makes: remote/ on one side, cluster frames on the other.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ClusterFraming, type ClusterFramingOptions } from "../../../cluster/compat/cluster_framing.ts";
import { FramedConnection } from "../../../cluster/compat/framed_connection.ts";
import type { Gossip } from "../../../cluster/compat/gossip_codec.ts";
import { FIRST_FRAME_MS, FRAME_MS } from "../../../cluster/compat/limits.ts";
import { type Connection, type Listener, MemoryNetwork, WireError } from "../../../remote/mod.ts";
import { ManualClock, SeededRandom } from "../../../src/testing/mod.ts";
import { framesOf, fromHex, readFrames, toHex } from "../../support/frames.ts";
import { readRustFrame, type RustEnvelope, rustFrame } from "../../support/rust_node.ts";
import { watch } from "../../support/signals.ts";

const at = { hostname: "deno", port: 7000 };
const STATE: Gossip = { members: [{ id: "deno-1", addr: "deno:7000", status: "up" }], actors: [] };

const envelope = (correlationId: number, size = 3): RustEnvelope => ({
  messageType: "kv::Get",
  payload: new Uint8Array(size).fill(correlationId),
  correlationId,
  senderNode: "rust-1",
  targetActor: "kv",
  isResponse: false,
});
const message = (correlationId: number, size?: number): Uint8Array =>
  rustFrame({ senderNode: "rust-1", isResponse: false, envelope: envelope(correlationId, size) });
const gossip = (isResponse = false): Uint8Array =>
  rustFrame({ senderNode: "rust-1", isResponse, gossip: { members: [], actors: [] } });

/** A listener in cluster frames, in virtual time, and what it hears. */
class Port implements Disposable {
  readonly clock: ManualClock = new ManualClock();
  readonly network: MemoryNetwork;
  readonly framing: ClusterFraming;
  readonly senders: string[] = [];
  readonly failures: string[] = [];
  listener!: Listener;
  state: Gossip | undefined = STATE;

  constructor(options: Partial<ClusterFramingOptions> = {}, isSplit = false) {
    this.network = new MemoryNetwork({ random: new SeededRandom(1), faults: { split: isSplit } });
    this.framing = new ClusterFraming(this.network, {
      node: "deno-1",
      clock: this.clock,
      gossiped: (_, sender) => (this.senders.push(sender), this.state),
      failed: (_, { message }) => this.failures.push(message),
      ...options,
    });
  }

  static async open(options: Partial<ClusterFramingOptions> = {}, isSplit = false): Promise<Port> {
    const port = new Port(options, isSplit);
    port.listener = await port.framing.listen(at);
    return port;
  }

  /** A connection: the end of the other side, without frames, and ours. */
  async connect(): Promise<{ rust: Connection; ours: Connection }> {
    const rust = await this.network.connect(at);
    return { rust, ours: (await this.listener.accept())! };
  }

  [Symbol.dispose](): void {
    this.listener.close();
  }
}

/** Reads until the connection ends. */
async function readAll(connection: Connection): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for (let next = await connection.read(); next !== undefined; next = await connection.read()) {
    chunks.push(next.slice());
  }
  return chunks;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
}

for (const isSplit of [false, true]) {
  Deno.test(`messages come out of their cluster frames byte for byte, ${isSplit ? "in pieces" : "whole"}`, async () => {
    using port = await Port.open({}, isSplit);
    const { rust, ours } = await port.connect();
    const sizes = [0, 3, 100, 3_000];
    await rust.write(joined(sizes.map((size, i) => message(i, size))));
    rust.close();
    const plain = sizes.map((size, i) => envelope(i, size));
    assertEquals(toHex(joined(await readAll(ours))), toHex(framesOf(...plain)));
    ours.close();
    assertEquals(port.failures, []);
  });
}

Deno.test("answers go out as answers within cluster frames, in as few writes as they came", async () => {
  using port = await Port.open();
  const { rust, ours } = await port.connect();
  const answers = [1, 2].map((id) => ({ ...envelope(id), senderNode: "deno-1", isResponse: true }));
  await ours.write(framesOf(...answers));
  const expected = answers.map((envelope) => rustFrame({ senderNode: "deno-1", isResponse: true, envelope }));
  assertEquals(toHex((await rust.read())!), toHex(joined(expected)));
  // A large frame that is written in pieces waits until it is whole.
  const bytes = framesOf({ ...answers[0]!, payload: new Uint8Array(9_000) });
  await ours.write(bytes.subarray(0, 5_000));
  await ours.write(bytes.subarray(5_000));
  assertEquals(readRustFrame((await rust.read())!.subarray(4)).envelope?.payload.length, 9_000);
  ours.close();
});

Deno.test("a connection of ours asks in cluster frames, and reads the answers out of them", async () => {
  using port = new Port();
  const listener = await port.network.listen(at);
  const ours = await port.framing.connect(at);
  const rust = (await listener.accept())!;
  await ours.write(framesOf({ ...envelope(1), senderNode: "deno-1" }));
  const asked = rustFrame({
    senderNode: "deno-1",
    isResponse: false,
    envelope: { ...envelope(1), senderNode: "deno-1" },
  });
  assertEquals(toHex((await rust.read())!), toHex(asked));
  // Gossip, which nobody asked for here, is passed over, and the number of the outer frame means nothing.
  await rust.write(joined([gossip(), rustFrame({ senderNode: "rust-1", isResponse: true, envelope: envelope(7) })]));
  assertEquals(readFrames([(await ours.read())!]).map(({ correlationId }) => correlationId), [7]);
  assertEquals(port.senders, []);
  ours.close();
  listener.close();
  port.listener = listener;
});

Deno.test("gossip is answered on its connection, between messages, and is no message", async () => {
  using port = await Port.open();
  const { rust, ours } = await port.connect();
  await rust.write(joined([message(1), gossip(), message(2), gossip(true)]));
  const read = await ours.read();
  assertEquals(readFrames([read!]).map(({ correlationId }) => correlationId), [1, 2]);
  const { gossip: answer, isResponse, senderNode } = readRustFrame((await rust.read())!.subarray(4));
  assertEquals([senderNode, isResponse], ["deno-1", true]);
  assertEquals(answer, { members: [{ id: "deno-1", addr: "deno:7000", status: 0 }], actors: [] });
  assertEquals(port.senders, ["rust-1"]);
  ours.close();
});

Deno.test("gossip that is refused ends the connection, since the original would wait for the answer for ever", async () => {
  using port = await Port.open();
  port.state = undefined;
  const { rust, ours } = await port.connect();
  await rust.write(gossip());
  await assertRejects(() => ours.read(), Error, "refused");
  assertEquals(await rust.read(), undefined);
  assertEquals(port.failures, []);
});

Deno.test("an answer to gossip waits for what is being written", async () => {
  using port = await Port.open();
  const rust = await port.network.connect(at);
  const writes: PromiseWithResolvers<void>[] = [];
  const written: number[] = [];
  const slow: Connection = {
    remote: rust.remote,
    read: () => Promise.resolve(reads.shift()),
    write: (bytes) => {
      written.push(bytes.length);
      writes.push(Promise.withResolvers());
      return writes.at(-1)!.promise;
    },
    close: () => {},
  };
  const reads = [gossip()];
  const host = { clock: port.clock, gossiped: () => STATE, heard: () => {}, keep: () => true, ended: () => {} };
  const ours = new FramedConnection(slow, { node: "deno-1", frameBytesMax: 4_096, host });
  const writing = Promise.all([ours.write(framesOf(envelope(1))), ours.write(framesOf(envelope(2)))]);
  const reading = ours.read();
  for (let count = 1; count <= 3; count++) {
    await port.clock.settle();
    assertEquals(written.length, count);
    writes[count - 1]!.resolve();
  }
  assertEquals([await writing, await reading], [[undefined, undefined], undefined]);
  rust.close();
});

const HOSTILE: readonly [what: string, hex: string, why: string][] = [
  ["a header of 4 GiB", "ffffffff", "4294967295 bytes"],
  ["a header of one byte more than the limit", "01000401", "16778241 bytes"],
  ["bytes that are no envelope", "00000003 ffffff", "cut off"],
  ["an envelope whose payload is no cluster message", "00000004 12020801", "wrong kind"],
  ["HTTP", toHex(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")), "bytes: the limit is"],
];

for (const [what, hex, why] of HOSTILE) {
  Deno.test(`${what} ends the connection, behind the messages that came before it`, async () => {
    using port = await Port.open();
    const { rust, ours } = await port.connect();
    await rust.write(joined([message(1), fromHex(hex)]));
    assertEquals(readFrames([(await ours.read())!]).length, 1);
    await assertRejects(() => ours.read(), WireError, why);
    assertEquals(await rust.read(), undefined);
    assertEquals(port.failures.length, 1);
  });
}

Deno.test("a connection that ends within a frame is an error, one that ends between frames or breaks is none", async () => {
  using port = await Port.open();
  const [cut, plain, broken] = [await port.connect(), await port.connect(), await port.connect()];
  await cut.rust.write(message(1).subarray(0, 20));
  cut.rust.close();
  plain.rust.close();
  await assertRejects(() => cut.ours.read(), WireError, "ended after 20 bytes");
  assertEquals(await plain.ours.read(), undefined);
  port.network.reset();
  await assertRejects(() => broken.ours.read(), Error, "reset");
  assertEquals(port.failures.length, 1);
});

Deno.test("a connection that says nothing is closed after 5 s, one that has spoken may be silent for a day", async () => {
  using port = await Port.open();
  const { clock } = port;
  const [silent, idle] = [await port.connect(), await port.connect()];
  await idle.rust.write(message(1));
  assertEquals(readFrames([(await idle.ours.read())!]).length, 1);
  const [silentEnd, idleEnd] = [watch(silent.ours.read()), watch(idle.ours.read())];
  await clock.advance(FIRST_FRAME_MS - 1);
  assertEquals(silentEnd.ended, "pending");
  await clock.advance(1);
  assert(silentEnd.ended instanceof Error);
  await clock.advance(86_400_000);
  assertEquals(idleEnd.ended, "pending");
  idle.ours.close();
  assertEquals(port.failures, ["Cannot wait any longer for the rest of a frame"]);
});

Deno.test("a frame that comes byte by byte is given up, however steadily they come", async () => {
  using port = await Port.open();
  const { clock } = port;
  const { rust, ours } = await port.connect();
  await rust.write(message(1));
  await ours.read();
  const end = watch(ours.read());
  const slow = message(2);
  let sent = 0;
  for (; sent < slow.length - 1 && end.ended === "pending"; sent++) {
    await rust.write(slow.subarray(sent, sent + 1));
    await clock.advance(1_000);
  }
  assert(end.ended instanceof Error);
  assertEquals(sent, FRAME_MS / 1_000);
});

Deno.test("a frame may take its time as long as nobody waits for it: whoever does not read is slow himself", async () => {
  using port = await Port.open();
  const { clock } = port;
  const { rust, ours } = await port.connect();
  await rust.write(joined([message(1), message(2).subarray(0, 10)]));
  await ours.read();
  await clock.advance(10 * FRAME_MS);
  const read = ours.read();
  await rust.write(message(2).subarray(10));
  assertEquals(readFrames([(await read)!]).length, 1);
  ours.close();
});

Deno.test("all connections together keep no more of unfinished frames than may be, and give back what they kept", async () => {
  using port = await Port.open({ unfinishedBytesMax: 10_000 });
  const large = message(1, 20_000);
  const half = async (bytes: number) => {
    const { rust, ours } = await port.connect();
    const end = watch(ours.read());
    await rust.write(large.subarray(0, bytes));
    await port.clock.settle();
    return { rust, ours, end };
  };
  const [first, second, third] = [await half(4_000), await half(5_000), await half(2_000)];
  assertEquals([first.end.ended, second.end.ended], ["pending", "pending"]);
  assert(third.end.ended instanceof Error);
  first.ours.close();
  const fourth = await half(3_000);
  assertEquals(fourth.end.ended, "pending");
  // A frame that came whole is kept no longer.
  await fourth.rust.write(large.subarray(3_000, 8_000));
  await port.clock.settle();
  assert(fourth.end.ended instanceof Error);
  second.ours.close();
});

Deno.test("with too many connections the one that was silent the longest is closed", async () => {
  using port = await Port.open({ connectionsMax: 2 });
  const [first, second] = [await port.connect(), await port.connect()];
  await first.rust.write(message(1));
  await first.ours.read();
  const [firstEnd, secondEnd] = [watch(first.ours.read()), watch(second.ours.read())];
  const third = await port.connect();
  await port.clock.settle();
  assertEquals([firstEnd.ended, secondEnd.ended], ["pending", undefined]);
  // One that was closed counts no longer.
  third.ours.close();
  const more = [await port.connect()];
  more[0]!.ours.close();
  more.push(await port.connect());
  await port.clock.settle();
  assertEquals(firstEnd.ended, "pending");
  more.push(await port.connect());
  await port.clock.settle();
  assertEquals(firstEnd.ended, undefined);
  for (const { ours } of more) ours.close();
});
