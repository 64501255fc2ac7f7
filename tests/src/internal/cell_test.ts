import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  type Addr,
  ContextClosedError,
  HandlerAbandonedError,
  MailboxClosedError,
  SupervisorStrategy,
} from "../../../mod.ts";
import { deadLetters, recordEvents } from "../../support/record.ts";
import { act, boom, type Do, hang, parentOf, Scripted, Stage } from "../../support/scripted.ts";

const strategy = SupervisorStrategy.restart(3, 1_000);

/** The message whose handler waits until a stop is requested. */
const untilAborted = act((ctx) => new Promise((done) => ctx.signal.addEventListener("abort", () => done("cut"))));

Deno.test("an idle actor that is stopped runs stopped once, and closed tells how it ended", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const closed = addr.closed;
  await Promise.all([stage.system.stop(addr), stage.system.stop(addr), stage.system.stop(addr, { drain: true })]);
  assertEquals(await closed, { addr, reason: "stopped" });
  assertStrictEquals(await addr.closed, await closed);
  assertEquals(stage.take(), ["+a", "-a"]);
  await stage.system.stop(addr);
});

Deno.test("S10: an actor that is stopped while it handles a message finishes it, and runs stopped", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const gate = Promise.withResolvers<void>();
  const reply = addr.send(act(() => gate.promise.then(() => "finished")));
  await stage.clock.settle();
  const stopping = stage.system.stop(addr);
  assert(!addr.isAlive);
  assertEquals([addr.trySend(act(boom)), await addr.doSend(act(boom))], ["closed", "closed"]);
  await stage.clock.settle();
  assertEquals(stage.take(), ["+a"]);
  gate.resolve();
  assertEquals(await reply, "finished");
  await stopping;
  assertEquals(stage.take(), ["-a"]);
});

Deno.test("ctx.stop() lets the handler go on, and is its last message", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const reply = addr.send(act((ctx) => {
    ctx.stop();
    ctx.stop();
    assert(ctx.signal.aborted);
    assertEquals(ctx.address.trySend(act(boom)), "closed");
    ctx.runLater(0, act(() => stage.log.push("timer")));
    return "answer";
  }));
  addr.doSend(act(() => stage.log.push("behind")));
  assertEquals(await reply, "answer");
  await stage.clock.advance(10);
  assertEquals(stage.take(), ["+a", "-a"]);
  assertEquals((await addr.closed).reason, "stopped");
});

Deno.test("a stop rejects queued asks, makes queued tells dead letters, and turns away who waits for room", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a", {}, { capacity: 2 });
  addr.doSend(untilAborted);
  await stage.clock.settle();
  const tell = act(boom);
  const waitingTell = act(boom);
  addr.doSend(tell);
  const ask = assertRejects(() => addr.send(act(boom)), MailboxClosedError, '"do": /a has ended or is stopping');
  const waitingAsk = assertRejects(() => addr.send(act(boom)), MailboxClosedError);
  const waiting = addr.doSend(waitingTell);
  const ready = addr.ready;
  const stopping = stage.system.stop(addr);
  assertEquals(await waiting, "closed");
  await Promise.all([ask, waitingAsk, ready, stopping]);
  await stage.clock.settle();
  assertEquals(deadLetters(events), [["closed", waitingTell], ["stopped", tell]]);
  assertEquals([addr.desiredSize, addr.isAlive], [null, false]);
});

Deno.test("who waits for room is turned away at once when a stop is requested, also by one that drains", async () => {
  for (const drain of [false, true]) {
    await using stage = new Stage();
    const addr = await stage.spawn("a", {}, { capacity: 1 });
    const gate = Promise.withResolvers<void>();
    addr.doSend(act(() => gate.promise));
    await stage.clock.settle();
    const [queued, waiting] = [0, 1].map(() => addr.doSend(act(() => stage.log.push("handled"))));
    const stopping = stage.system.stop(addr, { drain });
    // The handler is busy all the while.
    assertEquals([await queued, await waiting], ["sent", "closed"]);
    gate.resolve();
    await stopping;
    assertEquals(stage.take(), drain ? ["+a", "handled", "-a"] : ["+a", "-a"]);
  }
});

