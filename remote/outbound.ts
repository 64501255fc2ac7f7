/**
 * One message on its way out, from the moment somebody waits for it: for credit, for a connection, or for an answer.
 * @module
 */

import type { AnyMessage, MessageErrorOptions, SendResult } from "../mod.ts";
import { AskTimeoutError } from "../mod.ts";
import { Deadline } from "../src/spi.ts";
import type { MessageCodecs } from "./codecs.ts";
import { ConnectionLostError, ReplyLostError } from "./errors.ts";
import { errorOf } from "./faults.ts";
import type { Target } from "./target.ts";
import type { ClientSession, LostOutcome } from "./wire/client_session.ts";
import type { Envelope } from "./wire/envelope.ts";
import type { EncodedRoute } from "./wire/frame_writer.ts";

/** The session of a client, as the rest of this layer uses it. */
export type Session = ClientSession<OutboundAsk, AnyMessage>;

/** A message that was encoded, and where it goes. */
export interface Parcel {
  /** The message, for whoever hears that it was lost. */
  readonly message: AnyMessage;
  /** The actor. */
  readonly target: Target;
  /** The codecs of the message. */
  readonly codecs: MessageCodecs;
  /** Where it goes, encoded. */
  readonly route: EncodedRoute;
  /** What travels. */
  readonly payload: Uint8Array;
  /** The trace that it belongs to, as the other side is told; empty for none. */
  readonly traceparent: string;
}

/** The most ms that a deadline on the wire can say; beyond it there is none. */
const DEADLINE_MAX_MS = 2 ** 32 - 1;

/** A sender that waits. */
export abstract class Outbound extends Deadline {
  /** Whether it is settled. */
  override isDone = false;
  /** What is sent. */
  readonly parcel: Parcel;
  #stopListening: (() => void) | undefined;

  /** Creates a sender that gives up after `timeoutMs`. */
  constructor(parcel: Parcel, timeoutMs: number) {
    super(timeoutMs);
    this.parcel = parcel;
  }

  /** Sends it where there is room; false where there is none. */
  abstract sendOn(session: Session, now: () => number): boolean;

  /** It cannot be sent any more. */
  abstract turnAway(result: "closed" | "refused", error: Error): void;

  /** Whoever sent it has given it up. */
  protected abstract aborted(reason: unknown): void;

  /** Lets `signal` end the wait. */
  listenTo(signal: AbortSignal): void {
    const abort = () => this.aborted(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", abort);
  }

  /** It is settled: leaves every place where it waits. */
  protected close(): void {
    this.isDone = true;
    this.freshIn?.remove(this);
    this.#stopListening?.();
    this.parcel.target.leave(this);
  }
}

/** A tell that waits for room. */
export class OutboundTell extends Outbound {
  readonly #settle: (result: SendResult, error: unknown) => void;

  /** Creates a tell; `settle` is called once. */
  constructor(parcel: Parcel, timeoutMs: number, settle: (result: SendResult, error: unknown) => void) {
    super(parcel, timeoutMs);
    this.#settle = settle;
  }

  override sendOn(session: Session): boolean {
    const { target, route, payload, message, traceparent } = this.parcel;
    const window = target.windowIn(session);
    if (!session.canTell(window)) return false;
    session.tell(window, route, payload, message, traceparent);
    this.#end("sent", undefined);
    return true;
  }

  override turnAway(result: "closed" | "refused", error: Error): void {
    this.#end(result, error);
  }

  override expire(): void {
    this.#end("timeout", undefined);
  }

  protected override aborted(reason: unknown): void {
    this.#end("aborted", reason);
  }

  #end(result: SendResult, error: unknown): void {
    if (this.isDone) return;
    this.close();
    this.#settle(result, error);
  }
}

/** An ask, until it has its answer. */
export class OutboundAsk extends Outbound {
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  readonly #isRaw: boolean;
  #session: Session | undefined;
  #correlation = 0;

  /** Creates an ask; a raw one is answered with the envelope of the reply. */
  constructor(
    parcel: Parcel,
    timeoutMs: number,
    { resolve, reject, isRaw }: {
      resolve: (value: unknown) => void;
      reject: (error: unknown) => void;
      isRaw: boolean;
    },
  ) {
    super(parcel, timeoutMs);
    this.#resolve = resolve;
    this.#reject = reject;
    this.#isRaw = isRaw;
  }

  override sendOn(session: Session, now: () => number): boolean {
    const { target, route, payload, traceparent } = this.parcel;
    const window = target.windowIn(session);
    if (!session.canAsk(window)) return false;
    // A deadline that no tick has seen yet has all its time left.
    const leftMs = this.expiresAt === 0 ? this.timeoutMs : this.expiresAt - now();
    const deadlineMs = leftMs > DEADLINE_MAX_MS ? 0 : Math.max(1, Math.ceil(leftMs));
    this.#session = session;
    this.#correlation = session.ask(window, route, payload, deadlineMs, this, traceparent);
    return true;
  }

  /** The answer has come. */
  answer(envelope: Envelope): void {
    if (this.isDone) return;
    const { codecs } = this.parcel;
    this.#session = undefined;
    this.close();
    if (envelope.fault !== undefined) return this.#reject(errorOf(envelope.fault, this.#about(), this.timeoutMs));
    if (this.#isRaw) return this.#resolve(envelope);
    let reply: unknown;
    try {
      reply = codecs.decodeReply(envelope.payload);
    } catch (cause) {
      const what = `"${codecs.type}" from ${this.parcel.target.id}`;
      return this.#reject(new ReplyLostError(`Cannot decode the reply to ${what}`, { ...this.#about(), cause }));
    }
    this.#resolve(reply);
  }

  /** The connection is lost. */
  lose(outcome: LostOutcome, cause: unknown): void {
    const { codecs, target } = this.parcel;
    const what = `"${codecs.type}" from ${target.id}`;
    this.#session = undefined;
    this.#fail(
      new ConnectionLostError(`Cannot get a reply to ${what}: the connection was lost`, {
        ...this.#about(),
        outcome,
        cause,
      }),
    );
  }

  override turnAway(_result: "closed" | "refused", error: Error): void {
    this.#fail(error);
  }

  override expire(): void {
    const outcome = this.#abandon(false);
    const { timeoutMs } = this;
    const queued = this.parcel.target.waiting;
    const about = this.#about();
    this.#fail(new AskTimeoutError({ ...about, timeoutMs, started: undefined, queued, busyMs: undefined, outcome }));
  }

  protected override aborted(reason: unknown): void {
    this.#abandon(true);
    this.#fail(reason);
  }

  #abandon(isCancelled: boolean): LostOutcome {
    const session = this.#session;
    this.#session = undefined;
    return session === undefined ? "not-delivered" : session.abandon(this.#correlation, isCancelled);
  }

  #fail(error: unknown): void {
    if (this.isDone) return;
    this.close();
    this.#reject(error);
  }

  #about(): MessageErrorOptions {
    return { target: this.parcel.target.id, messageType: this.parcel.codecs.type };
  }
}
