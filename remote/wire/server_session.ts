/**
 * The server's side of one connection after the handshake: a state machine. Envelopes and results go in; frames go into
 * the writer, and the messages for actors go out through {@linkcode ServerEffects}.
 * @module
 */

import { CinemaError } from "../../src/spi.ts";
import type { Budget } from "./budget.ts";
import type { Envelope, Fault } from "./envelope.ts";
import type { FrameWriter } from "./frame_writer.ts";
import { ReceiveWindow, type WindowLimits } from "./receive_window.ts";
import { WireError } from "./wire_error.ts";

/** A fault without the sequence, which the session knows. */
export type FaultReason = Omit<Fault, "sequence">;

/** A message that came in: by it, the session is told what became of it. */
export class Inbound {
  /** The message. */
  readonly envelope: Envelope;
  /** The window that it came through. */
  readonly window: ReceiveWindow;
  /** Its number there, from 1. */
  readonly sequence: number;
  /** Whether its sender waits for a reply; set by whoever knows what kind of message it is. */
  isAsk = false;
  /** Takes an ask back; set by whoever has asked the actor. */
  cancel: ((reason: unknown) => void) | undefined = undefined;

  /** Creates a message that has just come in. */
  constructor(envelope: Envelope, window: ReceiveWindow, sequence: number) {
    this.envelope = envelope;
    this.window = window;
    this.sequence = sequence;
  }
}

/** What a session asks of whoever drives it. */
export interface ServerEffects {
  /** There is something to write. */
  wantFlush(): void;
  /**
   * A message for an actor. Call {@linkcode ServerSession.settle} for it once, and for an ask also `reply` or `fault`.
   */
  deliver(message: Inbound): void;
  /** Something was settled that no grant tells yet: call {@linkcode ServerSession.grantAll} in a while. */
  wantGrants(): void;
}

/** What a server needs of a session: of one of ours, or of one with a Cinema-rs peer. */
export interface ServerSide {
  /** Takes what the peer sent; throws a `WireError` when it makes no sense. */
  receive(envelope: Envelope): void;
  /** Whether the sender waits for a reply; `hasReply` tells whether the message has one. */
  isAsk(message: Inbound, hasReply: boolean): boolean;
  /** The mailbox has taken a message, or it was answered with a fault. */
  settle(message: Inbound): void;
  /** Answers an ask. */
  reply(message: Inbound, payload: Uint8Array, replyName: string): void;
  /** Answers a message with a fault. */
  fault(message: Inbound, reason: FaultReason): void;
  /** Tells everything that was settled. */
  grantAll(): void;
  /** Says that this side is closing. */
  goodbye(): void;
  /** Whether so much is in hand that nothing more should be read. */
  readonly isFull: boolean;
  /** Whether this side may close: nothing is in hand, and the peer does not go by itself. */
  readonly isSettled: boolean;
  /** The connection is lost: nobody waits for any answer. */
  lost(reason: unknown): void;
}

/** The bounds of one session. */
export interface ServerSessionOptions extends WindowLimits {
  /** Asks that may be in hand at a time. */
  readonly asksMax: number;
  /** The largest frame that the peer takes. */
  readonly frameBytesMax: number;
  /** Whether this side offers an actor of that name. */
  readonly isOffered: (target: string) => boolean;
}

/** How many names a peer may use under which nothing is offered: it chooses them, so their number has a bound. */
const STRANGERS_MAX = 4_096;

/** The longest text of a fault that is sent: whatever is thrown here must fit into a frame. */
const FAULT_TEXT_MAX = 4_096;

/** See the module. */
export class ServerSession implements ServerSide {
  readonly #writer: FrameWriter;
  readonly #effects: ServerEffects;
  readonly #options: ServerSessionOptions;
  readonly #budget: Budget;
  readonly #windows: Map<string, ReceiveWindow> = new Map();
  readonly #dirty: Set<ReceiveWindow> = new Set();
  readonly #asks: Map<number | bigint, Inbound> = new Map();
  #strangers = 0;

  /** Creates a session in which nothing has come. */
  constructor(writer: FrameWriter, effects: ServerEffects, budget: Budget, options: ServerSessionOptions) {
    this.#writer = writer;
    this.#effects = effects;
    this.#budget = budget;
    this.#options = options;
  }

  /** Never: the peer goes when it has all its answers. */
  get isSettled(): boolean {
    return false;
  }

