/**
 * An answer that is given in a later turn than the one that was asked in.
 * @module
 */

import type { Ask } from "./internal/ask.ts";
import type { Cell } from "./internal/cell.ts";
import { wasToldToEnd } from "./internal/incarnation.ts";
import { gaveUpError, holdOpen } from "./internal/open_asks.ts";
import { isThenable } from "./internal/thenable.ts";

/** What a late reply was settled with, when that came before it was returned. */
type Settlement = { readonly value: unknown } | { readonly error: unknown };

/** Whether a handler has returned a late reply. */
export let isLateReply: (result: unknown) => result is LateReply<unknown>;

/** Gives a late reply to whoever asked; without an ask nobody waits for it. Throws when it was returned before. */
export let promiseReply: (reply: LateReply<unknown>, cell: Cell, ask: Ask | undefined) => void;

/**
 * A reply that is not known yet: the handler of an ask makes one, keeps it and returns it, and the actor goes on with
 * its next message. Some later turn settles it, and the asker has its answer. Locks, pools, rate limits and queues are
 * made of it; in other systems it is a `reply` or a `replyTo`.
 *
 * - The time-out of the ask holds as ever. Who gave up does not want the reply any more: `isWanted` is then `false`, so
 *   that a queue can pass it over, and `signal` aborts, for what is under way. Settling it does nothing.
 * - When the incarnation ends first, after its children and its `stopped`, the asker gets a
 *   {@linkcode HandlerAbandonedError}. A drain does not wait for late replies, but children that end and `stopped` may
 *   still settle them. A child that waits for one itself holds that up: it asks with its `ctx.signal`.
 * - The first settlement counts. It may come before the handler returns, and from anywhere.
 * - Returned from a message without an asker, it is wanted by nobody.
 * - It is for one ask: to return it twice is a failure of the actor, a `TypeError`.
 *
 * @typeParam R The reply of the message, exactly as its `Message<R>` says.
 *
 * @example A lock: each asker is answered when it is its turn
 * ```ts
 * import { Actor, ActorSystem, LateReply, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Acquire extends Message<number> {
 *   type: "acquire";
 * }
 * interface Release extends Message {
 *   type: "release";
 * }
 * class Lock extends Actor<Acquire | Release> {
 *   #holders = 0;
 *   #waiting: LateReply<number>[] = [];
 *   acquire(): number | LateReply<number> {
 *     if (this.#holders === 0) return ++this.#holders;
 *     const reply = new LateReply<number>();
 *     this.#waiting.push(reply);
 *     return reply;
 *   }
 *   release(): void {
 *     this.#waiting = this.#waiting.filter(({ isWanted }) => isWanted);
 *     this.#waiting.shift()?.resolve(++this.#holders);
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const lock = system.spawn(() => new Lock());
 * assertEquals(await lock.send({ type: "acquire" }), 1);
 * const second = lock.send({ type: "acquire" }); // waits, and the lock does not
 * lock.trySend({ type: "release" });
 * assertEquals(await second, 2);
 * ```
 */
export class LateReply<in out R = void> {
  #ask: Ask | undefined;
  #cell: Cell | undefined;
  #isReturned = false;
  #giveUp: AbortController | undefined; // made for who reads `signal`
  #isDecided = false; // the first settlement counts, also while its promise is waited for
  #settled: Settlement | undefined;

  static {
    isLateReply = (result): result is LateReply<unknown> =>
      typeof result === "object" && result !== null && #isReturned in result;
    promiseReply = (reply, cell, ask) => reply.#promise(cell, ask);
  }

  /**
   * Whether anybody may still wait for it: false once it is settled, or its asker has its answer or has given up. One
   * that no handler has returned counts as wanted, also when its handler has failed: so keep it just before you return
   * it.
   */
  get isWanted(): boolean {
    if (this.#settled !== undefined) return false;
    return this.#isReturned ? this.#ask !== undefined && !this.#ask.isDone : true;
  }

  /**
   * Aborts when the asker has given up, or the actor has ended before it was settled; never where nobody asked. It is
   * for what is done only for this reply: `bank.send(msg, { signal: reply.signal })` is taken back with the ask.
   */
  get signal(): AbortSignal {
    if (this.#giveUp === undefined) {
      this.#giveUp = new AbortController();
      if (this.#ask?.isDone === true) this.#abort();
    }
    return this.#giveUp.signal;
  }

  /** Answers the asker. A promise, which passes where `R` is `unknown`, is waited for; one that rejects is an error. */
  resolve(value: R): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    if (!isThenable(value)) return this.#settle({ value });
    Promise.resolve(value).then((value) => this.#settle({ value }), (error) => this.#settle({ error }));
  }

  /**
   * Answers with an error: a {@linkcode Rejection} reaches the asker as it is, anything else as the `cause` of an
   * {@linkcode ActorFailedError}. It is an answer only: the actor does not fail. The reason of its own
   * {@linkcode Context.signal} is none: what the reply waited for gave up because the actor is to end, and the asker
   * gets a {@linkcode HandlerAbandonedError}.
   */
  reject(error: unknown): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    this.#settle({ error });
  }

  #settle(settlement: Settlement): void {
    this.#settled = settlement;
    this.#answer();
  }

  #promise(cell: Cell, ask: Ask | undefined): void {
    if (this.#isReturned) throw new TypeError("Cannot return a LateReply twice: it is for one ask");
    this.#isReturned = true;
    this.#ask = ask;
    this.#cell = cell;
    if (this.#settled !== undefined) this.#answer();
    else if (ask?.isDone === true) this.#abort();
    else if (ask !== undefined) holdOpen(cell, ask, () => this.#abort());
  }

  #abort(): void {
    if (this.#settled === undefined) this.#giveUp?.abort();
  }

  #answer(): void {
    const ask = this.#ask;
    const cell = this.#cell!;
    this.#ask = this.#cell = undefined;
    if (ask === undefined || ask.isDone) return;
    const settled = this.#settled!;
    if ("value" in settled) ask.succeed(settled.value);
    else if (wasToldToEnd(cell, settled.error)) ask.fail(gaveUpError(cell.id, ask.messageType));
    else ask.reject(settled.error);
  }
}
