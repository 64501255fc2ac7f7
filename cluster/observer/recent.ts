/**
 * The latest of something.
 * @module
 */

/** Keeps the latest, no more than a bound; an older one goes for each that comes. */
export class Recent<T> {
  readonly #max: number;
  readonly #items: T[] = [];
  #total = 0;

  /** Keeps up to `max`. */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many there were. */
  get total(): number {
    return this.#total;
  }

  /** Adds one. */
  add(item: T): void {
    this.#items[this.#total++ % this.#max] = item;
  }

  /** Those that are kept, the latest first. */
  list(): T[] {
    const at = this.#total % this.#max;
    return [...this.#items.slice(at), ...this.#items.slice(0, at)].reverse();
  }
}
