import {
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ActorSystem, type Addr, MailboxClosedError, MailboxFullError, MessageRefusedError } from "../../../mod.ts";
import { deadLetters, recordEvents } from "../../support/record.ts";
import { CountingSignal, watch } from "../../support/signals.ts";
import { spawnTaker, type Take, take } from "../../support/taker.ts";
import { VirtualSystem } from "../../support/virtual.ts";

/** What is no message, though a caller without types may send it. */
function nonMessages(): unknown[] {
  const throwing = Object.defineProperty({}, "type", {
    get() {
      throw new RangeError("unreadable");
    },
  });
  const wrongTypes = [undefined, null, 5, Symbol("take"), ["take"], Object("take"), () => "take"].map((type) => ({
    type,
  }));
  return [undefined, null, 0, "take", true, 1n, Symbol("take"), () => {}, [], {}, throwing, ...wrongTypes];
}

Deno.test("Addr refuses what is no message, in its own way for each kind of send, and lives on", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const { addr, ledger } = spawnTaker(system, { capacity: 1 });
  for (const message of nonMessages() as Take[]) {
    assertEquals(addr.trySend(message), "refused");
    assertEquals(await addr.doSend(message), "refused");
    const error = await assertRejects(() => addr.send(message), MessageRefusedError);
    assertEquals(error.target, addr.id);
    assertInstanceOf(error.cause, Error);
  }
  assertEquals([addr.desiredSize, await addr.send(take(1)), ledger.handled], [1, 1, [1]]);
  // Only what doSend refused: the others keep their message, or their asker hears of it.
  await clock.settle();
  const letters = deadLetters(events);
  assertEquals(letters.length, nonMessages().length);
  assertEquals(new Set(letters.map(([reason]) => reason)), new Set(["refused"]));
});

Deno.test("Addr refuses a message whose size() throws or is no size, and does not count it", async () => {
  await using system = new ActorSystem();
  const sizes: (() => unknown)[] = [() => -1, () => NaN, () => Infinity, () => "1", () => undefined, () => Symbol("1")];
  sizes.push(() => {
    throw new RangeError("size");
  });
  for (const size of sizes) {
    const { addr } = spawnTaker(system, { mailbox: { highWaterMark: 3, size: () => size() as number } });
    assertEquals(addr.trySend(take(1)), "refused");
    assertEquals(await addr.doSend(take(1)), "refused");
    assertInstanceOf((await assertRejects(() => addr.send(take(1)), MessageRefusedError)).cause, Error);
    assertEquals(addr.desiredSize, 3);
  }
});

Deno.test("Addr asks for the size of a message once, and no more when it waits for room", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const asked: number[] = [];
  const size = ({ n }: Take): number => asked.push(n) && 1;
  const { addr, ledger } = spawnTaker(system, { mailbox: { highWaterMark: 1, size }, held: true });
  addr.trySend(take(1));
  await clock.settle();
  for (const n of [2, 3]) addr.doSend(take(n));
  addr.send(take(4));
  ledger.release();
  await clock.settle();
  assertEquals([ledger.handled, asked], [[1, 2, 3, 4], [1, 2, 3, 4]]);
});

Deno.test("Addr takes messages of any unit up to the mark, and one over it at most", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { mailbox: { highWaterMark: 100, size: ({ n }) => n }, held: true });
  addr.trySend(take(0));
  await clock.settle();
  const results = [60, 30, 500, 0, 1].map((n) => addr.trySend(take(n)));
  assertEquals([results, addr.desiredSize], [["sent", "sent", "sent", "full", "full"], -490]);
  ledger.release();
  await clock.settle();
  assertEquals([ledger.handled, addr.desiredSize], [[0, 60, 30, 500], 100]);
});

Deno.test("Addr says closed to every kind of send once a stop was requested, and when it has ended", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const { addr, ledger } = spawnTaker(system, { held: true });
  addr.trySend(take(1));
  await clock.settle();
  const stopped = system.stop(addr);
  const lateSends = async (n: number) => {
    assertEquals(addr.trySend(take(n)), "closed");
    assertEquals(await addr.doSend(take(n)), "closed");
    const error = await assertRejects(() => addr.send(take(n)), MailboxClosedError);
    assertEquals([error.target, error.messageType], [addr.id, "take"]);
  };
  await lateSends(2);
  ledger.release();
  await stopped;
  await lateSends(3);
  await assertRejects(() => addr.send(null as never), MailboxClosedError);
  await clock.settle();
  assertEquals([ledger.handled, deadLetters(events)], [[1], [["closed", take(2)], ["closed", take(3)]]]);
});

