/**
 * Bytes that were received and that no mailbox has taken yet: of one connection, and of all connections together.
 * @module
 */

/** Counts bytes against a bound, here and in the budget above. */
export class Budget {
  readonly #max: number;
  readonly #parent: Budget | undefined;
  #used = 0;

  /** Creates an empty budget of `max` bytes, as a part of `parent`. */
  constructor(max: number, parent?: Budget) {
    this.#max = max;
    this.#parent = parent;
  }

  /** The bytes in use. */
  get used(): number {
    return this.#used;
  }

  /** Whether nothing more should be read. */
  get isSpent(): boolean {
    return this.#used >= this.#max || (this.#parent?.isSpent ?? false);
  }

  /** How much of it is free, from 1 down to 0: what grants are scaled with. */
  get free(): number {
    const own = Math.max(0, 1 - this.#used / this.#max);
    return Math.min(own, this.#parent?.free ?? 1);
  }

  /** Counts `bytes` in, or out where they are negative. */
  add(bytes: number): void {
    this.#used += bytes;
    this.#parent?.add(bytes);
  }

  /** Gives everything back: the connection is gone. */
  clear(): void {
    this.add(-this.#used);
  }
}
