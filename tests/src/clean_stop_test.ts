// What ends because it was told to has not failed.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ActorFailedError,
  type Context,
  ContextClosedError,
  HandlerAbandonedError,
  SupervisorStrategy,
  type SystemEvent,
} from "../../mod.ts";
import { deadLetters, recordEvents } from "../support/record.ts";
import { act, type Do, Scripted, Stage } from "../support/scripted.ts";

/** Waits until `signal` aborts and rejects with its reason, as `fetch` does. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

/** The ways in which a handler gives up: each hands on the very reason. */
const ways: readonly ((ctx: Context<Do>) => Promise<unknown>)[] = [
  ({ signal }) => untilAborted(signal),
  ({ signal }) => untilAborted(AbortSignal.any([new AbortController().signal, signal])),
  (ctx) => ctx.sleep(60_000),
  ({ signal }) => new Promise((done) => signal.addEventListener("abort", done)).then(() => signal.throwIfAborted()),
  (ctx) => {
    ctx.stop();
    ctx.signal.throwIfAborted();
    return Promise.resolve();
  },
];

/** What was told, without what begins. */
const kinds = (events: readonly SystemEvent[]) => events.map(({ kind }) => kind).filter((kind) => kind !== "started");

Deno.test("a handler that gives up when its signal aborts has not failed, and the stop goes on with its own reason", async () => {
  for (const way of ways) {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(3, 1_000) });
    const message = act(way);
    const told = assertRejects(
      () => addr.send(message),
      HandlerAbandonedError,
      "its handler gave up, because /a was to",
    );
    await stage.clock.settle();
    await stage.system.stop(addr);
    const error = await told;
    assertEquals([error.outcome, error.target, error.messageType], ["unknown", "/a", "do"]);
    assertEquals(await addr.closed, { addr, reason: "stopped" });
    await stage.clock.settle();
    assertEquals([deadLetters(events), kinds(events)], [[["abandoned", message]], ["dead-letter", "stopped"]]);
    assertEquals(stage.take(), ["+a", "-a"]);
  }
});

Deno.test("a tell whose handler gave up is a dead letter, abandoned, and a shutdown keeps its reason", async () => {
  const stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a");
  const message = act((ctx) => untilAborted(ctx.signal));
  addr.doSend(message);
  await stage.clock.settle();
  await stage.system.shutdown();
  assertEquals((await addr.closed).reason, "shutdown");
  assertEquals([deadLetters(events), stage.unobserved], [[["abandoned", message]], []]);
});

Deno.test("a started, a terminated, a timer and a callback of a stream may give up as a handler does", async () => {
  const scripts: Record<string, (ctx: Context<Do>) => unknown> = {
    timer: (ctx) => void ctx.runLater(0, act(({ signal }) => untilAborted(signal))),
    stream: (ctx) => void ctx.addStream(ReadableStream.from([1]), { item: () => untilAborted(ctx.signal) }),
    started: ({ signal }) => untilAborted(signal),
    terminated: (ctx) => {
      const child = ctx.spawnChild(() => new Scripted());
      ctx.stopChild(child);
    },
  };
  for (const [place, started] of Object.entries(scripts)) {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const terminated = (_: unknown, { signal }: Context<Do>) => untilAborted(signal);
    const addr = await stage.spawn("a", { started, terminated });
    await stage.clock.advance(1);
    await stage.system.stop(addr);
    await stage.clock.settle();
    assertEquals((await addr.closed).reason, "stopped", place);
    const own = events.filter((event) => "addr" in event && event.addr === addr);
    const expected = ["started", "dead-letter", "stopped"].filter((kind) =>
      kind === "started" ? place !== "started" : kind === "stopped" || place === "timer"
    );
    assertEquals(own.map(({ kind }) => kind), expected, place);
    assertEquals(stage.take(), ["+a", ...place === "terminated" ? ["a heard /a/Scripted-2 stopped"] : [], "-a"]);
  }
});

Deno.test("a member of a group that gives up for the restart of a sibling restarts with it", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const strategy = SupervisorStrategy.restart(1, 1_000);
  const children: Context<Do>["children"][number][] = [];
  const parent = await stage.spawn("p", {
    started: (ctx) =>
      void [0, 1].map((n) => children.push(ctx.spawnChild(() => new Scripted(), { name: `${n}`, strategy }))),
  }, { children: "one-for-all" });
  const [failing, busy] = children as [typeof parent, typeof parent];
  busy.doSend(act((ctx) => untilAborted(ctx.signal)));
  await stage.clock.settle();
  failing.doSend(act(() => Promise.reject(new Error("boom"))));
  await stage.clock.settle();
  const restarts = events.flatMap((event) => event.kind === "restarted" || event.kind === "failed" ? [event] : []);
  assertEquals(restarts.map(({ kind, addr }) => `${addr.id} ${kind}`), [
    "/p/0 failed",
    "/p/0 restarted",
    "/p/1 restarted",
  ]);
  assertEquals(await busy.send(act((ctx) => ctx.restarts)), 1);
});

Deno.test("the reason of another actor, of an earlier incarnation, or a like one is a failure as any other", async () => {
  await using stage = new Stage();
  const other = await stage.spawn("other");
  const reason = await other.send(act((ctx) => (ctx.stop(), ctx.signal.reason)));
  const strategy = SupervisorStrategy.resume;
  const addr = await stage.spawn("a", {}, { strategy });
  for (const error of [reason, new ContextClosedError("as if")]) {
    const failed = await assertRejects(() => addr.send(act(() => Promise.reject(error))), ActorFailedError);
    assertEquals(failed.cause, error);
  }
  const again = await stage.spawn("b", {}, { strategy: SupervisorStrategy.restart(2, 1_000) });
  const signal = await again.send(act((ctx) => ctx.signal)) as AbortSignal;
  again.doSend(act(() => Promise.reject(new Error("boom"))));
  await stage.clock.settle();
  assert(signal.aborted);
  await assertRejects(() => again.send(act(() => Promise.reject(signal.reason))), ActorFailedError);
});

