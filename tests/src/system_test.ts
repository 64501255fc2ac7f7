import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ActorSystem,
  type Addr,
  HandlerAbandonedError,
  MailboxClosedError,
  NameTakenError,
  SupervisorStrategy,
  systemClock,
  SystemClosedError,
  type Terminated,
} from "../../mod.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { recordEvents } from "../support/record.ts";
import { act, boom, type Do, hang, noting, parentOf, Scripted, Stage } from "../support/scripted.ts";

Deno.test("shutdown() ends all actors, the youngest first, each after its children", async () => {
  const stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const a = await stage.spawn("a", parentOf(stage.log, addrs, { a1: {}, a2: {} }));
  const b = await stage.spawn("b", parentOf(stage.log, addrs, { b1: {} }));
  stage.take();
  await stage.system.shutdown();
  assertEquals(stage.take(), ["-b1", "-b", "-a2", "-a1", "-a"]);
  for (const addr of [a, b, ...addrs.values()]) {
    assertEquals([(await addr.closed).reason, addr.isAlive, addr.trySend(act(boom))], ["shutdown", false, "closed"]);
  }
  assertEquals(stage.system.actors, []);
});

Deno.test("S10: shutdown() while a handler runs waits for it, and runs stopped", async () => {
  const stage = new Stage();
  const addr = await stage.spawn("a");
  const gate = Promise.withResolvers<void>();
  const reply = addr.send(act(() => gate.promise.then(() => "finished")));
  const queued = assertRejects(() => addr.send(act(boom)), MailboxClosedError);
  await stage.clock.settle();
  const shutdown = stage.system.shutdown();
  assertEquals(addr.trySend(act(boom)), "closed");
  await stage.clock.settle();
  assertEquals(stage.take(), ["+a"]);
  gate.resolve();
  await Promise.all([shutdown, queued]);
  assertEquals([await reply, stage.take()], ["finished", ["-a"]]);
});

Deno.test("shutdown() resolves on an empty system, and each call gives the same promise", async () => {
  const system = new ActorSystem();
  const first = system.shutdown();
  assertStrictEquals(system.shutdown({ timeout: 5 }), first);
  await first;
  await system[Symbol.asyncDispose]();
});

Deno.test("nothing can be spawned from the call of shutdown() on", async () => {
  const stage = new Stage();
  const addr = await stage.spawn("a");
  const thrown: unknown[] = [];
  const spawn = () => {
    try {
      stage.system.spawn(() => new Scripted());
    } catch (error) {
      thrown.push((error as Error).name);
    }
  };
  addr.doSend(act((ctx) =>
    new Promise<void>((done) =>
      ctx.signal.addEventListener("abort", () => {
        spawn();
        done();
      })
    )
  ));
  await stage.clock.settle();
  const shutdown = stage.system.shutdown();
  assertThrows(() => stage.system.spawn(() => new Scripted()), SystemClosedError);
  await shutdown;
  spawn();
  assertEquals(thrown, ["SystemClosedError", "SystemClosedError"]);
  assertEquals(stage.system.actors, []);
});

Deno.test("await using shuts the system down at the end of the block", async () => {
  const log: string[] = [];
  let addr: Addr<Do>;
  {
    await using system = new ActorSystem();
    addr = system.spawn(() => new Scripted(noting(log, "a")));
    await addr.send(act(() => {}));
  }
  assertEquals([log, addr.isAlive], [["+a", "-a"], false]);
});

Deno.test("shutdown() lets one hung actor take its stop time-out, and the others end in order", async () => {
  const stage = new Stage();
  await stage.spawn("a");
  const hung = await stage.spawn("b");
  await stage.spawn("c");
  hung.doSend(act(hang));
  await stage.clock.settle();
  const shutdown = stage.system.shutdown();
  await stage.clock.advance(4_999);
  assertEquals(stage.take(), ["+a", "+b", "+c", "-c"]);
  await stage.clock.advance(1);
  await shutdown;
  assertEquals([(await hung.closed).reason, stage.take()], ["abandoned", ["-a"]]);
});

