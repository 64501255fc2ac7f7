/**
 * The client's side of one connection after the handshake: a state machine. Envelopes and calls go in; frames go into
 * the writer, and what concerns the callers goes out through {@linkcode ClientEffects}.
 * @module
 */

import type { Envelope, Fault } from "./envelope.ts";
import type { EncodedRoute, FrameWriter } from "./frame_writer.ts";
import { SendWindow } from "./send_window.ts";
import { WireError } from "./wire_error.ts";

/** What became of a message that is not known to be accepted when its connection ends. */
export type LostOutcome = "not-delivered" | "unknown";

/**
 * What a session asks of whoever drives it.
 *
 * @typeparam A What stands for an ask.
 * @typeparam T What stands for a tell.
 */
export interface ClientEffects<A, T> {
  /** There is something to write. */
  wantFlush(): void;
  /** An ask has its answer: a reply, or a fault. */
  answered(ask: A, answer: Envelope): void;
  /** A tell was refused. */
  refused(tell: T, target: string, fault: Fault): void;
  /** Tells were confirmed, or an ask was given up: it may have been the last that somebody waits for. */
  settled(): void;
  /** There is room for this target again. */
  roomFor(target: string): void;
  /** There may be room for every target again. */
  room(): void;
  /** The peer is closing: nothing new may be sent. */
  goodbye(): void;
  /** An answer that nobody waits for: late, doubled or made up. It was dropped. */
  stray(answer: Envelope): void;
}

/** What the handshake settled, and the bounds of this side. */
export interface ClientSessionOptions {
  /** Messages that may be sent to each target before its first grant. */
  readonly windowMessages: number;
  /** The same in bytes of payload. */
  readonly windowBytes: number;
  /** Asks that may wait for their answer. */
  readonly asksMax: number;
  /** Bytes that may wait to be written. */
  readonly sendBytesMax: number;
  /** With a Cinema-rs peer: the node of this side. Such a peer knows fields 1 to 6 of the envelope and nothing else. */
  readonly compatNode: string | undefined;
}

interface OpenAsk<A> {
  readonly ask: A;
  readonly ordinal: number;
}

/** See the module. */
export class ClientSession<A, T> {
  readonly #options: ClientSessionOptions;
  readonly #writer: FrameWriter;
  readonly #effects: ClientEffects<A, T>;
  readonly #windows: Map<string, SendWindow<T>> = new Map();
  readonly #asks: Map<number, OpenAsk<A>> = new Map();
  #correlation = 0;
  // Every message has a place in the order of writing, so that a loss can tell what had left from what had not.
  #ordinal = 0;
  #written = 0;
  // Of all windows together: there may be very many, and somebody may ask after every grant.
  #unconfirmed = 0;
  #isClosing = false;
  // Whether somebody was told to wait because too many bytes do.
  #isChoked = false;

  /** Creates a session that has sent nothing. */
  constructor(writer: FrameWriter, effects: ClientEffects<A, T>, options: ClientSessionOptions) {
    this.#writer = writer;
    this.#effects = effects;
    this.#options = options;
  }

  /** Whether the peer has said that it is closing. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Whether every ask has its answer and every tell is confirmed. */
  get isSettled(): boolean {
    return this.#asks.size === 0 && this.#unconfirmed === 0;
  }

