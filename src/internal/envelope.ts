/**
 * What lies in a mailbox.
 * @module
 */

import type { AnyMessage } from "../message.ts";
import type { Ask } from "./ask.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Ticket } from "./instrument.ts";

/** The type of what may be no message at all, or whose `type` may not be readable: only to name it in an error. */
export function typeOf(message: unknown): string {
  try {
    return String((message as AnyMessage | null | undefined)?.type);
  } catch {
    return "(unreadable)";
  }
}

/** Work of the runtime that runs as a turn of the actor: a timer's tick, a stream's item, a termination notice. */
export interface Turn {
  /** Does the work; what it throws is a failure of the actor. */
  run(incarnation: Incarnation): unknown;
  /** Whether there is nothing to do any more: the tick of a timer that was cancelled. */
  readonly isVoid?: boolean;
  /** It will never run: its actor has ended. */
  readonly discarded?: (() => void) | undefined;
}

/** A queued message, or a turn of the runtime. Its size is measured once, when it is sent. */
export class Envelope {
  /** The message, where there is one. */
  readonly message: AnyMessage | undefined;
  /** How much of the mailbox it takes; 0 for a turn. */
  readonly size: number;
  /** Who waits for the reply. */
  readonly ask: Ask | undefined;
  /** What to run instead of a handler. */
  readonly turn: Turn | undefined;

  /** Puts a message or a turn into an envelope. */
  constructor(message: AnyMessage | undefined, size: number, ask?: Ask, turn?: Turn) {
    this.message = message;
    this.size = size;
    this.ask = ask;
    this.turn = turn;
  }
}

/** An envelope of a message that somebody hears of: a class of its own, so that no other envelope is larger for it. */
export class TracedEnvelope extends Envelope {
  /** When the message was sent, and as a part of what. */
  readonly ticket: Ticket;

  /** Puts a message and its ticket into an envelope. */
  constructor(message: AnyMessage, size: number, ask: Ask | undefined, ticket: Ticket) {
    super(message, size, ask, undefined);
    this.ticket = ticket;
  }
}

/** The ticket of what was queued, where it has one. */
export function ticketIn(envelope: Envelope): Ticket | undefined {
  return envelope instanceof TracedEnvelope ? envelope.ticket : undefined;
}

/**
 * What a mailbox holds. A tell of size 1, the commonest message of all, lies in it without an envelope: in a burst,
 * where every object more is work for the collector, that takes a third off the cost of a message.
 */
export type Queued = Envelope | AnyMessage;

/** Whether it is in an envelope. */
export function isEnvelope(queued: Queued): queued is Envelope {
  try {
    return queued instanceof Envelope;
  } catch {
    // A message that is a proxy may throw at any touch, and an envelope never does.
    return false;
  }
}

/** How much of the mailbox it takes. */
export function weightOf(queued: Queued): number {
  return isEnvelope(queued) ? queued.size : 1;
}

/** Puts it into an envelope where it is in none. */
export function enveloped(queued: Queued): Envelope {
  return isEnvelope(queued) ? queued : new Envelope(queued, 1, undefined, undefined);
}
