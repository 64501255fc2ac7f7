/**
 * What happened in a system, as a stream: for logs, metrics and tests.
 * @module
 */

import type { AnyAddr } from "./addr.ts";
import { EVENT_BUFFER } from "./limits.ts";
import type { AnyMessage } from "./message.ts";
import type { StopReason } from "./watch.ts";

/**
 * Why a message became a dead letter. It was not handled, or not to the end:
 *
 * - `"closed"`, `"full"`, `"timeout"`, `"aborted"`, `"refused"`: it was never taken, and this is what `doSend` resolved
 *   with (see {@linkcode SendResult});
 * - `"unhandled"`: the actor has no handler for its type;
 * - `"failed"`: the handler threw; `error` says what;
 * - `"rejected"`: the handler threw the {@linkcode Rejection} in `error`, and nobody asked;
 * - `"stopped"`: the actor ended while it was queued, and nobody asked;
 * - `"abandoned"`: the actor was to end, and the handler gave up because `ctx.signal` had aborted, or it did not settle
 *   within the stop time-out; `error` says which.
 *
 * What `trySend` did not send is no dead letter, and neither is an ask that rejects before its handler has started,
 * except as `"unhandled"`: its sender knows.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type DeadLetterReason, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): void {}
 * }
 *
 * await using system = new ActorSystem();
 * const events = system.events;
 * const greeter = system.spawn(() => new Greeter());
 * greeter.trySend({ type: "greet" });
 * await system.stop(greeter); // before it could handle the message
 * await greeter.doSend({ type: "greet" });
 * await system.shutdown(); // ends the events
 * const reasons: DeadLetterReason[] = [];
 * for await (const event of events) if (event.kind === "dead-letter") reasons.push(event.reason);
 * assertEquals(reasons, ["stopped", "closed"]);
 * ```
 */
export type DeadLetterReason =
  | "closed"
  | "full"
  | "timeout"
  | "aborted"
  | "refused"
  | "unhandled"
  | "failed"
  | "rejected"
  | "stopped"
  | "abandoned";

/**
 * Something that happened in a system; `kind` says what:
 *
 * - `"started"`: an actor's `started` has settled, and it takes its first message;
 * - `"restarted"`: the same, after a restart;
 * - `"failed"`: the factory, a handler, a hook or a stream of an actor threw `error`, or a child escalated it; what
 *   becomes of the actor, the next events tell;
 * - `"stopped"`: an actor has ended, for `reason`; one that ended before its `started` had settled was never
 *   `"started"`;
 * - `"blocked"`: a sender has waited for room in the mailbox of `to` for `waitedMs` ms (5,000) and still waits. `from`
 *   is the actor that sends; `undefined` when no actor does, or when it has awaited something before it sent and did
 *   not pass its `ctx.signal`. Where mailboxes wait for each other in a circle, each link of it is such an event;
 * - `"dead-letter"`: `message`, which was for `addr`, was not handled, for `reason`; `error` is what was thrown, where
 *   something was;
 * - `"missed"`: this subscriber was too slow, and the oldest `count` events it had not read are lost.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message, type SystemEvent } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): void {}
 * }
 *
 * await using system = new ActorSystem();
 * const events: ReadableStream<SystemEvent> = system.events;
 * await system.spawn(() => new Greeter()).send({ type: "greet" });
 * await system.shutdown(); // ends the events
 * const kinds: string[] = [];
 * for await (const { kind } of events) kinds.push(kind);
 * assertEquals(kinds, ["started", "stopped"]);
 * ```
 */
export type SystemEvent =
  | { readonly kind: "started"; readonly addr: AnyAddr }
  | { readonly kind: "restarted"; readonly addr: AnyAddr }
  | { readonly kind: "failed"; readonly addr: AnyAddr; readonly error: unknown }
  | { readonly kind: "stopped"; readonly addr: AnyAddr; readonly reason: StopReason }
  | { readonly kind: "blocked"; readonly from: AnyAddr | undefined; readonly to: AnyAddr; readonly waitedMs: number }
  | {
    readonly kind: "dead-letter";
    readonly addr: AnyAddr;
    readonly message: AnyMessage;
    readonly reason: DeadLetterReason;
    readonly error?: unknown;
  }
  | { readonly kind: "missed"; readonly count: number };

