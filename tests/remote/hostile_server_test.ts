// What a server does with clients that break the rules. Whatever it is, others are served.

import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async";
import { json } from "../../remote/mod.ts";
import type { Envelope } from "../../remote/wire/envelope.ts";
import { encodeHandshake } from "../../remote/wire/handshake_codec.ts";
import { Office, roundTrip } from "../support/desk.ts";
import { RawPeer } from "../support/raw_peer.ts";
import { recordAll } from "../support/record.ts";
import { Seeded } from "../support/seeded.ts";

const text = (value: unknown): Uint8Array => json<unknown>().encode(value) as Uint8Array;
const echo = (correlationId: number, target = "desk"): Partial<Envelope> => ({
  messageType: "desk.Echo",
  targetActor: target,
  correlationId,
  payload: text({ text: `${correlationId}` }),
});

/** A write may come just when the server closes. */
function closedMeanwhile(error: unknown): void {
  assert(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset, `${error}`);
}

/** The server still serves a client that behaves. */
async function expectServing(office: Office): Promise<void> {
  const client = await office.connect();
  assertEquals(await (await office.desk()).send({ type: "echo", text: "on" }), "on");
  await client.close();
}

/** Every way to be wrong, sent after a good handshake; the server closes the connection. */
const WRONG: Record<string, Uint8Array | Partial<Envelope>[]> = {
  "a header of 4 GiB": new Uint8Array([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]),
  "a frame that is larger than the limit by one": new Uint8Array([0x01, 0x00, 0x00, 0x01]),
  "an empty frame": new Uint8Array(4),
  "bytes that are no protobuf": new Uint8Array([0, 0, 0, 3, 0xFF, 0xFF, 0xFF]),
  "a known field of the wrong kind": new Uint8Array([0, 0, 0, 2, 0x08, 0x01]),
  "a text that is no UTF-8": new Uint8Array([0, 0, 0, 3, 0x0A, 0x01, 0xFF]),
  "a reply, where nothing was asked": [{ isResponse: true, correlationId: 1, payload: text("") }],
  "a grant, which is the server's to give": [{ targetActor: "desk", credit: { accepted: 1, messages: 9, bytes: 9 } }],
  "a second handshake": [{ handshake: new Uint8Array([0x0A, 0x00]) }],
  "two open asks of one number": [{ ...echo(7, "held"), messageType: "desk.Wait", payload: text({ gate: "never" }) }, {
    ...echo(7, "held"),
  }],
  "more messages than it had credit for": Array.from({ length: 33 }, (_, n) => ({
    ...echo(n + 1, "held"),
    messageType: "desk.Wait",
    payload: text({ gate: "never" }),
  })),
};

for (const [what, wrong] of Object.entries(WRONG)) {
  Deno.test(`a client that sends ${what} loses its connection, and nobody else does`, async () => {
    await using office = await Office.open();
    office.addDesk("held", { capacity: 1, stopTimeout: 0 });
    const refused = recordAll(office.server.events);
    using peer = await RawPeer.greet(office.port);
    if (wrong instanceof Uint8Array) await peer.write(wrong);
    else await peer.send(...wrong);
    await peer.closed();
    await expectServing(office);
    const ends = refused.filter((event) => event.kind === "disconnected" && event.node === "raw");
    assertEquals(ends.length, 1);
    assert(ends.some((event) => event.kind === "disconnected" && event.error instanceof Error));
  });
}

Deno.test("a header of 4 GiB and a flood behind it cost less than a MiB", async () => {
  await using office = await Office.open();
  using peer = await RawPeer.greet(office.port);
  const before = Deno.memoryUsage();
  await peer.write(new Uint8Array([0xFF, 0xFF, 0xFF, 0xFF]));
  const junk = new Uint8Array(65_536);
  try {
    for (let sent = 0; sent < 16_777_216; sent += junk.length) await peer.write(junk);
  } catch {
    // The server has closed the connection, as it should.
  }
  await peer.closed();
  const after = Deno.memoryUsage();
  const grown = after.external + after.heapUsed - before.external - before.heapUsed;
  assert(grown < 1_048_576, `the process grew by ${grown} bytes`);
});

