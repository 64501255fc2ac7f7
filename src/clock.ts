/**
 * Time: the only file of the runtime that knows the real clock, real timers and macrotasks.
 * @module
 */

import { DEADLINE_TICK_MS, TIMER_MAX_MS } from "./limits.ts";

/**
 * A timer that a {@linkcode Clock} has scheduled.
 *
 * @example
 * ```ts
 * import { type ClockTimer, systemClock } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * const fired: string[] = [];
 * const early: ClockTimer = systemClock.schedule(1, () => fired.push("early"));
 * early.cancel();
 * await new Promise((resolve) => systemClock.schedule(2, () => resolve(fired.push("late"))));
 * assertEquals(fired, ["late"]);
 * ```
 */
export interface ClockTimer {
  /** Takes the timer back; does nothing when it has fired or was cancelled. */
  cancel(): void;
}

/**
 * What a system knows of time. Everything in the runtime that waits asks its clock, so a system with a
 * `ManualClock` (from `@cinema/cinema/testing`) runs in virtual time.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Clock, systemClock } from "@cinema/cinema";
 * import { assertGreater } from "@std/assert";
 *
 * class Idle extends Actor {}
 * let looks = 0;
 * const counting: Clock = { ...systemClock, now: () => (looks++, systemClock.now()) };
 *
 * await using system = new ActorSystem({ clock: counting });
 * await system.stop(system.spawn(() => new Idle()));
 * assertGreater(looks, 0);
 * ```
 */
export interface Clock {
  /**
   * Ms between two looks at the deadlines of sends, which are met up to two looks late and never early. `0` where time
   * stands still between timers: deadlines are then exact.
   */
  readonly tickMs: number;
  /** The time in ms since any fixed moment. It never goes back, so that a changed clock never expires anything. */
  now(): number;
  /** Calls back once, after at least `delayMs` ms, never before it returns. `delayMs` is finite and >= 0. */
  schedule(delayMs: number, callback: () => void): ClockTimer;
  /** Resolves in a later macrotask, so that timers and sockets get their turn. */
  yield(): Promise<void>;
}

// Not in the web's own types: Deno and Node have it, and it costs 2 us where a MessageChannel costs 5.
const { setImmediate } = globalThis as unknown as { setImmediate?: (callback: () => void) => unknown };

/** A timer of any length: one longer than `setTimeout` can take is waited for in parts. */
class SystemTimer implements ClockTimer {
  #id: ReturnType<typeof setTimeout> | undefined;
  #leftMs: number;
  readonly #callback: () => void;

  constructor(delayMs: number, callback: () => void) {
    this.#leftMs = delayMs;
    this.#callback = callback;
    this.#wait();
  }

  #wait(): void {
    const part = Math.min(this.#leftMs, TIMER_MAX_MS);
    this.#leftMs -= part;
    this.#id = setTimeout(() => this.#leftMs > 0 ? this.#wait() : this.#callback(), part);
  }

  cancel(): void {
    clearTimeout(this.#id);
  }
}

/** The time of day, for people to read: it may go back, so nothing is measured by it. */
export function unixMs(): number {
  return Date.now();
}

/**
 * The real clock, which a system has unless told otherwise: `performance.now()`, `setTimeout` (of any length) and a
 * macrotask to yield. It looks at deadlines every 5 ms.
 *
 * @example
 * ```ts
 * import { systemClock } from "@cinema/cinema";
 * import { assertGreaterOrEqual } from "@std/assert";
 *
 * const start = systemClock.now();
 * await new Promise<void>((resolve) => void systemClock.schedule(10, resolve));
 * assertGreaterOrEqual(systemClock.now() - start, 9); // ms; a timer of the web may round to whole ones
 * ```
 */
export const systemClock: Clock = {
  tickMs: DEADLINE_TICK_MS,
  now: (): number => performance.now(),
  schedule: (delayMs: number, callback: () => void): ClockTimer => new SystemTimer(delayMs, callback),
  yield: (): Promise<void> =>
    new Promise((resolve) => {
      if (setImmediate !== undefined) return void setImmediate(resolve);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (port1.close(), port2.close(), resolve());
      port2.postMessage(undefined);
    }),
};
