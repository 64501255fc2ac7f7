/**
 * Virtual time.
 * @module
 */

import { type Clock, type ClockTimer, systemClock } from "../clock.ts";
import { type Due, Heap, isDueBefore } from "../internal/heap.ts";

/**
 * Options of {@linkcode ManualClock.runUntilIdle}.
 *
 * @example
 * ```ts
 * import { ManualClock } from "@cinema/cinema/testing";
 * import { assertRejects } from "@std/assert";
 *
 * const clock = new ManualClock();
 * clock.schedule(60_000, () => {});
 * await assertRejects(() => clock.runUntilIdle({ maxMs: 1_000 }), Error, "a timer is still set after 1000 ms");
 * ```
 */
export interface RunOptions {
  /**
   * Virtual ms after which it gives up, because an interval never comes to an end.
   *
   * @default {86_400_000} a day
   */
  readonly maxMs?: number;
}

/** One timer. */
interface ManualTimer extends ClockTimer, Due {
  readonly callback: () => void;
  isOver: boolean;
}

/** Macrotasks in which actors may keep each other busy at one instant before it counts as endless. */
const ROUNDS_MAX = 1_000;

/**
 * A clock that moves only when told. A system that has it runs in virtual time: five minutes of back-off take a
 * millisecond of a test, and nothing depends on how fast the machine is.
 *
 * Actors run to rest between any two timers. Only what they do among themselves is waited for, not real io. A system
 * that must abandon a handler to shut down needs its stop time-out to pass: nobody moves the time for it.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Context, type Message } from "@cinema/cinema";
 * import { ManualClock } from "@cinema/cinema/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const rung: number[] = [];
 * interface Ring extends Message {
 *   type: "ring";
 * }
 * class Alarm extends Actor<Ring> {
 *   override started(ctx: Context<Ring>): void {
 *     ctx.runLater(3_600_000, { type: "ring" });
 *   }
 *   ring(): void {
 *     rung.push(clock.now());
 *   }
 * }
 *
 * const clock = new ManualClock();
 * await using system = new ActorSystem({ clock });
 * system.spawn(() => new Alarm());
 * await clock.runUntilIdle();
 * assertEquals(rung, [3_600_000]); // an hour of virtual time
 * ```
 */
export class ManualClock implements Clock {
  /** Time stands still between ticks, so deadlines are exact. */
  readonly tickMs = 0;
  #now: number;
  #order = 0;
  #yields = 0;
  readonly #timers: Heap<ManualTimer> = new Heap<ManualTimer>(isDueBefore);

  /** Creates a clock that shows `startMs` ms; 0 where nothing is said. */
  constructor(startMs: number = 0) {
    this.#now = startMs;
  }

  /** The virtual time in ms. */
  now(): number {
    return this.#now;
  }

  /** Calls back when the virtual time has moved by `delayMs` ms; timers of the same moment fire in the order set. */
  schedule(delayMs: number, callback: () => void): ClockTimer {
    const timer: ManualTimer = {
      // As with a real timer: what should have fired already, or has no time, fires next.
      dueAt: this.#now + (delayMs > 0 ? delayMs : 0),
      order: this.#order++,
      callback,
      isOver: false,
      cancel: () => {
        timer.isOver = true;
      },
    };
    this.#timers.push(timer);
    return timer;
  }

  /** Resolves in a real macrotask; no virtual time passes. */
  async yield(): Promise<void> {
    this.#yields++;
    await systemClock.yield();
    this.#yields--;
  }

  /**
   * Lets actors run until none has anything left to do at this instant. No virtual time passes.
   *
   * @throws {Error} When they keep each other busy endlessly: after 1,000 macrotasks.
   */
  async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      await systemClock.yield();
      if (this.#yields === 0) return;
    }
    throw new Error(`Cannot settle: actors are still busy after ${ROUNDS_MAX} macrotasks at ${this.#now} ms`);
  }

  /**
   * Moves the time by `ms`, stopping at every timer on the way, and lets actors settle at each. Await it before the
   * next call that moves the time.
   *
   * @throws {RangeError} When `ms` is no finite number >= 0; the time has not moved.
   * @throws {Error} When actors keep each other busy endlessly; the time stays at the moment where they do.
   *
   * @example
   * ```ts
   * import { ManualClock } from "@cinema/cinema/testing";
   * import { assertEquals } from "@std/assert";
   *
   * const clock = new ManualClock();
   * const fired: number[] = [];
   * for (const ms of [300, 100, 200]) clock.schedule(ms, () => fired.push(clock.now()));
   * await clock.advance(250);
   * assertEquals([fired, clock.now()], [[100, 200], 250]);
   * ```
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`Cannot advance by ${ms} ms: it must be finite and >= 0`);
    const target = this.#now + ms;
    await this.settle();
    for (let next = this.#next(); next !== undefined && next.dueAt <= target; next = this.#next()) {
      await this.#fire(next);
    }
    this.#now = target;
  }

  /**
   * Moves the time from timer to timer until there is none left and nobody has anything to do. The time stays at the
   * last timer.
   *
   * @throws {RangeError} When `maxMs` is no number >= 0; the time has not moved.
   * @throws {Error} When that has not happened within `maxMs`, or actors keep each other busy endlessly; the time stays
   * where it was given up.
   */
  async runUntilIdle(options?: RunOptions): Promise<void> {
    const { maxMs = 86_400_000 } = options ?? {};
    if (!(maxMs >= 0)) throw new RangeError(`Cannot run for up to ${maxMs} ms: maxMs must be >= 0`);
    const last = this.#now + maxMs;
    await this.settle();
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (next.dueAt > last) throw new Error(`Cannot run until idle: a timer is still set after ${maxMs} ms`);
      await this.#fire(next);
    }
  }

  /** The next timer that was not cancelled. */
  #next(): ManualTimer | undefined {
    while (this.#timers.peek()?.isOver) this.#timers.pop();
    return this.#timers.peek();
  }

  async #fire(timer: ManualTimer): Promise<void> {
    this.#timers.pop();
    this.#now = timer.dueAt;
    timer.isOver = true;
    timer.callback();
    await this.settle();
  }
}
