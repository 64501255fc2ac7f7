import { assert, assertEquals, assertFalse, assertRejects, assertStrictEquals } from "@std/assert";
import {
  Actor,
  ActorFailedError,
  AskTimeoutError,
  type Context,
  HandlerAbandonedError,
  LateReply,
  type Message,
  Rejection,
  SupervisorStrategy,
} from "../../mod.ts";
import { type Instrument, setInstrument } from "../../src/internal/instrument.ts";
import { deadLetters, recordEvents } from "../support/record.ts";
import { act, boom, hang, Scripted, Stage } from "../support/scripted.ts";

const answer = (reply: LateReply<unknown>) => act(() => reply);

Deno.test("A LateReply answers its ask from a later turn, and the actor takes its next message meanwhile", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  for (const give of [(late: LateReply<unknown>) => late, (late: LateReply<unknown>) => Promise.resolve(late)]) {
    const late = new LateReply<unknown>();
    const asked = addr.send(act(() => give(late)));
    assertEquals(await addr.send(act(() => "next")), "next");
    assert(late.isWanted);
    addr.trySend(act(() => late.resolve(5)));
    assertEquals(await asked, 5);
    assertFalse(late.isWanted);
  }
});

Deno.test("A LateReply that is settled before it is returned answers at once", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const late = new LateReply<unknown>();
  late.resolve(undefined);
  assertFalse(late.isWanted);
  assertEquals(await addr.send(answer(late)), undefined);
});

Deno.test("LateReply keeps its first settlement, and each later one does nothing", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const late = new LateReply<unknown>();
  const asked = addr.send(answer(late));
  await stage.clock.settle();
  late.resolve("first");
  late.resolve("second");
  late.reject(new Error("third"));
  assertEquals(await asked, "first");
  const early = new LateReply<unknown>();
  early.resolve("first");
  early.reject(new Error("second"));
  assertEquals(await addr.send(answer(early)), "first");
});

Deno.test("LateReply.reject() hands a Rejection on, and anything else as a cause, and the actor does not fail", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a");
  const rejection = new Rejection("no");
  for (const error of [rejection, new Error("boom"), undefined]) {
    const late = new LateReply<unknown>();
    const asked = addr.send(answer(late));
    await stage.clock.settle();
    const got = assertRejects(() => asked);
    late.reject(error);
    const told = await got;
    if (error === rejection) assertStrictEquals(told, rejection);
    else {
      assert(told instanceof ActorFailedError);
      assertEquals([told.cause, told.outcome, told.target, told.messageType], [error, "handled", "/a", "do"]);
    }
  }
  await stage.clock.settle();
  assertEquals(events.map(({ kind }) => kind), ["started"]);
});

Deno.test("LateReply.isWanted is false as soon as the asker has given up, and settling it then does nothing", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const stop = new AbortController();
  const lates = [new LateReply<unknown>(), new LateReply<unknown>()] as const;
  const late = assertRejects(() => addr.send(answer(lates[0]), { timeout: 100 }), AskTimeoutError, "it was started");
  const aborted = assertRejects(() => addr.send(answer(lates[1]), { signal: stop.signal }), Error, "enough");
  await stage.clock.settle();
  assertEquals(lates.map(({ isWanted }) => isWanted), [true, true]);
  stop.abort(new Error("enough"));
  await Promise.all([stage.clock.advance(200), late, aborted]);
  assertEquals(lates.map(({ isWanted }) => isWanted), [false, false]);
  lates[0].resolve(1);
  lates[1].reject(new Error("boom"));
});

Deno.test("LateReply is wanted by nobody when it answers a tell, a timer or an ask that was given up meanwhile", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const lates = [0, 1, 2].map(() => new LateReply<unknown>());
  addr.doSend(answer(lates[0]!));
  addr.doSend(act((ctx) => void ctx.runLater(1, answer(lates[1]!))));
  await stage.clock.advance(50);
  const gate = Promise.withResolvers<void>();
  const late = assertRejects(() => addr.send(act(() => gate.promise.then(() => lates[2])), { timeout: 5 }));
  await Promise.all([stage.clock.advance(50), late]);
  gate.resolve();
  await stage.clock.settle();
  assertEquals(lates.map(({ isWanted }) => isWanted), [false, false, false]);
  lates.forEach((reply) => reply.resolve(1));
});

Deno.test("A LateReply that is returned twice is a failure, and the first asker keeps it", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  for (const second of [(late: LateReply<unknown>) => late, (late: LateReply<unknown>) => Promise.resolve(late)]) {
    const late = new LateReply<unknown>();
    const asked = addr.send(answer(late));
    const failed = await assertRejects(() => addr.send(act(() => second(late))), ActorFailedError);
    assert(failed.cause instanceof TypeError);
    late.resolve("first");
    assertEquals(await asked, "first");
  }
});

