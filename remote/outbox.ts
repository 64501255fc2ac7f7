/**
 * Everything that a client has to send, whether it is connected at the moment or not.
 * @module
 */

import type { AnyMessage, Outcome, SendOptions, SendResult, TrySendResult } from "../mod.ts";
import { MailboxFullError, MessageRefusedError } from "../mod.ts";
import { checkTimeout, type Clock, Deadlines, Events, type Instrument } from "../src/spi.ts";
import { ConnectionLostError } from "./errors.ts";
import type { ClientEvent } from "./events.ts";
import { errorOf, textOf } from "./faults.ts";
import { type Outbound, OutboundAsk, OutboundTell, type Parcel, type Session } from "./outbound.ts";
import { Target } from "./target.ts";

/** The bounds of an outbox. */
export interface OutboxOptions {
  /** The time. */
  readonly clock: Clock;
  /** Ms that an ask may take unless it says so itself. */
  readonly askTimeoutMs: number;
  /** Senders that may wait. */
  readonly waitingMax: number;
  /** Bytes that they may hold. */
  readonly waitingBytesMax: number;
  /** Who hears of what is lost, for metrics. */
  readonly instrument?: Instrument | undefined;
}

interface Refusal {
  readonly reason: string;
  readonly cause: unknown;
}

const SENT: Promise<SendResult> = Promise.resolve("sent");

