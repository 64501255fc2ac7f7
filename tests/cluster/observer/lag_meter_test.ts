import { assertEquals } from "@std/assert";
import { LagMeter } from "../../../cluster/observer/lag_meter.ts";
import { LAG_TICK_MS } from "../../../cluster/observer/limits.ts";
import type { Clock } from "../../../mod.ts";

/** A clock whose timers fire when the test says, however late. */
class LateClock implements Clock {
  readonly tickMs = 0;
  time = 0;
  readonly due: { at: number; callback: () => void }[] = [];
  now = (): number => this.time;
  yield = (): Promise<void> => Promise.resolve();
  schedule(delayMs: number, callback: () => void): { cancel(): void } {
    const timer = { at: this.time + delayMs, callback };
    this.due.push(timer);
    return { cancel: () => void this.due.splice(this.due.indexOf(timer), 1) };
  }

  /** Lets the timer fire so many ms late. */
  fire(lateMs: number): void {
    const timer = this.due.shift()!;
    this.time = timer.at + lateMs;
    timer.callback();
  }
}

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

pure("LagMeter.take gives the most that a timer was late since it was called last", () => {
  const clock = new LateClock();
  const lag = new LagMeter(clock);
  lag.start();
  lag.start();
  assertEquals([clock.due.length, clock.due[0]!.at, lag.take()], [1, LAG_TICK_MS, 0]);
  for (const lateMs of [1, 40, 3]) clock.fire(lateMs);
  assertEquals([lag.take(), lag.take()], [40, 0]);
  clock.fire(0);
  assertEquals(lag.take(), 0);
});

pure("LagMeter.take counts a timer that is due and has not fired", () => {
  const clock = new LateClock();
  const lag = new LagMeter(clock);
  lag.start();
  clock.time = LAG_TICK_MS + 700;
  assertEquals(lag.take(), 700);
});

pure("LagMeter that does not run measures nothing and has no timer", () => {
  const clock = new LateClock();
  const lag = new LagMeter(clock);
  clock.time = 1_000;
  assertEquals([lag.take(), clock.due.length], [0, 0]);
  lag.start();
  clock.fire(500);
  lag.stop();
  lag.stop();
  clock.time += 5_000;
  assertEquals([lag.take(), clock.due.length], [0, 0]);
  lag.start();
  clock.fire(2);
  assertEquals(lag.take(), 2);
});
