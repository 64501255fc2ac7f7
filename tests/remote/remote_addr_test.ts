import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  ActorFailedError,
  type AnyMessage,
  AskTimeoutError,
  MailboxClosedError,
  MessageRefusedError,
  Rejection,
  type SendResult,
} from "../../mod.ts";
import { NoRouteError, RemoteFailure, ReplyLostError } from "../../remote/mod.ts";
import { DeskProtocol, Office, roundTrip, untyped } from "../support/desk.ts";
import { recordAll } from "../support/record.ts";
import { CountingSignal } from "../support/signals.ts";

Deno.test("send() resolves with the decoded reply", async () => {
  await using office = await Office.open();
  const desk = await office.desk();
  assertEquals(await desk.send({ type: "echo", text: "grüß dich" }), "grüß dich");
});

Deno.test("send() of a message without reply resolves when it was handled", async () => {
  await using office = await Office.open();
  const desk = await office.desk();
  assertEquals(await desk.send({ type: "note", n: 1 }), undefined);
  assertEquals(office.notes, [1]);
});

Deno.test("doSend() and trySend() deliver, in the order sent together with send()", async () => {
  await using office = await Office.open();
  const desk = await office.desk();
  const sent: (SendResult | Promise<SendResult>)[] = [];
  for (let n = 0; n < 30; n += 3) {
    sent.push(desk.doSend({ type: "note", n }), desk.trySend({ type: "note", n: n + 1 }));
    desk.send({ type: "note", n: n + 2 });
  }
  assertEquals(new Set(await Promise.all(sent)), new Set(["sent"]));
  await desk.send({ type: "echo", text: "" });
  assertEquals(office.notes, Array.from({ length: 30 }, (_, n) => n));
});

Deno.test("doSend() waits while the mailbox over there is full, and nothing is lost", async () => {
  await using office = await Office.open();
  office.addDesk("busy", { capacity: 1 });
  const client = await office.connect();
  const busy = client.remoteAddr("busy", DeskProtocol);
  const held = busy.send({ type: "wait", gate: "go" });
  const results: SendResult[] = [];
  const total = 100;
  const all = Array.from({ length: total }, (_, n) => busy.doSend({ type: "note", n }).then((r) => results.push(r)));
  // A round trip through another actor: what can be sent by now has been.
  await client.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "" });
  assertEquals(results.length < 40, true);
  assertEquals(busy.trySend({ type: "note", n: -1 }), "full");
  office.gates.open("go");
  await Promise.all([...all, held]);
  await busy.send({ type: "echo", text: "" });
  assertEquals(office.notes, Array.from({ length: total }, (_, n) => n));
});

Deno.test("a signal is let go of when its send has ended, whichever way", async () => {
  await using office = await Office.open();
  const desk = await office.desk({ maxAsks: 1 });
  const counting = new CountingSignal();
  const { signal } = counting;
  const held = desk.send({ type: "wait", gate: "go" }, { signal });
  const waiting = desk.doSend({ type: "note", n: 1 }, { signal });
  const late = assertRejects(() => desk.send({ type: "echo", text: "" }, { signal, timeout: 10 }), AskTimeoutError);
  assertEquals(counting.listeners, 2);
  await late;
  office.gates.open("go");
  await Promise.all([held, waiting]);
  assertEquals(counting.listeners, 0);
});

Deno.test("a tell does not overtake an ask that waits because too many are open", async () => {
  await using office = await Office.open();
  const desk = await office.desk({ maxAsks: 1 });
  const first = desk.send({ type: "wait", gate: "go" });
  const second = desk.send({ type: "note", n: 1 });
  assertEquals(desk.trySend({ type: "note", n: -1 }), "full");
  const third = desk.doSend({ type: "note", n: 2 });
  office.gates.open("go");
  await Promise.all([first, second, third]);
  await desk.send({ type: "echo", text: "" });
  assertEquals(office.notes, [1, 2]);
});

Deno.test("a slow actor delays no other on the same connection", async () => {
  await using office = await Office.open();
  office.addDesk("slow", { capacity: 1 });
  const client = await office.connect();
  const slow = client.remoteAddr("slow", DeskProtocol);
  const waiting = Array.from({ length: 50 }, (_, n) => slow.send({ type: "wait", gate: `${n}` }));
  const desk = client.remoteAddr("desk", DeskProtocol);
  for (let n = 0; n < 100; n++) assertEquals(await desk.send({ type: "echo", text: `${n}` }), `${n}`);
  for (let n = 0; n < 50; n++) office.gates.open(`${n}`);
  assertEquals(await Promise.all(waiting), Array.from({ length: 50 }, (_, n) => `${n}`));
});

Deno.test("a handler that throws fails its asker, with what was thrown as the cause", async () => {
  await using office = await Office.open();
  const desk = await office.desk();
  const error = await assertRejects(() => desk.send({ type: "fail", how: "throw" }), ActorFailedError);
  assertEquals([error.outcome, error.messageType, error.target], ["handled", "fail", desk.id]);
  assertInstanceOf(error.cause, RemoteFailure);
  assertEquals([error.cause.remoteName, error.cause.message], ["TypeError", "The desk has failed"]);
  // Its strategy is to stop, so that the next one is not delivered.
  const after = await assertRejects(() => desk.send({ type: "echo", text: "" }), MailboxClosedError);
  assertEquals(after.outcome, "not-delivered");
});

Deno.test("a Rejection travels with its detail, and the actor lives on", async () => {
  await using office = await Office.open();
  const desk = await office.desk();
  const error = await assertRejects(() => desk.send({ type: "fail", how: "reject" }), Rejection<unknown>);
  assertEquals([error.message, error.detail], ["The desk is shut", { until: 9 }]);
  assertEquals(await desk.send({ type: "echo", text: "on" }), "on");
});

