/**
 * How late timers are: how long the event loop was held up.
 * @module
 */

import type { Clock, ClockTimer } from "../../src/spi.ts";
import { LAG_TICK_MS } from "./limits.ts";

/** Sets a timer again and again, and remembers by how much one was late at most. */
export class LagMeter {
  readonly #clock: Clock;
  #timer: ClockTimer | undefined;
  #dueAt = Infinity;
  #worstMs = 0;

  /** Creates a meter that does not run. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs from now on. */
  start(): void {
    if (this.#timer === undefined) this.#schedule();
  }

  /** Stops, and forgets what it has measured. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueAt = Infinity;
    this.#worstMs = 0;
  }

  /** Ms by which a timer was late at most since this was called last, one that is due now included. */
  take(): number {
    const worstMs = Math.max(this.#worstMs, this.#clock.now() - this.#dueAt);
    this.#worstMs = 0;
    return worstMs;
  }

  #schedule(): void {
    this.#dueAt = this.#clock.now() + LAG_TICK_MS;
    this.#timer = this.#clock.schedule(LAG_TICK_MS, () => {
      this.#worstMs = Math.max(this.#worstMs, this.#clock.now() - this.#dueAt);
      this.#schedule();
    });
  }
}
