/**
 * What an actor sees of the runtime while it handles a message.
 * @module
 */

import type { Factory } from "./actor.ts";
import type { ActorRef, Addr, AnyAddr } from "./addr.ts";
import type { AnyMessage } from "./message.ts";
import type { StreamHandler } from "./streams.ts";
import type { ActorSystem } from "./system.ts";
import type { SpawnOptions } from "./options.ts";
import type { TimerHandle } from "./timers.ts";

/**
 * What an actor with protocol `M` sees of the runtime: the second argument of every handler and the last of every hook.
 * It belongs to one incarnation. Once that has ended, what would change something for the actor throws
 * {@linkcode ContextClosedError}: `spawnChild`, `stopChild`, `runLater`, `runInterval`, `addStream`, `watch` and
 * `unwatch`. `stop` then does nothing.
 *
 * @typeParam M The protocol of the actor.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Addr, type Context, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(_: Greet, ctx: Context<Greet>): string {
 *     return `Hello from ${ctx.id}!`;
 *   }
 * }
 * class Reception extends Actor<Greet> {
 *   #greeter!: Addr<Greet>;
 *   override started(ctx: Context<Greet>): void {
 *     this.#greeter = ctx.spawnChild(() => new Greeter(), { name: "greeter" });
 *   }
 *   greet(msg: Greet, ctx: Context<Greet>): Promise<string> {
 *     return this.#greeter.send(msg, { signal: ctx.signal });
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const reception = system.spawn(() => new Reception(), { name: "reception" });
 * assertEquals(await reception.send({ type: "greet" }), "Hello from /reception/greeter!");
 * ```
 */