/** Tells a reader that was too slow how many events it has lost. */
type Missed = Extract<SystemEvent, { kind: "missed" }>;

/** One reader of the events: a bounded buffer behind a stream. */
class Subscription<E> {
  #buffer: E[] = [];
  #missed = 0;
  #controller!: ReadableStreamDefaultController<E | Missed>;
  #isWanted = false;
  readonly readable: ReadableStream<E | Missed>;

  constructor(cancelled: () => void) {
    this.readable = new ReadableStream<E | Missed>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        this.#isWanted = true;
        this.#flush();
      },
      cancel: cancelled,
    }, { highWaterMark: 0 });
  }

  push(event: E): void {
    if (this.#buffer.length === EVENT_BUFFER) {
      this.#buffer.shift();
      this.#missed++;
    }
    this.#buffer.push(event);
    this.#flush();
  }

  /** Hands everything over and ends the stream, so that what was buffered can still be read. */
  close(): void {
    if (this.#missed > 0) this.#controller.enqueue({ kind: "missed", count: this.#missed });
    for (const event of this.#buffer) this.#controller.enqueue(event);
    this.#buffer = [];
    this.#controller.close();
  }

  #flush(): void {
    if (!this.#isWanted || this.#buffer.length === 0) return;
    this.#isWanted = false;
    if (this.#missed > 0) {
      this.#controller.enqueue({ kind: "missed", count: this.#missed });
      this.#missed = 0;
    } else {
      this.#controller.enqueue(this.#buffer.shift()!);
    }
  }
}

/** What went wrong, or had to be put right: what is worth keeping also while nobody reads. */
export type Trouble = Extract<SystemEvent, { kind: "failed" | "restarted" | "dead-letter" | "blocked" }>;

/** Who listens for troubles. Its methods are called in the turn of whoever is in trouble, so they must not throw. */
export interface TroubleListener<E> {
  /** Something went wrong. */
  heard(trouble: E): void;
  /** Nothing more will. */
  closed(): void;
}

/** The events of a system, or of a part of one, and who reads them. */
export class Events<E = SystemEvent> {
  readonly #subscriptions: Set<Subscription<E>> = new Set();
  // Made with the first of them.
  #listeners: Set<TroubleListener<E>> | undefined;
  #isClosed = false;

  /** Whether anybody reads: where nobody does, an event need not even be made. */
  get isObserved(): boolean {
    return this.#subscriptions.size > 0;
  }

  /** Whether anybody hears of troubles: who reads, or who only listens for them. */
  get isTroubleHeard(): boolean {
    return this.#subscriptions.size > 0 || this.#listeners !== undefined;
  }

  /**
   * Calls `listener` with each trouble, at once. It is no reader: the other events are not even made for it, and a
   * failure that only it hears of is unobserved all the same. Returns how to end that.
   */
  listenForTroubles(listener: TroubleListener<E>): Disposable {
    if (this.#isClosed) listener.closed();
    else (this.#listeners ??= new Set()).add(listener);
    return {
      [Symbol.dispose]: () => {
        if (this.#listeners?.delete(listener) && this.#listeners.size === 0) this.#listeners = undefined;
      },
    };
  }

  /** A stream of the events from now on. */
  subscribe(): ReadableStream<E | Missed> {
    const subscription = new Subscription<E>(() => this.#subscriptions.delete(subscription));
    if (this.#isClosed) subscription.close();
    else this.#subscriptions.add(subscription);
    return subscription.readable;
  }

  /** Tells every reader. */
  emit(event: E): void {
    for (const subscription of this.#subscriptions) subscription.push(event);
  }

  /** Tells every reader, and everybody who listens for troubles, of one. */
  emitTrouble(trouble: E & Trouble): void {
    for (const listener of this.#listeners ?? []) listener.heard(trouble);
    this.emit(trouble);
  }

  /** Ends every stream. */
  close(): void {
    this.#isClosed = true;
    for (const subscription of this.#subscriptions) subscription.close();
    this.#subscriptions.clear();
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener.closed();
  }
}
