/**
 * Suspicion: how long a member has to contradict before it counts as down.
 * @module
 */

/** The bounds of a suspicion. */
export interface SuspicionBounds {
  /** Ms that it lasts when enough others confirm it. */
  readonly minMs: number;
  /** Ms that it lasts when nobody does. */
  readonly maxMs: number;
  /** How many confirmations bring it down to the minimum; with 0 it starts there. */
  readonly confirmations: number;
}

/**
 * How long a suspicion lasts that `confirmed` others share: `max - (max - min) * ln(n + 1) / ln(k + 1)` (Lifeguard,
 * section IV.B, "LHA-Suspicion"). Each further confirmation shortens it less.
 */
export function suspicionMs({ minMs, maxMs, confirmations }: SuspicionBounds, confirmed: number): number {
  // Both are Infinity where nobody is probed, and have no difference then.
  if (confirmations < 1 || minMs === maxMs) return minMs;
  const share = Math.log(confirmed + 1) / Math.log(confirmations + 1);
  return Math.max(minMs, maxMs - (maxMs - minMs) * share);
}

/** This node and two others: with so many who found the port closed, nobody else need be heard. */
export const REFUSALS_MAX = 3;

/** One member that is suspected. */
export class Suspicion {
  readonly #bounds: SuspicionBounds;
  #wanted: number;
  readonly #confirmed: Set<string> = new Set();
  readonly #refused: Set<string> = new Set();
  readonly #first: string;
  readonly #startMs: number;

  /** Starts at `now`; `first` is who suspected it, whose word is not counted as a confirmation. */
  constructor(bounds: SuspicionBounds, first: string, now: number) {
    this.#bounds = bounds;
    this.#wanted = bounds.confirmations;
    this.#first = first;
    this.#startMs = now;
  }

  /** When it ends with the member down. */
  get endsAt(): number {
    return this.#startMs + suspicionMs({ ...this.#bounds, confirmations: this.#wanted }, this.#confirmed.size);
  }

  /** Whether it has lasted long enough, at `now`, for the member to contradict: half of the shortest time. */
  isRipe(now: number): boolean {
    return now - this.#startMs >= this.#bounds.minMs / 2;
  }

  /**
   * There are only so many left who could confirm it. Nobody waits for more; where there is none, this node may be the
   * one cut off.
   */
  limit(witnesses: number): void {
    const { confirmations } = this.#bounds;
    this.#wanted = witnesses > 0 ? Math.min(confirmations, witnesses) : confirmations;
  }

  /** How many found that the port of the member refuses connections; more than three are not counted. */
  get refusals(): number {
    return this.#refused.size;
  }

  /**
   * Somebody suspects it too. Returns whether that is news: nobody is counted twice, and no more are than are needed,
   * so that a confirmation is passed on a bounded number of times.
   */
  confirm(from: string, isRefused: boolean): boolean {
    const isNewRefusal = isRefused && !this.#refused.has(from) && this.#refused.size < REFUSALS_MAX;
    if (isNewRefusal) this.#refused.add(from);
    const isKnown = from === this.#first || this.#confirmed.has(from);
    if (isKnown || this.#confirmed.size >= this.#bounds.confirmations) return isNewRefusal;
    this.#confirmed.add(from);
    return true;
  }
}