  /** The credit for a target. It stays the same for the whole session. */
  windowOf(target: string): SendWindow<T> {
    let window = this.#windows.get(target);
    if (window === undefined) {
      window = new SendWindow(target, this.#options.windowMessages, this.#options.windowBytes);
      this.#windows.set(target, window);
    }
    return window;
  }

  /** Whether a tell may be sent now. */
  canTell(window: SendWindow<T>): boolean {
    if (this.#isClosing || !window.hasRoom) return false;
    this.#isChoked = this.#writer.length >= this.#options.sendBytesMax;
    return !this.#isChoked;
  }

  /** Whether an ask may be sent now. */
  canAsk(window: SendWindow<T>): boolean {
    return this.canTell(window) && this.#asks.size < this.#options.asksMax;
  }

  /** Sends a tell; the caller has asked {@linkcode canTell}. `tell` is kept until the peer confirms it. */
  tell(window: SendWindow<T>, route: EncodedRoute, payload: Uint8Array, tell: T, traceparent?: string): void {
    window.spendOnTell(payload.length, tell, ++this.#ordinal);
    this.#unconfirmed++;
    this.#send(route, payload, 0, 0, traceparent);
  }

  /** Sends an ask; the caller has asked {@linkcode canAsk}. Returns its number. */
  ask(
    window: SendWindow<T>,
    route: EncodedRoute,
    payload: Uint8Array,
    deadlineMs: number,
    ask: A,
    traceparent?: string,
  ): number {
    const correlation = ++this.#correlation;
    window.spend(payload.length);
    this.#asks.set(correlation, { ask, ordinal: ++this.#ordinal });
    this.#send(route, payload, correlation, deadlineMs, traceparent);
    return correlation;
  }

  /**
   * Nobody waits for an answer any more. Returns what that means for the message: it may be handled, also where it has
   * not been written yet, because its frame stays in the writer until the peer takes bytes again.
   */
  abandon(correlation: number, isCancelled: boolean): "unknown" {
    if (!this.#asks.delete(correlation)) return "unknown";
    // At its deadline the peer gives it up by itself.
    if (isCancelled && this.#options.compatNode === undefined) {
      this.#writer.append({ correlationId: correlation, control: "cancel" });
      this.#effects.wantFlush();
    }
    this.#freed();
    this.#effects.settled();
    return "unknown";
  }

  /** Everything in the writer is being written. */
  flushed(): void {
    this.#written = this.#ordinal;
    if (this.#options.compatNode !== undefined) {
      // Such a peer confirms nothing, so there is nothing to wait for.
      for (const window of this.#windows.values()) window.confirmAll();
      this.#unconfirmed = 0;
      this.#effects.settled();
    }
    if (!this.#isChoked || this.#isClosing) return;
    this.#isChoked = false;
    this.#effects.room();
  }

  /**
   * Takes what the peer sent.
   *
   * @throws {WireError} When it makes no sense; the connection must be closed.
   */
  receive(envelope: Envelope): void {
    if (envelope.isResponse) this.#answer(envelope);
    else if (this.#options.compatNode !== undefined) this.#effects.stray(envelope);
    else if (envelope.credit !== undefined) this.#grant(envelope);
    else if (envelope.fault !== undefined) this.#refuse(envelope, envelope.fault);
    else if (envelope.control === "goodbye") this.#close();
    else {
      throw new WireError("malformed", "Cannot take a frame from the server: it is no answer, grant, fault or control");
    }
  }

  /** The connection is lost: takes out every ask and every tell that is not settled, with what is known of each. */
  lost(
    asked: (ask: A, outcome: LostOutcome) => void,
    told: (tell: T, target: string, outcome: LostOutcome) => void,
  ): void {
    this.#isClosing = true;
    const asks = [...this.#asks.values()];
    this.#asks.clear();
    for (const { ask, ordinal } of asks) asked(ask, ordinal <= this.#written ? "unknown" : "not-delivered");
    this.#unconfirmed = 0;
    for (const window of this.#windows.values()) {
      for (const { item, isWritten } of window.takeUnconfirmed(this.#written)) {
        told(item, window.target, isWritten ? "unknown" : "not-delivered");
      }
    }
  }

  #send(
    route: EncodedRoute,
    payload: Uint8Array,
    correlationId: number,
    deadlineMs: number,
    traceparent: string | undefined,
  ): void {
    const { compatNode: senderNode } = this.#options;
    if (senderNode === undefined) {
      this.#writer.appendMessage(route, payload, correlationId, deadlineMs, traceparent);
    } else {
      // Such a peer knows no traces.
      const { messageType, targetActor } = route;
      this.#writer.append({ messageType, payload, correlationId, senderNode, targetActor });
    }
    this.#effects.wantFlush();
  }

  #answer(envelope: Envelope): void {
    const correlation = envelope.correlationId;
    const open = typeof correlation === "number" ? this.#asks.get(correlation) : undefined;
    if (open === undefined) {
      // A Cinema-rs peer answers tells too.
      if (correlation !== 0 || this.#options.compatNode === undefined) this.#effects.stray(envelope);
      return;
    }
    this.#asks.delete(correlation as number);
    this.#effects.answered(open.ask, envelope);
    this.#freed();
  }

  #grant(envelope: Envelope): void {
    const window = this.#known(envelope.targetActor);
    const before = window.unconfirmed;
    const hasRoom = window.grant(envelope.credit!);
    this.#unconfirmed += window.unconfirmed - before;
    if (hasRoom && !this.#isClosing) this.#effects.roomFor(window.target);
    this.#effects.settled();
  }

  #refuse(envelope: Envelope, fault: Fault): void {
    const tell = this.#known(envelope.targetActor).refuse(fault.sequence);
    if (tell === undefined) return this.#effects.stray(envelope);
    this.#unconfirmed--;
    this.#effects.refused(tell, envelope.targetActor, fault);
  }

  /** A place for an ask is free: the one who waits for it may be of any target. */
  #freed(): void {
    if (!this.#isClosing && this.#asks.size === this.#options.asksMax - 1) this.#effects.room();
  }

  #close(): void {
    this.#isClosing = true;
    this.#effects.goodbye();
  }

  #known(target: string): SendWindow<T> {
    const window = this.#windows.get(target);
    if (window !== undefined) return window;
    throw new WireError("malformed", `Cannot take a grant or fault for "${target}": nothing was sent there`);
  }
}
