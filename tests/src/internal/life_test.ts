import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  ActorFailedError,
  type Addr,
  AskTimeoutError,
  type Context,
  type Factory,
  SupervisorStrategy,
} from "../../../mod.ts";
import { deadLetters, recordEvents } from "../../support/record.ts";
import { act, boom, type Do, hang, noting, parentOf, Scripted, Stage } from "../../support/scripted.ts";

const strategy = SupervisorStrategy.restart(3, 1_000);

Deno.test("a restart keeps the address, and the state is fresh", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy });
  const count = act((_, self) => ++self.count);
  assertEquals(await addr.send(count), 1);
  assertEquals(await addr.send(count), 2);
  await assertRejects(() => addr.send(act(boom)), ActorFailedError);
  assertEquals(await addr.send(count), 1);
  assert(addr.isAlive);
});

Deno.test("a restart keeps the mailbox and its order, and the failing message is a dead letter", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a", {}, { strategy });
  const failing = act(boom);
  for (let i = 1; i <= 9; i++) addr.doSend(i === 4 ? failing : act(() => stage.log.push(`${i}`)));
  await stage.clock.settle();
  assertEquals(stage.take(), ["+a", "1", "2", "3", "-a", "+a", "5", "6", "7", "8", "9"]);
  assertEquals(deadLetters(events), [["failed", failing]]);
});

Deno.test("a restart keeps the place of senders that wait for room", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy, capacity: 1 });
  addr.doSend(act(boom));
  const sent = [1, 2, 3].map((i) => addr.doSend(act(() => stage.log.push(`${i}`))));
  assertEquals(await Promise.all(sent), ["sent", "sent", "sent"]);
  await stage.clock.settle();
  assertEquals(stage.take(), ["+a", "-a", "+a", "1", "2", "3"]);
});

Deno.test("mail queues while a restart backs off, and asks wait with it", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(3, 1_000, { backoff: 100 }) });
  addr.doSend(act(boom));
  const late = addr.send(act(() => "done"));
  const impatient = addr.send(act(() => stage.log.push("never")), { timeout: 50 });
  const failure = assertRejects(() => impatient, AskTimeoutError, "3 messages are queued");
  addr.doSend(act(() => stage.log.push("told")));
  await stage.clock.advance(99);
  assertEquals(stage.take(), ["+a", "-a"]);
  assert(addr.isAlive);
  await failure;
  await stage.clock.advance(1);
  assertEquals(await late, "done");
  assertEquals(stage.take(), ["+a", "told"]);
});

Deno.test("a backoff function decides how long each restart waits", async () => {
  await using stage = new Stage();
  const backoff = (attempt: number) => 10 ** attempt;
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(3, 60_000, { backoff }) });
  stage.take();
  for (const ms of [10, 100, 1_000]) {
    addr.doSend(act(boom));
    await stage.clock.advance(ms - 1);
    assertEquals(stage.take(), ["-a"]);
    await stage.clock.advance(1);
    assertEquals(stage.take(), ["+a"]);
  }
});

Deno.test("a backoff function that throws stops the actor, and both errors are told", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const wrong = new TypeError("no back-off");
  const backoff = () => {
    throw wrong;
  };
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(3, 1_000, { backoff }) });
  const error = new Error("first");
  addr.doSend(act(() => Promise.reject(error)));
  assertEquals(await addr.closed, { addr, reason: "failed", error });
  await stage.clock.settle();
  assertEquals(events.flatMap((event) => event.kind === "failed" ? [event.error] : []), [error, wrong]);
});

Deno.test("a restart ends children and runs stopped, in this order, before the new incarnation starts", async () => {
  await using stage = new Stage();
  const { log } = stage;
  const slow = async (_: unknown): Promise<void> => {
    await stage.clock.yield();
    log.push("stopped slowly");
  };
  const addrs = new Map<string, Addr<Do>>();
  const family = parentOf(log, addrs, { first: { script: { stopped: slow } }, second: {} });
  const addr = await stage.spawn("a", { ...family, stopped: slow }, { strategy });
  stage.take();
  addr.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), [
    "-second",
    "-first",
    "stopped slowly",
    "-a",
    "stopped slowly",
    "+a",
    "+first",
    "+second",
  ]);
});