/** Sends `n` in the `n`th way that may wait. */
function sendInTurn(addr: Addr<Take>, n: number): Promise<unknown> {
  return n % 2 === 0 ? addr.doSend(take(n)) : addr.send(take(n));
}

Deno.test("Addr admits waiting senders first come, first served, whichever way they send, awaited or not", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 2, held: true });
  addr.trySend(take(0));
  await clock.settle();
  const sends: Promise<unknown>[] = [];
  const refused: number[] = [];
  for (let n = 1; n <= 40; n++) {
    if (n % 4 !== 3) sends.push(sendInTurn(addr, n));
    else if (addr.trySend(take(n)) === "full") refused.push(n);
  }
  ledger.release();
  await clock.settle();
  await Promise.all(sends);
  const sent = Array.from({ length: 41 }, (_, n) => n).filter((n) => !refused.includes(n));
  assertEquals([ledger.handled, refused.length], [sent, 10]);
});

Deno.test("Addr.trySend() says full as long as anybody waits, so it never overtakes", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { mailbox: { highWaterMark: 10, size: ({ n }) => n }, held: true });
  addr.trySend(take(1));
  await clock.settle();
  addr.trySend(take(12));
  const waiting = [20, 30].map((n) => watch(addr.doSend(take(n))));
  assertEquals(addr.trySend(take(0)), "full");
  ledger.release();
  ledger.hold();
  await clock.settle();
  // 12 is in its handler and 20 was admitted: over the mark, and 30 still waits.
  assertEquals([waiting.map(({ ended }) => ended), addr.trySend(take(0))], [["sent", "pending"], "full"]);
  ledger.release();
  await clock.settle();
  assertEquals([ledger.handled, addr.trySend(take(0))], [[1, 12, 20, 30], "sent"]);
});

Deno.test("Addr lets as many senders wait as maxWaiting says, further ones hear full", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  for (const maxWaiting of [0, 1, 3]) {
    const { addr, ledger } = spawnTaker(system, { capacity: 1, maxWaiting, held: true });
    addr.trySend(take(0));
    await clock.settle();
    addr.trySend(take(1));
    const waiting = Array.from({ length: maxWaiting }, (_, i) => watch(sendInTurn(addr, 2 + i)));
    assertEquals(await addr.doSend(take(98)), "full");
    const error = await assertRejects(() => addr.send(take(99)), MailboxFullError);
    assertEquals([error.target, error.messageType], [addr.id, "take"]);
    ledger.release();
    await clock.settle();
    assertEquals(waiting.map(({ ended }) => ended), ["sent", 3, "sent"].slice(0, maxWaiting));
    assertEquals(ledger.handled, Array.from({ length: 2 + maxWaiting }, (_, n) => n));
  }
  assertEquals(deadLetters(events), Array(3).fill(["full", take(98)]));
});

Deno.test("Addr.doSend() gives up after its time-out, not before, and leaves its place in the line", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  for (const n of [0, 1]) {
    addr.trySend(take(n));
    await clock.settle();
  }
  const sends = [0, 50, 100, Infinity].map((timeout, i) => watch(addr.doSend(take(2 + i), { timeout })));
  await clock.advance(49);
  assertEquals(sends.map(({ ended }) => ended), ["timeout", "pending", "pending", "pending"]);
  await clock.advance(1);
  assertEquals(sends.map(({ ended }) => ended), ["timeout", "timeout", "pending", "pending"]);
  ledger.release();
  await clock.runUntilIdle();
  assertEquals([sends.map(({ ended }) => ended), ledger.handled], [["timeout", "timeout", "sent", "sent"], [
    0,
    1,
    4,
    5,
  ]]);
  assertEquals(deadLetters(events), [["timeout", take(2)], ["timeout", take(3)]]);
});

Deno.test("Addr.doSend() throws RangeError for a time-out that is negative or no number, before it sends", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system);
  for (const timeout of [-1, NaN, -Infinity]) {
    assertThrows(() => addr.doSend(take(1), { timeout }), RangeError, `${timeout} ms`);
  }
  assertEquals(await addr.doSend(take(2), { timeout: 0 }), "sent");
  await addr.send(take(3));
  assertEquals(ledger.handled, [2, 3]);
});