export interface Context<in M extends AnyMessage> {
  /** The actor's own address; the same over restarts. */
  readonly address: Addr<M>;
  /** The actor's `id`. */
  readonly id: string;
  /** The system it lives in. */
  readonly system: ActorSystem;
  /**
   * Aborts as soon as a stop or a restart is requested, so that a handler can cancel its own io; with `drain`, when the
   * queue has been handled. The reason is a {@linkcode ContextClosedError}.
   *
   * A handler, a `started` or `terminated` hook or a callback of a stream that ends by throwing this very reason, as
   * `fetch` does, has not failed: the actor ends as it was asked to. The message is a dead letter (`"abandoned"`), and
   * its asker gets a {@linkcode HandlerAbandonedError}. In `stopped` it is a failure as any other, because the signal
   * has aborted before that begins: what it was to close is not closed.
   *
   * @example A request that ends with the actor
   * ```ts
   * import { Actor, ActorSystem, type Context, HandlerAbandonedError, type Message } from "@cinema/cinema";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const requested = Promise.withResolvers<void>();
   * // Stands for `fetch`: it never answers, but heeds the signal.
   * function request(signal: AbortSignal): Promise<string> {
   *   requested.resolve();
   *   return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
   * }
   * interface Load extends Message<string> {
   *   type: "load";
   * }
   * class Loader extends Actor<Load> {
   *   load(_: Load, ctx: Context<Load>): Promise<string> {
   *     return request(AbortSignal.any([ctx.signal, AbortSignal.timeout(60_000)]));
   *   }
   * }
   *
   * await using system = new ActorSystem();
   * const loader = system.spawn(() => new Loader());
   * const given = assertRejects(() => loader.send({ type: "load" }), HandlerAbandonedError, "gave up");
   * await requested.promise;
   * await system.stop(loader); // at once
   * await given;
   * assertEquals((await loader.closed).reason, "stopped");
   * ```
   */
  readonly signal: AbortSignal;
  /** How often this actor has been restarted so far: 0 in its first incarnation. */
  readonly restarts: number;
  /** The children that have not ended, in order of spawning. */
  readonly children: readonly AnyAddr[];
  /**
   * Stops the actor after the current message. It takes no messages from now on: queued tells become dead letters, and
   * queued asks reject with {@linkcode MailboxClosedError}.
   */
  stop(): void;
  /**
   * Starts a child, which ends with this incarnation. The factory is called at once; what it throws is a failure of the
   * child, not of the caller.
   *
   * @throws {NameTakenError} When another child that has not ended has the name.
   * @throws {TypeError | RangeError} When an option is wrong.
   * @throws {ContextClosedError} When this incarnation has ended.
   */
  spawnChild<C extends AnyMessage>(factory: Factory<C>, options?: SpawnOptions<NoInfer<C>>): Addr<C>;
  /**
   * Requests the stop of a child, as `stop` does for the actor itself; `terminated` tells when it has ended.
   *
   * @throws {TypeError} When it is no child of this actor.
   * @throws {ContextClosedError} When this incarnation has ended.
   */
  stopChild(addr: AnyAddr): void;
  /**
   * Waits for `ms` ms within a handler, on the clock of the system, which may be virtual. The actor takes no other
   * message meanwhile: where it should, {@linkcode Context.runLater} is the one to use. Await it: it rejects with the
   * reason of `signal` when this incarnation is to end, so a handler that waits gives up at once, which is no failure.
   *
   * @throws {RangeError} At once, when `ms` is no finite number >= 0.
   *
   * @example
   * ```ts
   * import { Actor, ActorSystem, type Context, type Message } from "@cinema/cinema";
   * import { ManualClock } from "@cinema/cinema/testing";
   * import { assertEquals } from "@std/assert";
   *
   * const triedAt: number[] = [];
   * interface Connect extends Message {
   *   type: "connect";
   * }
   * class Client extends Actor<Connect> {
   *   async connect(_: Connect, ctx: Context<Connect>): Promise<void> {
   *     for (let waitMs = 100; triedAt.push(clock.now()) < 4; waitMs *= 2) await ctx.sleep(waitMs);
   *   }
   * }
   *
   * const clock = new ManualClock();
   * await using system = new ActorSystem({ clock });
   * system.spawn(() => new Client()).trySend({ type: "connect" });
   * await clock.advance(1_000); // virtual ms
   * assertEquals(triedAt, [0, 100, 300, 700]);
   * ```
   */
  sleep(ms: number): Promise<void>;
  /**
   * Sends `msg` to the actor itself once, after `ms` ms. Such a message is taken even when the mailbox is full. The
   * timer ends with this incarnation. A drain does not wait for it: what has not been sent yet is no message, and no
   * dead letter either. What must be done before the actor ends, a handler does, with {@linkcode Context.sleep} where
   * it has to wait.
   *
   * @throws {RangeError} When `ms` is no finite number >= 0.
   * @throws {ContextClosedError} When this incarnation has ended.
   */
  runLater(ms: number, msg: M): TimerHandle;
  /**
   * Sends `msg` to the actor itself every `ms` ms, the first time after `ms` ms. While one is unhandled no second one
   * is queued: ticks that are missed are left out, not made up for. The beat does not drift. The timer ends with this
   * incarnation.
   *
   * @throws {RangeError} When `ms` is no finite number > 0.
   * @throws {ContextClosedError} When this incarnation has ended.
   *
   * @example
   * ```ts
   * import { Actor, ActorSystem, type Context, type Message } from "@cinema/cinema";
   * import { ManualClock } from "@cinema/cinema/testing";
   * import { assertEquals } from "@std/assert";
   *
   * let beats = 0;
   * interface Beat extends Message {
   *   type: "beat";
   * }
   * class Heart extends Actor<Beat> {
   *   override started(ctx: Context<Beat>): void {
   *     ctx.runInterval(60_000, { type: "beat" });
   *   }
   *   beat(): void {
   *     beats++;
   *   }
   * }
   *
   * const clock = new ManualClock();
   * await using system = new ActorSystem({ clock });
   * system.spawn(() => new Heart());
   * await clock.advance(180_000); // virtual ms
   * assertEquals(beats, 3);
   * ```
   */
  runInterval(ms: number, msg: M): TimerHandle;
  /**
   * Handles each item of a stream as a turn of the actor, between its messages. Disposing of the result cancels the
   * stream, and so does the end of the incarnation. {@linkcode StreamHandler} has an example.
   *
   * @throws {TypeError} When the stream is locked.
   * @throws {ContextClosedError} When this incarnation has ended; the stream is left alone.
   */
  addStream<T>(readable: ReadableStream<T>, handler: StreamHandler<NoInfer<T>>): Disposable;
  /**
   * Asks for one `terminated` when the actor behind `ref` ends; at once when it has ended already. Watching twice is
   * watching once, and watching oneself does nothing. A watch survives restarts of both sides. Children are watched
   * without asking. An actor of a cluster has ended, too, when its node cannot be reached any more: `"node-down"`.
   *
   * @throws {TypeError} When `ref` is no address of this process or of a cluster.
   * @throws {ContextClosedError} When this incarnation has ended.
   *
   * @example
   * ```ts
   * import { Actor, ActorSystem, type AnyAddr, type Context, type Terminated } from "@cinema/cinema";
   * import { assertEquals } from "@std/assert";
   *
   * class Idle extends Actor {}
   * const ended = Promise.withResolvers<string>();
   * class Guard extends Actor {
   *   readonly #ward: AnyAddr;
   *   constructor(ward: AnyAddr) {
   *     super();
   *     this.#ward = ward;
   *   }
   *   override started(ctx: Context<never>): void {
   *     ctx.watch(this.#ward);
   *   }
   *   override terminated({ addr, reason }: Terminated): void {
   *     ended.resolve(`${addr.id} ${reason}`);
   *   }
   * }
   *
   * await using system = new ActorSystem();
   * const ward = system.spawn(() => new Idle(), { name: "ward" });
   * system.spawn(() => new Guard(ward));
   * await system.stop(ward);
   * assertEquals(await ended.promise, "/ward stopped");
   * ```
   */
  watch(ref: ActorRef<never>): void;
  /**
   * Takes a watch back, also that of a child: no notice comes any more, not even one that is queued already.
   *
   * @throws {TypeError} When `ref` is no address of this process or of a cluster.
   * @throws {ContextClosedError} When this incarnation has ended: the watch may be of use to the next one.
   */
  unwatch(ref: ActorRef<never>): void;
}
