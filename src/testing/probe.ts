/**
 * A probe: an actor that records what it gets.
 * @module
 */

import { Actor } from "../actor.ts";
import type { ActorRef, Addr } from "../addr.ts";
import { systemClock } from "../clock.ts";
import type { Context } from "../context.ts";
import { ANY_MESSAGE } from "../internal/dispatch.ts";
import type { AnyMessage, Reply } from "../message.ts";
import type { ActorSystem } from "../system.ts";
import type { Terminated } from "../watch.ts";

/**
 * Options of a {@linkcode TestProbe}.
 *
 * @typeParam M The messages that the probe takes.
 *
 * @example
 * ```ts
 * import { ActorSystem, type Message } from "@cinema/cinema";
 * import { TestProbe } from "@cinema/cinema/testing";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 *
 * await using system = new ActorSystem();
 * const probe = new TestProbe<Greet>(system, { reply: ({ name }) => `Hello, ${name}!` });
 * assertEquals(await probe.addr.send({ type: "greet", name: "Ada" }), "Hello, Ada!");
 * ```
 */
export interface TestProbeOptions<in M extends AnyMessage> {
  /**
   * The label of the probe; see `name` of `SpawnOptions`.
   *
   * @default {the name of its class and a number}
   */
  readonly name?: string;
  /**
   * How many messages its mailbox holds, to test what a full one does together with `hold()`.
   *
   * @default {256}
   */
  readonly capacity?: number;
  /**
   * Gives the reply to each message, as a handler does; it may be async. A {@linkcode Rejection} that it throws is the
   * asker's; anything else is a failure, which ends the probe. Without it the reply is `undefined`.
   */
  readonly reply?: (message: M) => Reply<M> | PromiseLike<Reply<M>>;
}

/**
 * Options of {@linkcode TestProbe.receive} and {@linkcode TestProbe.receiveTerminated}.
 *
 * @example
 * ```ts
 * import { ActorSystem, type Message } from "@cinema/cinema";
 * import { TestProbe } from "@cinema/cinema/testing";
 * import { assertRejects } from "@std/assert";
 *
 * await using system = new ActorSystem();
 * const probe = new TestProbe<Message>(system);
 * await assertRejects(() => probe.receive({ timeout: 10 }), Error, "no message came within 10 ms");
 * ```
 */
export interface ReceiveOptions {
  /**
   * Real ms after which nothing came, also where the time is virtual: a test that fails should not hang.
   *
   * @default {1_000}
   */
  readonly timeout?: number | undefined;
}

/** A queue that can be waited at. */
class Inbox<T> {
  readonly items: T[] = [];
  readonly #what: string;
  /** Those who wait for an item, the first of them first. */
  readonly #waiting: Set<(item: T) => void> = new Set();

  constructor(what: string) {
    this.#what = what;
  }

  push(item: T): void {
    const [first] = this.#waiting;
    if (first === undefined) this.items.push(item);
    else first(item);
  }

  next({ timeout = 1_000 }: ReceiveOptions = {}): Promise<T> {
    if (this.items.length > 0) return Promise.resolve(this.items.shift()!);
    return new Promise((resolve, reject) => {
      const timer = systemClock.schedule(timeout, () => {
        this.#waiting.delete(take);
        reject(new Error(`Cannot receive: no ${this.#what} came within ${timeout} ms`));
      });
      const take = (item: T) => {
        this.#waiting.delete(take);
        timer.cancel();
        resolve(item);
      };
      this.#waiting.add(take);
    });
  }
}

/** The actor behind a probe: it takes messages of any type. */
class ProbeActor<M extends AnyMessage> extends Actor<AnyMessage> {
  readonly #messages: Inbox<M>;
  readonly #notices: Inbox<Terminated>;
  readonly #reply: ((message: M) => unknown) | undefined;
  readonly #contextKnown: (ctx: Context<AnyMessage>) => void;
  readonly #held: () => Promise<void> | undefined;

  constructor(
    messages: Inbox<M>,
    notices: Inbox<Terminated>,
    parts: {
      reply: ((message: M) => unknown) | undefined;
      started: (ctx: Context<AnyMessage>) => void;
      held: () => Promise<void> | undefined;
    },
  ) {
    super();
    this.#messages = messages;
    this.#notices = notices;
    this.#reply = parts.reply;
    this.#contextKnown = parts.started;
    this.#held = parts.held;
  }

  override started(ctx: Context<AnyMessage>): void {
    this.#contextKnown(ctx);
  }

  override terminated(notice: Terminated): void {
    this.#notices.push(notice);
  }

  [ANY_MESSAGE](message: AnyMessage): unknown {
    const held = this.#held();
    if (held !== undefined) return held.then(() => this.#take(message as M));
    return this.#take(message as M);
  }

  #take(message: M): unknown {
    this.#messages.push(message);
    return this.#reply?.(message);
  }
}