Deno.test("a message that cannot be decoded is refused with a fault, and the connection lives", async () => {
  await using office = await Office.open();
  using peer = await RawPeer.greet(office.port);
  const ask = { ...echo(1), payload: new Uint8Array([0x7B]) };
  const tell = { messageType: "desk.Note", targetActor: "desk", payload: new Uint8Array([0x7B]) };
  await peer.send(ask, tell, echo(2));
  const asked = await peer.receive();
  assertEquals([asked?.correlationId, asked?.isResponse, asked?.fault?.code], [1, true, "refused"]);
  const told = await peer.receive();
  assertEquals([told?.targetActor, told?.fault?.code, told?.fault?.sequence], ["desk", "refused", 2]);
  assertEquals((await peer.receive())?.correlationId, 2);
});

Deno.test("an unknown actor and an unknown message are two faults, and nothing is handled", async () => {
  await using office = await Office.open();
  using peer = await RawPeer.greet(office.port);
  await peer.send(echo(1, "nobody"), { ...echo(2), messageType: "desk.Nonsense" }, {
    ...echo(3),
    messageType: "toString",
  });
  const codes = [await peer.receive(), await peer.receive(), await peer.receive()].map((answer) => answer?.fault?.code);
  assertEquals(codes, ["no-such-actor", "no-such-message", "no-such-message"]);
});

Deno.test("a connection that ends in the middle of a frame is closed, and what came whole was handled", async () => {
  await using office = await Office.open();
  const events = recordAll(office.server.events);
  const peer = await RawPeer.greet(office.port);
  await peer.send(echo(1));
  assertEquals((await peer.receive())?.correlationId, 1);
  await peer.write(new Uint8Array([0, 0, 0, 9, 1]));
  peer.close();
  await expectServing(office);
  const end = events.find((event) => event.kind === "disconnected");
  assert(end?.kind === "disconnected" && /ended after \d+ bytes/.test(String(end.error)));
});

Deno.test("a client that connects anew has its older session ended first: nothing of that is delivered any more", async () => {
  await using office = await Office.open();
  using older = await RawPeer.greet(office.port, 1);
  using newer = await RawPeer.greet(office.port, 2);
  await older.closed();
  await newer.send(echo(1));
  assertEquals((await newer.receive())?.correlationId, 1);
  assertEquals(office.server.connections, 1);
});

Deno.test("an ask whose client is gone before its handler starts is never handled", async () => {
  await using office = await Office.open();
  using peer = await RawPeer.greet(office.port);
  const note = { messageType: "desk.Note", targetActor: "desk", correlationId: 2, payload: text({ n: 1 }) };
  await peer.send({ ...echo(1), messageType: "desk.Wait", payload: text({ gate: "go" }) }, note, echo(3, "nobody"));
  assertEquals((await peer.receive())?.correlationId, 3);
  const events = office.server.events;
  peer.close();
  for await (const { kind } of events) if (kind === "disconnected") break;
  office.gates.open("go");
  await expectServing(office);
  assertEquals(office.notes, []);
});