Deno.test("an actor that is stopped before it started never starts, and its mail is told of", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = stage.system.spawn(() => new Scripted({ started: boom, stopped: boom }));
  const tell = act(boom);
  addr.doSend(tell);
  await stage.system.stop(addr);
  await stage.clock.settle();
  assertEquals((await addr.closed).reason, "stopped");
  assertEquals(deadLetters(events), [["stopped", tell]]);
});

Deno.test("an actor that is stopped while it starts finishes started, and runs stopped", async () => {
  await using stage = new Stage();
  const gate = Promise.withResolvers<void>();
  const addr = await stage.spawn("a", { started: () => gate.promise });
  const stopping = stage.system.stop(addr);
  await stage.clock.settle();
  assertEquals(stage.take(), ["+a"]);
  gate.resolve();
  await stopping;
  assertEquals(stage.take(), ["-a"]);
});

Deno.test("an actor may stop itself in started, and then takes no message", async () => {
  await using stage = new Stage();
  const addr = stage.system.spawn(() =>
    new Scripted({ started: (ctx) => ctx.stop(), stopped: () => stage.log.push("-") })
  );
  addr.doSend(act(boom));
  assertEquals((await addr.closed).reason, "stopped");
  assertEquals(stage.take(), ["-"]);
});

Deno.test("a stop while stopped runs changes nothing, except that a shorter time-out counts", async () => {
  await using stage = new Stage();
  const gate = Promise.withResolvers<void>();
  const addr = await stage.spawn("a", { stopped: () => gate.promise });
  const first = stage.system.stop(addr);
  await stage.clock.settle();
  const second = stage.system.stop(addr);
  gate.resolve();
  await Promise.all([first, second]);
  assertEquals([(await addr.closed).reason, stage.take()], ["stopped", ["+a", "-a"]]);
  const hanging = await stage.spawn("b", { stopped: hang });
  stage.system.stop(hanging);
  await stage.clock.settle();
  const shorter = stage.system.stop(hanging, { timeout: 20 });
  await stage.clock.advance(20);
  await shorter;
  assertEquals((await hanging.closed).reason, "abandoned");
});

Deno.test("a stop during a back-off ends the actor at once, and stopped does not run again", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const slow = SupervisorStrategy.restart(3, 1_000, { backoff: 60_000 });
  for (const drain of [false, true]) {
    const addr = await stage.spawn("a", {}, { strategy: slow });
    const queued = act(boom);
    addr.doSend(act(boom));
    addr.doSend(queued);
    await stage.clock.settle();
    await stage.system.stop(addr, { drain });
    assertEquals((await addr.closed).reason, "stopped");
    await stage.clock.settle();
    assertEquals(deadLetters(events).at(-1), ["stopped", queued]);
  }
  await stage.clock.runUntilIdle();
  assertEquals([stage.clock.now(), stage.take()], [0, ["+a", "-a", "+a", "-a"]]);
});

Deno.test("a stop while the old incarnation ends makes no new one", async () => {
  for (const backoff of [0, 60_000]) {
    await using stage = new Stage();
    const gate = Promise.withResolvers<void>();
    const own = SupervisorStrategy.restart(3, 1_000, { backoff });
    const addr = await stage.spawn("a", { stopped: () => gate.promise }, { strategy: own });
    addr.doSend(act(boom));
    await stage.clock.settle();
    const stopping = stage.system.stop(addr);
    gate.resolve();
    await stopping;
    assertEquals([stage.clock.now(), stage.take()], [0, ["+a", "-a"]]);
  }
});

Deno.test("drain handles everything that is queued, then ends; what is sent from then on is closed", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const slowly = (name: string) => act(() => stage.clock.yield().then(() => stage.log.push(name)));
  for (const name of ["1", "2", "3"]) addr.doSend(slowly(name));
  const last = addr.send(act((ctx) => ctx.signal.aborted));
  const stopping = stage.system.stop(addr, { drain: true });
  assertEquals(await addr.doSend(slowly("late")), "closed");
  assertEquals(await last, false);
  await stopping;
  assertEquals(stage.take(), ["+a", "1", "2", "3", "-a"]);
});

