/**
 * The actor that the benchmarks send to.
 *
 * @module
 */

import { Actor, type Message } from "@cinema/cinema";

/** A message that carries a little and wants no reply. */
export interface Tick extends Message {
  /** Its name. */
  readonly type: "tick";
  /** What it carries. */
  readonly n: number;
}

/** A message that asks how many were handled, itself included. */
export interface Count extends Message<number> {
  /** Its name. */
  readonly type: "count";
}

/** Counts what it handles. */
export class Counter extends Actor<Tick | Count> {
  #handled = 0;

  /** Handles a tell. */
  tick(_: Tick): void {
    this.#handled++;
  }

  /** Answers an ask. */
  count(): number {
    return ++this.#handled;
  }
}