Deno.test("frames whose end does not come may hold so much memory and no more, of all connections together", async () => {
  await using office = await Office.open();
  await office.bind({ port: 0, serverReceiveBytesMax: 65_536 });
  const begin = new Uint8Array(40_004);
  begin[1] = 0x0F; // a frame of nearly 1 MB
  using one = await RawPeer.greet(office.port, 1);
  await one.write(begin);
  const client = await office.connect();
  await roundTrip(client);
  using other = await RawPeer.connect(office.port);
  const handshake = encodeHandshake({
    ...({ step: "hello", versionMin: 1, versionMax: 1, node: "other", uid: "other", epoch: 1 } as const),
    ...{ frameBytesMax: 1_000_000, nonce: new Uint8Array(0), keyIds: [] },
  });
  await other.send({ handshake });
  assertEquals((await other.receive())?.handshake !== undefined, true);
  await roundTrip(client);
  await other.write(begin);
  // At once: not because it is silent for so long.
  await deadline(other.closed(), 5_000);
  await roundTrip(client);
  const events = recordAll(office.server.events);
  one.close();
  // What a connection held is free when it has gone.
  for (let epoch = 2; epoch < 6; epoch++) {
    using next = await RawPeer.greet(office.port, epoch);
    await next.write(begin);
    await roundTrip(client);
  }
  assertEquals(events.filter((event) => event.kind === "disconnected" && /too much/.test(String(event.error))), []);
});

Deno.test("random bytes instead of a handshake end the connection, and never the server", async () => {
  await using office = await Office.open();
  const random = new Seeded(7);
  for (let run = 0; run < 100; run++) {
    using peer = await RawPeer.connect(office.port);
    await peer.write(Uint8Array.from({ length: 1 + random.below(200) }, () => random.below(256)));
    peer.close();
  }
  await expectServing(office);
});

Deno.test("a client that trickles bytes of a frame is given up after a while", async () => {
  await using office = await Office.open({ silenceTimeout: 60 });
  using peer = await RawPeer.greet(office.port);
  const closed = peer.closed();
  let isClosed = false;
  closed.then(() => isClosed = true);
  await peer.write(new Uint8Array([0, 0, 0xFF, 0xFF]));
  for (let byte = 0; byte < 1_000 && !isClosed; byte++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!isClosed) await peer.write(new Uint8Array(1)).catch(closedMeanwhile);
  }
  assert(isClosed, "it may trickle for ever");
});

Deno.test("a client that says nothing is given up after the handshake time-out", async () => {
  await using office = await Office.open();
  const server = await office.bind({ port: 0, handshakeTimeout: 30 });
  const events = server.events.getReader();
  using peer = await RawPeer.connect(office.port);
  await peer.closed();
  const { value: event } = await events.read();
  assert(event?.kind === "refused" && event.error instanceof Error);
  assertEquals(event.error.message, "Cannot shake hands within 30 ms");
});

Deno.test("a flood of connections that say nothing keeps no client out", async () => {
  await using office = await Office.open();
  const flood: RawPeer[] = [];
  try {
    for (let n = 0; n < 500; n++) flood.push(await RawPeer.connect(office.port));
    await expectServing(office);
    // All but the last 128 were closed to make room.
    await flood[0]!.closed();
  } finally {
    for (const peer of flood) peer.close();
  }
});

Deno.test("no more connections are taken than allowed, and the next one is told", async () => {
  await using office = await Office.open();
  await office.bind({ port: 0, maxConnections: 2 });
  await office.connect();
  await office.connect();
  let refusal: unknown;
  await office.connect().catch((error) => refusal = error);
  assert(String(refusal).includes("2 connections"), `${refusal}`);
});

Deno.test("a client that does not read its replies is not read either, and its server stays small", async () => {
  await using office = await Office.open();
  await office.bind({ port: 0, sendBytesMax: 65_536 });
  using peer = await RawPeer.greet(office.port);
  const large = text({ text: "x".repeat(8_000) });
  let sent = 0;
  let isStuck = false;
  const flood = async (): Promise<void> => {
    // Grants are not read, so no more than the first window may be sent.
    for (; sent < 30; sent++) await peer.send({ ...echo(sent + 1), payload: large });
  };
  await flood().catch(() => isStuck = true);
  assertEquals([sent, isStuck], [30, false]);
  await expectServing(office);
  for (let n = 1; n <= 30; n++) {
    let answer = await peer.receive();
    while (answer?.credit !== undefined) answer = await peer.receive();
    assertEquals(answer?.correlationId, n);
  }
});
