/**
 * What a sender may still send to one actor of the peer, and which tells the peer has not confirmed.
 * @module
 */

import type { Credit } from "./envelope.ts";
import { WireError } from "./wire_error.ts";

/** A tell that was put on the wire and not confirmed. */
interface Unconfirmed<T> {
  readonly sequence: number;
  readonly ordinal: number;
  readonly item: T;
}

/**
 * The credit for one target in one session. Every message takes one unit and its bytes; a grant renews both. As in a
 * mailbox, a message is sent while there is any room, so that one of any size can pass.
 *
 * @typeParam T What is kept of a tell until it is confirmed.
 */
export class SendWindow<T> {
  /** The name of the actor. */
  readonly target: string;
  #sent = 0;
  #sentBytes = 0;
  #messagesMax: number;
  #bytesMax: number;
  #accepted = 0;
  // A queue: what is before the head has been confirmed.
  #tells: Unconfirmed<T>[] = [];
  #head = 0;

  /** Creates the window that the peer has announced in its handshake. */
  constructor(target: string, messages: number, bytes: number) {
    this.target = target;
    this.#messagesMax = messages;
    this.#bytesMax = bytes;
  }

  /** Whether a message may be sent now. */
  get hasRoom(): boolean {
    return this.#sent < this.#messagesMax && this.#sentBytes < this.#bytesMax;
  }

  /** How many tells are not confirmed. */
  get unconfirmed(): number {
    return this.#tells.length - this.#head;
  }

  /** Takes the credit of one message of so many bytes; the caller has asked {@linkcode hasRoom}. */
  spend(bytes: number): void {
    this.#sent++;
    this.#sentBytes += bytes;
  }

  /** The same for a tell, which is remembered; `ordinal` is its place among all messages of the session. */
  spendOnTell(bytes: number, item: T, ordinal: number): void {
    this.spend(bytes);
    this.#tells.push({ sequence: this.#sent, ordinal, item });
  }

  /**
   * Takes a grant: forgets what it confirms, and returns whether there is room that was not there before.
   *
   * @throws {WireError} When it confirms what was never sent.
   */
  grant({ accepted, messages, bytes }: Credit): boolean {
    if (accepted > this.#sent) {
      const told = `${accepted} messages for ${this.target}: ${this.#sent} were sent`;
      throw new WireError("malformed", `Cannot believe a grant that confirms ${told}`);
    }
    const hadRoom = this.hasRoom;
    // A grant is a promise, so a smaller one takes nothing back.
    this.#messagesMax = Math.max(this.#messagesMax, messages);
    this.#bytesMax = Math.max(this.#bytesMax, bytes);
    if (accepted > this.#accepted) {
      this.#accepted = accepted;
      this.#confirm(accepted);
    }
    return this.hasRoom && !hadRoom;
  }

  /** Forgets every tell: the peer confirms none. */
  confirmAll(): void {
    this.#confirm(this.#sent);
  }

  /** Takes out the tell that the peer refused; undefined when there is none of that number. */
  refuse(sequence: number): T | undefined {
    const index = this.#tells.findIndex((tell, at) => at >= this.#head && tell.sequence === sequence);
    return index === -1 ? undefined : this.#tells.splice(index, 1)[0]!.item;
  }

  /** Takes out every tell that was not confirmed; `isWritten` tells whether it may have reached the peer. */
  takeUnconfirmed(writtenUpTo: number): { item: T; isWritten: boolean }[] {
    const left = this.#tells.slice(this.#head).map(({ item, ordinal }) => ({
      item,
      isWritten: ordinal <= writtenUpTo,
    }));
    this.#tells = [];
    this.#head = 0;
    return left;
  }

  #confirm(sequence: number): void {
    const tells = this.#tells;
    while (this.#head < tells.length && tells[this.#head]!.sequence <= sequence) tells[this.#head++] = undefined!;
    if (this.#head === tells.length) {
      this.#tells = [];
      this.#head = 0;
    } else if (this.#head > 1_024) {
      this.#tells = tells.slice(this.#head);
      this.#head = 0;
    }
  }
}
