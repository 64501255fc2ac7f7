/**
 * A clock whose timers share one of another clock.
 * @module
 */

import type { Clock, ClockTimer } from "../clock.ts";
import { type Due, Heap, isDueBefore } from "./heap.ts";

/** Timers that were cancelled are dropped when they are more than half, but not for the sake of a few. */
const PRUNE_MIN = 64;

/** One timer in the line of its clock. */
class SharedTimer implements ClockTimer, Due {
  readonly dueAt: number;
  readonly order: number;
  /** Undefined when it has fired or was cancelled. */
  callback: (() => void) | undefined;
  /** Whether its time has not come yet. */
  isQueued = true;
  readonly #clock: SharedClock;

  constructor(clock: SharedClock, dueAt: number, order: number, callback: () => void) {
    this.#clock = clock;
    this.dueAt = dueAt;
    this.order = order;
    this.callback = callback;
  }

  cancel(): void {
    if (this.callback === undefined) return;
    this.callback = undefined;
    if (this.isQueued) this.#clock.cancelled();
  }
}

/**
 * Holds the timers of many actors in a heap and asks the other clock only for the first. A timer of Deno takes 5 us to
 * set and keeps 700 bytes; one here takes about 0.3 us and 100 bytes. Timers fire in the order in which they are due.
 */
export class SharedClock implements Clock {
  readonly #clock: Clock;
  readonly #timers: Heap<SharedTimer> = new Heap<SharedTimer>(isDueBefore);
  #order = 0;
  #cancelled = 0;
  #alarm: ClockTimer | undefined;
  #alarmAt = Infinity;

  /** Creates a clock that tells the time of `clock`. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** See {@linkcode Clock}. */
  get tickMs(): number {
    return this.#clock.tickMs;
  }

  /** The time of the other clock. */
  now(): number {
    return this.#clock.now();
  }

  /** See {@linkcode Clock}. */
  yield(): Promise<void> {
    return this.#clock.yield();
  }

  /** Sets a timer. */
  schedule(delayMs: number, callback: () => void): ClockTimer {
    const now = this.now();
    const timer = new SharedTimer(this, now + delayMs, this.#order++, callback);
    this.#timers.push(timer);
    if (timer.dueAt < this.#alarmAt) this.#arm(timer.dueAt, now);
    return timer;
  }

  /** A timer was cancelled: where none is left nothing stays set, and few of the cancelled are kept. */
  cancelled(): void {
    this.#cancelled++;
    const { size } = this.#timers;
    if (this.#cancelled === size) this.#disarm();
    else if (this.#cancelled < PRUNE_MIN || this.#cancelled <= size / 2) return;
    this.#timers.retain(({ callback }) => callback !== undefined);
    this.#cancelled = 0;
  }

  #arm(dueAt: number, now: number): void {
    this.#alarm?.cancel();
    this.#alarmAt = dueAt;
    this.#alarm = this.#clock.schedule(Math.max(0, dueAt - now), () => this.#ring());
  }

  #disarm(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#alarmAt = Infinity;
  }

  #ring(): void {
    // The clock has said that this time has come, also if it was a little early by its own count.
    const now = Math.max(this.now(), this.#alarmAt);
    this.#disarm();
    const due: SharedTimer[] = [];
    for (let next = this.#timers.peek(); next !== undefined && next.dueAt <= now; next = this.#timers.peek()) {
      this.#timers.pop();
      next.isQueued = false;
      if (next.callback === undefined) this.#cancelled--;
      else due.push(next);
    }
    const next = this.#timers.peek();
    if (next !== undefined) this.#arm(next.dueAt, this.now());
    // Taken out first, so that timers which these set wait for the next time; one may also cancel another of them.
    for (const timer of due) {
      const { callback } = timer;
      timer.callback = undefined;
      callback?.();
    }
  }
}
