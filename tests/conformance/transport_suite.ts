import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Address, Connection, Listener, Transport } from "../../remote/transport/transport.ts";
import { Seeded } from "../support/seeded.ts";

/** A transport to test, and how to break what it carries. */
export interface TransportUnderTest {
  /** The transport. */
  readonly transport: Transport;
  /** Where to listen; the port is chosen. */
  readonly hostname: string;
  /** Breaks a connection between its two ends, if the transport can be made to. */
  readonly reset?: (client: Connection, server: Connection) => void;
}

/** Two ends of a connection. Closes all of it at the end. */
class Pair implements Disposable {
  readonly listener: Listener;
  readonly client: Connection;
  readonly server: Connection;

  private constructor(listener: Listener, client: Connection, server: Connection) {
    this.listener = listener;
    this.client = client;
    this.server = server;
  }

  static async open({ transport, hostname }: TransportUnderTest): Promise<Pair> {
    const listener = await transport.listen({ hostname, port: 0 });
    const [client, server] = await Promise.all([transport.connect(listener.address), listener.accept()]);
    return new Pair(listener, client, server!);
  }

  [Symbol.dispose](): void {
    this.client.close();
    this.server.close();
    this.listener.close();
  }
}

/** Reads so many bytes, or all there are. */
async function readBytes(connection: Connection, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const chunk = await connection.read();
    if (chunk === undefined) return bytes.subarray(0, at);
    assert(chunk.length > 0, "a read gave no bytes");
    bytes.set(chunk.subarray(0, count - at), at);
    at += chunk.length;
  }
  return bytes;
}

