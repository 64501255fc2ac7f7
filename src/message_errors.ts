/**
 * The errors about one message. Each says whom the message was for, which it was, and what became of it.
 * @module
 */

import { CinemaError } from "./errors.ts";
import type { Outcome } from "./outcome.ts";

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
  /** What became of the message. */
  abstract readonly outcome: Outcome;

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
 * It is also what a {@linkcode LateReply} was rejected with, as `cause`: that is an answer, and the actor has not
 * failed.
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
  /** What became of the message. */
  readonly outcome: "handled" = "handled";
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
  /** What became of the message. */
  readonly outcome: "not-delivered" = "not-delivered";
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
  /** What became of the message. */
  readonly outcome: "not-delivered" = "not-delivered";
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
  /** What became of the message. */
  readonly outcome: "not-delivered" = "not-delivered";
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
  /** What became of the message. */
  readonly outcome: "not-delivered" = "not-delivered";
}

/**
 * The actor was to end or to restart, and so there is no reply. What the handler did until then stays done. One of
 * three things has happened, and the text says which:
 *
 * - its handler gave up when it was told to, by throwing the reason of {@linkcode Context.signal};
 * - its handler did not settle within the stop time-out, so the actor went on without it. Whatever the handler still
 *   does happens outside of the actor: its `ctx` is closed, and its reply is dropped;
 * - its handler had returned a {@linkcode LateReply}, which was not settled.
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
  /** What became of the message. */
  readonly outcome: "unknown" = "unknown";
}
