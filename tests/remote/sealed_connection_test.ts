import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { createDecipheriv } from "node:crypto";
import { CinemaError } from "../../mod.ts";
import { recordNonce, SealedConnection } from "../../remote/sealed_connection.ts";
import type { Connection } from "../../remote/transport/transport.ts";
import { WireError } from "../../remote/wire/wire_error.ts";
import { chopped, type Middle, pipe, type PipeEnd } from "../support/pipe.ts";
import { forSeeds } from "../support/seeded.ts";

const NONE = new Uint8Array(0);
const RECORD_BYTES_MAX = 262_144;
const [UP, DOWN] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const key = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
const [FROM_CLIENT, FROM_SERVER] = await Promise.all([key(UP), key(DOWN)]);
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

interface Pair {
  readonly client: SealedConnection;
  readonly server: SealedConnection;
  readonly below: Record<"client" | "server", PipeEnd>;
}

/** Both ends of an encrypted connection. */
function pair(middle?: Middle, rest: Uint8Array = NONE): Pair {
  const below = pipe(middle);
  const client = new SealedConnection(below.client, { sendKey: FROM_CLIENT, receiveKey: FROM_SERVER, rest: NONE });
  const server = new SealedConnection(below.server, { sendKey: FROM_SERVER, receiveKey: FROM_CLIENT, rest });
  return { client, server, below };
}

/** The records that the client makes of these texts. */
async function recordsOf(...contents: readonly string[]): Promise<Uint8Array[]> {
  const records: Uint8Array[] = [];
  const { client } = pair((record) => (records.push(record), []));
  for (const content of contents) await client.write(bytes(content));
  return records;
}

/** What a server reads of these bytes, up to the error. */
async function opened(...chunks: readonly Uint8Array[]): Promise<{ read: string[]; error: WireError | undefined }> {
  const { server, below } = pair();
  for (const chunk of chunks) await below.client.write(chunk);
  below.client.close();
  const read: string[] = [];
  try {
    for (let plain = await server.read(); plain !== undefined; plain = await server.read()) read.push(text(plain)!);
    return { read, error: undefined };
  } catch (error) {
    assert(error instanceof WireError && below.server.isClosed);
    // Nothing that comes behind it is read either.
    assertStrictEquals(await assertRejects(() => server.read(), WireError), error);
    return { read, error };
  }
}

