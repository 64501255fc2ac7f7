/**
 * Senders that wait for room in a mailbox: first come, first served, and any of them may leave at any time.
 * @module
 */

import type { SendResult } from "../addr.ts";
import { Deadline } from "./deadlines.ts";
import type { Envelope } from "./envelope.ts";

/** How a wait for room can end. */
export type WaitResult = Extract<SendResult, "sent" | "closed" | "timeout" | "aborted">;

/** One waiting sender and what it wants to send. */
export class Waiter extends Deadline {
  /** What it wants to send. */
  readonly envelope: Envelope;
  /** Whether it is no longer waiting. */
  override isDone = false;
  /** The line it stands in. */
  line: WaitingLine | undefined;
  /** The one behind it. */
  next: Waiter | undefined;
  /** The one before it. */
  previous: Waiter | undefined;
  /** Rings when it has waited too long; silenced when it leaves. */
  alarm: { silence(): void } | undefined;
  /** Is told how its wait ended. */
  onLeave: ((result: WaitResult) => void) | undefined;

  /** Creates a waiter that gives up after `timeoutMs`. */
  constructor(envelope: Envelope, timeoutMs: number = Infinity) {
    super(timeoutMs);
    this.envelope = envelope;
  }

  /** Leaves the line with `result`; does nothing when it has left. */
  leave(result: WaitResult): void {
    if (this.isDone) return;
    this.isDone = true;
    this.line?.remove(this);
    this.alarm?.silence();
    this.onLeave?.(result);
  }

  /** Its time is over. */
  override expire(): void {
    this.leave("timeout");
  }
}

/** The waiting senders of one mailbox: a doubly linked list, so that leaving from the middle costs nothing. */
export class WaitingLine {
  /** How many stand in it. */
  length = 0;
  /** The sum of their sizes. */
  size = 0;
  /** The one that is admitted next. */
  first: Waiter | undefined;
  #last: Waiter | undefined;

  /** Joins at the end. */
  add(waiter: Waiter): void {
    waiter.line = this;
    waiter.previous = this.#last;
    if (this.#last === undefined) this.first = waiter;
    else this.#last.next = waiter;
    this.#last = waiter;
    this.length++;
    this.size += waiter.envelope.size;
  }

  /** Takes one out, wherever it stands. */
  remove(waiter: Waiter): void {
    const { previous, next } = waiter;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    waiter.line = waiter.previous = waiter.next = undefined;
    this.length--;
    // The sizes may be fractions: an empty line must not keep their rounding errors.
    this.size = this.length === 0 ? 0 : this.size - waiter.envelope.size;
  }
}
