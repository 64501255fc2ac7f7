import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Addr, type Context, SupervisorStrategy, type TimerHandle } from "../../mod.ts";
import type { Envelope } from "../../src/internal/envelope.ts";
import type { Incarnation } from "../../src/internal/incarnation.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { Timer } from "../../src/timers.ts";
import { act, boom, type Do, Stage } from "../support/scripted.ts";

/** Lets `addr` do something with its context, and gives what came of it. */
function inside<T>(addr: Addr<Do>, run: (ctx: Context<Do>) => T): Promise<T> {
  return addr.send(act(run)) as Promise<T>;
}

/** A message that notes `name` and the time. */
function note(stage: Stage, name = "tick"): Do {
  return act(() => stage.log.push(`${name} ${stage.clock.now()}`));
}

async function idle(stage: Stage, options = {}): Promise<Addr<Do>> {
  const addr = await stage.spawn("a", {}, options);
  stage.take();
  return addr;
}

Deno.test("runLater() sends the message once, when its time has come", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  await inside(addr, (ctx) => void ctx.runLater(100, note(stage)));
  await stage.clock.advance(99);
  assertEquals(stage.take(), []);
  await stage.clock.advance(1_000);
  assertEquals(stage.take(), ["tick 100"]);
});

Deno.test("runLater(0) comes after what is queued already", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  addr.doSend(act((ctx) => void ctx.runLater(0, note(stage, "timer"))));
  addr.doSend(note(stage, "message"));
  await stage.clock.advance(0);
  assertEquals(stage.take(), ["message 0", "timer 0"]);
});

Deno.test("timers of an actor fire in the order of their times", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  await inside(addr, (ctx) => {
    for (const ms of [30, 10, 20, 10]) ctx.runLater(ms, note(stage));
  });
  await stage.clock.advance(30);
  assertEquals(stage.take(), ["tick 10", "tick 10", "tick 20", "tick 30"]);
});

Deno.test("runInterval() beats from its first tick on, until it is cancelled", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  const timer = await inside(addr, (ctx) => ctx.runInterval(10, note(stage)));
  await stage.clock.advance(35);
  timer.cancel();
  timer.cancel();
  await stage.clock.advance(100);
  assertEquals(stage.take(), ["tick 10", "tick 20", "tick 30"]);
});

Deno.test("an interval may cancel itself in its own tick", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  await inside(addr, (ctx) => {
    const timer = ctx.runInterval(
      10,
      act(() => {
        stage.log.push("tick");
        timer.cancel();
      }),
    );
  });
  await stage.clock.advance(100);
  assertEquals(stage.take(), ["tick"]);
});

Deno.test("an interval never has two ticks queued, however long the actor is busy", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  const gate = Promise.withResolvers<void>();
  addr.doSend(act((ctx) => {
    ctx.runInterval(10, note(stage));
    return gate.promise;
  }));
  await stage.clock.advance(95);
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["tick 95"]);
  await stage.clock.advance(20);
  assertEquals(stage.take(), ["tick 100", "tick 110"]);
});

Deno.test("a tick that is slower than its interval leaves beats out, and no second one queues behind it", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  const slow = act(async () => {
    stage.log.push(`from ${stage.clock.now()}`);
    await new Promise<void>((done) => void stage.clock.schedule(25, done));
    stage.log.push(`to ${stage.clock.now()}`);
  });
  await inside(addr, (ctx) => void ctx.runInterval(10, slow));
  await stage.clock.advance(79);
  assertEquals(stage.take(), ["from 10", "to 35", "from 40", "to 65", "from 70"]);
  await stage.clock.advance(100);
});

Deno.test("an interval does not drift: it keeps to the beat of its first tick", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  let late = 0;
  // A clock whose timers are late, as real ones are.
  const { schedule } = stage.clock;
  stage.clock.schedule = (ms, callback) => schedule.call(stage.clock, ms + late, callback);
  const timer = await inside(addr, (ctx) => ctx.runInterval(100, note(stage)));
  late = 7;
  await stage.clock.advance(507);
  assertEquals(stage.take(), ["tick 100", "tick 207", "tick 307", "tick 407", "tick 507"]);
  late = 250;
  await stage.clock.advance(1_000);
  // Late by more than a beat: what was missed is left out, and the beat stays.
  assertEquals(stage.take().map((entry) => Number(entry.slice(5)) % 100), [7, 50, 50]);
  timer.cancel();
});

