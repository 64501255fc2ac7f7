// The guarantees of the README, in its words: one test each, and each name is the promise.

import { assert, assertEquals, assertLessOrEqual, assertRejects, assertStrictEquals } from "@std/assert";
import {
  ActorFailedError,
  ActorSystem,
  type Addr,
  CinemaError,
  type ClockTimer,
  HandlerAbandonedError,
  LateReply,
  type SendResult,
  SupervisorStrategy,
} from "../mod.ts";
import { deadLetters, recordEvents } from "./support/record.ts";
import { act, boom, type Do, hang, noting, parentOf, Scripted, Stage } from "./support/scripted.ts";
import { forSeeds } from "./support/seeded.ts";

const strategy = SupervisorStrategy.restart(Infinity, 1_000);

Deno.test("An actor handles one message at a time, and an async handler finishes before the next one starts.", async () => {
  await forSeeds(20, async (random) => {
    await using stage = new Stage();
    const addr = await stage.spawn("a", {}, { capacity: 1 + random.below(4), strategy });
    let running = 0;
    for (let n = 0; n < 50; n++) {
      const [ms, fails] = [random.below(3), random.below(5) === 0];
      addr.doSend(act(async () => {
        assertEquals(++running, 1);
        if (ms > 0) await new Promise<void>((done) => void stage.clock.schedule(ms, done));
        assertEquals(running--, 1);
        if (fails) boom();
      }));
    }
    await stage.clock.advance(1_000);
    assertEquals(await addr.send(act(() => running)), 0);
  });
});

Deno.test("Messages of one sender to one actor are handled in the order sent, whichever mix of send, doSend and trySend it used.", async () => {
  await forSeeds(50, async (random) => {
    await using stage = new Stage();
    const addr = await stage.spawn("a", {}, { capacity: 1 + random.below(5), strategy });
    const [handled, taken]: [number[], number[]] = [[], []];
    for (let n = 0; n < 60; n++) {
      const isSlow = random.below(4) === 0;
      const message = act(async () => {
        handled.push(n);
        if (isSlow) await stage.clock.yield();
        if (random.below(10) === 0) boom();
      });
      const way = random.pick(["send", "doSend", "trySend", "wait"] as const);
      if (way === "wait") await stage.clock.settle();
      if (way === "trySend" && addr.trySend(message) !== "sent") continue;
      if (way === "send") addr.send(message).catch((error) => assert(error instanceof ActorFailedError));
      if (way === "doSend" || way === "wait") addr.doSend(message);
      taken.push(n);
    }
    await stage.clock.settle();
    assertEquals(handled, taken);
  });
});

Deno.test("A mailbox passes its bound by one message at most: who sends to a full one waits for room, or is told.", async () => {
  await forSeeds(20, async (random) => {
    await using stage = new Stage();
    const capacity = 1 + random.below(8);
    const addr = await stage.spawn("a", {}, { capacity, maxWaiting: 10 });
    let [accepted, started] = [0, 0];
    const count = act(async () => {
      started++;
      await stage.clock.yield();
    });
    const results: Promise<SendResult>[] = [];
    const send = async (): Promise<SendResult> => {
      const result = random.below(2) === 0 ? addr.trySend(count) : await addr.doSend(count);
      if (result === "sent") accepted++;
      // One more than the bound may have been taken off by the actor already.
      assertLessOrEqual(accepted - started, capacity);
      return result;
    };
    for (let n = 0; n < 100; n++) {
      results.push(send());
      if (random.below(8) === 0) await stage.clock.settle();
    }
    await stage.clock.settle();
    const told = (await Promise.all(results)).map((result) => result === "sent" || result === "full");
    assert(told.every((isTold) => isTold));
    assertEquals(accepted, started);
  });
});

