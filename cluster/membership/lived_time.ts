/**
 * The timers of the membership machine, in the time that this node has lived through.
 * @module
 */

import { type ClockTimer, Heap, isDueBefore } from "../../src/spi.ts";

interface Timer extends ClockTimer {
  dueAt: number;
  readonly order: number;
  readonly callback: () => void;
  isOver: boolean;
  wasPutOff: boolean;
}

/**
 * Time that stands still while this process does not run: stopped, suspended, or blocked by a long computation. A node
 * that wakes up late has not listened meanwhile, so what is missing is no evidence against others. Without this it
 * would accuse all of them at once, before it reads the answers that wait in its sockets.
 */
export class LivedTime {
  readonly #timers: Heap<Timer> = new Heap<Timer>(isDueBefore);
  readonly #lagMs: number;
  readonly #lagged: (lostMs: number) => void;
  #now = 0;
  #outside: number;
  #order = 0;

  /** Starts at 0 when the clock says `outside`. A wake-up more than `lagMs` late is a lag, and `lagged` hears of it. */
  constructor(outside: number, lagMs: number, lagged: (lostMs: number) => void) {
    this.#outside = outside;
    this.#lagMs = lagMs;
    this.#lagged = lagged;
  }

  /** Ms that this node has lived. */
  get now(): number {
    return this.#now;
  }

  /** When the next timer is due, as the clock outside says it. */
  get nextAt(): number {
    this.#dropCancelled();
    const next = this.#timers.peek();
    return next === undefined ? Infinity : this.#outside + Math.max(0, next.dueAt - this.#now);
  }

  /** Calls back after `delayMs`. */
  schedule(delayMs: number, callback: () => void): ClockTimer {
    const timer: Timer = {
      dueAt: this.#now + delayMs,
      order: this.#order++,
      callback,
      isOver: false,
      wasPutOff: false,
      cancel: () => void (timer.isOver = true),
    };
    this.#timers.push(timer);
    return timer;
  }

  /**
   * The clock outside says `outside`. Where that has gone back, the time goes on from there: to wait until it is where
   * it was would be to stand still.
   */
  pass(outside: number): void {
    const passed = Math.max(0, outside - this.#outside);
    const lateMs = outside - this.nextAt;
    this.#outside = outside;
    if (lateMs <= this.#lagMs) {
      this.#now += passed;
      // Fractions are rounded: at the moment that `nextAt` named the timer is due, not a trillionth before it is.
      if (lateMs >= 0) this.#now = Math.max(this.#now, this.#timers.peek()!.dueAt);
      return;
    }
    // Some of it counts, or a node that is always late would never come to an end with anything.
    const lived = Math.min(passed, this.#lagMs);
    this.#now += lived;
    this.#putOff();
    this.#lagged(passed - lived);
  }

  /** Runs what is due. */
  run(): void {
    for (
      let timer = this.#timers.peek();
      timer !== undefined && timer.dueAt <= this.#now;
      timer = this.#timers.peek()
    ) {
      this.#timers.pop();
      if (!timer.isOver) timer.callback();
    }
  }

  /** What is due now waits a moment, so that what has arrived meanwhile is read first. */
  #putOff(): void {
    const until = this.#now + this.#lagMs / 5;
    const soon: Timer[] = [];
    for (let timer = this.#timers.peek(); timer !== undefined && timer.dueAt < until; timer = this.#timers.peek()) {
      this.#timers.pop();
      if (!timer.isOver) soon.push(timer);
    }
    for (const timer of soon) {
      // Only once, or a node that is always late would wait for ever.
      if (!timer.wasPutOff) timer.dueAt = until;
      timer.wasPutOff = true;
      this.#timers.push(timer);
    }
  }

  #dropCancelled(): void {
    while (this.#timers.peek()?.isOver === true) this.#timers.pop();
  }
}
