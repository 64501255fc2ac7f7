import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { AskTimeoutError, MailboxFullError, type SendResult } from "../../mod.ts";
import { BindError, type ClientEvent, ConnectError, ConnectionLostError, RemoteClient } from "../../remote/mod.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { DeskProtocol, Office, roundTrip } from "../support/desk.ts";
import { RawPeer } from "../support/raw_peer.ts";
import { recordAll } from "../support/record.ts";
import { watch } from "../support/signals.ts";

/** Resolves with the next event of that kind. */
async function next<K extends ClientEvent["kind"]>(client: RemoteClient, kind: K): Promise<ClientEvent & { kind: K }> {
  for await (const event of client.events) if (event.kind === kind) return event as ClientEvent & { kind: K };
  throw new Error(`The events ended without "${kind}"`);
}

Deno.test("connect() fails with the reason when nobody listens", async () => {
  await using office = await Office.open();
  await office.server.shutdown();
  const error = await assertRejects(() => office.connect(), ConnectError);
  assert(error.cause !== undefined);
});

Deno.test("connect() can be aborted", async () => {
  const stop = new AbortController();
  stop.abort(new Error("enough"));
  await assertRejects(
    () => RemoteClient.connect({ hostname: "127.0.0.1", port: 1, signal: stop.signal }),
    Error,
    "enough",
  );
});

Deno.test("a client knows both nodes, and derives a name for its own", async () => {
  await using office = await Office.open();
  const [one, other] = [await office.connect(), await office.connect()];
  assertEquals([one.node, one.isConnected], ["office", true]);
  assert(/^client-[0-9a-f]{16}$/.test(one.localNode));
  assert(one.localNode !== other.localNode);
});

Deno.test("when the connection is lost, what was on its way fails as unknown, and nothing is sent twice", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const events = recordAll(client.events);
  const desk = client.remoteAddr("desk", DeskProtocol);
  const asked = desk.send({ type: "wait", gate: "never" });
  await desk.doSend({ type: "note", n: 1 });
  const lost = next(client, "disconnected");
  await roundTrip(client);
  await office.server.shutdown({ timeout: 0 });
  const error = await assertRejects(() => asked, ConnectionLostError);
  assertEquals(error.outcome, "unknown");
  await lost;
  await office.bind();
  await next(client, "connected");
  office.gates.open("never");
  assertEquals(await desk.send({ type: "echo", text: "again" }), "again");
  // The tell was taken before the loss, whether its confirmation came or not: handled once.
  assertEquals(office.notes, [1]);
  assert(events.filter(({ kind }) => kind === "dead-letter").length <= 1);
});

Deno.test("while the connection is lost senders wait, and are sent in order when it is back", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const desk = client.remoteAddr("desk", DeskProtocol);
  const lost = next(client, "disconnected");
  await office.server.shutdown({ timeout: 0 });
  await lost;
  assertEquals([client.isConnected, desk.trySend({ type: "note", n: -1 })], [false, "full"]);
  const results = Array.from({ length: 100 }, (_, n) => desk.doSend({ type: "note", n }));
  const answer = desk.send({ type: "echo", text: "last" });
  await office.bind();
  assertEquals(await answer, "last");
  assertEquals(new Set(await Promise.all(results)), new Set<SendResult>(["sent"]));
  assertEquals(office.notes, Array.from({ length: 100 }, (_, n) => n));
});

Deno.test("an outage that lasts turns senders away, as not delivered, until the connection is back", async () => {
  await using office = await Office.open();
  const client = await office.connect({ outageTimeout: 50 });
  const desk = client.remoteAddr("desk", DeskProtocol);
  await office.server.shutdown({ timeout: 0 });
  const error = await assertRejects(
    () => desk.send({ type: "echo", text: "" }, { timeout: 60_000 }),
    ConnectionLostError,
  );
  assertEquals(error.outcome, "not-delivered");
  assertEquals([await desk.doSend({ type: "note", n: 1 }), desk.trySend({ type: "note", n: 1 })], ["closed", "closed"]);
  await office.bind();
  await next(client, "connected");
  assertEquals(await desk.send({ type: "echo", text: "back" }), "back");
  assertEquals(office.notes, []);
});

Deno.test("only so many senders wait: to further ones the actor is full", async () => {
  await using office = await Office.open();
  const client = await office.connect({ maxWaiting: 2 });
  const desk = client.remoteAddr("desk", DeskProtocol);
  const lost = next(client, "disconnected");
  await office.server.shutdown({ timeout: 0 });
  await lost;
  const waiting = [desk.doSend({ type: "note", n: 1 }), desk.send({ type: "echo", text: "2" })];
  assertEquals(await desk.doSend({ type: "note", n: 3 }), "full");
  await assertRejects(() => desk.send({ type: "echo", text: "4" }), MailboxFullError);
  await office.bind();
  assertEquals(await Promise.all(waiting), ["sent", "2"]);
});