Deno.test("No message is lost silently: it is handled, or its sender is told, or it is a dead letter.", async () => {
  await forSeeds(50, async (random) => {
    const stage = new Stage();
    const events = recordEvents(stage.system);
    const addr = await stage.spawn("a", {}, { capacity: 3, strategy, stopTimeout: 20 });
    const open = new Set<Do>();
    const kinds = [() => {}, () => stage.clock.yield(), boom, hangSometimes];
    function hangSometimes(): unknown {
      return new Promise<void>((done) => void stage.clock.schedule(random.below(40), done));
    }
    for (let n = 0; n < 60; n++) {
      const run = random.pick(kinds);
      const message: Do = act(() => {
        assert(open.delete(message));
        return run();
      });
      open.add(message);
      const way = random.below(3);
      if (way === 0 && addr.trySend(message) !== "sent") open.delete(message);
      if (way === 1) addr.send(message, { timeout: random.below(50) }).catch(() => open.delete(message));
      if (way === 2) addr.doSend(message, { timeout: random.below(50) });
      if (random.below(5) === 0) await stage.clock.advance(random.below(10));
      if (n === 50) stage.system.stop(addr, { drain: random.below(2) === 0 });
    }
    await stage.clock.advance(1_000);
    await stage.system.shutdown();
    await stage.clock.settle();
    for (const [, message] of deadLetters(events)) open.delete(message as Do);
    assertEquals(open.size, 0);
  });
});

Deno.test("A message is never handled twice, and an accepted one is handled unless its actor ends or its asker gives up first.", async () => {
  await forSeeds(20, async (random) => {
    await using stage = new Stage();
    const addr = await stage.spawn("a", {}, { capacity: 1 + random.below(4), strategy });
    const counts = Array<number>(80).fill(0);
    const results = counts.map((_, n) => {
      const fails = random.below(3) === 0;
      const message = act(() => {
        counts[n]!++;
        return fails ? boom() : random.below(2) === 0 ? stage.clock.yield() : undefined;
      });
      return random.below(2) === 0 ? addr.doSend(message) : addr.send(message).then(() => "sent", () => "sent");
    });
    await stage.clock.settle();
    assertEquals(new Set(await Promise.all(results)), new Set(["sent"]));
    assertEquals(counts, Array(80).fill(1));
  });
});

Deno.test("Every ask settles when its time-out is over at the latest: with the reply, or with an error that says why.", async () => {
  await forSeeds(20, async (random) => {
    const stage = new Stage();
    const addr = await stage.spawn("a", {}, { capacity: 2, maxWaiting: 30, strategy, stopTimeout: 30 });
    const ways = [() => "reply", boom, () => stage.clock.yield(), () => Promise.reject(new CinemaError())];
    const asks = Array.from({ length: 40 }, (_, n) => {
      const timeout = 20 + random.below(100);
      const late = new Promise<string>((done) => void stage.clock.schedule(timeout + 1, () => done("late")));
      const run = n === 20 ? hang : random.pick(ways);
      const asked = addr.send(act(run), { timeout }).then(() => "reply", (error) => {
        assert(error instanceof CinemaError, `${error}`);
        return "error";
      });
      return Promise.race([asked, late]);
    });
    await stage.clock.advance(random.below(100));
    stage.system.stop(addr);
    await stage.clock.advance(200);
    assert(!(await Promise.all(asks)).includes("late"));
    await stage.system.shutdown();
  });
});

Deno.test("A restart keeps the address and the mailbox with its order, and the state is fresh.", async () => {
  await using stage = new Stage();
  const backoff = SupervisorStrategy.restart(1, 1_000, { backoff: 50 });
  const addr = await stage.spawn("a", {}, { strategy: backoff, capacity: 2 });
  const seen: string[] = [];
  const count = (name: string) => act((_, self) => seen.push(`${name} ${++self.count}`));
  const sent = [count("a"), count("b"), act(boom), count("c"), count("d"), count("e")].map((m) => addr.doSend(m));
  await stage.clock.advance(50);
  assertEquals(new Set(await Promise.all(sent)), new Set(["sent"]));
  assertEquals(seen, ["a 1", "b 2", "c 1", "d 2", "e 3"]);
});

Deno.test("The message that failed is not tried again: its asker gets the error, and it is a dead letter.", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a", {}, { strategy });
  let tried = 0;
  const failing = act(() => {
    tried++;
    boom();
  });
  const error = await assertRejects(() => addr.send(failing), ActorFailedError);
  assertEquals((error.cause as Error).message, "boom");
  await stage.clock.settle();
  assertEquals([tried, deadLetters(events)], [1, [["failed", failing]]]);
});