Deno.test("the signal of an incarnation aborts when a restart is decided, and the next one has its own", async () => {
  await using stage = new Stage();
  const signals: AbortSignal[] = [];
  const addr = await stage.spawn("a", { started: (ctx) => signals.push(ctx.signal) }, { strategy });
  addr.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(signals.map((signal) => signal.aborted), [true, false]);
});

Deno.test("S8: an interval that started() sets has one tick per beat after four restarts", async () => {
  await using stage = new Stage();
  const tick = act(() => stage.log.push("tick"));
  const script = { started: (ctx: Context<Do>) => ctx.runInterval(50, tick) };
  const addr = await stage.spawn("a", script, { strategy: SupervisorStrategy.restart(4, 1_000) });
  for (let restart = 0; restart < 4; restart++) {
    addr.doSend(act(boom));
    await stage.clock.settle();
  }
  stage.take();
  await stage.clock.advance(1_000);
  assertEquals(stage.take(), Array(20).fill("tick"));
});

Deno.test("timers and streams of an incarnation end with it, also what was queued already", async () => {
  await using stage = new Stage();
  const { log } = stage;
  const cancelled: unknown[] = [];
  const addr = await stage.spawn("a", {}, { strategy });
  const gate = Promise.withResolvers<void>();
  addr.doSend(act((ctx) => {
    ctx.runLater(1, act(() => log.push("once")));
    ctx.runInterval(1, act(() => log.push("often")));
    const source = new ReadableStream<number>({
      pull: (to) => to.enqueue(1),
      cancel: () => void cancelled.push(1),
    });
    ctx.addStream(source, { item: () => void log.push("item") });
    return gate.promise.then(boom);
  }));
  await stage.clock.advance(10);
  gate.resolve();
  await stage.clock.advance(10);
  assertEquals(stage.take(), ["+a", "-a", "+a"]);
  assertEquals(cancelled, [1]);
});

Deno.test("a storm of failures at exactly the limit restarts every time, and one more stops", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(100, 1_000) });
  for (let i = 0; i < 100; i++) addr.doSend(act(boom));
  assertEquals(await addr.send(act(() => "alive")), "alive");
  assertEquals(stage.log.filter((entry) => entry === "+a").length, 101);
  addr.doSend(act(boom));
  const closed = await addr.closed;
  assertEquals([closed.reason, (closed.error as Error).message], ["restart-limit", "boom"]);
  assertEquals(stage.log.filter((entry) => entry === "-a").length, 101);
});

Deno.test("restarts that are a window apart go on for ever; at the inclusive edge they do not", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(1, 1_000) });
  for (let i = 0; i < 5; i++) {
    addr.doSend(act(boom));
    await stage.clock.advance(1_001);
    assert(addr.isAlive);
  }
  addr.doSend(act(boom));
  await stage.clock.advance(1_000);
  addr.doSend(act(boom));
  await stage.clock.settle();
  assertEquals((await addr.closed).reason, "restart-limit");
});

Deno.test("each child has a budget of its own, also behind one strategy object", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const once = SupervisorStrategy.restart(1, 1_000);
  await stage.spawn("p", parentOf(stage.log, addrs, { a: { strategy: once }, b: { strategy: once } }));
  addrs.get("a")!.doSend(act(boom));
  addrs.get("b")!.doSend(act(boom));
  await stage.clock.settle();
  assert(addrs.get("a")!.isAlive && addrs.get("b")!.isAlive);
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.settle();
  assert(!addrs.get("a")!.isAlive && addrs.get("b")!.isAlive);
});

Deno.test("a parent that restarts gives its children a fresh budget, since they are new actors", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const family = parentOf(stage.log, addrs, { c: { strategy: SupervisorStrategy.restart(1, 1_000) } });
  const parent = await stage.spawn("p", family, { strategy });
  const old = addrs.get("c")!;
  old.doSend(act(boom));
  parent.doSend(act(boom));
  await stage.clock.settle();
  const child = addrs.get("c")!;
  assert(!old.isAlive && child !== old);
  child.doSend(act(boom));
  await stage.clock.settle();
  assert(child.isAlive);
});

