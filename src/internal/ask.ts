/**
 * An ask: one message, one promised reply, one deadline.
 * @module
 */

import type { AnyMessage } from "../message.ts";
import { AskTimeoutError } from "../ask_timeout_error.ts";
import { isRejection } from "../errors.ts";
import { ActorFailedError } from "../message_errors.ts";
import { Deadline } from "./deadlines.ts";
import { typeOf } from "./envelope.ts";

/** What an ask must know of its actor to explain a time-out. */
export interface AskTarget {
  /** The actor's `id`. */
  readonly id: string;
  /** How many messages are queued. */
  readonly queued: number;
  /** How long in ms its handler has been running. */
  readonly busyMs: number | undefined;
}

/** A reply that somebody waits for. Settles once; whatever comes later is dropped. */
export class Ask extends Deadline {
  /** Whether it is settled. */
  override isDone = false;
  /** Where it waits, and what it leaves when it is settled: the line for room, or the asks that are answered later. */
  place: { leave(result: "aborted"): void } | undefined;
  readonly #target: AskTarget;
  // Let go of when it is settled: the ask itself may stay in the queue of deadlines for a while.
  #message: AnyMessage | undefined;
  #resolve: ((value: unknown) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #isStarted = false;
  #stopListening: (() => void) | undefined;

  /** Creates an open ask. */
  constructor(target: AskTarget, message: AnyMessage, timeoutMs: number) {
    super(timeoutMs);
    this.#target = target;
    this.#message = message;
  }

  /** The reply; to be called once, before anything can settle it. */
  promise(): Promise<unknown> {
    return new Promise((resolve, reject) => this.answerTo(resolve, reject));
  }

  /** Gives the reply, or the error, to one of two functions; to be called once, before anything can settle it. */
  answerTo(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Lets `signal` cancel the ask. */
  cancelOn(signal: AbortSignal): void {
    const abort = () => this.fail(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", abort);
  }

  /** The handler is about to start; false when nobody waits any more, so that it need not. */
  begin(): boolean {
    if (this.isDone) return false;
    this.#isStarted = true;
    return true;
  }

  /** Answers. */
  succeed(value: unknown): void {
    if (this.isDone) return;
    const resolve = this.#resolve!;
    this.#close();
    resolve(value);
  }

  /** Answers with an error; false when nobody waits any more. */
  fail(error: unknown): boolean {
    if (this.isDone) return false;
    const reject = this.#reject!;
    this.#close();
    reject(error);
    return true;
  }

  /** Answers with what an actor gave for an error. */
  reject(error: unknown): void {
    if (isRejection(error)) return void this.fail(error);
    const { messageType } = this;
    const { id: target } = this.#target;
    const text = `Cannot answer "${messageType}": ${target} has rejected its LateReply`;
    this.fail(new ActorFailedError(text, { target, messageType, cause: error }));
  }

  /** The type of the message; only to name it in an error, and only before it is settled. */
  get messageType(): string {
    return typeOf(this.#message);
  }

  /** Its time is over. */
  override expire(): void {
    const { id: target, queued, busyMs } = this.#target;
    const { messageType } = this;
    this.fail(
      new AskTimeoutError({
        target,
        messageType,
        timeoutMs: this.timeoutMs,
        started: this.#isStarted,
        queued,
        busyMs,
      }),
    );
  }

  #close(): void {
    this.isDone = true;
    this.#message = this.#resolve = this.#reject = undefined;
    if (this.freshIn !== undefined) this.freshIn.remove(this);
    if (this.#stopListening !== undefined) this.#stopListening();
    if (this.place !== undefined) this.place.leave("aborted");
    this.place = undefined;
  }
}