Deno.test("shutdown() that runs out of time waits for nobody any more", async () => {
  const stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const hung = { stopTimeout: Infinity };
  const parent = await stage.spawn("p", parentOf(stage.log, addrs, { c: hung, d: hung }), hung);
  const other = await stage.spawn("o", { stopped: hang }, hung);
  const late = await stage.spawn("late", { ...parentOf([], addrs, { e: hung }), stopped: hang }, hung);
  const asked = [...addrs.values(), parent].map((addr) =>
    assertRejects(() => addr.send(act(hang), { timeout: Infinity }), HandlerAbandonedError)
  );
  await stage.clock.settle();
  const shutdown = stage.system.shutdown({ timeout: 250 });
  await stage.clock.advance(249);
  assertEquals(stage.system.actors.length, 3);
  await stage.clock.advance(1);
  await Promise.all([shutdown, ...asked]);
  for (const addr of [parent, other, late, ...addrs.values()]) assertEquals((await addr.closed).reason, "abandoned");
  assertEquals(stage.clock.now(), 250);
});

Deno.test("shutdown() ends actors that back off, restart or have not started yet", async () => {
  const stage = new Stage();
  const slow = SupervisorStrategy.restart(9, 1_000, { backoff: 60_000 });
  const resting = await stage.spawn("resting", {}, { strategy: slow });
  resting.doSend(act(boom));
  await stage.clock.settle();
  stage.system.spawn(() => new Scripted(noting(stage.log, "unborn")));
  await stage.system.shutdown();
  assertEquals([stage.clock.now(), stage.take()], [0, ["+resting", "-resting"]]);
});

Deno.test("shutdown() refuses a wrong time-out, and nothing is stopped", async () => {
  const stage = new Stage();
  const addr = await stage.spawn("a");
  for (const timeout of [-1, NaN]) assertThrows(() => stage.system.shutdown({ timeout }), RangeError);
  assert(addr.isAlive);
  await stage.system.shutdown({ timeout: Infinity });
});

Deno.test("shutdown() waits until two actors that still talk to each other have ended", async () => {
  const system = new ActorSystem();
  const [ping, pong] = [0, 1].map(() => system.spawn(() => new Scripted()));
  const bounce = (to: Addr<Do>, back: Addr<Do>): Do => act(() => void to.doSend(bounce(back, to)));
  ping!.doSend(bounce(pong!, ping!));
  await new Promise((resolve) => setTimeout(resolve, 0));
  await system.shutdown();
  assertEquals(system.actors, []);
});

Deno.test("nothing is left of ten thousand actors after shutdown()", async () => {
  const system = new ActorSystem();
  const addrs = Array.from({ length: 10_000 }, () => system.spawn(() => new Scripted()));
  for (const addr of addrs) addr.doSend(act((ctx) => void ctx.runInterval(60_000, act(boom))));
  await addrs.at(-1)!.send(act(() => {}));
  await system.shutdown();
  assertEquals([system.actors.length, addrs.some((addr) => addr.isAlive)], [0, false]);
});

Deno.test("stop() refuses addresses of another system, and wrong time-outs", async () => {
  await using stage = new Stage();
  await using other = new Stage();
  const foreign = await other.spawn("a");
  await assertRejects(() => stage.system.stop(foreign), TypeError, "Cannot stop /a: it is no actor of this system");
  const own = await stage.spawn("a");
  for (const timeout of [-1, NaN]) await assertRejects(() => stage.system.stop(own, { timeout }), RangeError);
  assert(own.isAlive && foreign.isAlive);
  const forged = { id: "/a" } as unknown as Addr<Do>;
  await assertRejects(() => stage.system.stop(forged), TypeError, "Cannot stop /a");
});

Deno.test("actors lists the living top-level actors in order of spawning", async () => {
  await using stage = new Stage();
  const addrs = [await stage.spawn("a"), await stage.spawn("b"), await stage.spawn("c")];
  assertEquals(stage.system.actors.map(({ id }) => id), ["/a", "/b", "/c"]);
  await stage.system.stop(addrs[1]!);
  assertEquals(stage.system.actors, [addrs[0]!, addrs[2]!]);
});

