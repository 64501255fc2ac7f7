import { assertEquals, assertLessOrEqual } from "@std/assert";
import { Actor, ActorSystem, type Clock, type ClockTimer, type Context, type Message } from "../../../mod.ts";
import { SharedClock } from "../../../src/internal/shared_clock.ts";
import { ManualClock, SeededRandom } from "../../../src/testing/mod.ts";

/** Knows how many of its timers are set, and how many ever were. */
class CountingClock implements Clock {
  readonly tickMs = 5;
  set = 0;
  everSet = 0;
  readonly manual = new ManualClock();
  now = (): number => this.manual.now();
  yield = (): Promise<void> => this.manual.yield();
  schedule = (delayMs: number, callback: () => void): ClockTimer => {
    this.set++;
    this.everSet++;
    let isOver = false;
    const over = () => {
      if (!isOver) this.set--;
      isOver = true;
    };
    const timer = this.manual.schedule(delayMs, () => (over(), callback()));
    return { cancel: () => (over(), timer.cancel()) };
  };
}

Deno.test({
  name: "SharedClock fires timers in the order in which they are due, those of one moment in the order set",
  permissions: "none",
  async fn() {
    const base = new CountingClock();
    const clock = new SharedClock(base);
    const fired: string[] = [];
    for (const [name, ms] of [["c", 30], ["a", 10], ["b", 20], ["a2", 10], ["now", 0]] as const) {
      clock.schedule(ms, () => fired.push(`${name} ${clock.now()}`));
    }
    assertEquals([fired, base.set], [[], 1]);
    await base.manual.advance(30);
    assertEquals([fired, base.set], [["now 0", "a 10", "a2 10", "b 20", "c 30"], 0]);
  },
});

Deno.test({
  name: "SharedClock sets one timer of the other clock, however many are set at it",
  permissions: "none",
  async fn() {
    const base = new CountingClock();
    const clock = new SharedClock(base);
    let fired = 0;
    for (let i = 0; i < 1_000; i++) clock.schedule(1_000 + i % 10, () => fired++);
    assertEquals([base.set, base.everSet], [1, 1]);
    await base.manual.runUntilIdle();
    assertEquals([fired, base.set, base.everSet, clock.now()], [1_000, 0, 10, 1_009]);
  },
});

Deno.test({
  name: "SharedClock fires no timer that was cancelled, and leaves nothing set when all were",
  permissions: "none",
  async fn() {
    const base = new CountingClock();
    const clock = new SharedClock(base);
    const fired: number[] = [];
    const timers = Array.from({ length: 1_000 }, (_, i) => clock.schedule(i + 1, () => fired.push(i)));
    for (const [i, timer] of timers.entries()) if (i % 10 !== 0) timer.cancel();
    await base.manual.advance(500);
    assertEquals(fired, Array.from({ length: 50 }, (_, i) => 10 * i));
    // Twice, and after it has fired, makes no difference to the others.
    for (const timer of timers) timer.cancel();
    for (const timer of timers) timer.cancel();
    assertEquals(base.set, 0);
    clock.schedule(1, () => fired.push(-1));
    await base.manual.runUntilIdle();
    assertEquals([fired.length, fired.at(-1), clock.now()], [51, -1, 501]);
  },
});

Deno.test({
  name: "a timer of SharedClock may cancel another of the same moment, and what it sets fires later",
  permissions: "none",
  async fn() {
    const base = new CountingClock();
    const clock = new SharedClock(base);
    const fired: string[] = [];
    clock.schedule(10, () => {
      fired.push("first");
      second.cancel();
      clock.schedule(0, () => fired.push("next"));
    });
    const second = clock.schedule(10, () => fired.push("second"));
    clock.schedule(10, () => fired.push("third"));
    clock.schedule(20, () => fired.push("last"));
    await base.manual.advance(10);
    assertEquals([fired, base.set], [["first", "third", "next"], 1]);
    await base.manual.advance(10);
    assertEquals([fired.at(-1), base.set], ["last", 0]);
  },
});

Deno.test({
  name: "a timer of SharedClock that was cancelled in the moment it is due is not counted twice",
  permissions: "none",
  async fn() {
    const base = new CountingClock();
    const clock = new SharedClock(base);
    const fired: string[] = [];
    clock.schedule(10, () => second.cancel());
    const second = clock.schedule(10, () => fired.push("second"));
    clock.schedule(20, () => fired.push("last"));
    await base.manual.runUntilIdle();
    assertEquals([fired, clock.now()], [["last"], 20]);
  },
});

Deno.test({
  name: "SharedClock takes the word of a clock that fires a little early",
  permissions: "none",
  async fn() {
    let ring: (() => void) | undefined;
    let rings = 0;
    const early: Clock = {
      tickMs: 5,
      now: () => 9.5 * Math.min(1, rings),
      yield: () => Promise.resolve(),
      schedule: (_, callback) => (ring = callback, { cancel: () => ring = undefined }),
    };
    const clock = new SharedClock(early);
    let fired = 0;
    clock.schedule(10, () => fired++);
    rings++;
    ring!();
    assertEquals([fired, ring], [1, undefined]);
    await early.yield();
  },
});

Deno.test({
  name: "SharedClock does what timers of the other clock itself would do",
  permissions: "none",
  async fn() {
    for (let seed = 1; seed <= 20; seed++) {
      const [base, plain] = [new CountingClock(), new ManualClock()];
      const logs = [base.manual, plain].map((manual, i) => {
        const clock = i === 0 ? new SharedClock(base) : plain;
        const random = new SeededRandom(seed);
        const log: string[] = [];
        const timers: ClockTimer[] = [];
        const act = (name: string) => {
          log.push(`${name} ${manual.now()}`);
          if (timers.length < 300) {
            // No two at one moment: of those it depends on the clock whether what the first does is seen by the second.
            const id = `t${timers.length}`;
            timers.push(clock.schedule(1 + Math.floor(random.next() * 100) + timers.length / 512, () => act(id)));
          }
          if (random.next() < 0.5) timers[Math.floor(random.next() * timers.length)]?.cancel();
        };
        for (let n = 0; n < 50; n++) act(`start ${n}`);
        return { manual, log };
      });
      for (const { manual } of logs) await manual.advance(10_000);
      assertEquals(logs[0]!.log, logs[1]!.log, `seed ${seed}`);
      assertEquals(base.set, 0);
    }
  },
});

interface Tick extends Message {
  readonly type: "tick";
}

Deno.test("the timers of many actors share one timer of the system's clock, unless time stands still in it", async () => {
  class Sleeper extends Actor<Tick> {
    override started(ctx: Context<Tick>): void {
      ctx.runLater(1_000, { type: "tick" });
    }
    tick(): void {}
  }
  const base = new CountingClock();
  await using system = new ActorSystem({ clock: base });
  for (let i = 0; i < 100; i++) system.spawn(() => new Sleeper());
  await base.manual.advance(0);
  assertLessOrEqual(base.set, 1);
  assertEquals(base.everSet, 1);
  await system.shutdown();
  assertEquals(base.set, 0);
});
