import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { Actor, ActorFailedError, ActorSystem, AskTimeoutError, MailboxClosedError } from "../../../mod.ts";
import { Ask } from "../../../src/internal/ask.ts";
import { recordEvents } from "../../support/record.ts";
import { CountingSignal, watch } from "../../support/signals.ts";
import { spawnTaker, type Take, take } from "../../support/taker.ts";
import { VirtualSystem } from "../../support/virtual.ts";

Deno.test({
  name: "Ask settles once: what comes later is dropped",
  permissions: "none",
  async fn() {
    const target = { id: "/a", queued: 0, busyMs: undefined };
    const answered = new Ask(target, take(1), 100);
    const answer = answered.promise();
    assertEquals(answered.begin(), true);
    answered.succeed(1);
    answered.fail(new Error("late"));
    answered.expire();
    assertEquals([await answer, answered.isDone, answered.begin()], [1, true, false]);
    const failed = new Ask(target, take(1), 100);
    const failure = failed.promise().catch((error) => error);
    assertEquals([failed.fail("first"), failed.fail("second")], [true, false]);
    failed.succeed(2);
    assertEquals(await failure, "first");
  },
});

Deno.test("Addr.send() has 5 s unless the system or the caller says otherwise, and is never early", async () => {
  for (const [askTimeout, timeout, ms] of [[undefined, undefined, 5_000], [300, undefined, 300], [300, 70, 70]]) {
    await using system = new VirtualSystem({ ...(askTimeout === undefined ? {} : { askTimeout }) });
    const { clock } = system;
    const { addr, ledger } = spawnTaker(system, { held: true });
    const reply = watch(addr.send(take(1), timeout === undefined ? {} : { timeout }));
    await clock.advance(ms! - 1);
    assertEquals(reply.ended, "pending");
    await clock.advance(1);
    assertInstanceOf(reply.ended, AskTimeoutError);
    assertEquals(reply.ended.timeoutMs, ms);
    ledger.release();
  }
});

Deno.test("Addr.send() in real time is not early, and late by a few ticks only", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system, { held: true });
  for (const timeout of [0, 1, 20]) {
    const start = performance.now();
    await assertRejects(() => addr.send(take(1), { timeout }), AskTimeoutError);
    const tookMs = performance.now() - start;
    assertEquals([tookMs >= timeout, tookMs < timeout + 500], [true, true], `${timeout} ms took ${tookMs} ms`);
  }
  ledger.release();
});

Deno.test("AskTimeoutError tells a handler that runs from a message that waits its turn, or waits for room", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  const running = watch(addr.send(take(1), { timeout: 100 }));
  await clock.advance(40);
  const queued = watch(addr.send(take(2), { timeout: 100 }));
  const waiting = watch(addr.send(take(3), { timeout: 100 }));
  await clock.advance(100);
  const seen = [running, queued, waiting].map(({ ended }) => {
    assertInstanceOf(ended, AskTimeoutError);
    return [ended.target, ended.messageType, ended.timeoutMs, ended.started, ended.queued, ended.busyMs];
  });
  assertEquals(seen, [
    [addr.id, "take", 100, true, 1, 100],
    [addr.id, "take", 100, false, 1, 140],
    [addr.id, "take", 100, false, 1, 140],
  ]);
  ledger.release();
});

Deno.test("Addr.send() that timed out before its turn is skipped, and one that had started is finished", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  const replies = [1, 2, 3].map((n) => watch(addr.send(take(n), { timeout: 100 })));
  await clock.advance(100);
  for (const { ended } of replies) assertInstanceOf(ended, AskTimeoutError);
  ledger.release();
  await clock.settle();
  // The late reply of the first is dropped; the two others never reach the handler.
  assertEquals([ledger.started, ledger.handled], [[1], [1]]);
  assertEquals(await addr.send(take(4)), 4);
});