Deno.test("the id has the labels from the top down: the name, or the class with a number", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  await stage.spawn("shop", parentOf(stage.log, addrs, { till: {} }));
  assertEquals(addrs.get("till")!.id, "/shop/till");
  const [first, second] = [0, 1].map(() => stage.system.spawn(() => new Scripted()));
  const numbers = [first!, second!].map(({ id }) => Number(/^\/Scripted-(\d+)$/.exec(id)?.[1]));
  assertEquals(numbers[1]! - numbers[0]!, 1);
  const anonymous = stage.system.spawn(() => new (class extends Scripted {})());
  assert(/^\/Actor-\d+$/.test(anonymous.id), anonymous.id);
});

Deno.test("a name is unique among living siblings only, and free again when its actor has ended", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const first = await stage.spawn("a", parentOf(stage.log, addrs, { a: {}, b: {} }));
  assertThrows(() => stage.system.spawn(() => new Scripted(), { name: "a" }), NameTakenError, 'Cannot spawn "a"');
  const gate = Promise.withResolvers<void>();
  first.doSend(act(() => gate.promise));
  await stage.clock.settle();
  const stopping = stage.system.stop(first);
  assertThrows(() => stage.system.spawn(() => new Scripted(), { name: "a" }), NameTakenError);
  gate.resolve();
  await stopping;
  assertEquals(stage.system.spawn(() => new Scripted(), { name: "a" }).id, "/a");
});

Deno.test("a child's name is free again in the next incarnation, and taken while it is restarting itself", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const strategy = SupervisorStrategy.restart(3, 1_000, { backoff: 10 });
  const parent = await stage.spawn("p", parentOf(stage.log, addrs, { c: { strategy } }), { strategy });
  addrs.get("c")!.doSend(act(boom));
  await stage.clock.settle();
  const again = parent.send(act((ctx) => void ctx.spawnChild(() => new Scripted(), { name: "c" })));
  const refusal = await assertRejects(() => again);
  assert((refusal as Error).cause instanceof NameTakenError);
  await stage.clock.advance(10);
  assertEquals(await addrs.get("c")!.send(act((ctx) => ctx.id)), "/p/c");
});

Deno.test("a system shows its clock, to actors as well", async () => {
  const clock = new ManualClock(5);
  await using system = new ActorSystem({ clock });
  assertStrictEquals(system.clock, clock);
  assertStrictEquals(new ActorSystem().clock, systemClock);
  const addr = system.spawn(() => new Scripted());
  const times: number[] = [];
  const note = act((ctx) => void times.push(ctx.system.clock.now()));
  await addr.send(note);
  await clock.advance(10);
  await addr.send(note);
  assertEquals(times, [5, 15]);
});

Deno.test("a system hands its askTimeout on, and refuses a wrong one", async () => {
  for (const askTimeout of [-1, NaN]) assertThrows(() => new ActorSystem({ askTimeout }), RangeError);
  await using stage = new Stage({ askTimeout: 30 });
  const addr = await stage.spawn("a", {}, { stopTimeout: 0 });
  const asked = assertRejects(() => addr.send(act(hang)), Error, "within 30 ms");
  await stage.clock.advance(30);
  await asked;
});

Deno.test("onUnobservedFailure may throw: the actor ends all the same, and the error is the caller's", async () => {
  const uncaught: unknown[] = [];
  const keep = (event: ErrorEvent) => {
    event.preventDefault();
    uncaught.push((event.error as Error).message);
  };
  globalThis.addEventListener("error", keep);
  try {
    const told: Terminated[] = [];
    const onUnobservedFailure = (notice: Terminated) => {
      told.push(notice);
      throw new Error("of the caller");
    };
    await using system = new ActorSystem({ onUnobservedFailure });
    const events = () => system.actors.length;
    system.spawn(() => new Scripted({ started: boom }));
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals([told.length, uncaught, events()], [1, ["of the caller"], 0]);
  } finally {
    globalThis.removeEventListener("error", keep);
  }
});

Deno.test("two systems in one process share nothing", async () => {
  await using one = new Stage();
  const two = new Stage();
  const events = recordEvents(one.system);
  await two.spawn("a", { started: boom });
  await two.system.shutdown();
  const addr = await one.spawn("a");
  assertEquals([events.map(({ kind }) => kind), addr.isAlive], [["started"], true]);
});