Deno.test("`stopped` runs exactly once for each incarnation whose `started` was called, unless a handler had to be abandoned.", async () => {
  await forSeeds(30, async (random) => {
    const stage = new Stage();
    const balance = new Map<number, number>();
    let lives = 0;
    const factory = () => {
      const life = ++lives;
      const [isSlow, fails] = [random.below(2) === 0, random.below(3) === 0];
      const hook = async (by: number): Promise<void> => {
        balance.set(life, (balance.get(life) ?? 0) + by);
        if (isSlow) await stage.clock.yield();
        if (fails) boom();
      };
      return new Scripted({ started: () => hook(1), stopped: () => hook(-1) });
    };
    const addr = stage.system.spawn(factory, { strategy: SupervisorStrategy.restart(20, 1_000, { backoff: 1 }) });
    for (let n = 0; n < 10; n++) {
      addr.doSend(act(random.below(2) === 0 ? boom : () => {}));
      await stage.clock.advance(random.below(3));
    }
    if (random.below(2) === 0) addr.doSend(act((ctx) => ctx.stop()));
    await stage.system.shutdown();
    assert([...balance.values()].every((sum) => sum === 0));
  });
});

Deno.test("No handler or hook holds up a stop for longer than its stop time-out: then it is abandoned.", async () => {
  for (const place of ["handler", "started", "stopped"] as const) {
    const stage = new Stage();
    const script = place === "handler" ? {} : { [place]: hang };
    const addr = await stage.spawn("a", script, { stopTimeout: 300 });
    if (place === "handler") addr.doSend(act(hang));
    await stage.clock.settle();
    const stopping = stage.system.stop(addr).then(() => stage.clock.now());
    await stage.clock.runUntilIdle();
    assertEquals([await stopping, (await addr.closed).reason], [300, "abandoned"]);
    await stage.system.shutdown();
  }
});

Deno.test("A drain handles all that is queued, first of the actor and then of its children, before `stopped` runs.", async () => {
  await forSeeds(20, async (random) => {
    await using stage = new Stage();
    const addrs = new Map<string, Addr<Do>>();
    const inner = parentOf(stage.log, addrs, { leaf: {} });
    const parent = await stage.spawn("p", parentOf(stage.log, addrs, { a: {}, c: { script: inner } }));
    let left = 30;
    for (let n = 0; n < 30; n++) {
      const to = random.pick([parent, ...addrs.values()]);
      to.doSend(act(async (ctx) => {
        await ctx.sleep(random.below(3));
        left--;
      }));
    }
    stage.take();
    const stopped = stage.system.stop(parent, { drain: true });
    await stage.clock.advance(1_000);
    await stopped;
    assertEquals([left, stage.take()], [0, ["-leaf", "-c", "-a", "-p"]]);
  });
});

Deno.test("What gives up because it is to end has not failed: the actor ends as it was asked to, and an asker is told.", async () => {
  for (const how of ["stop", "shutdown", "parent"] as const) {
    await using stage = new Stage();
    const addrs = new Map<string, Addr<Do>>();
    const parent = await stage.spawn("p", parentOf([], addrs, { a: { strategy } }));
    const addr = addrs.get("a")!;
    const told = assertRejects(() => addr.send(act((ctx) => ctx.sleep(60_000))), HandlerAbandonedError);
    await stage.clock.settle();
    const ended = how === "shutdown" ? stage.system.shutdown() : stage.system.stop(how === "stop" ? addr : parent);
    await Promise.all([ended, told]);
    assertEquals(await addr.closed, { addr, reason: how === "stop" ? "stopped" : how });
    assertEquals(stage.unobserved, []);
  }
});

Deno.test("An ask that is answered in a later turn gets its answer, or is told as soon as nobody can give it any more.", async () => {
  await forSeeds(20, async (random) => {
    await using stage = new Stage();
    const addr = await stage.spawn("a", {}, { strategy });
    const open: LateReply<unknown>[] = [];
    const asks = Array.from({ length: 30 }, () =>
      addr.send(
        act(() => {
          const late = new LateReply<unknown>();
          open.push(late);
          return late;
        }),
        { timeout: Infinity },
      ).then(() => "reply", (error) => error.name));
    await stage.clock.settle();
    const answered = random.below(30);
    for (let n = 0; n < answered; n++) open.splice(random.below(open.length), 1)[0]!.resolve(n);
    addr.doSend(random.below(2) === 0 ? act(boom) : act((ctx) => ctx.stop()));
    await stage.clock.settle();
    const outcomes = await Promise.all(asks);
    assertEquals(outcomes.filter((outcome) => outcome === "reply").length, answered);
    assertEquals(outcomes.filter((outcome) => outcome === "HandlerAbandonedError").length, 30 - answered);
  });
});

