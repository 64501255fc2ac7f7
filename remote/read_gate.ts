/**
 * When a server reads and when it does not: bytes that no mailbox has taken are bounded, of one connection and of all.
 * @module
 */

import { Budget } from "./wire/budget.ts";

/** What all connections of a server share: the budget for bytes, and who waits for it. */
export class ReadGate {
  /** The bytes of all connections that no mailbox has taken. */
  readonly budget: Budget;
  /** The bytes of all connections that belong to frames whose end has not come. */
  readonly unfinished: Budget;
  readonly #held: Set<() => void> = new Set();

  /** Creates a gate that lets so many bytes in. */
  constructor(bytesMax: number) {
    this.budget = new Budget(bytesMax);
    this.unfinished = new Budget(bytesMax);
  }

  /** Calls `check` whenever something may have changed, until it is taken back. */
  hold(check: () => void): void {
    this.#held.add(check);
  }

  /** Takes a {@linkcode ReadGate.hold} back. */
  release(check: () => void): void {
    this.#held.delete(check);
  }

  /** Something has changed: bytes were taken or sent. */
  changed(): void {
    if (this.#held.size > 0) { for (const check of this.#held) check(); }
  }
}