Deno.test("an error that comes instead of the reason after the abort is a failure", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const boom = new Error("the connection broke");
  const failed = assertRejects(() =>
    addr.send(act((ctx) => untilAborted(ctx.signal).catch(() => Promise.reject(boom))))
  );
  await stage.clock.settle();
  await stage.system.stop(addr);
  assertEquals((await failed as ActorFailedError).cause, boom);
  assertEquals(await addr.closed, { addr, reason: "failed", error: boom });
});

Deno.test("a stopped that ends with the reason has failed: what it was to close is not closed", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", { stopped: (ctx) => ctx.sleep(10) });
  await stage.system.stop(addr);
  assertEquals((await addr.closed).reason, "failed");
});

Deno.test("a handler that was abandoned and gives up later, and a stream that its signal broke, tell of no failure", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a", {}, { stopTimeout: 0 });
  await addr.send(act((ctx) => {
    const { signal } = ctx;
    const start = (to: ReadableStreamDefaultController<number>) =>
      signal.addEventListener("abort", () => to.error(signal.reason));
    ctx.addStream(new ReadableStream<number>({ start }), { item: () => {} });
  }));
  addr.doSend(act((ctx) => untilAborted(ctx.signal)));
  await stage.clock.settle();
  await stage.system.stop(addr);
  await stage.clock.settle();
  assertEquals((await addr.closed).reason, "abandoned");
  assertEquals(kinds(events), ["dead-letter", "stopped"]);
});

Deno.test("the reason of a signal names the actor and says what has happened", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const reason = await addr.send(act((ctx) => (ctx.stop(), ctx.signal.reason)));
  assert(reason instanceof ContextClosedError);
  assertEquals(reason.message, "Aborted by ctx.signal: /a is to end or to restart");
});

Deno.test("sleep() waits on the clock of the system, its actor takes no other message, and a drain waits for it", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  stage.take();
  for (const n of [1, 2]) {
    addr.doSend(act(async (ctx) => {
      await ctx.sleep(1_000);
      stage.log.push(`${n} at ${stage.clock.now()}`);
    }));
  }
  await stage.clock.settle();
  const stopped = stage.system.stop(addr, { drain: true });
  await stage.clock.advance(2_000);
  await stopped;
  assertEquals(stage.take(), ["1 at 1000", "2 at 2000", "-a"]);
});

Deno.test("sleep() refuses times that are none, rejects at once after the end, and leaves no timer behind", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  for (const ms of [-1, NaN, Infinity]) {
    const { cause } = await assertRejects(() => addr.send(act((ctx) => ctx.sleep(ms))), ActorFailedError);
    assert(cause instanceof RangeError);
  }
  const ctx = await addr.send(act((ctx) => ctx)) as Context<Do>;
  addr.doSend(act(() => ctx.sleep(60_000)));
  await stage.clock.settle();
  await stage.system.stop(addr);
  await assertRejects(() => ctx.sleep(0), ContextClosedError);
  await stage.clock.runUntilIdle();
  assertEquals(stage.clock.now(), 0);
});

Deno.test("sleep() leaves nothing behind on the signal of its actor, however often it is called", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  let listening = 0;
  await addr.send(act(({ signal }) => {
    const { addEventListener: add, removeEventListener: remove } = signal;
    signal.addEventListener = (...args: unknown[]) => (listening++, Reflect.apply(add, signal, args));
    signal.removeEventListener = (...args: unknown[]) => (listening--, Reflect.apply(remove, signal, args));
  }));
  const slept = addr.send(act(async (ctx) => {
    for (let times = 0; times < 3; times++) await ctx.sleep(1_000);
    return listening;
  }));
  await stage.clock.settle();
  assertEquals(listening, 1);
  await stage.clock.advance(3_000);
  assertEquals(await slept, 0);
});

Deno.test("sleep() that a handler awaits only after something else rejects there, and nowhere else", async () => {
  await using stage = new Stage();
  const work = Promise.withResolvers<void>();
  const addr = await stage.spawn("a");
  const asked = addr.send(act(async (ctx) => {
    const atLeast = ctx.sleep(1_000);
    await work.promise;
    await atLeast;
  }));
  await stage.clock.settle();
  const stopped = stage.system.stop(addr);
  await stage.clock.settle(); // a rejection that nobody handles would fail the test here
  work.resolve();
  await assertRejects(() => asked, HandlerAbandonedError, "gave up");
  await stopped;
  assertEquals((await addr.closed).reason, "stopped");
});

Deno.test("restarts counts the restarts of an actor from 0, in its hooks as in its handlers", async () => {
  await using stage = new Stage();
  const seen: number[] = [];
  const addr = await stage.spawn("a", { started: (ctx) => void seen.push(ctx.restarts) }, {
    strategy: SupervisorStrategy.restart(5, 1_000),
  });
  for (let n = 0; n < 3; n++) addr.doSend(act(() => Promise.reject(new Error("boom"))));
  await stage.clock.settle();
  assertEquals([seen, await addr.send(act((ctx) => ctx.restarts))], [[0, 1, 2, 3], 3]);
});
