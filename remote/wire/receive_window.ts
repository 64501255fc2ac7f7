/**
 * What one peer may still send to one actor of ours.
 * @module
 */

import type { Budget } from "./budget.ts";
import type { Credit } from "./envelope.ts";
import { WireError } from "./wire_error.ts";

/** How far a window may go. */
export interface WindowLimits {
  /** Messages at the start, and the fewest that a grant gives while there is room. */
  readonly messages: number;
  /** Messages that an actor may get that keeps up. */
  readonly messagesMax: number;
  /** Bytes of payload. */
  readonly bytes: number;
}

/**
 * Counts the messages of one peer for one target. A message is _settled_ when the mailbox has taken it or it was
 * answered with a fault; a grant tells how many are, without a gap, and how many more may come.
 *
 * The window of an actor that keeps up doubles with each grant, up to a bound; one that lets messages wait gets half.
 * Near the end of the {@linkcode Budget} for bytes, grants shrink.
 */
export class ReceiveWindow {
  /** The name of the actor. */
  readonly target: string;
  readonly #limits: WindowLimits;
  readonly #budget: Budget;
  #window: number;
  #received = 0;
  #settled = 0;
  #granted = 0;
  #receivedBytes = 0;
  #settledBytes = 0;
  #grantedBytes = 0;
  #messagesMax: number;
  #bytesMax: number;
  // Only what was refused while others still wait is settled out of order.
  #ahead: Set<number> | undefined;

  /** Creates the window that was announced in the handshake. */
  constructor(target: string, limits: WindowLimits, budget: Budget) {
    this.target = target;
    this.#limits = limits;
    this.#budget = budget;
    this.#window = limits.messages;
    this.#messagesMax = limits.messages;
    this.#bytesMax = limits.bytes;
  }

  /** Whether something was settled that no grant has told. */
  get isDirty(): boolean {
    return this.#settled > this.#granted;
  }

  /** Whether half of what was granted is used up: to be told at once, so that the sender need not wait. */
  get isDue(): boolean {
    return this.#settled - this.#granted >= (this.#messagesMax - this.#granted) / 2 ||
      this.#settledBytes - this.#grantedBytes >= (this.#bytesMax - this.#grantedBytes) / 2;
  }

  /**
   * Counts a message in and returns its number, from 1.
   *
   * @throws {WireError} When the peer had no credit for it.
   */
  receive(bytes: number): number {
    if (this.#received >= this.#messagesMax || this.#receivedBytes >= this.#bytesMax) {
      throw new WireError(
        "malformed",
        `Cannot take message ${this.#received + 1} for ${this.target}: it had no credit`,
      );
    }
    this.#receivedBytes += bytes;
    this.#budget.add(bytes);
    return ++this.#received;
  }

  /** Counts a message as settled. */
  settle(sequence: number, bytes: number): void {
    this.#settledBytes += bytes;
    this.#budget.add(-bytes);
    if (sequence !== this.#settled + 1) {
      (this.#ahead ??= new Set()).add(sequence);
      return;
    }
    this.#settled = sequence;
    while (this.#ahead?.delete(this.#settled + 1)) this.#settled++;
  }

  /** Makes the grant that tells what was settled. */
  grant(): Credit {
    const { messages, messagesMax, bytes } = this.#limits;
    const keepsUp = this.#received === this.#settled;
    if (keepsUp && this.isDue) this.#window = Math.min(2 * this.#window, messagesMax);
    else if (!keepsUp) this.#window = Math.max(messages, Math.floor(this.#window / 2));
    const { free } = this.#budget;
    // One message at least: a window that is shut would need somebody to remember to open it.
    this.#messagesMax = Math.max(this.#messagesMax, this.#settled + Math.max(1, Math.floor(this.#window * free)));
    this.#bytesMax = Math.max(this.#bytesMax, this.#settledBytes + Math.max(1, Math.floor(bytes * free)));
    this.#granted = this.#settled;
    this.#grantedBytes = this.#settledBytes;
    return { accepted: this.#settled, messages: this.#messagesMax, bytes: this.#bytesMax };
  }
}
