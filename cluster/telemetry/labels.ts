/**
 * Attributes of metrics that come from outside: of a few different ones there may be many, so their number is bounded.
 * @module
 */

/** What stands for all that have no place of their own. */
export const OTHER = "other";

/** Keeps something for each of the first labels that it is asked for, and one thing for all others. */
export class Labels<T> {
  readonly #max: number;
  readonly #make: (label: string) => T;
  readonly #known: Map<string, T> = new Map();
  #other: T | undefined;

  /** Creates no labels yet; there will be `max` at most, and the one of all others. */
  constructor(max: number, make: (label: string) => T) {
    this.#max = max;
    this.#make = make;
  }

  /** What is kept for a label. */
  of(label: string): T {
    const known = this.#known.get(label);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#max) return this.#other ??= this.#make(OTHER);
    const made = this.#make(label);
    this.#known.set(label, made);
    return made;
  }

  /** All that is kept. */
  *all(): Generator<T, void> {
    yield* this.#known.values();
    if (this.#other !== undefined) yield this.#other;
  }
}