Deno.test("drain starts an actor that has not started yet, if anything is queued", async () => {
  await using stage = new Stage();
  const [empty, full] = ["empty", "full"].map((name) =>
    stage.system.spawn(() => new Scripted({ started: () => stage.log.push(name) }))
  );
  const reply = full!.send(act(() => "handled"));
  await Promise.all([empty!, full!].map((addr) => stage.system.stop(addr, { drain: true })));
  assertEquals([await reply, stage.take()], ["handled", ["full"]]);
});

Deno.test("a stop without drain overrules one with drain, and not the other way round", async () => {
  await using stage = new Stage();
  for (const drains of [[true, false], [false, true]]) {
    const addr = await stage.spawn("a");
    const gate = Promise.withResolvers<void>();
    const signal = await new Promise<AbortSignal>((resolve) =>
      addr.doSend(act((ctx) => (resolve(ctx.signal), gate.promise)))
    );
    addr.doSend(act(() => stage.log.push("queued")));
    const stopping = drains.map((drain) => stage.system.stop(addr, { drain }));
    assert(signal.aborted);
    gate.resolve();
    await Promise.all(stopping);
    assertEquals(stage.take(), ["+a", "-a"]);
  }
});

Deno.test("drain with a time-out abandons the handler that exceeds it, and the rest of the queue", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a");
  const sleepy = act(() => new Promise<void>((done) => void stage.clock.schedule(40, done)));
  const sent = [1, 2, 3, 4].map(() => ({ ...sleepy }));
  for (const message of sent) addr.doSend(message);
  const stopping = stage.system.stop(addr, { drain: true, timeout: 100 });
  await stage.clock.advance(100);
  await stopping;
  await stage.clock.advance(100);
  assertEquals(stage.clock.now(), 200);
  assertEquals(deadLetters(events), [["abandoned", sent[2]], ["stopped", sent[3]]]);
  assertEquals((await addr.closed).reason, "abandoned");
});

Deno.test("an actor that fails while it drains ends as failed, and the rest of the queue is told of", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  for (const own of [SupervisorStrategy.stop, strategy, SupervisorStrategy.restart(1, 1, { backoff: 10 })]) {
    const addr = await stage.spawn("a", {}, { strategy: own });
    const failing = act(boom);
    const queued = act(boom);
    addr.doSend(failing);
    addr.doSend(queued);
    await stage.system.stop(addr, { drain: true });
    assertEquals((await addr.closed).reason, "failed");
    await stage.clock.settle();
    assertEquals(deadLetters(events).slice(-2), [["failed", failing], ["stopped", queued]]);
  }
});

Deno.test("an actor that resumes goes on draining after a failure", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  addr.doSend(act(boom));
  const reply = addr.send(act(() => "handled"));
  await stage.system.stop(addr, { drain: true });
  assertEquals([await reply, (await addr.closed).reason], ["handled", "stopped"]);
});

Deno.test("children end before their parent, the one spawned last first, each after its own children", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const inner = parentOf(stage.log, addrs, { a1: {}, a2: {} });
  const parent = await stage.spawn("p", parentOf(stage.log, addrs, { a: { script: inner }, b: {} }));
  stage.take();
  await stage.system.stop(parent);
  assertEquals(stage.take(), ["-b", "-a2", "-a1", "-a", "-p"]);
  for (const addr of addrs.values()) assertEquals((await addr.closed).reason, "parent");
});

Deno.test("a parent waits for a child that is busy, and hears no notice of an end that is its own doing", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const parent = await stage.spawn("p", parentOf(stage.log, addrs, { busy: {} }));
  const gate = Promise.withResolvers<void>();
  addrs.get("busy")!.doSend(act(() => gate.promise));
  await stage.clock.settle();
  const stopping = stage.system.stop(parent);
  await stage.clock.settle();
  assertEquals(stage.take(), ["+p", "+busy"]);
  gate.resolve();
  await stopping;
  assertEquals(stage.take(), ["-busy", "-p"]);
});