  /** Never: credit bounds what comes in. */
  get isFull(): boolean {
    return false;
  }

  /**
   * Takes what the peer sent.
   *
   * @throws {WireError} When it makes no sense; the connection must be closed.
   */
  receive(envelope: Envelope): void {
    if (envelope.control === "cancel") this.#cancel(envelope.correlationId);
    else if (envelope.messageType !== "" && !envelope.isResponse) this.#message(envelope);
    else throw new WireError("malformed", "Cannot take a frame from the client: it is neither a message nor control");
  }

  /** The mailbox has taken a message, or it was answered with a fault. */
  settle({ window, sequence, envelope }: Inbound): void {
    window.settle(sequence, envelope.payload.length);
    if (window.isDue) this.#grant(window);
    else if (window.isDirty) {
      if (this.#dirty.size === 0) this.#effects.wantGrants();
      this.#dirty.add(window);
    }
  }

  /** Whether the sender waits for a reply. */
  isAsk({ envelope }: Inbound): boolean {
    return envelope.correlationId !== 0;
  }

  /** Answers an ask, if somebody still waits. The caller has seen to it that the frame is small enough. */
  reply({ envelope: { correlationId } }: Inbound, payload: Uint8Array): void {
    if (!this.#asks.delete(correlationId)) return;
    this.#writer.appendReply(correlationId, payload);
    this.#effects.wantFlush();
  }

  /** Answers a message with a fault: an ask that somebody still waits for, or a tell. */
  fault({ envelope, window, sequence }: Inbound, reason: FaultReason): void {
    const { correlationId } = envelope;
    const message = reason.message.slice(0, FAULT_TEXT_MAX);
    const detail = reason.detail.length > this.#options.frameBytesMax / 8 ? "" : reason.detail;
    const fault: Fault = { ...reason, message, detail, sequence: 0 };
    if (correlationId === 0) {
      this.#writer.append({ targetActor: window.target, fault: { ...fault, sequence } });
    } else if (this.#asks.delete(correlationId)) {
      this.#writer.append({ correlationId, isResponse: true, fault });
    } else return;
    this.#effects.wantFlush();
  }

  /** The connection is lost: nobody waits for any answer. */
  lost(reason: unknown): void {
    const asks = [...this.#asks.values()];
    this.#asks.clear();
    for (const ask of asks) ask.cancel?.(reason);
  }

  /** Tells everything that was settled. */
  grantAll(): void {
    for (const window of this.#dirty) this.#grant(window);
  }

  /** Says that this side is closing. */
  goodbye(): void {
    this.#writer.append({ control: "goodbye" });
    this.#effects.wantFlush();
  }

  #message(envelope: Envelope): void {
    const { correlationId } = envelope;
    const window = this.#windowOf(envelope.targetActor);
    const message = new Inbound(envelope, window, window.receive(envelope.payload.length));
    if (correlationId !== 0) {
      if (this.#asks.has(correlationId)) {
        throw new WireError(
          "malformed",
          `Cannot take a second ask with the number ${correlationId}: the first is open`,
        );
      }
      this.#asks.set(correlationId, message);
      if (this.#asks.size > this.#options.asksMax) {
        this.fault(message, { code: "busy", message: `${this.#asks.size - 1} asks are in hand`, name: "", detail: "" });
        return this.settle(message);
      }
    }
    this.#effects.deliver(message);
  }

  #cancel(correlation: number | bigint): void {
    const ask = this.#asks.get(correlation);
    this.#asks.delete(correlation);
    ask?.cancel?.(new CinemaError("The asker has given up"));
  }

  #grant(window: ReceiveWindow): void {
    this.#dirty.delete(window);
    this.#writer.append({ targetActor: window.target, credit: window.grant() });
    this.#effects.wantFlush();
  }

  #windowOf(target: string): ReceiveWindow {
    let window = this.#windows.get(target);
    if (window === undefined) {
      if (!this.#options.isOffered(target) && ++this.#strangers > STRANGERS_MAX) {
        const why = `${STRANGERS_MAX} names were used already under which there is no actor`;
        throw new WireError("malformed", `Cannot take a message for "${target}": ${why}`);
      }
      window = new ReceiveWindow(target, this.#options, this.#budget);
      this.#windows.set(target, window);
    }
    return window;
  }
}
