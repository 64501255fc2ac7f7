/**
 * A wait that can be cut short.
 * @module
 */

import type { Clock } from "../clock.ts";

/** Waits on a clock, unless it is ended earlier. */
export class Delay {
  /** Resolves when the time is over or the delay was ended. */
  readonly over: Promise<void>;
  /** Ends it now. */
  readonly end: () => void;

  /** Begins to wait `ms` ms. */
  constructor(clock: Clock, ms: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = clock.schedule(ms, resolve);
    this.over = promise;
    this.end = () => (timer.cancel(), resolve());
  }
}
