/**
 * Time-outs that cost next to nothing: one queue and one coarse timer for the whole system, not a timer per ask.
 * @module
 */

import type { Clock, ClockTimer } from "../clock.ts";
import { DEADLINE_SLEEP_MS } from "../limits.ts";
import { Heap } from "./heap.ts";

/** Something that expires unless it is done by then. */
export abstract class Deadline {
  /** Ms until it expires. */
  readonly timeoutMs: number;
  /** Whether it no longer matters. */
  abstract readonly isDone: boolean;
  /** When it expires; set by the queue. */
  expiresAt = 0;
  /** The queue in whose list of fresh ones it is, and its neighbours there. */
  freshIn: Deadlines | undefined;
  /** The one added before it. */
  older: Deadline | undefined;
  /** The one added after it. */
  newer: Deadline | undefined;

  /** Creates a deadline that is in no queue yet. */
  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /** Called once when it expires and is not done. */
  abstract expire(): void;
}

/**
 * The deadlines of a system.
 *
 * Most asks are answered before the next tick, so adding one only links it into a list: no look at the clock (0.14 us)
 * and no timer (3 us). It leaves the list when it is answered; if it stayed until the tick, the collector would have to
 * keep it, which doubles the cost of an ask. The tick gives every survivor its time, counted from that tick, which is
 * late by at most one tick and never early.
 */
export class Deadlines {
  readonly #clock: Clock;
  #newest: Deadline | undefined;
  readonly #dated: Heap<Deadline> = new Heap<Deadline>((a, b) => a.expiresAt < b.expiresAt);
  #pruneAt = 1_024;
  #timer: ClockTimer | undefined;
  #isAsleep = false;
  #wakesAt = 0;

  /** Creates an empty queue on `clock`. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets `deadline` expire after its time. */
  add(deadline: Deadline): void {
    const older = this.#newest;
    deadline.freshIn = this;
    deadline.older = older;
    if (older !== undefined) older.newer = deadline;
    this.#newest = deadline;
    if (this.#timer !== undefined && !this.#isAsleep) return;
    this.#isAsleep = false;
    const { tickMs } = this.#clock;
    // A timer that is due within a tick will do; to put it off would make those late that it is set for.
    if (this.#timer !== undefined && this.#wakesAt - this.#clock.now() <= tickMs) return;
    this.#timer?.cancel();
    this.#arm(tickMs);
  }

  /** Takes a fresh deadline out of the list. */
  remove(deadline: Deadline): void {
    const { older, newer } = deadline;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older !== undefined) older.newer = newer;
    deadline.freshIn = deadline.older = deadline.newer = undefined;
  }

  /** Forgets everything and stops the timer. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#newest = undefined;
    this.#dated.retain(() => false);
  }

  #arm(delayMs: number): void {
    this.#timer = this.#clock.schedule(delayMs, () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let deadline = this.#newest; deadline !== undefined; deadline = this.#newest) {
      this.remove(deadline);
      if (deadline.isDone) continue;
      deadline.expiresAt = now + deadline.timeoutMs;
      this.#dated.push(deadline);
    }
    this.#expireUntil(now);
    this.#prune();
    const next = this.#dated.peek();
    if (this.#timer !== undefined || next === undefined) return;
    this.#isAsleep = true;
    const sleepMs = Math.max(this.#clock.tickMs, Math.min(next.expiresAt - now, DEADLINE_SLEEP_MS));
    this.#wakesAt = now + sleepMs;
    this.#arm(sleepMs);
  }

  #expireUntil(now: number): void {
    for (;;) {
      const next = this.#dated.peek();
      if (next === undefined || (!next.isDone && next.expiresAt > now)) return;
      this.#dated.pop();
      if (!next.isDone) next.expire();
    }
  }

  /** Drops what is done once it may be more than half, so that memory follows the asks that are still open. */
  #prune(): void {
    if (this.#dated.size < this.#pruneAt) return;
    this.#dated.retain((deadline) => !deadline.isDone);
    this.#pruneAt = Math.max(1_024, 2 * this.#dated.size);
  }
}
