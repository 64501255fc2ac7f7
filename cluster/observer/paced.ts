/**
 * A value that may be dear to make, made so seldom that it takes little of the time.
 * @module
 */

import type { Clock } from "../../src/spi.ts";
import { PAUSE_FACTOR } from "./limits.ts";

/** Keeps a value for a while that depends on how long it took to make: cheap ones are made for each who asks. */
export class Paced<T> {
  readonly #clock: Clock;
  readonly #make: () => T;
  #kept: { readonly value: T; readonly until: number } | undefined;

  /** Makes nothing until it is asked. */
  constructor(clock: Clock, make: () => T) {
    this.#clock = clock;
    this.#make = make;
  }

  /** The value. */
  get value(): T {
    const startedAt = this.#clock.now();
    if (this.#kept !== undefined && startedAt < this.#kept.until) return this.#kept.value;
    const value = this.#make();
    const endedAt = this.#clock.now();
    this.#kept = { value, until: endedAt + PAUSE_FACTOR * (endedAt - startedAt) };
    return value;
  }
}
