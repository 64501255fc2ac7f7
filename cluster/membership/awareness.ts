/**
 * Local health: how far this node trusts its own judgement.
 * @module
 */

/**
 * A score from 0, healthy, to a maximum. Whatever hints that this node itself is slow or cut off raises it; whatever
 * shows that it is well lowers it. Its probes are given `score + 1` times as long (Lifeguard, section IV.A,
 * "LHA-Probe").
 */
export class Awareness {
  readonly #max: number;
  #score = 0;

  /** Starts healthy; with a `max` of 0 it stays so. */
  constructor(max: number) {
    this.#max = max;
  }

  /** 0 is healthy. */
  get score(): number {
    return this.#score;
  }

  /** Raises the score, or lowers it. */
  apply(delta: number): void {
    this.#score = Math.max(0, Math.min(this.#max, this.#score + delta));
  }

  /** A time-out of a healthy node, as long as this one needs it. */
  scale(ms: number): number {
    return ms * (this.#score + 1);
  }
}
