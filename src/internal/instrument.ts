/**
 * Where traces and metrics plug in. The runtime says what happens, and somebody above it may listen; where nobody does,
 * one look at a field that is undefined is all that it costs.
 *
 * Whoever implements this must not throw: what fails in there is no failure of an actor.
 * @module
 */

import type { AnyAddr } from "../addr.ts";
import type { Clock } from "../clock.ts";
import type { DeadLetterReason } from "../events.ts";

/** What a message carries with it through a mailbox: when it was sent, and as a part of what. */
export interface Ticket {
  /** The mailbox has taken the message; a sender that waits for room is not yet there. */
  admitted(): void;
  /** The message has left the mailbox: its turn has come, or it never will. */
  taken(): void;
}

/** Somebody waits for an answer. One of the two is called, once. */
export interface Answer {
  /** There is a reply. */
  replied(): void;
  /** There is an error instead. */
  failed(error: unknown): void;
}

/** The ticket of an ask: its answer ends it. */
export interface AskTicket extends Ticket, Answer {}

/** One handler at work. */
export interface Handling {
  /** Calls the handler as a part of the trace; gives back what it returns, and throws what it throws. */
  run(call: () => unknown): unknown;
  /** It has returned or settled. */
  succeeded(): void;
  /** It threw, rejected, was given up, or there was none. */
  failed(error: unknown): void;
}

/** Hears what one actor does. */
export interface ActorProbe {
  /** A message without an answer of its own is sent: a tell, or an ask from elsewhere. */
  posted(): Ticket;
  /** The actor is asked. */
  asked(messageType: string): AskTicket;
  /** A handler is about to be called; without a ticket nobody sent the message: a timer did. */
  handle(messageType: string, ticket: Ticket | undefined, isAsk: boolean): Handling;
  /** The actor has failed. */
  failed(): void;
  /** It has started again. */
  restarted(): void;
  /** A message to it was not handled, or not to the end. */
  deadLetter(reason: DeadLetterReason): void;
  /** It has ended; told once. */
  ended(): void;
}

/** An ask to another process. */
export interface RemoteCall extends Answer {
  /** What tells the other side which trace it belongs to, as W3C trace context says; empty for none. */
  readonly traceparent: string;
}

/** Hears what goes over one connection. */
export interface ConnectionProbe {
  /** So much has come in. */
  received(frames: number, bytes: number): void;
  /** So much is being written. */
  sent(frames: number, bytes: number): void;
  /** The connection is closed; told once. */
  closed(): void;
}

/** A node of a cluster, as far as metrics need it. */
export interface MemberView {
  /** How it is. */
  readonly status: string;
  /** Ms of the last probe round trip to it, where one is known. */
  readonly roundTripMs?: number | undefined;
}

/** Hears what happens in everything that is created while it is set. */
export interface Instrument {
  /** An actor was spawned. */
  actor(addr: AnyAddr, className: string, clock: Clock): ActorProbe;
  /** Runs what is a part of nobody's trace: the loop of an actor, whoever's microtask it runs in. */
  detached(run: () => void): void;
  /** An actor of another process is asked. */
  call(target: string, messageType: string): RemoteCall;
  /** The trace that is active, for a message without an answer to another process; empty for none. */
  traceparent(): string;
  /** A message came in: `deliver` hands it on, at once, as a part of the trace that its sender named. */
  received(traceparent: string, deliver: () => void): void;
  /** A message to another process was lost. */
  lost(outcome: string): void;
  /** A connection has shaken hands. */
  connection(role: "client" | "server"): ConnectionProbe;
  /** A node of a cluster listens; to be disposed of when it has left. */
  node(id: string, members: () => readonly MemberView[]): Disposable;
}

let current: Instrument | undefined;

/**
 * Who is told of the systems, clients, servers and connections that are created now; undefined where nobody listens.
 */
export function currentInstrument(): Instrument | undefined {
  return current;
}

/** Sets who is told of what is created from now on. */
export function setInstrument(instrument: Instrument | undefined): void {
  current = instrument;
}

// Not a field of a cell: an actor must not be larger where nobody listens.
const probes = new WeakMap<Observed, ActorProbe>();

/** What is told of a cell: as little as a probe needs. */
interface Observed {
  readonly addr: AnyAddr;
  readonly runtime: { readonly instrument: Instrument | undefined; readonly clock: Clock };
  onClosed(callback: () => void): () => void;
}

/** Lets an actor be heard of, if anybody listens; its class is known by now. */
export function observe(cell: Observed, className: string): void {
  const { instrument, clock } = cell.runtime;
  if (instrument === undefined) return;
  const probe = instrument.actor(cell.addr, className, clock);
  probes.set(cell, probe);
  cell.onClosed(() => probe.ended());
}

/** Who hears of an actor; undefined where nobody does. */
export function probeOf(cell: Observed): ActorProbe | undefined {
  return cell.runtime.instrument === undefined ? undefined : probes.get(cell);
}
