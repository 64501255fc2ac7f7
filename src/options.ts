/**
 * The options of a system and of what it does.
 * @module
 */

import type { Clock } from "./clock.ts";
import type { MailboxOptions } from "./mailbox.ts";
import type { AnyMessage } from "./message.ts";
import type { ChildrenPolicy, SupervisorStrategy } from "./supervision.ts";
import type { Terminated } from "./watch.ts";

/**
 * Options of `spawn` and `spawnChild`. A wrong one is an error of whoever spawns.
 *
 * @typeParam M The messages of the actor.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type SpawnOptions, SupervisorStrategy } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * class Idle extends Actor {}
 * const options: SpawnOptions<never> = {
 *   name: "idle",
 *   capacity: 1_000,
 *   strategy: SupervisorStrategy.restart(3, 10_000, { backoff: 100 }),
 *   stopTimeout: 1_000,
 * };
 *
 * await using system = new ActorSystem();
 * const idle = system.spawn(() => new Idle(), options);
 * assertEquals([idle.id, idle.desiredSize], ["/idle", 1_000]);
 * ```
 */
export interface SpawnOptions<in M extends AnyMessage> extends MailboxOptions<M> {
  /**
   * A label, unique among the siblings that have not ended; it is part of the `id`. It must not be empty or contain
   * `/`. Leave names such as `Worker-3` to the default: that one may be given to another, and two have the same `id`.
   *
   * @default {the name of the class and a number}
   */
  readonly name?: string;
  /**
   * What happens when this actor fails.
   *
   * @default {SupervisorStrategy.stop}
   */
  readonly strategy?: SupervisorStrategy;
  /**
   * Which children of this actor restart together when one of them restarts.
   *
   * @default {"one-for-one"}
   */
  readonly children?: ChildrenPolicy;
  /**
   * Ms that a handler or the `stopped` hook may go on when the actor is to end or to restart with its siblings; then it
   * is abandoned: the actor goes on without it. It must be >= 0; `Infinity` waits for ever.
   *
   * @default {5_000}
   */
  readonly stopTimeout?: number;
}

/**
 * Options of an {@linkcode ActorSystem}.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Terminated } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * class Broken extends Actor {
 *   override started(): void {
 *     throw new Error("boom");
 *   }
 * }
 *
 * const heard = Promise.withResolvers<Terminated>();
 * await using system = new ActorSystem({ askTimeout: 1_000, onUnobservedFailure: heard.resolve });
 * system.spawn(() => new Broken(), { name: "broken" });
 * const { addr, reason } = await heard.promise;
 * assertEquals([addr.id, reason], ["/broken", "failed"]);
 * ```
 */
export interface ActorSystemOptions {
  /**
   * Ms that an ask may take where it does not say so itself. It must be >= 0; `Infinity` means no limit.
   *
   * @default {5_000}
   */
  readonly askTimeout?: number;
  /**
   * The time; a `ManualClock` from `@cinema/cinema/testing` makes it virtual.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /**
   * Hears of an actor that ended by a failure which nobody observed: no asker got it, no `terminated` hook of a parent
   * or of another watcher is told of it, nobody asked for the actor's `closed`, and nobody had subscribed to the
   * events. A parent that is handed the failure by `escalate` observes it, too. This is the only thing that is ever
   * logged.
   *
   * @default {one line of `console.error`}
   */
  readonly onUnobservedFailure?: (notice: Terminated) => void;
}

/**
 * Options of {@linkcode ActorSystem.stop}.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * let greeted = 0;
 * interface Greet extends Message {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): void {
 *     greeted++;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter());
 * for (let i = 0; i < 3; i++) greeter.trySend({ type: "greet" });
 * await system.stop(greeter, { drain: true, timeout: 1_000 });
 * assertEquals(greeted, 3);
 * ```
 */
export interface SystemStopOptions {
  /**
   * Whether what is queued is handled first. Otherwise queued asks reject with `MailboxClosedError`, and other queued
   * messages become dead letters. Senders that wait for room are turned away in both cases. A later stop without
   * `drain` overrules it. A failure that the strategy does not answer with `resume` ends the drain: an actor that is to
   * stop does not restart for it.
   *
   * Then its children drain, too, the one spawned last first, and last of all `stopped` runs. The actor itself takes
   * nothing any more by then: what children send to it is a dead letter (`"closed"`), so results that matter go to
   * another actor. A timer that has not fired is not waited for: it is no message yet, and no dead letter. Neither is a
   * {@linkcode LateReply} that is still open, nor the rest of a stream, which is cancelled.
   *
   * @default {false}
   */
  readonly drain?: boolean;
  /**
   * Ms from now until a handler that has not settled is abandoned, and with `drain` the rest of the queue too. It must
   * be >= 0; `Infinity` waits for ever. Children do not drain after that. They and the `stopped` hook have their own
   * `stopTimeout`; each child drains within that, from when it is its turn.
   *
   * @default {the `stopTimeout` of the actor}
   */
  readonly timeout?: number | undefined;
}

/**
 * Options of {@linkcode ActorSystem.shutdown}.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * const isStuck = Promise.withResolvers<void>();
 * class Stuck extends Actor {
 *   override started(): Promise<void> {
 *     isStuck.resolve();
 *     return new Promise(() => {}); // never settles
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const { closed } = system.spawn(() => new Stuck());
 * await isStuck.promise;
 * await system.shutdown({ timeout: 10 });
 * assertEquals((await closed).reason, "abandoned");
 * ```
 */
export interface ShutdownOptions {
  /**
   * Whether each top-level actor handles what is queued before it ends, the one spawned last first: what it sends to
   * one spawned earlier is then handled too. Then its children do the same, as {@linkcode SystemStopOptions.drain}
   * says, which also tells what is not waited for. Each actor has its own `stopTimeout` for that, and all of them
   * together have `timeout`. Otherwise what is queued becomes dead letters.
   *
   * @default {false}
   */
  readonly drain?: boolean;
  /**
   * Ms for everything. When they are over, nobody is waited for any more: handlers that still run are abandoned. It
   * must be >= 0; `Infinity` means no limit but each actor's own `stopTimeout`.
   *
   * @default {10_000}
   */
  readonly timeout?: number | undefined;
}
