/**
 * Streams: a `ReadableStream` whose items are turns of an actor.
 * @module
 */

import { Envelope, type Turn } from "./internal/envelope.ts";
import { runThen } from "./internal/thenable.ts";

/**
 * What an actor does with a stream it attached with `ctx.addStream`. The callbacks run as turns of the actor, one at a
 * time; the next item is read only when the last one was handled. A promise that a callback returns is waited for,
 * whatever it resolves with, so that `item: (line) => room.doSend({ type: "line", line })` slows the stream down to the
 * room. What a callback throws is a failure of the actor. When the stream is cancelled, by the end of the incarnation
 * for one, no callback runs any more.
 *
 * @typeParam T The type of the items.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Context } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * const sum = Promise.withResolvers<number>();
 * class Adder extends Actor {
 *   #total = 0;
 *   override started(ctx: Context<never>): void {
 *     ctx.addStream(ReadableStream.from([1, 2, 3]), {
 *       item: (n) => void (this.#total += n),
 *       finished: () => sum.resolve(this.#total),
 *       failed: (error) => sum.reject(error),
 *     });
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * system.spawn(() => new Adder());
 * assertEquals(await sum.promise, 6);
 * ```
 */
export interface StreamHandler<in T> {
  /** Handles one item. The next one is not read before this has settled. */
  readonly item: (item: T) => unknown;
  /** The stream has ended: nothing comes after this. */
  readonly finished?: () => unknown;
  /** The stream broke: nothing comes after this. Where it is missing, the actor fails with the stream's error. */
  readonly failed?: (error: unknown) => unknown;
}

/** Where attached streams live: the incarnation. */
export interface StreamHome {
  /** Queues a turn. */
  push(envelope: Envelope): void;
  /** The stream is over. */
  forget(pump: Disposable): void;
  /** Tells of an error that has no turn to fail: the source threw while it was cancelled. */
  report(error: unknown): void;
}

/** Reads a stream for an actor, one item ahead at most. */
export class StreamPump<T> implements Disposable {
  readonly #home: StreamHome;
  readonly #reader: ReadableStreamDefaultReader<T>;
  readonly #handler: StreamHandler<T>;
  #isOver = false;

  /** Starts to read; throws a `TypeError` when the stream is locked. */
  constructor(home: StreamHome, readable: ReadableStream<T>, handler: StreamHandler<T>) {
    this.#home = home;
    this.#reader = readable.getReader();
    this.#handler = handler;
    this.#pull();
  }

  /** Cancels the stream: no callback runs any more. */
  [Symbol.dispose](): void {
    this.#close(true);
  }

  #pull(): void {
    if (this.#isOver) return;
    this.#reader.read().then(
      ({ done, value }) => done ? this.#end(() => this.#handler.finished?.()) : this.#queue(() => this.#take(value)),
      (error) => this.#end(() => this.#break(error)),
    );
  }

  #take(item: T): unknown {
    return runThen(() => this.#handler.item(item), () => this.#pull());
  }

  #break(error: unknown): unknown {
    if (this.#handler.failed === undefined) throw error;
    return this.#handler.failed(error);
  }

  #end(last: () => unknown): void {
    this.#queue(() => {
      this.#close(false);
      return last();
    });
  }

  #queue(run: () => unknown): void {
    if (this.#isOver) return;
    const turn: Turn = { run: () => this.#isOver ? undefined : run() };
    this.#home.push(new Envelope(undefined, 0, undefined, turn));
  }

  #close(cancel: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#home.forget(this);
    if (cancel) this.#reader.cancel().catch((error) => this.#home.report(error));
    this.#reader.releaseLock();
  }
}