Deno.test("cancel() takes back a tick that has fired and is still queued", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  const gate = Promise.withResolvers<void>();
  const timers: TimerHandle[] = [];
  addr.doSend(act((ctx) => {
    timers.push(ctx.runLater(10, note(stage)), ctx.runInterval(10, note(stage)));
    return gate.promise;
  }));
  await stage.clock.advance(15);
  for (const timer of timers) timer.cancel();
  gate.resolve();
  await stage.clock.advance(100);
  assertEquals(stage.take(), []);
});

Deno.test("`using` cancels a timer at the end of its block", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  await inside(addr, (ctx) => {
    using _timer = ctx.runInterval(1, note(stage));
  });
  await stage.clock.advance(10);
  assertEquals(stage.take(), []);
});

Deno.test("cancel() after the tick, or after the end of the actor, does nothing", async () => {
  await using stage = new Stage();
  const addr = await idle(stage);
  const [once, often] = await inside(addr, (ctx) => [ctx.runLater(5, note(stage)), ctx.runInterval(7, act(boom))]);
  await stage.clock.advance(5);
  once!.cancel();
  await stage.system.stop(addr);
  often!.cancel();
  assertEquals(stage.take(), ["tick 5", "-a"]);
});

Deno.test("the timers of an actor that has ended leave nothing scheduled", async () => {
  const stage = new Stage();
  const addr = await idle(stage);
  await inside(addr, (ctx) => {
    ctx.runLater(1_000, note(stage));
    ctx.runInterval(1_000, note(stage));
  });
  await stage.system.shutdown();
  await stage.clock.runUntilIdle();
  assertEquals([stage.clock.now(), stage.take()], [0, ["-a"]]);
});

Deno.test("a timer that is over is forgotten by its home, whether it fired or was cancelled", async () => {
  const clock = new ManualClock();
  const [queue, forgotten]: [Envelope[], unknown[]] = [[], []];
  const home = { clock, push: (envelope: Envelope) => queue.push(envelope), forget: (t: unknown) => forgotten.push(t) };
  const [once, often] = [new Timer(home, act(boom), 5), new Timer(home, act(boom), 7, 7)];
  await clock.advance(7);
  const incarnation = { handle: () => undefined } as unknown as Incarnation;
  for (const { turn } of queue) turn!.run(incarnation);
  assertEquals([queue.length, forgotten], [2, [once]]);
  often.cancel();
  assertEquals(forgotten, [once, often]);
  await clock.runUntilIdle();
  assertEquals(clock.now(), 7);
});

Deno.test("a tick is taken by a full mailbox, and waits its turn behind senders that wait for room", async () => {
  await using stage = new Stage();
  const addr = await idle(stage, { capacity: 1 });
  const gate = Promise.withResolvers<void>();
  addr.doSend(act((ctx) => {
    ctx.runLater(10, note(stage, "timer"));
    return gate.promise;
  }));
  await stage.clock.settle();
  for (const name of ["queued", "waiting"]) addr.doSend(note(stage, name));
  assertEquals([addr.trySend(act(boom)), addr.desiredSize], ["full", -1]);
  await stage.clock.advance(10);
  assertEquals(addr.desiredSize, -1);
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["queued 10", "waiting 10", "timer 10"]);
});

Deno.test("a tick that fails is a failure of the actor, and an interval goes on after resume", async () => {
  await using stage = new Stage();
  const addr = await idle(stage, { strategy: SupervisorStrategy.resume });
  const failing = act(() => {
    stage.log.push(`tick ${stage.clock.now()}`);
    return stage.log.length % 2 === 0 ? boom() : Promise.reject(new Error("async"));
  });
  await inside(addr, (ctx) => void ctx.runInterval(10, failing));
  await stage.clock.advance(30);
  assertEquals(stage.take(), ["tick 10", "tick 20", "tick 30"]);
  assert(addr.isAlive);
});

Deno.test("runLater() and runInterval() refuse times that are none", async () => {
  await using stage = new Stage();
  const addr = await idle(stage, { strategy: SupervisorStrategy.resume });
  const refused = async (run: (ctx: Context<Do>) => unknown) => {
    const error = await assertRejects(() => inside(addr, run));
    assert((error as Error).cause instanceof RangeError);
  };
  for (const ms of [-1, NaN, Infinity, undefined as unknown as number]) {
    await refused((ctx) => ctx.runLater(ms, act(boom)));
    await refused((ctx) => ctx.runInterval(ms, act(boom)));
  }
  await refused((ctx) => ctx.runInterval(0, act(boom)));
});