Deno.test("Addr.doSend() resolves as aborted, before or while it waits, and what was accepted stays sent", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  assertEquals(await addr.doSend(take(9), { signal: AbortSignal.abort("before") }), "aborted");
  const counting = new CountingSignal();
  const { signal } = counting;
  assertEquals(await addr.doSend(take(0), { signal }), "sent");
  await clock.settle();
  assertEquals(await addr.doSend(take(1), { signal }), "sent");
  const waiting = [2, 3].map((n) => watch(addr.doSend(take(n), { signal })));
  const other = watch(addr.doSend(take(4)));
  assertEquals(counting.listeners, 2);
  counting.abort("while");
  await clock.settle();
  assertEquals([...waiting, other].map(({ ended }) => ended), ["aborted", "aborted", "pending"]);
  ledger.release();
  await clock.settle();
  assertEquals([ledger.handled, counting.listeners], [[0, 1, 4], 0]);
  const letters = events.flatMap((event) =>
    event.kind === "dead-letter" ? [[event.reason, event.message, event.error]] : []
  );
  assertEquals(letters, [["aborted", take(9), "before"], ["aborted", take(2), "while"], ["aborted", take(3), "while"]]);
});

Deno.test("Addr.doSend() leaves no listener on its signal, however the wait ends", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 1, maxWaiting: 3, held: true });
  const counting = new CountingSignal();
  const { signal } = counting;
  for (const n of [0, 1]) {
    await addr.doSend(take(n), { signal });
    await clock.settle();
  }
  const sends = [{ timeout: 10, signal }, { signal }, { signal }, { signal }].map((options, i) =>
    watch(addr.doSend(take(2 + i), options))
  );
  assertEquals(counting.listeners, 3);
  await clock.advance(10);
  assertEquals([sends[0]?.ended, sends[3]?.ended, counting.listeners], ["timeout", "full", 2]);
  ledger.release();
  ledger.hold();
  await clock.settle();
  assertEquals([sends[1]?.ended, counting.listeners], ["sent", 1]);
  const stopped = system.stop(addr);
  ledger.release();
  await stopped;
  assertEquals([sends[2]?.ended, counting.listeners], ["closed", 0]);
});

Deno.test("Addr turns waiting senders away when it stops, each in its own way", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  addr.trySend(take(0));
  await clock.settle();
  const queued = watch(addr.doSend(take(1)));
  const waiting = [watch(addr.doSend(take(2))), watch(addr.send(take(3)))];
  const stopped = system.stop(addr);
  await clock.settle();
  assertEquals([queued.ended, waiting[0]!.ended], ["sent", "closed"]);
  assertInstanceOf(waiting[1]!.ended, MailboxClosedError);
  ledger.release();
  await stopped;
  await clock.settle();
  assertEquals(deadLetters(events), [["closed", take(2)], ["stopped", take(1)]]);
});

Deno.test("Addr.doSend() a million times without awaiting any: memory is bounded, and each outcome is known", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system);
  const total = 1_000_000;
  const outcomes = new Map<string, number>();
  const results: Promise<unknown>[] = [];
  for (let n = 0; n < total; n++) results.push(addr.doSend(take(n)));
  assertEquals(addr.desiredSize, -10_000);
  for (const result of results) {
    const outcome = String(await result);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  // The first 256 fit, 10,000 waited, and there was room for nobody else in between.
  assertEquals(Object.fromEntries(outcomes), { sent: 10_256, full: total - 10_256 });
  await addr.send(take(total));
  assertEquals(ledger.handled.length, 10_257);
  assertEquals(ledger.handled.slice(0, 10_256), Array.from({ length: 10_256 }, (_, n) => n));
});

Deno.test("Addr.doSend() a hundred thousand times, each awaited, loses and reorders nothing in a mailbox of one", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system, { capacity: 1 });
  for (let n = 0; n < 100_000; n++) assertEquals(await addr.doSend(take(n)), "sent");
  await addr.send(take(100_000));
  assertEquals(ledger.handled.length, 100_001);
  for (const [i, n] of ledger.handled.entries()) assertStrictEquals(n, i);
});

Deno.test("Addr gets a message to its handler within a few microtasks, without a turn of the event loop", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system);
  await addr.send(take(0));
  let steps = 0;
  addr.trySend(take(1));
  while (ledger.handled.length < 2 && steps < 100) {
    steps++;
    await undefined;
  }
  assertLess(steps, 20);
});