Deno.test("Addr.send() with an endless time-out waits, and a time-out of 0 gives the actor the current instant", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { held: true });
  const endless = watch(addr.send(take(1), { timeout: Infinity }));
  await clock.advance(1e9);
  assertEquals(endless.ended, "pending");
  ledger.release();
  await clock.settle();
  assertEquals(endless.ended, 1);
  assertEquals(await addr.send(take(2), { timeout: 0 }), 2);
});

Deno.test("Addr.send() rejects with RangeError for a time-out that is negative or no number", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system);
  for (const timeout of [-1, NaN, -Infinity]) {
    await assertRejects(() => addr.send(take(1), { timeout }), RangeError, `${timeout} ms`);
  }
  assertEquals(await addr.send(take(2)), 2);
  assertEquals(ledger.handled, [2]);
});

Deno.test("Addr.send() with a signal that has aborted is not sent", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system);
  const reason = new RangeError("enough");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await addr.send(take(1), { signal }).catch((error) => error), reason);
  await addr.send(take(2));
  assertEquals(ledger.handled, [2]);
});

Deno.test("Addr.send() ends when its signal aborts: waiting for room, queued, or while its handler runs", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  const controllers = [1, 2, 3].map(() => new AbortController());
  const replies = controllers.map(({ signal }, i) => watch(addr.send(take(i + 1), { signal })));
  await clock.settle();
  // 1 is in its handler, 2 has taken its place in the mailbox, 3 waits.
  const last = watch(addr.send(take(4)));
  for (const [i, controller] of controllers.entries()) controller.abort(`reason ${i + 1}`);
  await clock.settle();
  assertEquals(replies.map(({ ended }) => ended), ["reason 1", "reason 2", "reason 3"]);
  ledger.release();
  await clock.settle();
  assertEquals([ledger.handled, last.ended], [[1, 4], 4]);
});

Deno.test("Addr.send() leaves no listener on its signal, however it ends", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 1, maxWaiting: 2, held: true });
  const counting = new CountingSignal();
  const { signal } = counting;
  const replies = [
    addr.send(take(1), { signal, timeout: 50 }),
    addr.send(take(2), { signal }),
    addr.send(take(3), { signal, timeout: 50 }),
    addr.send(null as never, { signal }),
  ].map(watch);
  await clock.advance(50);
  const stopped = watch(addr.send(take(4), { signal }));
  ledger.release();
  await clock.settle();
  assertEquals([replies[1]?.ended, stopped.ended, counting.listeners], [2, 4, 0]);
  ledger.hold();
  const queued = [5, 6, 7, 8].map((n) => watch(addr.send(take(n), { signal })));
  const ended = system.stop(addr);
  ledger.release();
  await ended;
  assertInstanceOf(queued[2]?.ended, MailboxClosedError);
  assertEquals(counting.listeners, 0);
});

Deno.test("Addr.send() that was cancelled is no dead letter, and its late failure is still one of the actor", async () => {
  await using system = new VirtualSystem({ onUnobservedFailure: () => {} });
  const { clock } = system;
  const events = recordEvents(system);
  const { addr, ledger } = spawnTaker(system, { held: true });
  const controller = new AbortController();
  const { signal } = controller;
  const replies = [1, 2].map((n) => watch(addr.send(take(n), { signal })));
  await clock.settle();
  controller.abort("enough");
  ledger.release();
  await clock.settle();
  assertEquals(replies.map(({ ended }) => ended), ["enough", "enough"]);
  assertEquals(events.filter(({ kind }) => kind !== "started"), []);
  assertEquals([ledger.handled, addr.isAlive], [[1], true]);
});

class Boom extends Actor<Take> {
  take(): Promise<number> {
    return Promise.reject(new RangeError("boom"));
  }
}

Deno.test("Addr.send() to an actor that fails rejects with the failure, those behind it as the mailbox closes", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Boom(), { capacity: 1 });
  const [failed, ...others] = await Promise.allSettled([1, 2, 3].map((n) => addr.send(take(n))));
  assertEquals(failed?.status, "rejected");
  assertInstanceOf((failed as PromiseRejectedResult).reason, ActorFailedError);
  for (const other of others) assertInstanceOf((other as PromiseRejectedResult).reason, MailboxClosedError);
});
