/**
 * The errors of the runtime: one tree under {@linkcode CinemaError}. Each says what it did to the state.
 * @module
 */

/**
 * Root of the errors of Cinema: `catch` it to tell them from everything else.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, CinemaError } from "@cinema/cinema";
 * import { assertThrows } from "@std/assert";
 *
 * class Idle extends Actor {}
 *
 * await using system = new ActorSystem();
 * system.spawn(() => new Idle(), { name: "idle" });
 * assertThrows(() => system.spawn(() => new Idle(), { name: "idle" }), CinemaError, "a living sibling has that name");
 * ```
 */
export class CinemaError extends Error {
  /** The name of the class. */
  override name = "CinemaError";
}

/**
 * An actor that has not ended holds the name already, also one that is stopping; for the name of a service, a living
 * one. Nothing was registered or spawned.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, NameTakenError } from "@cinema/cinema";
 * import { assertThrows } from "@std/assert";
 *
 * class Idle extends Actor {}
 *
 * await using system = new ActorSystem();
 * system.register("idle", system.spawn(() => new Idle()));
 * const other = system.spawn(() => new Idle());
 * assertThrows(() => system.register("idle", other), NameTakenError);
 * ```
 */
export class NameTakenError extends CinemaError {
  /** The name of the class. */
  override name = "NameTakenError";
}

/**
 * The system is shut down or shutting down. Nothing was spawned.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, SystemClosedError } from "@cinema/cinema";
 * import { assertThrows } from "@std/assert";
 *
 * class Idle extends Actor {}
 *
 * await using system = new ActorSystem();
 * await system.shutdown();
 * assertThrows(() => system.spawn(() => new Idle()), SystemClosedError);
 * ```
 */
export class SystemClosedError extends CinemaError {
  /** The name of the class. */
  override name = "SystemClosedError";
}

/**
 * A context was used after its incarnation ended: in a `stopped` hook, or by a handler that was abandoned or left a
 * promise behind. Nothing was started. It is also the reason with which {@linkcode Context.signal} aborts.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Context, ContextClosedError } from "@cinema/cinema";
 * import { assertThrows } from "@std/assert";
 *
 * const kept = Promise.withResolvers<Context<never>>();
 * class Idle extends Actor {
 *   override started(ctx: Context<never>): void {
 *     kept.resolve(ctx);
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const idle = system.spawn(() => new Idle());
 * const ctx = await kept.promise;
 * await system.stop(idle);
 * assertThrows(() => ctx.spawnChild(() => new Idle()), ContextClosedError);
 * ```
 */
export class ContextClosedError extends CinemaError {
  /** The name of the class. */
  override name = "ContextClosedError";
}

/**
 * An answer that is an error but not a failure: a handler throws it, the asker's promise rejects with this same object,
 * and the actor lives on with its state. From a message without an asker it is a dead letter. From a hook or a callback
 * of a stream it is a failure as any other error.
 *
 * @typeParam T The type of `detail`.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message, Rejection } from "@cinema/cinema";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * interface Withdraw extends Message<number> {
 *   type: "withdraw";
 *   amount: number;
 * }
 * class Account extends Actor<Withdraw> {
 *   #balance = 100;
 *   withdraw({ amount }: Withdraw): number {
 *     if (amount > this.#balance) throw new Rejection("Not enough money", { balance: this.#balance });
 *     return this.#balance -= amount;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const account = system.spawn(() => new Account());
 * const { detail } = await assertRejects(() => account.send({ type: "withdraw", amount: 500 }), Rejection<unknown>);
 * assertEquals(detail, { balance: 100 });
 * assertEquals(await account.send({ type: "withdraw", amount: 30 }), 70);
 * ```
 */
export class Rejection<out T = undefined> extends CinemaError {
  /** The name of the class. */
  override name = "Rejection";
  /** What the asker needs to know besides the text. */
  readonly detail: T;

  /** Creates a rejection to throw; `detail` is required where `T` is not `undefined`. */
  constructor(message: string, ...detail: undefined extends T ? [detail?: T] : [detail: T]) {
    super(message);
    this.detail = detail[0] as T;
  }
}

/** Whether what was thrown is a `Rejection`. It may be anything, also a proxy that throws when it is looked at. */
export function isRejection(error: unknown): error is Rejection<unknown> {
  try {
    return error instanceof Rejection;
  } catch {
    return false;
  }
}
