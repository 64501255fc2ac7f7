import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ActorFailedError, ActorSystem, type Message, NameTakenError, Rejection } from "../../../mod.ts";
import { TestProbe } from "../../../src/testing/mod.ts";
import { spawnTaker } from "../../support/taker.ts";
import { VirtualSystem } from "../../support/virtual.ts";

interface Note extends Message<string> {
  readonly type: "note";
  readonly text: string;
}
interface Other extends Message {
  readonly type: "started" | "constructor" | "anything";
}
const note = (text: string): Note => ({ type: "note", text });

Deno.test("TestProbe records every message in order, whatever its type", async () => {
  await using system = new ActorSystem();
  const probe = new TestProbe<Note | Other>(system);
  const sent: (Note | Other)[] = [note("a"), { type: "started" }, { type: "constructor" }, { type: "anything" }];
  for (const message of sent) await probe.addr.doSend(message);
  for (const message of sent) assertStrictEquals(await probe.receive(), message);
  assertEquals(probe.pending, []);
});

Deno.test("TestProbe.receive() waits for what comes later, several at once in the order they asked", async () => {
  await using system = new ActorSystem();
  const probe = new TestProbe<Note>(system);
  const received = Promise.all([probe.receive(), probe.receive(), probe.receive()]);
  for (const text of ["a", "b", "c", "d"]) await probe.addr.doSend(note(text));
  assertEquals((await received).map(({ text }) => text), ["a", "b", "c"]);
  assertEquals((await probe.receive()).text, "d");
});

Deno.test("TestProbe.receive() rejects when nothing comes in time, and what comes then is kept", async () => {
  await using system = new ActorSystem();
  const probe = new TestProbe<Note>(system);
  await assertRejects(() => probe.receive({ timeout: 1 }), Error, "no message came within 1 ms");
  await assertRejects(() => probe.receiveTerminated({ timeout: 1 }), Error, "no termination notice came within 1 ms");
  await probe.addr.doSend(note("late"));
  assertEquals((await probe.receive()).text, "late");
});

Deno.test("TestProbe.receive() that timed out takes nothing away from one that still waits", async () => {
  await using system = new ActorSystem();
  const probe = new TestProbe<Note>(system);
  const short = probe.receive({ timeout: 1 });
  const long = probe.receive({ timeout: 10_000 });
  await assertRejects(() => short, Error, "no message");
  probe.addr.trySend(note("a"));
  assertEquals((await long).text, "a");
});

Deno.test("TestProbe.pending shows what was not received, without taking it", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const probe = new TestProbe<Note>(system);
  probe.addr.trySend(note("a"));
  probe.addr.trySend(note("b"));
  await clock.settle();
  assertEquals(probe.pending.map(({ text }) => text), ["a", "b"]);
  await probe.receive();
  assertEquals(probe.pending.map(({ text }) => text), ["b"]);
});

Deno.test("TestProbe answers asks with `reply`, and with undefined without it", async () => {
  await using system = new ActorSystem();
  const upper = new TestProbe<Note>(system, { reply: async ({ text }) => await Promise.resolve(text.toUpperCase()) });
  assertEquals(await upper.addr.send(note("a")), "A");
  assertEquals((await upper.receive()).text, "a");
  assertEquals(await new TestProbe<Note>(system).addr.send(note("a")), undefined);
});

Deno.test("TestProbe whose `reply` throws answers as any actor does, and has recorded the message", async () => {
  await using system = new ActorSystem();
  const refusing = new TestProbe<Note>(system, {
    reply: () => {
      throw new Rejection("no");
    },
  });
  await assertRejects(() => refusing.addr.send(note("a")), Rejection, "no");
  assertEquals([refusing.addr.isAlive, refusing.pending.length], [true, 1]);
  const failing = new TestProbe<Note>(system, {
    reply: () => {
      throw new RangeError("boom");
    },
  });
  const error = await assertRejects(() => failing.addr.send(note("a")), ActorFailedError);
  assertInstanceOf(error.cause, RangeError);
});

Deno.test("TestProbe.hold() fills the mailbox up, and release() lets everything go in order", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const probe = new TestProbe<Note>(system, { capacity: 2 });
  probe.hold();
  probe.hold();
  probe.addr.trySend(note("a"));
  await clock.settle();
  const results = ["b", "c", "d"].map((text) => probe.addr.trySend(note(text)));
  assertEquals([results, probe.pending], [["sent", "sent", "full"], []]);
  probe.release();
  probe.release();
  await clock.settle();
  assertEquals(probe.pending.map(({ text }) => text), ["a", "b", "c"]);
});

Deno.test("TestProbe.watch() tells how an actor ended, once", async () => {
  await using system = new ActorSystem();
  const probe = new TestProbe<Note>(system);
  const { addr } = spawnTaker(system);
  await probe.watch(addr);
  await probe.watch(addr);
  await system.stop(addr);
  const notice = await probe.receiveTerminated();
  assertEquals([notice.addr === addr, notice.reason], [true, "stopped"]);
  await assertRejects(() => probe.receiveTerminated({ timeout: 1 }));
});

Deno.test("TestProbe is an actor with the name it was given", async () => {
  await using system = new ActorSystem();
  const probe = new TestProbe<Note>(system, { name: "ear" });
  assertEquals([probe.addr.id, system.actors], ["/ear", [probe.addr]]);
  assertThrows(() => new TestProbe(system, { name: "ear" }), NameTakenError);
});