async function readBytes(connection: Connection, count: number): Promise<Uint8Array> {
  const all = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const chunk = await connection.read();
    if (chunk === undefined) throw new Error(`It has ended after ${at} bytes`);
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

Deno.test({
  name: "SealedConnection carries bytes both ways, however they are cut on the way",
  permissions: "none",
  async fn() {
    await forSeeds(20, async (random) => {
      const { client, server } = pair(chopped(1 + random.below(40)));
      const sent = Array.from({ length: 8 }, () => new Uint8Array(random.below(200)).map(() => random.below(256)));
      for (const [from, to] of [[client, server], [server, client]] as const) {
        for (const content of sent) await from.write(content);
        const all = new Uint8Array(sent.flatMap((content) => [...content]));
        assertEquals(await readBytes(to, all.length), all);
      }
    });
  },
});

Deno.test({
  name: "SealedConnection makes one record of a write, and several of one that is too large",
  permissions: "none",
  async fn() {
    const lengths: number[] = [];
    const { client, server } = pair((record) => (lengths.push(record.length), [record]));
    for (const size of [0, 1, RECORD_BYTES_MAX, RECORD_BYTES_MAX + 1]) {
      const content = new Uint8Array(size).map((_, at) => at % 251);
      const writing = client.write(content);
      assertEquals(await readBytes(server, size), content);
      await writing;
    }
    assertEquals(lengths, [1 + 20, RECORD_BYTES_MAX + 20, RECORD_BYTES_MAX + 20, 1 + 20]);
  },
});

Deno.test({
  name: "SealedConnection makes records that another implementation opens",
  permissions: "none",
  async fn() {
    const records = await recordsOf("first", "second");
    for (const [number, record] of records.entries()) {
      const header = record.subarray(0, 4);
      assertEquals(new DataView(record.buffer).getUint32(0), record.length - 4);
      const iv = new Uint8Array(12);
      iv[11] = number;
      const decipher = createDecipheriv("aes-256-gcm", UP, iv).setAAD(header).setAuthTag(record.subarray(-16));
      assertEquals(decipher.update(record.subarray(4, -16), undefined, "utf8"), ["first", "second"][number]);
      decipher.final();
    }
  },
});

Deno.test({
  name: "SealedConnection refuses a record of which any byte was changed, and everything behind it",
  permissions: "none",
  async fn() {
    const [first, second, third] = await recordsOf("first", "second", "third");
    for (let at = 0; at < second!.length; at++) {
      const changed = second!.map((byte, place) => place === at ? byte ^ 1 : byte);
      const { read, error } = await opened(first!, changed, third!);
      assertEquals([at, read, error === undefined], [at, ["first"], false]);
    }
  },
});

Deno.test({
  name: "SealedConnection notices a record that was dropped, repeated, moved or made up",
  permissions: "none",
  async fn() {
    const [first, second, third] = await recordsOf("first", "second", "third") as [Uint8Array, Uint8Array, Uint8Array];
    const message = (number: number) => `Cannot open record ${number}: it was not sealed by the peer`;
    const plain = new Uint8Array([0, 0, 0, 20, ...new Uint8Array(20)]);
    const cases: [Uint8Array[], string[], number][] = [
      [[second, third], [], 0],
      [[first, third], ["first"], 1],
      [[first, first, second], ["first"], 1],
      [[first, second, second, third], ["first", "second"], 2],
      [[second, first, third], [], 0],
      [[first, plain, second], ["first"], 1],
      [[new Uint8Array([0, 0, 0, 0]), first], [], 0],
    ];
    for (const [records, expected, number] of cases) {
      const { read, error } = await opened(...records);
      assertEquals([read, error?.code, error?.message], [expected, "malformed", message(number)]);
    }
    assertEquals(await opened(first, second, third), { read: ["first", "second", "third"], error: undefined });
  },
});

Deno.test({
  name: "SealedConnection refuses its own records when they are sent back",
  permissions: "none",
  async fn() {
    const { client, below } = pair((record, from) => from === "client" ? [] : [record]);
    const [record] = await recordsOf("mine");
    await below.server.write(record!);
    const error = await assertRejects(() => client.read(), WireError);
    assertEquals([error.code, below.client.isClosed], ["malformed", true]);
  },
});

Deno.test({
  name: "SealedConnection refuses a record by its length, before any of it is kept",
  permissions: "none",
  async fn() {
    const { read, error } = await opened(new Uint8Array([0, 4, 0, 17]));
    assertEquals([read, error?.code], [[], "frame-too-large"]);
  },
});

Deno.test({
  name: "SealedConnection tells an end between two records from one within a record",
  permissions: "none",
  async fn() {
    const [first, second] = await recordsOf("first", "second") as [Uint8Array, Uint8Array];
    assertEquals(await opened(first), { read: ["first"], error: undefined });
    for (const length of [1, 4, 10, second.length - 1]) {
      const { read, error } = await opened(first, second.subarray(0, length));
      assertEquals([read, error?.message], [["first"], "Cannot open the last record: it is cut off"]);
    }
  },
});

Deno.test({
  name: "SealedConnection begins with what was read behind the handshake",
  permissions: "none",
  async fn() {
    const [first, second, third] = await recordsOf("first", "second", "third") as [Uint8Array, Uint8Array, Uint8Array];
    const { server, below } = pair(undefined, new Uint8Array([...first, ...second.subarray(0, 7)]));
    assertEquals(text(await server.read()), "first");
    await below.client.write(new Uint8Array([...second.subarray(7), ...third]));
    assertEquals([text(await server.read()), text(await server.read())], ["second", "third"]);
  },
});

Deno.test({
  name: "SealedConnection passes over a record without content",
  permissions: "none",
  async fn() {
    const { server, below } = pair();
    const additionalData = new Uint8Array([0, 0, 0, 16]);
    const algorithm = { name: "AES-GCM", iv: new Uint8Array(12), additionalData };
    const empty = new Uint8Array(await crypto.subtle.encrypt(algorithm, FROM_CLIENT, new Uint8Array(0)));
    const [, second] = await recordsOf("first", "second");
    await below.client.write(new Uint8Array([...additionalData, ...empty, ...second!]));
    assertEquals(text(await server.read()), "second");
  },
});

Deno.test({
  name: "SealedConnection.close() closes what is below it, ends a read that waits, and gives out nothing more",
  permissions: "none",
  async fn() {
    const [first, second] = await recordsOf("first", "second") as [Uint8Array, Uint8Array];
    // The third record would not open.
    const { server, below } = pair(undefined, new Uint8Array([...first, ...second, ...first]));
    assertEquals(text(await server.read()), "first");
    const reading = server.read();
    server.close();
    server.close();
    assertEquals([await reading, await server.read(), below.server.isClosed], [undefined, undefined, true]);
    await assertRejects(() => server.write(bytes("late")));

    // Also when a part of a record has come.
    const other = pair(undefined, first.subarray(0, 9));
    const waiting = other.server.read();
    other.server.close();
    assertEquals([await waiting, await other.client.read()], [undefined, undefined]);
  },
});

Deno.test({
  name: "SealedConnection passes on that the connection below it was lost",
  permissions: "none",
  async fn() {
    const { client } = pipe();
    const broken: Connection = {
      remote: client.remote,
      read: () => Promise.reject(new Error("reset")),
      write: () => Promise.reject(new Error("broken")),
      close: () => client.close(),
    };
    const sealed = new SealedConnection(broken, { sendKey: FROM_CLIENT, receiveKey: FROM_SERVER, rest: NONE });
    assertEquals(sealed.remote, client.remote);
    await assertRejects(() => sealed.write(bytes("lost")), Error, "broken");
    await assertRejects(() => sealed.read(), Error, "reset");
    assertEquals(client.isClosed, true);
  },
});

Deno.test({
  name: "No two records of a direction have the same nonce: after 2^53 of them none is made",
  permissions: "none",
  fn() {
    const nonces = [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER].map((number) => recordNonce(number).toHex());
    assertEquals(nonces, [
      "000000000000000000000000",
      "000000000000000000000001",
      "000000000000000100000000",
      "00000000001fffffffffffff",
    ]);
    assertThrows(() => recordNonce(2 ** 53), CinemaError, "the key is used up");
  },
});
