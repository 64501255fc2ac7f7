// What somebody in the middle has recorded is worth nothing to them.

import { assert, assertEquals } from "@std/assert";
import { type Connection, ConnectionLostError, MemoryNetwork, type Transport } from "../../remote/mod.ts";
import { HandshakeError } from "../../remote/handshake_error.ts";
import { DeskProtocol, Office } from "../support/desk.ts";
import { lostIsEnded } from "./stranger.ts";

const key = "a secret of 32 random bytes or more";

/** A network on which somebody reads along, and may send something of their own. */
class Tapped implements Transport {
  readonly network: MemoryNetwork = new MemoryNetwork();
  /** What clients have written, connection by connection. */
  readonly written: Uint8Array[][] = [];
  /** Changes what clients write. */
  change: (bytes: Uint8Array, at: number) => readonly Uint8Array[] = (bytes) => [bytes];

  async connect(...args: Parameters<Transport["connect"]>): Promise<Connection> {
    const inner = await this.network.connect(...args);
    const written: Uint8Array[] = [];
    this.written.push(written);
    const write = async (bytes: Uint8Array): Promise<void> => {
      for (const one of this.change(bytes, written.length)) await inner.write(one.slice());
      written.push(bytes.slice());
    };
    return { remote: inner.remote, read: () => inner.read(), write, close: () => inner.close() };
  }

  listen(...args: Parameters<Transport["listen"]>): ReturnType<Transport["listen"]> {
    return this.network.listen(...args);
  }
}

/** The first event of a kind, from those that have not been read. */
async function next<E extends { readonly kind: string }>(events: ReadableStream<E>, kind: E["kind"]): Promise<E> {
  for await (const event of events) if (event.kind === kind) return event;
  throw new Error(`The events ended without "${kind}"`);
}

/** Reads until the other side has closed. */
async function ended(connection: Connection): Promise<void> {
  while (await connection.read().catch(lostIsEnded) !== undefined);
}

Deno.test("a whole session that is sent again handles nothing again, and ends at the proof of its key", async () => {
  const transport = new Tapped();
  await using office = await Office.open({ transport, key });
  const events = office.server.events;
  const client = await office.connect();
  const desk = client.remoteAddr("desk", DeskProtocol);
  for (let n = 1; n <= 3; n++) await desk.send({ type: "note", n });
  await client.close();
  const recorded = transport.written[0]!;
  assert(recorded.length >= 5, "hello, proof, three messages");

  const thief = await transport.network.connect(office.server.address);
  for (const bytes of recorded) await thief.write(bytes);
  await ended(thief);
  thief.close();
  const { error } = await next(events, "refused") as { error: unknown };
  assertEquals(error instanceof HandshakeError && error.code, "key");
  assertEquals(office.notes, [1, 2, 3]);
});

Deno.test("a message that is sent twice within its session ends that, and is handled once at most", async () => {
  const transport = new Tapped();
  await using office = await Office.open({ transport, key });
  const client = await office.connect();
  const desk = client.remoteAddr("desk", DeskProtocol);
  await desk.send({ type: "note", n: 1 });
  const events = office.server.events;
  let isDoubled = false;
  transport.change = (bytes) => {
    if (isDoubled) return [bytes];
    isDoubled = true;
    return [bytes, bytes];
  };
  // The reply may have been on its way before the copy came.
  const sent = await desk.send({ type: "note", n: 2 }).catch((error: unknown) => error);
  assert(sent === undefined || sent instanceof ConnectionLostError, `${sent}`);
  await next(events, "disconnected");
  await client.close();
  assertEquals(office.notes, [1, 2]);
});

Deno.test("a message of an earlier session of the same client is no message of its next one", async () => {
  const transport = new Tapped();
  await using office = await Office.open({ transport, key });
  const client = await office.connect();
  const desk = client.remoteAddr("desk", DeskProtocol);
  await desk.send({ type: "note", n: 1 });
  const old = transport.written[0]!.at(-1)!;
  const back = next(client.events, "connected");
  transport.network.reset();
  await back;
  await desk.send({ type: "note", n: 2 });
  // What the session before has said comes in place of what this one says.
  let isSwapped = false;
  transport.change = (bytes) => isSwapped ? [bytes] : (isSwapped = true, [old]);
  const error = await desk.send({ type: "note", n: 3 }, { timeout: 2_000 }).catch((error: unknown) => error);
  assert(error instanceof ConnectionLostError && error.outcome === "unknown", `${error}`);
  await client.close();
  assertEquals(office.notes, [1, 2]);
});