Deno.test("a reply that cannot be encoded is an error that says the message was handled", async () => {
  await using office = await Office.open();
  const events = recordAll(office.server.events);
  const desk = await office.desk();
  const error = await assertRejects(() => desk.send({ type: "fail", how: "unencodable" }), ReplyLostError);
  assertEquals(error.outcome, "handled");
  assertEquals(events.filter(({ kind }) => kind === "dead-letter").length, 1);
});

Deno.test("an actor that is not routed cannot be reached, and the asker is told", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const nobody = client.remoteAddr("nobody", DeskProtocol);
  const error = await assertRejects(() => nobody.send({ type: "echo", text: "" }), NoRouteError);
  assertEquals(error.outcome, "not-delivered");
});

Deno.test("a tell to an actor that is not routed is a dead letter", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const events = recordAll(client.events);
  const nobody = client.remoteAddr("nobody", DeskProtocol);
  assertEquals(await nobody.doSend({ type: "note", n: 7 }), "sent");
  await assertRejects(() => nobody.send({ type: "echo", text: "" }), NoRouteError);
  const letters = events.filter((event) => event.kind === "dead-letter");
  assertEquals(letters.map(({ outcome, message }) => [outcome, message]), [[
    "not-delivered",
    { type: "note", n: 7 } as AnyMessage,
  ]]);
  assertInstanceOf(letters[0]?.error, NoRouteError);
});

Deno.test("a message that cannot be encoded is refused, and nothing is sent", async () => {
  await using office = await Office.open();
  const desk = await office.desk();
  const cycle: Record<string, unknown> = { type: "note" };
  cycle["n"] = cycle;
  await assertRejects(() => desk.send(untyped(cycle)), MessageRefusedError);
  assertEquals(await desk.doSend(untyped(cycle)), "refused");
  assertEquals(desk.trySend(untyped(cycle)), "refused");
  assertEquals(desk.trySend(untyped({ type: "nonsense" })), "refused");
  assertEquals(office.notes, []);
});

Deno.test("a message larger than the peer's limit is refused before it is sent", async () => {
  await using office = await Office.open({ frameBytesMax: 4_096 });
  const desk = await office.desk();
  const error = await assertRejects(() => desk.send({ type: "echo", text: "x".repeat(5_000) }), MessageRefusedError);
  assertInstanceOf(error.cause, RangeError);
  assertEquals(await desk.send({ type: "echo", text: "small" }), "small");
});

Deno.test("an ask without an answer in time fails, and its late answer is dropped", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const events = recordAll(client.events);
  const desk = client.remoteAddr("desk", DeskProtocol);
  const error = await assertRejects(() => desk.send({ type: "wait", gate: "go" }, { timeout: 20 }), AskTimeoutError);
  assertEquals([error.outcome, error.timeoutMs], ["unknown", 20]);
  office.gates.open("go");
  assertEquals(await desk.send({ type: "echo", text: "on" }), "on");
  assertEquals(events.some(({ kind }) => kind === "dead-letter"), false);
});

Deno.test("a deadline travels: an ask whose time is over there, too, before its handler starts is never handled", async () => {
  await using office = await Office.open();
  const desk = await office.desk();
  const first = desk.send({ type: "wait", gate: "go" });
  await assertRejects(() => desk.send({ type: "note", n: 1 }, { timeout: 20 }), AskTimeoutError);
  const last = desk.send({ type: "note", n: 2 });
  // The deadline over there may be met a tick or two later than here.
  await new Promise((resolve) => setTimeout(resolve, 50));
  office.gates.open("go");
  await Promise.all([first, last]);
  assertEquals(office.notes, [2]);
});

Deno.test("an aborted ask is taken back over there: a handler that has not started never does", async () => {
  await using office = await Office.open();
  const desk = await office.desk();
  const first = desk.send({ type: "wait", gate: "go" });
  const giveUp = new AbortController();
  const taken = assertRejects(() => desk.send({ type: "note", n: 1 }, { signal: giveUp.signal }), Error, "enough");
  const last = desk.send({ type: "note", n: 2 });
  giveUp.abort(new Error("enough"));
  await taken;
  // The cancel travels in front of this.
  await roundTrip(office.clients[0]!);
  office.gates.open("go");
  await Promise.all([first, last]);
  assertEquals(office.notes, [2]);
});

Deno.test("sendEnvelope() resolves with the reply as it came over the wire", async () => {
  await using office = await Office.open();
  const client = await office.connect();
  const desk = client.remoteAddr("desk", DeskProtocol);
  const reply = await desk.sendEnvelope({ type: "echo", text: "hi" });
  assertEquals(new TextDecoder().decode(reply.payload), '"hi"');
  assertEquals([reply.senderNode, reply.targetActor], ["office", client.localNode]);
  assertEquals([reply.messageType, reply.isResponse, reply.correlationId], ["desk.Echo", true, 1]);
});

Deno.test("writable() takes a stream with back-pressure", async () => {
  await using office = await Office.open();
  office.addDesk("busy", { capacity: 2 });
  const busy = (await office.connect()).remoteAddr("busy", DeskProtocol);
  const notes = Array.from({ length: 500 }, (_, n) => ({ type: "note", n }) as const);
  await ReadableStream.from(notes).pipeTo(busy.writable());
  await busy.send({ type: "echo", text: "" });
  assertEquals(office.notes, notes.map(({ n }) => n));
});