Deno.test("resume keeps the state, the timers and the children, and the next message is taken", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const family = parentOf(stage.log, addrs, { c: {} });
  const addr = await stage.spawn("a", family, { strategy: SupervisorStrategy.resume });
  await addr.send(act((ctx, self) => {
    self.count = 7;
    ctx.runLater(5, act(() => stage.log.push("timer")));
  }));
  await assertRejects(() => addr.send(act(boom)), ActorFailedError);
  assertEquals(await addr.send(act((_, self) => self.count)), 7);
  await stage.clock.advance(5);
  assertEquals(stage.take(), ["+a", "+c", "timer"]);
});

Deno.test("resume after a failed started means stop, and stopped still runs", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", { started: boom }, { strategy: SupervisorStrategy.resume });
  assertEquals((await addr.closed).reason, "failed");
  assertEquals(stage.take(), ["+a", "-a"]);
});

Deno.test("resume after a failed factory means stop", async () => {
  await using stage = new Stage();
  const addr = stage.system.spawn((): Scripted => boom(), { strategy: SupervisorStrategy.resume });
  await stage.clock.settle();
  assertEquals((await addr.closed).reason, "failed");
});

Deno.test("a factory that fails is retried by the strategy, up to its limit", async () => {
  await using stage = new Stage();
  let calls = 0;
  const factory = (): Scripted => {
    if (++calls < 3) throw new Error(`call ${calls}`);
    return new Scripted(noting(stage.log, "a"));
  };
  const addr = stage.system.spawn(factory, { strategy: SupervisorStrategy.restart(2, 1_000, { backoff: 10 }) });
  const reply = addr.send(act(() => "made"));
  assertEquals(calls, 1);
  await stage.clock.advance(20);
  assertEquals([calls, await reply], [3, "made"]);
  assertEquals(stage.take(), ["+a"]);
  const hopeless = stage.system.spawn((): Scripted => boom(), { strategy: SupervisorStrategy.restart(2, 1_000) });
  await stage.clock.settle();
  assertEquals((await hopeless.closed).reason, "restart-limit");
});

Deno.test("a factory that fails while it restarts is a failure as any other", async () => {
  await using stage = new Stage();
  let calls = 0;
  const factory = () => ++calls === 2 ? boom() : new Scripted(noting(stage.log, `a${calls}`));
  const addr = stage.system.spawn(factory, { strategy });
  addr.doSend(act(boom));
  assertEquals(await addr.send(act(() => "on")), "on");
  assertEquals(stage.take(), ["+a1", "-a1", "+a3"]);
});

Deno.test("a factory that does not return an actor is a failure", async () => {
  await using stage = new Stage();
  for (const made of [undefined, null, 5, {}, new Map(), () => new Scripted()]) {
    const addr = stage.system.spawn((() => made) as unknown as Factory<Do>);
    const { reason, error } = await addr.closed;
    assertEquals([reason, (error as Error).name], ["failed", "TypeError"]);
    assertEquals((error as Error).message, "Cannot spawn: the factory did not return an actor");
  }
});

Deno.test("a factory that returns the same instance each time restarts it with its old state", async () => {
  await using stage = new Stage();
  const one = new Scripted();
  const addr = stage.system.spawn(() => one, { strategy });
  await addr.send(act((_, self) => self.count = 5));
  addr.doSend(act(boom));
  assertStrictEquals(await addr.send(act((_, self) => self)), one);
  assertEquals(one.count, 5);
});

Deno.test("a restart waits for busy children up to their stop time-out, then goes on without them", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const parent = await stage.spawn("p", parentOf(stage.log, addrs, { c: { stopTimeout: 200 } }), { strategy });
  const busy = addrs.get("c")!;
  busy.doSend(act(hang));
  parent.doSend(act(boom));
  await stage.clock.advance(199);
  assertEquals(stage.take(), ["+p", "+c"]);
  await stage.clock.advance(1);
  assertEquals(stage.take(), ["-p", "+p", "+c"]);
  assertEquals((await busy.closed).reason, "abandoned");
});

Deno.test("endless restarts leave time for timers and sockets", async () => {
  const { system } = new Stage();
  const addr = system.spawn((): Scripted => boom(), { strategy: SupervisorStrategy.restart(Infinity, 1) });
  await new Promise((resolve) => setTimeout(resolve, 0));
  await system.stop(addr);
  assertEquals((await addr.closed).reason, "stopped");
  await system.shutdown();
});