Deno.test("a waiting doSend() ends with its time-out or its signal, and leaves the line", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const desk = client.remoteAddr("desk", DeskProtocol);
  const lost = next(client, "disconnected");
  await office.server.shutdown({ timeout: 0 });
  await lost;
  const stop = new AbortController();
  const aborted = desk.doSend({ type: "note", n: 1 }, { signal: stop.signal });
  assertEquals(await desk.doSend({ type: "note", n: 2 }, { timeout: 10 }), "timeout");
  stop.abort();
  assertEquals(await aborted, "aborted");
  await office.bind();
  await desk.send({ type: "note", n: 3 });
  assertEquals(office.notes, [3]);
});

Deno.test("close() waits for what is on its way, and takes nothing new", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const desk = client.remoteAddr("desk", DeskProtocol);
  const asked = desk.send({ type: "wait", gate: "go" });
  const notes = Array.from({ length: 100 }, (_, n) => desk.doSend({ type: "note", n }));
  const closed = client.close();
  const state = watch(closed);
  assertEquals(await desk.doSend({ type: "note", n: -1 }), "closed");
  await assertRejects(() => desk.send({ type: "echo", text: "" }), ConnectionLostError, "the client is closed");
  assertEquals(state.ended, "pending");
  office.gates.open("go");
  assertEquals(await asked, "go");
  assertEquals(new Set(await Promise.all(notes)), new Set<SendResult>(["sent"]));
  await closed;
  await office.system.shutdown({ drain: true });
  assertEquals(office.notes, Array.from({ length: 100 }, (_, n) => n));
});

Deno.test("close() ends with the last ask that is given up, and so does a server that waits for it", async () => {
  await using office = await Office.open();
  for (const end of ["client", "server"] as const) {
    const client = await office.connect();
    const desk = client.remoteAddr("desk", DeskProtocol);
    const asked = assertRejects(() => desk.send({ type: "wait", gate: "never" }, { timeout: 30 }), AskTimeoutError);
    await roundTrip(client);
    const start = performance.now();
    await (end === "client" ? client.close() : office.server.shutdown());
    await asked;
    // Their own time-out is 10 s.
    assert(performance.now() - start < 5_000);
  }
  office.gates.open("never");
});

Deno.test("close() cuts off what takes longer than its time-out", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const asked = client.remoteAddr("desk", DeskProtocol).send({ type: "wait", gate: "never" });
  const failed = assertRejects(() => asked, ConnectionLostError);
  await client.close({ timeout: 10 });
  await failed;
  office.gates.open("never");
});

Deno.test("a server that shuts down lets clients finish, and they connect to its successor", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const desk = client.remoteAddr("desk", DeskProtocol);
  const asked = desk.send({ type: "wait", gate: "go" });
  await roundTrip(client);
  const closing = next(client, "closing");
  const down = office.server.shutdown();
  await closing;
  const later = desk.send({ type: "echo", text: "later" });
  office.gates.open("go");
  assertEquals(await asked, "go");
  await down;
  await office.bind();
  assertEquals(await later, "later");
});

Deno.test("a client that connects anew ends its older session first", async () => {
  await using office = await Office.open();
  const random = { next: () => 0.5, bytes: (n: number) => new Uint8Array(n).fill(7) };
  const first = await office.connect({ random });
  const events = recordAll(office.server.events);
  // The same identity and epoch, as of a copy: refused, and the first is not disturbed.
  const error = await assertRejects(() => office.connect({ random }), ConnectError);
  assertInstanceOf(error.cause, Error);
  assertEquals(await first.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "still" }), "still");
  assertEquals(events.map(({ kind }) => kind), ["refused"]);
});

Deno.test("a server refuses to listen where others can reach it without key or TLS", async () => {
  await using office = await Office.open();
  await assertRejects(() => office.bind({ hostname: "0.0.0.0", port: 0 }), BindError, "without key and tls");
  await office.bind({ hostname: "0.0.0.0", port: 0, insecure: true });
});

Deno.test("a server that cannot listen says why", async () => {
  await using office = await Office.open();
  const error = await assertRejects(() => office.bind(), BindError);
  assertInstanceOf(error.cause, Error);
});

Deno.test("a server that falls silent is given up", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const connecting = RemoteClient.connect({ hostname: "127.0.0.1", port, silenceTimeout: 30 });
  using _silent = await RawPeer.welcome(listener);
  await using client = await connecting;
  const { error } = await next(client, "disconnected");
  assertStringIncludes(String(error), "took nothing, for 30 ms");
});

Deno.test("a quiet connection is kept: each side answers when the other asks whether it is there", async () => {
  const clock = new ManualClock();
  await using office = await Office.open({ silenceTimeout: 60 });
  // The client's own time stands still: all it does is to answer.
  const client = await office.connect({ clock });
  const events = recordAll(office.server.events);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assertEquals([client.isConnected, events], [true, []]);
});
