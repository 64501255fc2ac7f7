/**
 * Waiting for user code, but not for ever.
 * @module
 */

import type { Clock, ClockTimer } from "../clock.ts";

/** What a wait ends with when the user code did not settle in time. */
export const ABANDONED: unique symbol = Symbol("abandoned");

/** Waits for the promises of one actor's handlers and hooks, one at a time, within a limit that may come later. */
export class Patience {
  readonly #clock: Clock;
  readonly #late: (error: unknown) => void;
  #until = Infinity;
  #busySince: number | undefined;
  #timer: ClockTimer | undefined;
  #giveUp: (() => void) | undefined;

  /** Creates endless patience; `late` hears of errors that came when nobody waited any more. */
  constructor(clock: Clock, late: (error: unknown) => void) {
    this.#clock = clock;
    this.#late = late;
  }

  /** How long in ms the current promise has been waited for. */
  get busyMs(): number | undefined {
    return this.#busySince === undefined ? undefined : this.#clock.now() - this.#busySince;
  }

  /** Whether the limit is reached: turns that never wait must look for themselves. */
  get isOver(): boolean {
    return this.#until < Infinity && this.#clock.now() >= this.#until;
  }

  /** Waits for `promise`; rejects with {@linkcode ABANDONED} when the limit is reached first. */
  settle(promise: PromiseLike<unknown>): Promise<unknown> {
    this.#busySince = this.#clock.now();
    return new Promise((resolve, reject) => {
      let isOver = false;
      const over = () => {
        isOver = true;
        this.#busySince = this.#giveUp = undefined;
        this.#timer?.cancel();
        this.#timer = undefined;
      };
      this.#giveUp = () => (over(), reject(ABANDONED));
      // As `await` does it: a `then` that somebody put over the one of a real promise is not called.
      Promise.prototype.then.call(
        Promise.resolve(promise),
        (value) => {
          if (isOver) return;
          over();
          resolve(value);
        },
        (error) => {
          if (isOver) return this.#late(error);
          over();
          reject(error);
        },
      );
      if (this.#until < Infinity) this.#watchTheClock();
    });
  }

  /** Lets the current wait and all that follow end `ms` from now; an earlier limit stays. */
  limit(ms: number): void {
    this.#until = Math.min(this.#until, this.#clock.now() + ms);
    if (this.#giveUp !== undefined && this.#until < Infinity) this.#watchTheClock();
  }

  /** Takes the limit away. */
  renew(): void {
    this.#until = Infinity;
  }

  #watchTheClock(): void {
    this.#timer?.cancel();
    const leftMs = this.#until - this.#clock.now();
    if (leftMs <= 0) this.#giveUp?.();
    else this.#timer = this.#clock.schedule(leftMs, () => this.#giveUp?.());
  }
}