Deno.test("No child outlives its parent: all of them have ended before the parent's `stopped` runs.", async () => {
  const trees = ["stop", "failure", "restart", "escalation", "shutdown"] as const;
  for (const how of trees) {
    await using stage = new Stage();
    const addrs = new Map<string, Addr<Do>>();
    const escalating = { strategy: SupervisorStrategy.escalate };
    const inner = parentOf(stage.log, addrs, { leaf: escalating, busy: {} });
    const parent = await stage.spawn("p", parentOf(stage.log, addrs, { c: { script: inner, ...escalating } }), {
      strategy: how === "restart" ? SupervisorStrategy.restart(1, 1_000) : SupervisorStrategy.stop,
    });
    const old = [...addrs.values()];
    addrs.get("busy")!.doSend(act(() => stage.clock.yield()));
    if (how === "stop") stage.system.stop(parent);
    if (how === "shutdown") stage.system.shutdown();
    if (how === "failure" || how === "restart") parent.doSend(act(boom));
    if (how === "escalation") addrs.get("leaf")!.doSend(act(boom));
    await stage.clock.settle();
    const ends = stage.take().filter((entry) => entry.startsWith("-"));
    assertEquals([ends.slice(0, 2).toSorted(), ends.slice(2)], [["-busy", "-leaf"], ["-c", "-p"]]);
    assert(old.every((addr) => !addr.isAlive));
  }
});

Deno.test("A watcher gets exactly one notice of each actor it watches and of each child, however that ends, and none after `unwatch`.", async () => {
  await forSeeds(30, async (random) => {
    await using stage = new Stage();
    const watcher = await stage.spawn("w", {}, { capacity: 1, strategy });
    const expected: string[] = [];
    for (let n = 0; n < 12; n++) {
      const factory = () => new Scripted();
      const options = { name: `t${n}`, strategy: SupervisorStrategy.stop };
      const isChild = random.below(2) === 0;
      const target = isChild
        ? await watcher.send(act((ctx) => ctx.spawnChild(factory, options))) as Addr<Do>
        : stage.system.spawn(factory, options);
      const watch = act((ctx) => ctx.watch(target));
      if (random.below(2) === 0) await watcher.send(watch);
      if (random.below(2) === 0) watcher.doSend(act(() => stage.clock.yield()));
      if (random.below(2) === 0) target.doSend(act(boom));
      else stage.system.stop(target);
      watcher.doSend(watch);
      if (random.below(3) === 0) watcher.doSend(act((ctx) => ctx.unwatch(target)));
      else expected.push(target.id);
    }
    await stage.clock.settle();
    const heard = stage.take().flatMap((entry) => /heard (\S+)/.exec(entry)?.[1] ?? []);
    // What was unwatched may have been told of before, but then once.
    assertEquals(heard.length, new Set(heard).size);
    assert(expected.every((id) => heard.includes(id)), `${expected} and ${heard}`);
  });
});

Deno.test("A notice comes after everything that the ended actor had sent to the watcher, also when that waited for room.", async () => {
  for (const capacity of [1, 2, 256]) {
    await using stage = new Stage();
    const boss = await stage.spawn("boss", {}, { capacity });
    stage.take();
    const report = (n: number) => act(() => stage.log.push(`result ${n}`));
    boss.doSend(act((ctx) => {
      const worker = ctx.spawnChild(() => new Scripted({ stopped: () => void boss.doSend(report(4)) }), { name: "w" });
      worker.doSend(act((self) => {
        for (const n of [1, 2, 3]) boss.doSend(report(n));
        self.stop();
      }));
    }));
    await stage.clock.settle();
    assertEquals(stage.take(), ["result 1", "result 2", "result 3", "result 4", "boss heard /boss/w stopped"]);
  }
});

Deno.test("A registered name leads to a living actor or to nobody, and the end of an actor never takes a name that another one holds by then.", async () => {
  await forSeeds(30, async (random) => {
    await using stage = new Stage();
    let holder: Addr<Do> | undefined;
    for (let n = 0; n < 20; n++) {
      const next = await stage.spawn(`a${n}`);
      const previous = holder;
      if (previous !== undefined) {
        previous.doSend(act(() => stage.clock.yield()));
        if (random.below(2) === 0) await undefined;
        if (random.below(2) === 0) previous.doSend(act((ctx) => ctx.stop()));
        else stage.system.stop(previous);
        while (previous.isAlive) await stage.clock.yield();
      }
      assertEquals(stage.system.lookup("name", Scripted), undefined);
      stage.system.register("name", next);
      holder = next;
      if (random.below(2) === 0) await stage.clock.settle();
      assertStrictEquals(stage.system.lookup("name", Scripted), next);
    }
  });
});