/**
 * An actor for tests that takes any message of `M`, records it, and lets the test wait for it. It can also watch
 * others, answer asks, and hold its messages back as a slow actor does. It ends with its system.
 *
 * @typeParam M The messages that it takes.
 *
 * @example
 * ```ts
 * import { Actor, type ActorRef, ActorSystem, type Message } from "@cinema/cinema";
 * import { TestProbe } from "@cinema/cinema/testing";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message {
 *   type: "greet";
 *   to: ActorRef<Greeting>;
 * }
 * interface Greeting extends Message {
 *   type: "greeting";
 *   text: string;
 * }
 * class Greeter extends Actor<Greet> {
 *   greet({ to }: Greet): void {
 *     to.trySend({ type: "greeting", text: "Hello!" });
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter());
 * const probe = new TestProbe<Greeting>(system);
 * await probe.watch(greeter);
 * greeter.trySend({ type: "greet", to: probe.addr });
 * assertEquals(await probe.receive(), { type: "greeting", text: "Hello!" });
 * await system.stop(greeter);
 * assertEquals((await probe.receiveTerminated()).reason, "stopped");
 * ```
 */
export class TestProbe<M extends AnyMessage> {
  /** The address to give to the actors under test. */
  readonly addr: Addr<M>;
  readonly #messages: Inbox<M> = new Inbox("message");
  readonly #notices: Inbox<Terminated> = new Inbox("termination notice");
  readonly #context: PromiseWithResolvers<Context<AnyMessage>> = Promise.withResolvers();
  #hold: PromiseWithResolvers<void> | undefined;

  /**
   * Spawns the probe as a top-level actor of `system`.
   *
   * @throws {NameTakenError | TypeError | RangeError | SystemClosedError} As `spawn` of the system does.
   */
  constructor(system: ActorSystem, options?: TestProbeOptions<M>) {
    const { reply, name, capacity } = options ?? {};
    const started = (ctx: Context<AnyMessage>) => {
      this.#context.resolve(ctx);
      // A probe that holds messages must not hold up the end of its system.
      ctx.signal.addEventListener("abort", () => this.release(), { once: true });
    };
    const parts = { reply, started, held: () => this.#hold?.promise };
    const factory = () => new ProbeActor<M>(this.#messages, this.#notices, parts);
    this.addr = system.spawn(factory as never, {
      ...(name === undefined ? {} : { name }),
      ...(capacity === undefined ? {} : { capacity }),
    }) as Addr<M>;
  }

  /** The messages that have come and were not received yet, the oldest first: the live list, not a copy. */
  get pending(): readonly M[] {
    return this.#messages.items;
  }

  /**
   * The next message; waits for it when none has come. Messages that are held back have not come.
   *
   * @throws {Error} When none comes in time.
   */
  receive(options?: ReceiveOptions): Promise<M> {
    return this.#messages.next(options);
  }

  /**
   * Watches an actor: {@linkcode TestProbe.receiveTerminated} tells when it has ended. Resolves when it is being
   * watched.
   *
   * @throws {TypeError} When `ref` is no address of this process or of a cluster.
   */
  async watch(ref: ActorRef<never>): Promise<void> {
    (await this.#context.promise).watch(ref);
  }

  /**
   * The next termination notice; waits for it when none has come.
   *
   * @throws {Error} When none comes in time.
   */
  receiveTerminated(options?: ReceiveOptions): Promise<Terminated> {
    return this.#notices.next(options);
  }

  /**
   * Holds back every message that has not been handled: the mailbox fills up as that of a slow actor. It lasts until
   * {@linkcode TestProbe.release}, or until the probe is to stop, so that it holds up no shutdown.
   *
   * @example
   * ```ts
   * import { ActorSystem, type Message } from "@cinema/cinema";
   * import { TestProbe } from "@cinema/cinema/testing";
   * import { assertEquals } from "@std/assert";
   *
   * interface Greet extends Message {
   *   type: "greet";
   * }
   *
   * await using system = new ActorSystem();
   * const probe = new TestProbe<Greet>(system, { capacity: 1 });
   * probe.hold();
   * probe.addr.trySend({ type: "greet" });
   * await probe.addr.doSend({ type: "greet" }); // waits until the first is in the hand of the handler
   * assertEquals(probe.addr.trySend({ type: "greet" }), "full");
   * probe.release();
   * assertEquals(await probe.receive(), { type: "greet" });
   * ```
   */
  hold(): void {
    this.#hold ??= Promise.withResolvers();
  }

  /** Lets the messages go that were held back. */
  release(): void {
    this.#hold?.resolve();
    this.#hold = undefined;
  }
}
