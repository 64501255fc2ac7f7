/**
 * Randomness that can be repeated.
 * @module
 */

import type { Random } from "../random.ts";

/**
 * A generator that gives the same numbers for the same seed, so that a test that has failed can be run again. It is
 * mulberry32: quick and well spread, and anybody can foresee it, so it is for tests and simulations alone.
 *
 * @example
 * ```ts
 * import { SeededRandom } from "@cinema/cinema/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const roll = (random: SeededRandom): number => 1 + Math.floor(random.next() * 6);
 * const [first, second] = [new SeededRandom(42), new SeededRandom(42)];
 * assertEquals(roll(first), roll(second));
 * assertEquals(first.bytes(16), second.bytes(16));
 * ```
 */
export class SeededRandom implements Random {
  #state: number;

  /** Starts at `seed`, of which the lower 32 bits count. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next number, >= 0 and < 1. */
  next(): number {
    return this.#word() / 0x1_0000_0000;
  }

  /** The next `length` bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(length).map(() => this.#word() >>> 24);
  }

  #word(): number {
    this.#state = (this.#state + 0x6D2B79F5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
