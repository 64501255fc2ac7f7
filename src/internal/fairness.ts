/**
 * Fairness: actors run in microtasks, and without a pause an endless conversation between two of them would starve
 * timers, sockets and `Deno.serve`.
 * @module
 */

import type { Clock } from "../clock.ts";
import { TURNS_PER_LOOK, TURNS_PER_YIELD, YIELD_AFTER_MS } from "../limits.ts";

/** What can be told to go on. */
export interface Resumable {
  /** Goes on. Never throws. */
  resume(): void;
}

/** The turns that all actors of a system may take before the event loop gets its turn. */
export class Fairness {
  readonly #clock: Clock;
  #turnsLeft = TURNS_PER_YIELD;
  /** How many turns are left at the next look at the clock. The gap between looks doubles up to a bound. */
  #lookAt = TURNS_PER_YIELD - 2;
  #gap = 2;
  #since: number;
  #waiting: Resumable[] = [];
  #isRefilling = false;
  #launched: Resumable[] = [];
  /** The turns taken from earlier budgets. Those that the clock takes away unused from this one are subtracted. */
  #earlier = 0;

  /** Creates a full budget on `clock`. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** How many turns all actors have taken. The one that finds the budget used up is none. */
  get turns(): number {
    return this.#earlier + TURNS_PER_YIELD - Math.max(1, this.#turnsLeft);
  }

  /** Takes one turn from the budget; false when it is used up and the actor must `pause()` first. */
  spend(): boolean {
    if (--this.#turnsLeft === this.#lookAt) this.#look();
    return this.#turnsLeft > 0;
  }

  /** Resolves after the event loop had its turn, first come, first served; actors that wait share a macrotask. */
  pause(): Promise<void> {
    return new Promise((resolve) => this.pauseFor({ resume: resolve }));
  }

  /** Resumes `paused` when {@linkcode pause} would resolve: a million that start at once need no promise each. */
  pauseFor(paused: Resumable): void {
    this.#waiting.push(paused);
    if (!this.#isRefilling) this.#refill();
  }

  /** Resumes `launched` in a microtask, which all share that are launched before it: one each costs 0.3 us. */
  launch(launched: Resumable): void {
    if (this.#launched.push(launched) === 1) queueMicrotask(() => this.#resumeLaunched());
  }

  #resumeLaunched(): void {
    const launched = this.#launched;
    this.#launched = [];
    for (const each of launched) each.resume();
  }

  /** Fills the budget in the next macrotask, and wakes no more actors than it has turns for: a million may wait. */
  async #refill(): Promise<void> {
    this.#isRefilling = true;
    while (this.#waiting.length > 0) {
      await this.#clock.yield();
      this.#earlier = this.turns;
      this.#turnsLeft = TURNS_PER_YIELD;
      this.#lookAt = TURNS_PER_YIELD - 2;
      this.#gap = 2;
      this.#since = this.#clock.now();
      this.#wake();
    }
    this.#isRefilling = false;
  }

  /** Resumes those who have waited longest. Who finds no turn left keeps the place in the line. */
  #wake(): void {
    const waiting = this.#waiting;
    let woken = 0;
    while (woken < Math.min(TURNS_PER_YIELD, waiting.length) && this.#turnsLeft > 0) {
      const next = waiting[woken]!;
      next.resume();
      if (this.#turnsLeft <= 0 && waiting.at(-1) === next) waiting.pop();
      else woken++;
    }
    waiting.splice(0, woken);
  }

  #look(): void {
    this.#gap = Math.min(2 * this.#gap, TURNS_PER_LOOK);
    this.#lookAt -= this.#gap;
    const left = Math.max(0, this.#turnsLeft);
    if (this.#clock.now() - this.#since >= YIELD_AFTER_MS) this.#turnsLeft = 0;
    if (this.#turnsLeft <= 0) this.#earlier -= left;
  }
}