Deno.test("An asker hears at once when the incarnation ends before its LateReply is settled, however it ends", async () => {
  const restart = SupervisorStrategy.restart(1, 1_000);
  const ends = [
    ["stop", act((ctx) => ctx.stop()), SupervisorStrategy.stop],
    ["failure", act(boom), SupervisorStrategy.stop],
    ["restart", act(boom), restart],
    ["abandoned", act((ctx) => (ctx.stop(), hang())), SupervisorStrategy.stop],
  ] as const;
  for (const [how, last, strategy] of ends) {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const addr = await stage.spawn("a", {}, { strategy, stopTimeout: 10 });
    const late = new LateReply<unknown>();
    const asked = addr.send(answer(late), { timeout: Infinity });
    const told = assertRejects(() => asked, HandlerAbandonedError, "before it settled its LateReply", how);
    addr.doSend(last);
    await stage.clock.advance(20);
    const error = await told;
    assertEquals([error.outcome, error.target, error.messageType, late.isWanted], ["unknown", "/a", "do", false]);
    late.resolve(1);
    assert(deadLetters(events).every(([, message]) => message === last));
  }
});

Deno.test("LateReply.reject() with the reason of ctx.signal tells the asker that the actor was to end", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const other = await stage.spawn("b");
  const slept = (ctx: Context<never>, late: LateReply<unknown>) => {
    ctx.sleep(60_000).catch((reason) => late.reject(reason));
    return late;
  };
  const asked = addr.send(act((ctx) => slept(ctx, new LateReply())));
  const told = assertRejects(() => asked, HandlerAbandonedError, "gave up, because /a was to end");
  // That of another actor is an error as any.
  const stranger = new LateReply<unknown>();
  const askedOther = other.send(answer(stranger));
  const failed = assertRejects(() => askedOther, ActorFailedError);
  addr.doSend(act((ctx) => void slept(ctx, stranger)));
  await stage.clock.settle();
  await stage.system.stop(addr);
  assertEquals((await told).outcome, "unknown");
  assertEquals(((await failed).cause as Error).name, "ContextClosedError");
});

Deno.test("LateReply.signal aborts when its asker gives up or its actor ends, and neither for a tell nor once settled", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const stop = new AbortController();
  const [timedOut, aborted, settled, told, unread, ended] = Array.from({ length: 6 }, () => new LateReply<unknown>());
  const lates = [timedOut!, aborted!, settled!, told!, ended!];
  const signals = lates.map(({ signal }) => signal);
  const state = () => signals.map(({ aborted }) => aborted);
  const asked = Promise.allSettled([
    addr.send(answer(timedOut!), { timeout: 100 }),
    addr.send(answer(aborted!), { signal: stop.signal }),
    addr.send(answer(settled!)),
    addr.send(answer(unread!), { timeout: 100 }),
    addr.send(answer(ended!), { timeout: Infinity }),
  ]);
  addr.doSend(answer(told!));
  await stage.clock.settle();
  assertEquals(state(), [false, false, false, false, false]);
  settled!.resolve(1);
  stop.abort();
  assertEquals(state(), [false, true, false, false, false]);
  await stage.clock.advance(200);
  assertEquals(state(), [true, true, false, false, false]);
  assert(unread!.signal.aborted); // read too late to hear of it
  await stage.system.stop(addr);
  assertEquals(state(), [true, true, false, false, true]);
  assertStrictEquals(timedOut!.signal, signals[0]);
  await asked;
});

Deno.test("An ask that is made for a LateReply is taken back with it, and is never handled", async () => {
  await using stage = new Stage();
  const bank = await stage.spawn("bank");
  const addr = await stage.spawn("a");
  const gate = Promise.withResolvers<void>();
  const handled: string[] = [];
  const busy = bank.send(act(() => gate.promise));
  const charge = (who: string) =>
    act(() => {
      const reply = new LateReply<unknown>();
      const charged = bank.send(act(() => handled.push(who)), { signal: reply.signal });
      charged.then((value) => reply.resolve(value), (error) => reply.reject(error));
      return reply;
    });
  const stop = new AbortController();
  const gone = assertRejects(() => addr.send(charge("gone"), { signal: stop.signal }), Error, "enough");
  const stays = addr.send(charge("stays"));
  await stage.clock.settle();
  stop.abort(new Error("enough"));
  gate.resolve();
  await Promise.all([busy, gone, stays]);
  assertEquals(handled, ["stays"]);
});

Deno.test("LateReply.signal has aborted when it is returned to somebody who has given up meanwhile", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const gate = Promise.withResolvers<void>();
  const late = new LateReply<unknown>();
  const { signal } = late;
  const given = assertRejects(() => addr.send(act(() => gate.promise.then(() => late)), { timeout: 5 }));
  await Promise.all([stage.clock.advance(50), given]);
  assertFalse(signal.aborted);
  gate.resolve();
  await stage.clock.settle();
  assert(signal.aborted);
});