Deno.test("a handler that never settles is abandoned after the stop time-out, and everybody is told", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a", {}, { stopTimeout: 300 });
  const hanging = act(hang);
  const asker = assertRejects(() => addr.send(hanging, { timeout: Infinity }), HandlerAbandonedError, "stop time-out");
  await stage.clock.settle();
  const stopping = stage.system.stop(addr);
  await stage.clock.advance(299);
  assertEquals(stage.log, ["+a"]);
  await stage.clock.advance(1);
  await Promise.all([asker, stopping]);
  assertEquals(await addr.closed, { addr, reason: "abandoned" });
  assertEquals(stage.take(), ["+a"]);
  assertEquals(deadLetters(events), [["abandoned", hanging]]);
});

Deno.test("the time-out of a stop replaces the actor's own, in both directions", async () => {
  await using stage = new Stage();
  for (const [stopTimeout, timeout] of [[10, 500], [500, 10]] as const) {
    const addr = await stage.spawn("a", {}, { stopTimeout });
    addr.doSend(act(hang));
    await stage.clock.settle();
    const since = stage.clock.now();
    const stopping = stage.system.stop(addr, { timeout }).then(() => stage.clock.now() - since);
    await stage.clock.advance(500);
    assertEquals(await stopping, timeout);
  }
});

Deno.test("an abandoned handler is fenced: its context acts no more, and what it throws late is an event", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a", {}, { stopTimeout: 0 });
  const gate = Promise.withResolvers<void>();
  const thrown: unknown[] = [];
  const late = new Error("late");
  addr.doSend(act(async (ctx) => {
    await gate.promise;
    try {
      ctx.spawnChild(() => new Scripted());
    } catch (error) {
      thrown.push(error);
    }
    throw late;
  }));
  await stage.clock.settle();
  stage.system.stop(addr);
  await stage.clock.advance(0);
  assertEquals((await addr.closed).reason, "abandoned");
  gate.resolve();
  await stage.clock.settle();
  assert(thrown[0] instanceof ContextClosedError);
  const failures = events.flatMap((event) => event.kind === "failed" ? [event.error] : []);
  assertEquals(failures, [late]);
});

Deno.test("an abandoned started skips stopped as well", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a", { started: hang }, { stopTimeout: 5 });
  stage.system.stop(addr);
  await stage.clock.advance(5);
  assertEquals([(await addr.closed).reason, stage.take()], ["abandoned", ["+a"]]);
  await stage.clock.settle();
  // It never started, and it is told that its hook was given up.
  assertEquals(events.map(({ kind }) => kind), ["failed", "stopped"]);
});

Deno.test("a stopped hook that never settles is abandoned after the stop time-out", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a", { stopped: hang }, { stopTimeout: 70 });
  stage.system.stop(addr);
  await stage.clock.advance(69);
  assert(stage.system.actors.includes(addr));
  await stage.clock.advance(1);
  assertEquals((await addr.closed).reason, "abandoned");
  await stage.clock.settle();
  const errors = events.flatMap((event) => event.kind === "failed" ? [(event.error as Error).name] : []);
  assertEquals(errors, ["HandlerAbandonedError"]);
});

Deno.test("a stopped hook that never settles does not keep a restart from going on", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", { stopped: hang }, { strategy, stopTimeout: 70 });
  const reply = addr.send(act(() => "on"), { timeout: Infinity });
  addr.doSend(act(boom));
  const next = addr.send(act(() => "next"), { timeout: Infinity });
  await stage.clock.advance(70);
  assertEquals([await reply, await next], ["on", "next"]);
  const since = stage.clock.now();
  // The limit was that of the old incarnation.
  const slow = addr.send(act(() => new Promise((done) => void stage.clock.schedule(9_000, () => done(1)))), {
    timeout: Infinity,
  });
  await stage.clock.advance(9_000);
  assertEquals([await slow, stage.clock.now() - since], [1, 9_000]);
});

Deno.test("an actor that awaits its own stop is abandoned, and does not hang for ever", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  addr.doSend(act((ctx) => ctx.system.stop(ctx.address)));
  await stage.clock.advance(5_000);
  assertEquals([(await addr.closed).reason, stage.clock.now()], ["abandoned", 5_000]);
});
