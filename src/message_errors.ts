/**
 * The errors about one message. Each says whom the message was for, which it was, and what became of it.
 * @module
 */

import { CinemaError } from "./errors.ts";

/** What a {@linkcode MessageError} knows: whom the message was for and which it was. */
export interface MessageErrorOptions extends ErrorOptions {
  /** The `id` of the actor that the message was for. */
  readonly target: string;
  /** The `type` of the message. */
  readonly messageType: string;
}

/**
 * An error about one message: what `send` rejects with, but for a {@linkcode Rejection}, the reason of a `signal` and
 * the `RangeError` about a wrong time-out.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message, MessageError } from "@cinema/cinema";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     throw new Error("boom");
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter(), { name: "greeter" });
 * const error = await assertRejects(() => greeter.send({ type: "greet" }), MessageError);
 * assertEquals([error.target, error.messageType], ["/greeter", "greet"]);
 * ```
 */
export abstract class MessageError extends CinemaError {
  /** The `id` of the actor that the message was for. */
  readonly target: string;
  /** The `type` of the message. */
  readonly messageType: string;

  /** Creates the error; the runtime does. */
  constructor(message: string, options: MessageErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.target = options.target;
    this.messageType = options.messageType;
  }
}

/**
 * The actor failed while it handled the message; `cause` is what was thrown. The handler ran in part: what it did
 * before it threw stays done, unless the actor's strategy restarts it with fresh state. Whether the actor lives on is
 * for its strategy to say: without one, it ends.
 *
 * @example
 * ```ts
 * import { Actor, ActorFailedError, ActorSystem, type Message } from "@cinema/cinema";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const boom = new Error("boom");
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     throw boom;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter());
 * const error = await assertRejects(() => greeter.send({ type: "greet" }), ActorFailedError);
 * assertEquals(error.cause, boom);
 * ```
 */
export class ActorFailedError extends MessageError {
  /** The name of the class. */
  override name = "ActorFailedError";
}

/** What {@linkcode AskTimeoutError} knows: the message, and what the actor was doing. */
export interface AskTimeoutErrorOptions extends MessageErrorOptions {
  /** The time-out in ms. */
  readonly timeoutMs: number;
  /** Whether the handler had started. */
  readonly started: boolean;
  /** How many messages were queued in the actor's mailbox. */
  readonly queued: number;
  /** How long in ms the actor's current handler has been running; `undefined` when none runs. */
  readonly busyMs: number | undefined;
}

/**
 * The reply did not come in time. When `started` is false, the message will not be handled any more; when it is true,
 * the handler goes on and its reply is dropped. `busyMs` and `queued` tell a hung handler from a long queue.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, AskTimeoutError, type Message } from "@cinema/cinema";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Shy extends Actor<Greet> {
 *   greet(): Promise<string> {
 *     return new Promise(() => {}); // never answers
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const shy = system.spawn(() => new Shy(), { stopTimeout: 0 });
 * const error = await assertRejects(() => shy.send({ type: "greet" }, { timeout: 10 }), AskTimeoutError);
 * assertEquals([error.started, error.queued, error.timeoutMs], [true, 0, 10]);
 * ```
 */
export class AskTimeoutError extends MessageError {
  /** The name of the class. */
  override name = "AskTimeoutError";
  /** The time-out in ms. */
  readonly timeoutMs: number;
  /** Whether the handler had started. */
  readonly started: boolean;
  /** How many messages were queued in the actor's mailbox. */
  readonly queued: number;
  /** How long in ms the actor's current handler has been running; `undefined` when none runs. */
  readonly busyMs: number | undefined;

  /** Creates the error; the runtime does. */
  constructor(options: AskTimeoutErrorOptions) {
    const { target, messageType, timeoutMs, started, queued, busyMs } = options;
    const busy = busyMs === undefined ? "no handler is running" : `a handler has run for ${Math.round(busyMs)} ms`;
    super(
      `Cannot get a reply to "${messageType}" from ${target} within ${timeoutMs} ms: ` +
        `it was ${started ? "" : "not "}started, ${queued} messages are queued, ${busy}`,
      options,
    );
    this.timeoutMs = timeoutMs;
    this.started = started;
    this.queued = queued;
    this.busyMs = busyMs;
  }
}

/**
 * The actor has ended or is stopping. The message was not handled.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, MailboxClosedError, type Message } from "@cinema/cinema";
 * import { assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     return "Hello!";
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter());
 * await system.stop(greeter);
 * await assertRejects(() => greeter.send({ type: "greet" }), MailboxClosedError);
 * ```
 */
export class MailboxClosedError extends MessageError {
  /** The name of the class. */
  override name = "MailboxClosedError";
}

/**
 * As many senders as `maxWaiting` allows wait for room already. The message was not taken and will not be handled.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, MailboxFullError, type Message } from "@cinema/cinema";
 * import { assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     return "Hello!";
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter(), { capacity: 1, maxWaiting: 0 });
 * greeter.trySend({ type: "greet" });
 * await assertRejects(() => greeter.send({ type: "greet" }), MailboxFullError);
 * ```
 */
export class MailboxFullError extends MessageError {
  /** The name of the class. */
  override name = "MailboxFullError";
}

/**
 * The message itself cannot be taken: it is not an object with a string `type`, or the `size()` of the mailbox's
 * strategy threw or did not give a finite number >= 0 (`cause` says which). The message was not handled, and the actor
 * lives on.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message, MessageRefusedError } from "@cinema/cinema";
 * import { assertInstanceOf, assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     return "Hello!";
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter(), { mailbox: { highWaterMark: 1_024, size: () => NaN } });
 * const error = await assertRejects(() => greeter.send({ type: "greet" }), MessageRefusedError);
 * assertInstanceOf(error.cause, RangeError);
 * ```
 */
export class MessageRefusedError extends MessageError {
  /** The name of the class. */
  override name = "MessageRefusedError";
}

/**
 * The actor has no handler for the `type` of the message. It was not handled, and the actor lives on. The compiler
 * finds this first, unless a message comes from outside of its sight.
 *
 * @example
 * ```ts
 * import { Actor, type ActorRef, ActorSystem, type Message, UnhandledMessageError } from "@cinema/cinema";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     return "Hello!";
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter());
 * const misled = greeter as ActorRef<never> as ActorRef<Message & { type: "shout" }>;
 * await assertRejects(() => misled.send({ type: "shout" }), UnhandledMessageError);
 * assertEquals(await greeter.send({ type: "greet" }), "Hello!");
 * ```
 */
export class UnhandledMessageError extends MessageError {
  /** The name of the class. */
  override name = "UnhandledMessageError";
}

/**
 * The handler did not settle within the stop time-out after a stop or a restart was requested, so the actor went on
 * without it. Whatever the handler still does happens outside of the actor: its `ctx` is closed, and its reply is
 * dropped.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Context, HandlerAbandonedError, type Message } from "@cinema/cinema";
 * import { assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Stuck extends Actor<Greet> {
 *   greet(_: Greet, ctx: Context<Greet>): Promise<string> {
 *     ctx.stop();
 *     return new Promise(() => {}); // never settles
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const stuck = system.spawn(() => new Stuck(), { stopTimeout: 10 });
 * await assertRejects(() => stuck.send({ type: "greet" }), HandlerAbandonedError);
 * ```
 */
export class HandlerAbandonedError extends MessageError {
  /** The name of the class. */
  override name = "HandlerAbandonedError";
}