/** Reads until the connection has ended, in order or not. */
async function readToEnd(connection: Connection): Promise<"ended" | "lost"> {
  try {
    while (await connection.read() !== undefined);
    return "ended";
  } catch {
    return "lost";
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Registers one test. */
type Test = (what: string, run: (subject: TransportUnderTest) => Promise<void>) => void;

/** What every transport promises. `open` makes one for each test. */
export function testTransport(name: string, open: () => TransportUnderTest): void {
  const test: Test = (what, run) => Deno.test(`${name}: ${what}`, async () => await run(open()));
  testBytes(test);
  testFlow(test);
  testListening(test);
}

function testBytes(test: Test): void {
  test("bytes arrive whole and in order, both ways at once", async (subject) => {
    using pair = await Pair.open(subject);
    const random = new Seeded(3);
    const data = Uint8Array.from({ length: 1_500_001 }, () => random.below(256));
    const send = async (connection: Connection): Promise<void> => {
      for (let at = 0; at < data.length;) {
        const length = 1 + random.below(200_000);
        await connection.write(data.subarray(at, at + length));
        at += length;
      }
    };
    const [there, back] = await Promise.all([
      readBytes(pair.server, data.length),
      readBytes(pair.client, data.length),
      send(pair.client),
      send(pair.server),
    ]);
    assertEquals([there.length, back.length], [data.length, data.length]);
    assert(there.every((byte, at) => byte === data[at]) && back.every((byte, at) => byte === data[at]));
  });

  test("what was sent before a close arrives, and then the end", async (subject) => {
    using pair = await Pair.open(subject);
    await pair.client.write(bytes("last words"));
    pair.client.close();
    assertEquals(text(await readBytes(pair.server, 10)), "last words");
    assertEquals(await readToEnd(pair.server), "ended");
  });

  test("close() ends a read that waits, may be repeated, and nothing can be written after it", async (subject) => {
    using pair = await Pair.open(subject);
    const read = pair.client.read();
    pair.client.close();
    pair.client.close();
    assertEquals(await read, undefined);
    assertEquals(await pair.client.read(), undefined);
    await assertRejects(() => pair.client.write(bytes("x")));
    assertEquals(await readToEnd(pair.server), "ended");
  });

  test("a connection that is reset fails both reads and writes", async (subject) => {
    using pair = await Pair.open(subject);
    if (subject.reset === undefined) return;
    await pair.client.write(bytes("half a"));
    assertEquals(text(await readBytes(pair.server, 6)), "half a");
    const read = assertRejects(() => pair.server.read());
    subject.reset(pair.client, pair.server);
    await read;
    await assertRejects(async () => {
      // The first write after a reset may still be taken by the platform.
      for (let n = 0; n < 100; n++) await pair.server.write(new Uint8Array(10_000));
    });
  });
}

function testFlow(test: Test): void {
  test("a peer that does not read holds up the writer, and close() frees it", async (subject) => {
    using pair = await Pair.open(subject);
    const chunk = new Uint8Array(1_000_000);
    let written = 0;
    const flood = async (): Promise<void> => {
      for (; written < 200; written++) await pair.client.write(chunk);
    };
    const failed = assertRejects(flood);
    // The writer is stuck when two looks some turns apart see the same.
    for (let before = -1; before !== written;) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert(written < 100, `${written} MB went nowhere`);
    pair.client.close();
    await failed;
  });

  test("a peer that reads late gets everything", async (subject) => {
    using pair = await Pair.open(subject);
    const sent = 20;
    const writing = (async () => {
      for (let n = 0; n < sent; n++) await pair.client.write(new Uint8Array(500_000).fill(n));
    })();
    const got = await readBytes(pair.server, sent * 500_000);
    await writing;
    assertEquals(got.length, sent * 500_000);
    for (let n = 0; n < sent; n++) assertEquals([got[n * 500_000], got[(n + 1) * 500_000 - 1]], [n, n]);
  });
}

function testListening(test: Test): void {
  test("many connections at once do not disturb each other", async ({ transport, hostname }) => {
    const listener = await transport.listen({ hostname, port: 0 });
    const echo = async (connection: Connection): Promise<void> => {
      for (let chunk = await connection.read(); chunk !== undefined; chunk = await connection.read()) {
        await connection.write(chunk.slice());
      }
      connection.close();
    };
    const serving: Promise<void>[] = [];
    const accepting = (async () => {
      for (let next = await listener.accept(); next !== undefined; next = await listener.accept()) {
        serving.push(echo(next));
      }
    })();
    await Promise.all(Array.from({ length: 30 }, async (_, n) => {
      const connection = await transport.connect(listener.address);
      await connection.write(bytes(`number ${n}`));
      assertEquals(text(await readBytes(connection, `number ${n}`.length)), `number ${n}`);
      connection.close();
    }));
    listener.close();
    await accepting;
    await Promise.all(serving);
  });

  test("connecting rejects where nobody listens, or nobody does any more", async ({ transport, hostname }) => {
    const listener = await transport.listen({ hostname, port: 0 });
    const { address } = listener;
    listener.close();
    listener.close();
    assertEquals(await listener.accept(), undefined);
    await assertRejects(() => transport.connect(address));
  });

  test("close() ends an accept() that waits", async ({ transport, hostname }) => {
    const listener = await transport.listen({ hostname, port: 0 });
    const accepting = listener.accept();
    listener.close();
    assertEquals(await accepting, undefined);
  });

  test("an address is listened on once, and again when it is free", async ({ transport, hostname }) => {
    const listener = await transport.listen({ hostname, port: 0 });
    const address: Address = listener.address;
    assert(address.port > 0);
    await assertRejects(() => transport.listen(address));
    listener.close();
    // What was being accepted is given up in a turn of its own.
    await new Promise((resolve) => setTimeout(resolve, 0));
    (await transport.listen(address)).close();
  });

  test("an attempt to connect can be aborted", async ({ transport, hostname }) => {
    const listener = await transport.listen({ hostname, port: 0 });
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await assertRejects(() => transport.connect(listener.address, { signal: stop.signal }), Error, "enough");
    listener.close();
  });
}
