import { assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { type Clock, systemClock } from "../../src/clock.ts";
import { DEADLINE_TICK_MS, TIMER_MAX_MS } from "../../src/limits.ts";

/** A timer as the platform was asked for it. */
interface PlatformTimer {
  readonly run: () => void;
  readonly ms: number | undefined;
  isCleared: boolean;
}

/** Replaces the timers of the platform while `use` runs, and hands over what was asked of them. */
function withPlatformTimers(use: (timers: PlatformTimer[]) => void): void {
  const { setTimeout, clearTimeout } = globalThis;
  const timers: PlatformTimer[] = [];
  try {
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms?: number) => timers.push({ run, ms, isCleared: false }),
      clearTimeout: (id: number) => timers[id - 1]!.isCleared = true,
    });
    use(timers);
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
}

Deno.test({
  name: "systemClock.now() does not run backwards",
  permissions: "none",
  fn() {
    let last = systemClock.now();
    for (let i = 0; i < 1_000; i++) {
      const now = systemClock.now();
      assertGreaterOrEqual(now, last);
      last = now;
    }
    assertEquals(systemClock.tickMs, DEADLINE_TICK_MS);
  },
});

Deno.test({
  name: "systemClock.schedule() calls back once, and not at all when it was cancelled",
  permissions: "none",
  async fn() {
    let [kept, cancelled] = [0, 0];
    const fired = Promise.withResolvers<void>();
    systemClock.schedule(1, () => cancelled++).cancel();
    const start = systemClock.now();
    const timer = systemClock.schedule(5, () => (kept++, fired.resolve()));
    await fired.promise;
    // Timers of the platform round to whole ms.
    assertGreaterOrEqual(systemClock.now() - start, 4);
    timer.cancel();
    assertEquals([kept, cancelled], [1, 0]);
  },
});

Deno.test({
  name: "systemClock.schedule() waits in parts for longer than a timer of the platform can",
  permissions: "none",
  fn() {
    withPlatformTimers((timers) => {
      let fired = 0;
      systemClock.schedule(2 * TIMER_MAX_MS + 500, () => fired++);
      for (const part of [TIMER_MAX_MS, TIMER_MAX_MS, 500]) {
        assertEquals([timers.at(-1)?.ms, fired], [part, 0]);
        timers.at(-1)?.run();
      }
      assertEquals([timers.length, fired], [3, 1]);
    });
  },
});

Deno.test({
  name: "systemClock.schedule() can be cancelled in any part of a long wait",
  permissions: "none",
  fn() {
    withPlatformTimers((timers) => {
      let fired = 0;
      const timer = systemClock.schedule(TIMER_MAX_MS + 1, () => fired++);
      timers[0]?.run();
      timer.cancel();
      assertEquals(timers.map(({ ms, isCleared }) => [ms, isCleared]), [[TIMER_MAX_MS, false], [1, true]]);
      assertEquals(fired, 0);
    });
  },
});

Deno.test({
  name: "systemClock.schedule() never fires what is to wait for ever, and needs one part for what fits",
  permissions: "none",
  fn() {
    withPlatformTimers((timers) => {
      let fired = 0;
      systemClock.schedule(TIMER_MAX_MS, () => fired++);
      timers[0]?.run();
      assertEquals([timers.length, fired], [1, 1]);
      systemClock.schedule(Infinity, () => fired++);
      for (let part = 1; part < 10; part++) timers[part]?.run();
      assertEquals([timers.length, timers.at(-1)?.ms, fired], [11, TIMER_MAX_MS, 1]);
    });
  },
});

/** Whether a timer that is due fires while `clock` yields again and again; a clock that never does would hang here. */
async function firesBetweenYields(clock: Clock): Promise<boolean> {
  let fired = false;
  const start = performance.now();
  setTimeout(() => fired = true, 0);
  while (!fired && performance.now() - start < 5_000) await clock.yield();
  return fired;
}

Deno.test({
  name: "systemClock.yield() lets timers fire, and comes after all microtasks",
  permissions: "none",
  async fn() {
    const order: string[] = [];
    const yielded = systemClock.yield().then(() => order.push("macrotask"));
    await Promise.resolve().then().then(() => order.push("microtask"));
    await yielded;
    assertEquals(order, ["microtask", "macrotask"]);
    assertEquals(await firesBetweenYields(systemClock), true);
  },
});

Deno.test("systemClock.yield() works where the platform has no setImmediate", async () => {
  const platform = globalThis as unknown as { setImmediate?: unknown };
  const { setImmediate } = platform;
  // Another instance of the module: it looks for setImmediate when it is loaded.
  const specifier = `${new URL("../../src/clock.ts", import.meta.url).href}?without-set-immediate`;
  try {
    delete platform.setImmediate;
    const { systemClock: web }: { systemClock: Clock } = await import(specifier);
    platform.setImmediate = () => {
      throw new Error("It was there after all");
    };
    assertEquals(await firesBetweenYields(web), true);
    const start = performance.now();
    for (let i = 0; i < 100; i++) await web.yield();
    assertLess(performance.now() - start, 2_000);
  } finally {
    platform.setImmediate = setImmediate;
  }
});