/** See the module. */
export class Outbox {
  /** What happened. */
  readonly events: Events<ClientEvent> = new Events<ClientEvent>();
  readonly #options: OutboxOptions;
  readonly #deadlines: Deadlines;
  readonly #targets: Map<string, Target> = new Map();
  readonly #stalled: Set<Target> = new Set();
  readonly #now: () => number;
  #session: Session | undefined;
  // Why nothing is taken: for a while, or for good.
  #outage: Refusal | undefined;
  #closed: Refusal | undefined;
  #endsWithSession = false;
  #waiting = 0;
  #waitingBytes = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  /** Creates an empty outbox without a session. */
  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock);
    this.#now = () => options.clock.now();
  }

  /** The target of a name. */
  target(name: string, id: string): Target {
    let target = this.#targets.get(name);
    if (target === undefined) this.#targets.set(name, target = new Target(this, name, id));
    return target;
  }

  /** Tells without waiting. */
  tryTell(parcel: Parcel): TrySendResult {
    if (this.#refusal !== undefined) return "closed";
    return this.#tellNow(parcel) ? "sent" : "full";
  }

  /** Tells, and waits for room first where there is none. */
  tell(parcel: Parcel, { timeout = Infinity, signal }: SendOptions): Promise<SendResult> {
    if (this.#refusal !== undefined) return this.unsent(parcel, "closed", this.#refused(parcel));
    if (signal?.aborted) return this.unsent(parcel, "aborted", signal.reason);
    if (this.#tellNow(parcel)) return SENT;
    const full = this.#full(parcel);
    if (full !== undefined) return this.unsent(parcel, "full", full);
    return new Promise((resolve) => {
      const waiting = new OutboundTell(parcel, timeout, (result, error) => {
        if (result !== "sent") this.deadLetter(parcel.target.id, parcel.message, "not-delivered", error);
        resolve(result);
      });
      this.#wait(waiting, signal);
    });
  }

  /** Asks; a raw ask is answered with the envelope of the reply. */
  ask(parcel: Parcel, options: SendOptions, isRaw: boolean): Promise<unknown> {
    const { timeout = this.#options.askTimeoutMs, signal } = options;
    try {
      checkTimeout(timeout);
      signal?.throwIfAborted();
    } catch (error) {
      return Promise.reject(error);
    }
    if (this.#refusal !== undefined) return Promise.reject(this.#refused(parcel));
    const { target } = parcel;
    return new Promise((resolve, reject) => {
      const ask = new OutboundAsk(parcel, timeout, { resolve, reject, isRaw });
      const isSent = target.waiting === 0 && this.#session !== undefined && ask.sendOn(this.#session, this.#now);
      const full = isSent ? undefined : this.#full(parcel);
      if (full !== undefined) return reject(full);
      if (!isSent) return this.#wait(ask, signal);
      if (timeout !== Infinity) this.#deadlines.add(ask);
      if (signal !== undefined) ask.listenTo(signal);
    });
  }

  /** There is a connection: sends what waits. */
  attach(session: Session): void {
    this.#session = session;
    this.#outage = undefined;
    this.room();
  }

  /** The connection is lost, or takes nothing new. */
  detach(): void {
    this.#session = undefined;
    if (this.#endsWithSession) this.#turnAway();
  }

  /** What a lost session leaves behind: asks fail, tells are dead letters. */
  lose(session: Session, cause: unknown): void {
    if (this.#session === session) this.detach();
    session.lost(
      (ask, outcome) => ask.lose(outcome, cause),
      (message, name, outcome) => {
        const target = this.#targets.get(name)?.id ?? name;
        const options = { target, messageType: message.type, outcome, cause };
        const error = new ConnectionLostError(`Cannot tell whether ${target} got it: the connection was lost`, options);
        this.deadLetter(target, message, outcome, error);
      },
    );
    this.settledOne();
  }

  /** Turns away who waits, and from now on everybody at once, until there is a connection again. */
  refuse(cause: unknown): void {
    this.#outage = { reason: "there is no connection", cause };
    this.#turnAway();
  }

  /**
   * No session will follow this one: with it, or at once where there is none, ends the wait of who has not been sent.
   */
  endWithSession(cause: unknown): void {
    this.#closed = { reason: "it takes nothing new", cause };
    this.#endsWithSession = true;
    if (this.#session === undefined) this.#turnAway();
  }

  /** From now on nothing new is taken; what waits goes on waiting. */
  stopTaking(): void {
    this.#closed = { reason: "the client is closed", cause: undefined };
  }

  /** Turns away who still waits, and ends everything. */
  close(): void {
    this.#turnAway();
    this.#deadlines.close();
    this.events.close();
  }

  /** There is room for a target. */
  roomFor(name: string): void {
    const target = this.#targets.get(name);
    if (target !== undefined && this.#session !== undefined) target.pump(this.#session, this.#now);
  }

  /** There may be room for all. */
  room(): void {
    for (const target of this.#stalled) {
      if (this.#session === undefined) return;
      target.pump(this.#session, this.#now);
    }
  }

  /** Resolves when nobody waits and the session is settled. */
  settled(): Promise<void> {
    this.#idle = Promise.withResolvers<void>();
    this.settledOne();
    return this.#idle.promise;
  }

  /** Something may have been the last that a close waits for. */
  settledOne(): void {
    if (this.#idle === undefined || this.#waiting > 0 || this.#session?.isSettled === false) return;
    this.#idle.resolve();
  }

  /** A sender has joined the line of a target. */
  joined(target: Target, bytes: number): void {
    this.#waiting++;
    this.#waitingBytes += bytes;
    this.#stalled.add(target);
  }

  /** A sender has left the line of a target. */
  left(target: Target, bytes: number): void {
    this.#waiting--;
    this.#waitingBytes -= bytes;
    if (target.waiting === 0) this.#stalled.delete(target);
    this.settledOne();
  }

  /** A tell was refused by the peer. */
  refusedThere(message: AnyMessage, name: string, fault: Parameters<typeof errorOf>[0]): void {
    const target = this.#targets.get(name)?.id ?? name;
    this.deadLetter(target, message, "not-delivered", errorOf(fault, { target, messageType: message.type }, Infinity));
    this.settledOne();
  }

  /** A tell that was not sent is a dead letter. */
  unsent({ target, message }: Parcel, result: SendResult, error: unknown): Promise<SendResult> {
    this.deadLetter(target.id, message, "not-delivered", error);
    return Promise.resolve(result);
  }

  /** Tells who listens that a message was lost. */
  deadLetter(target: string, message: AnyMessage, outcome: Outcome, error: unknown): void {
    this.#options.instrument?.lost(outcome);
    if (this.events.isObserved) this.events.emit({ kind: "dead-letter", target, message, outcome, error });
  }

  get #refusal(): Refusal | undefined {
    return this.#closed ?? this.#outage;
  }

  #turnAway(): void {
    for (const target of this.#stalled) target.turnAway(({ parcel }) => this.#refused(parcel));
  }

  #tellNow({ target, route, payload, message, traceparent }: Parcel): boolean {
    const session = this.#session;
    if (session === undefined || target.waiting > 0) return false;
    const window = target.windowIn(session);
    if (!session.canTell(window)) return false;
    session.tell(window, route, payload, message, traceparent);
    return true;
  }

  #wait(outbound: Outbound, signal: AbortSignal | undefined): void {
    outbound.parcel.target.join(outbound);
    if (outbound.timeoutMs !== Infinity) this.#deadlines.add(outbound);
    if (signal !== undefined) outbound.listenTo(signal);
  }

  #full({ target: { id: target }, codecs: { type: messageType }, payload }: Parcel): MailboxFullError | undefined {
    const { waitingMax, waitingBytesMax } = this.#options;
    if (this.#waiting < waitingMax && this.#waitingBytes + payload.length <= waitingBytesMax) return undefined;
    const message = `Cannot wait for room to send "${messageType}" to ${target}: too many wait already`;
    return new MailboxFullError(message, { target, messageType });
  }

  #refused({ target: { id: target }, codecs: { type: messageType } }: Parcel): ConnectionLostError {
    const { reason, cause } = this.#refusal!;
    const options = { target, messageType, outcome: "not-delivered", cause } as const;
    return new ConnectionLostError(`Cannot send "${messageType}" to ${target}: ${reason}`, options);
  }
}

/** The error for what cannot be encoded or is too large. */
export function refusedParcel(target: string, messageType: string, cause: unknown): MessageRefusedError {
  const why = cause === undefined ? "" : `: ${textOf(cause)}`;
  return new MessageRefusedError(`Cannot send "${messageType}" to ${target}${why}`, { target, messageType, cause });
}