Deno.test("Timers and streams end with the incarnation that started them.", async () => {
  await using stage = new Stage();
  const cancelled: number[] = [];
  let lives = 0;
  const addr = stage.system.spawn(() => {
    const life = ++lives;
    const note = (what: string) => void stage.log.push(`${what} of ${life}`);
    return new Scripted({
      started: (ctx) => {
        ctx.runInterval(10, act(() => note("interval")));
        ctx.runLater(15, act(() => note("timer")));
        let next: ClockTimer | undefined;
        const source = new ReadableStream<string>({
          start: (to) => void (next = stage.clock.schedule(10, () => to.enqueue("item"))),
          cancel: () => {
            next?.cancel();
            cancelled.push(life);
          },
        });
        ctx.addStream(source, { item: note });
      },
    });
  }, { strategy });
  for (let restart = 1; restart <= 4; restart++) {
    addr.doSend(act(boom));
    await stage.clock.settle();
  }
  await stage.clock.advance(25);
  assertEquals(cancelled, [1, 2, 3, 4]);
  assertEquals(stage.take().toSorted(), [
    ...["interval of 5", "interval of 5"],
    "item of 5",
    "timer of 5",
  ]);
});

Deno.test("An interval never has more than one tick waiting, however slow its actor is.", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  let ticks = 0;
  const gate = Promise.withResolvers<void>();
  addr.doSend(act((ctx) => {
    ctx.runInterval(1, act(() => void ticks++));
    return gate.promise;
  }));
  await stage.clock.advance(10_000);
  gate.resolve();
  await stage.clock.settle();
  assertEquals(ticks, 1);
});

Deno.test("Busy actors leave the event loop its turn: timers and sockets are served while two of them talk without end.", async () => {
  const system = new ActorSystem();
  const [ping, pong] = [0, 1].map(() => system.spawn(() => new Scripted()));
  let turns = 0;
  const bounce = (to: Addr<Do>, back: Addr<Do>): Do =>
    act(() => {
      turns++;
      to.doSend(bounce(back, to));
    });
  ping!.doSend(bounce(pong!, ping!));
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response("served"));
  const before = turns;
  const response = await fetch(`http://127.0.0.1:${server.addr.port}`);
  assertEquals(await response.text(), "served");
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert(turns > before);
  await system.shutdown();
});

Deno.test("Nothing is left after a shutdown: every actor has ended, every timer is cancelled, and every stream is closed.", async () => {
  const stage = new Stage();
  const log: string[] = [];
  const cancelled: string[] = [];
  const addrs: Addr<Do>[] = [];
  const grow = (depth: number): Scripted =>
    new Scripted(noting(log, `${depth}`, {
      started: (ctx) => {
        addrs.push(ctx.address);
        ctx.runInterval(100, act(() => {}));
        ctx.addStream(new ReadableStream({ cancel: () => void cancelled.push("stream") }), { item: () => {} });
        for (let n = 0; n < 2 && depth < 4; n++) ctx.spawnChild(() => grow(depth + 1));
      },
    }));
  stage.system.spawn(() => grow(1));
  await stage.clock.advance(50);
  const events = Array.fromAsync(stage.system.events);
  const writer = addrs[0]!.writable().getWriter();
  const asked = addrs.map((addr) => assertRejects(() => addr.send(act(hang), { timeout: Infinity }), CinemaError));
  await stage.clock.settle();
  const shutdown = stage.system.shutdown();
  await stage.clock.runUntilIdle();
  await Promise.all([shutdown, ...asked, assertRejects(() => writer.closed)]);
  assertEquals([addrs.length, cancelled.length, stage.system.actors], [15, 15, []]);
  assert(addrs.every((addr) => !addr.isAlive && addr.desiredSize === null && addr.trySend(act(boom)) === "closed"));
  assertEquals((await events).filter(({ kind }) => kind === "stopped").length, 15);
});
