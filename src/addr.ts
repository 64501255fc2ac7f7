/**
 * What one holds of an actor: an address to send to. Addresses stay valid over restarts.
 * @module
 */

import type { AnyMessage, MessageOfType, Reply } from "./message.ts";
import type { Terminated } from "./watch.ts";

/**
 * How a `send` or `doSend` may end early.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
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
 * const greeter = system.spawn(() => new Greeter(), { capacity: 1 });
 * greeter.trySend({ type: "greet" }); // now the mailbox is full
 * const giveUp = new AbortController();
 * const result = greeter.doSend({ type: "greet" }, { timeout: 1_000, signal: giveUp.signal });
 * giveUp.abort();
 * assertEquals(await result, "aborted");
 * ```
 */
export interface SendOptions {
  /**
   * The time in ms that the whole send may take, the wait for room included. `Infinity` means no limit. It never ends
   * early, and up to 10 ms late, or as late as the timers of a busy process are. It must be a number >= 0.
   *
   * @default {5000} for `send` (see `askTimeout` of the system); no limit for `doSend`
   */
  readonly timeout?: number | undefined;
  /**
   * Ends the wait when it aborts: `send` rejects with its reason, `doSend` resolves with `"aborted"` if it still waits
   * for room. An ask whose handler has not started is then never handled; one that has started goes on, and its reply
   * is dropped. A message that `doSend` has put into the mailbox stays there.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What `trySend` did:
 *
 * - `"sent"`: the mailbox has the message, which says nothing about what its handler will make of it;
 * - `"full"`: there is no room, or others wait for room already;
 * - `"closed"`: the actor has ended or is stopping;
 * - `"refused"`: the message itself cannot be taken: it is not an object with a string `type`, or the mailbox's
 *   `size()` threw or did not give a finite number >= 0 for it.
 *
 * After anything but `"sent"` nothing has changed: the actor never sees the message.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message, type TrySendResult } from "@cinema/cinema";
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
 * const greeter = system.spawn(() => new Greeter(), { capacity: 1 });
 * const results: TrySendResult[] = [greeter.trySend({ type: "greet" }), greeter.trySend({ type: "greet" })];
 * await system.stop(greeter);
 * results.push(greeter.trySend({ type: "greet" }));
 * assertEquals(results, ["sent", "full", "closed"]);
 * ```
 */
export type TrySendResult = "sent" | "full" | "closed" | "refused";

/**
 * What `doSend` did: as {@linkcode TrySendResult}, or its wait for room ended early:
 *
 * - `"full"`: as many senders as `maxWaiting` allows wait for room already;
 * - `"closed"`: the actor has ended or is stopping, or it did so while the sender waited;
 * - `"timeout"`: there was no room within `timeout` ms;
 * - `"aborted"`: the `signal` aborted before there was room.
 *
 * Whatever is not `"sent"` is also the reason of the dead letter that the message has become.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message, type SendResult } from "@cinema/cinema";
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
 * const greeter = system.spawn(() => new Greeter());
 * const result: SendResult = await greeter.doSend({ type: "greet" });
 * assertEquals(result, "sent");
 * ```
 */
export type SendResult = TrySendResult | "timeout" | "aborted";

/**
 * The type of `send`. A named interface with its own variance, not a method: with a method, two addresses would be
 * compared structurally and `Addr<A | B>` would not be assignable to `ActorRef<A>`. {@linkcode ActorRef} says what it
 * does.
 *
 * A function that adds something to any ask (a retry, a log) takes the ask as a closure, so that the message keeps its
 * own type and its reply: `retry(() => addr.send({ type: "get" }))`, with
 * `retry<T>(ask: () => Promise<T>): Promise<T>`.
 *
 * @typeParam M The messages that can be sent.
 */
export interface Send<in M extends AnyMessage> {
  // `& { readonly type: K }` is what lets the compiler infer K, and so the reply, from the literal.
  /** Sends a message and promises its reply. */
  <K extends M["type"]>(
    msg: MessageOfType<M, K> & { readonly type: K },
    options?: SendOptions,
  ): Promise<Reply<MessageOfType<M, K>>>;
}

/**
 * An actor, wherever it lives: what a function asks for that sends to one. Contravariant: what takes more messages may
 * stand where fewer are sent.
 *
 * Messages of one sender to one actor are handled in the order sent, whichever of the three ways it sent them.
 *
 * Where an actor has messages that are nobody else's business, such as the ticks of its timers, hand out an
 * `ActorRef` of the others: an `Addr<Enqueue | Tick>` is an `ActorRef<Enqueue>` without a cast.
 *
 * @typeParam M The messages that can be sent.
 *
 * @example
 * ```ts
 * import { Actor, type ActorRef, ActorSystem, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Count extends Message<number> {
 *   type: "count";
 * }
 * interface Add extends Message {
 *   type: "add";
 * }
 * class Counter extends Actor<Count | Add> {
 *   #n = 0;
 *   count(): number {
 *     return this.#n;
 *   }
 *   add(): void {
 *     this.#n++;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const counter = system.spawn(() => new Counter());
 * const adder: ActorRef<Add> = counter; // who gets this can only add
 * await adder.doSend({ type: "add" }); // tell: resolves when the mailbox has it
 * adder.trySend({ type: "add" }); // tell without ever waiting
 * assertEquals(await counter.send({ type: "count" }), 2); // ask: resolves with the reply
 * ```
 */
export interface ActorRef<in M extends AnyMessage> {
  /** Names the actor within its system: the labels from the top of the tree down, as in `/store-1/cache`. */
  readonly id: string;
  /**
   * Asks: resolves with the reply of the handler, or rejects, always within its time-out. It waits for room in the
   * mailbox first, in one line with `doSend`.
   *
   * @throws {ActorFailedError} When the handler threw; `cause` is what it threw.
   * @throws {Rejection} When the handler threw a `Rejection`: this same object.
   * @throws {AskTimeoutError} When `timeout` ms have passed.
   * @throws {MailboxClosedError} When the actor has ended or is stopping, or does so before the handler has started.
   * @throws {MailboxFullError} When as many senders as `maxWaiting` allows wait for room already.
   * @throws {UnhandledMessageError} When the actor has no handler for the `type` of the message.
   * @throws {MessageRefusedError} When the message itself cannot be taken.
   * @throws {HandlerAbandonedError} When the actor was to end and the handler gave up or did not settle in time, or it
   * has ended before its {@linkcode LateReply} was settled.
   * @throws {RangeError} When `timeout` is no number >= 0.
   */
  readonly send: Send<M>;
  /**
   * Tells: waits for room in the mailbox and resolves with what happened; it never rejects, so it need not be
   * awaited. Senders are admitted first come, first served. A message that was not sent is a dead letter.
   *
   * @throws {RangeError} At once, when `timeout` is no number >= 0.
   */
  doSend(msg: M, options?: SendOptions): Promise<SendResult>;
  /** Tells without ever waiting. A message that was not sent stays the caller's: it is no dead letter. */
  trySend(msg: M): TrySendResult;
  /**
   * A stream whose chunks are sent to the actor, with back-pressure: `readable.pipeTo(addr.writable())`. Closing or
   * aborting it never stops the actor.
   *
   * It errors with {@linkcode MailboxClosedError} when the actor ends or a chunk comes while it is stopping, and with
   * {@linkcode MailboxFullError} or {@linkcode MessageRefusedError} when a chunk cannot be sent. Such a chunk is a dead
   * letter.
   *
   * @example
   * ```ts
   * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
   * import { assertEquals } from "@std/assert";
   *
   * let total = 0;
   * interface Add extends Message {
   *   type: "add";
   *   by: number;
   * }
   * class Adder extends Actor<Add> {
   *   add({ by }: Add): void {
   *     total += by;
   *   }
   * }
   *
   * await using system = new ActorSystem();
   * const adder = system.spawn(() => new Adder());
   * const messages = [1, 2, 3].map((by): Add => ({ type: "add", by }));
   * await ReadableStream.from(messages).pipeTo(adder.writable());
   * await system.stop(adder, { drain: true });
   * assertEquals(total, 6);
   * ```
   */
  writable(): WritableStream<M>;
}

/**
 * An actor of this process: what `spawn` returns. It stays the same over restarts, and it may be kept after the actor
 * has ended: nothing is sent then.
 *
 * @typeParam M The messages that can be sent.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Addr, type Message } from "@cinema/cinema";
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
 * const greeter: Addr<Greet> = system.spawn(() => new Greeter(), { name: "greeter", capacity: 1 });
 * greeter.trySend({ type: "greet" });
 * assertEquals([greeter.id, greeter.desiredSize], ["/greeter", 0]);
 * await greeter.ready; // the message is being handled, so there is room again
 * await system.stop(greeter);
 * assertEquals([greeter.isAlive, (await greeter.closed).reason], [false, "stopped"]);
 * ```
 */
export interface Addr<in M extends AnyMessage> extends ActorRef<M> {
  /**
   * How much room the mailbox has, in messages or in the unit of its strategy (such as bytes); `null` when the actor
   * has ended or is stopping. Zero or less means full: what goes over the mark and what waits for room is subtracted.
   */
  readonly desiredSize: number | null;
  /**
   * Resolves when the mailbox has room or is closed. It reserves nothing: others may be faster to fill it. Leave out
   * what is no longer `isAlive` when you wait for the first of several: what is closed is ready always, so a loop that
   * waits for it never ends.
   */
  readonly ready: Promise<void>;
  /** Whether it takes messages: `true` also while it restarts, `false` from the moment its stop was requested. */
  readonly isAlive: boolean;
  /**
   * Resolves when the actor has ended, after its `stopped` hook; it never rejects. Restarts do not count. Who reads
   * this observes the actor: its failure is then not given to `onUnobservedFailure`.
   */
  readonly closed: Promise<Terminated>;
}

/**
 * Any local address: the top of `Addr`, because `Addr` is contravariant. Nothing can be sent to it. Addresses of other
 * processes are an `ActorRef<never>`, too.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type AnyAddr } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * class Idle extends Actor {}
 *
 * await using system = new ActorSystem();
 * const all: AnyAddr[] = [system.spawn(() => new Idle()), system.spawn(() => new Idle(), { name: "second" })];
 * assertEquals(all.map(({ id }) => id), ["/Idle-1", "/second"]);
 * ```
 */
export type AnyAddr = Addr<never>;