Deno.test("LateReply.resolve() with a promise counts from the call on: what settles it later is too late", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const late = new LateReply<unknown>();
  const { promise, resolve } = Promise.withResolvers<string>();
  const asked = addr.send(answer(late));
  late.resolve(promise);
  late.resolve("second");
  late.reject(new Error("third"));
  assert(late.isWanted);
  resolve("first");
  assertEquals(await asked, "first");
});

Deno.test("A LateReply outlives a failure that its actor resumes after", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  const late = new LateReply<unknown>();
  const asked = addr.send(answer(late));
  await assertRejects(() => addr.send(act(boom)), ActorFailedError);
  late.resolve("still");
  assertEquals(await asked, "still");
});

Deno.test("A LateReply may be settled by stopped, and by a child that ends", async () => {
  await using stage = new Stage();
  const lates = [new LateReply<unknown>(), new LateReply<unknown>()] as const;
  const child = () => new Scripted({ stopped: () => lates[0].resolve("child") });
  const addr = await stage.spawn("a", {
    started: (ctx) => void ctx.spawnChild(child),
    stopped: () => lates[1].resolve("stopped"),
  });
  const asked = lates.map((late) => addr.send(answer(late)));
  await stage.clock.settle();
  await stage.system.stop(addr);
  assertEquals(await Promise.all(asked), ["child", "stopped"]);
});

Deno.test("A LateReply makes a rate limit: who has given up is passed over, and the others come in order", async () => {
  interface Enter extends Message<number> {
    readonly type: "enter";
  }
  interface Tick extends Message {
    readonly type: "tick";
  }
  class Gate extends Actor<Enter | Tick> {
    readonly #queue: LateReply<number>[] = [];
    #entered = 0;
    enter(): LateReply<number> {
      const reply = new LateReply<number>();
      this.#queue.push(reply);
      return reply;
    }
    tick(): void {
      let next = this.#queue.shift();
      while (next !== undefined && !next.isWanted) next = this.#queue.shift();
      next?.resolve(++this.#entered);
    }
  }
  await using stage = new Stage();
  const gate = stage.system.spawn(() => new Gate());
  const log: string[] = [];
  const enter = (name: string, timeout: number) =>
    gate.send({ type: "enter" }, { timeout }).then((n) => log.push(`${name} ${n}`), () => log.push(`${name} left`));
  const all = [enter("a", 1_000), enter("b", 50), enter("c", 1_000)];
  await stage.clock.advance(100);
  for (let n = 0; n < 3; n++) gate.trySend({ type: "tick" });
  await Promise.all([...all, stage.clock.settle()]);
  assertEquals(log, ["b left", "a 1", "c 2"]);
});

Deno.test("A LateReply, and a handler that gives up, are the same for an actor that somebody hears of", async () => {
  const heard: string[] = [];
  const note = (what: string) => () => void heard.push(what);
  const ticket = { admitted() {}, taken() {}, replied: note("replied"), failed: note("not replied") };
  const handling = { run: (call: () => unknown) => call(), succeeded: note("handled"), failed: note("gave up") };
  const probe = { posted: () => ticket, asked: () => ticket, handle: () => handling, failed: note("failed") };
  const rest = { restarted() {}, deadLetter() {}, ended() {} };
  const instrument = { actor: () => ({ ...probe, ...rest }), detached: (run: () => void) => run() };
  setInstrument(instrument as unknown as Instrument);
  await using stage = new Stage();
  setInstrument(undefined);
  const addr = await stage.spawn("a");
  const lates = [new LateReply<unknown>(), new LateReply<unknown>()] as const;
  const asked = [addr.send(answer(lates[0])), addr.send(act(() => Promise.resolve(lates[1])))];
  await stage.clock.settle();
  assertEquals(heard.splice(0), ["handled", "handled"]);
  lates.forEach((late, n) => late.resolve(n));
  assertEquals(await Promise.all(asked), [0, 1]);
  const told = assertRejects(() => addr.send(act((ctx) => ctx.sleep(60_000))), HandlerAbandonedError);
  await stage.clock.settle();
  await stage.system.stop(addr);
  await told;
  assertEquals(heard, ["replied", "replied", "gave up", "not replied"]);
});

Deno.test("LateReply.resolve() waits for a promise: the time-out and the end of the actor hold, and a rejection is an error", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const answerWith = (value: unknown) =>
    act(() => {
      const reply = new LateReply<unknown>();
      reply.resolve(value);
      return reply;
    });
  assertEquals(await addr.send(answerWith(Promise.resolve(5))), 5);
  const failed = await assertRejects(() => addr.send(answerWith(Promise.reject("no"))), ActorFailedError);
  assertEquals(failed.cause, "no");
  const timedOut = assertRejects(() => addr.send(answerWith(hang()), { timeout: 10 }), AskTimeoutError);
  await stage.clock.advance(10);
  await timedOut;
  const unanswered = assertRejects(() => addr.send(answerWith(hang())), HandlerAbandonedError);
  await stage.clock.settle();
  await stage.system.stop(addr);
  await unanswered;
});
