/**
 * Death watch: how an actor learns that another one ended.
 * @module
 */

import type { ActorRef } from "./addr.ts";

/**
 * Why an actor ended:
 *
 * - `"stopped"`: it was asked to, by itself (`ctx.stop`), its parent (`ctx.stopChild`) or `system.stop`;
 * - `"failed"`: it failed and its strategy said stop, or it failed while it was stopping;
 * - `"restart-limit"`: it failed more often than its restart strategy allows;
 * - `"escalated"`: it failed and handed the failure to its parent, if it has one;
 * - `"abandoned"`: its handler or hook did not settle within the stop time-out;
 * - `"parent"`: its parent ended or restarted;
 * - `"shutdown"`: the system shut down;
 * - `"node-down"`: the node it lives on cannot be reached any more, has left or has started anew (actors of a
 *   cluster only).
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type StopReason } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * class Broken extends Actor {
 *   override started(): void {
 *     throw new Error("boom");
 *   }
 * }
 * const failures: StopReason[] = ["failed", "restart-limit", "escalated"];
 *
 * await using system = new ActorSystem();
 * const { reason } = await system.spawn(() => new Broken()).closed;
 * assertEquals(failures.includes(reason), true);
 * ```
 */
export type StopReason =
  | "stopped"
  | "failed"
  | "restart-limit"
  | "escalated"
  | "abandoned"
  | "parent"
  | "shutdown"
  | "node-down";

/**
 * A notice that an actor ended: what the `terminated` hooks of its parent and its watchers get, what `addr.closed`
 * resolves with, and what `onUnobservedFailure` hears of.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Terminated } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * const boom = new Error("boom");
 * class Broken extends Actor {
 *   override started(): void {
 *     throw boom;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const addr = system.spawn(() => new Broken());
 * const notice: Terminated = await addr.closed;
 * assertEquals(notice, { addr, reason: "failed", error: boom });
 * ```
 */
export interface Terminated {
  /**
   * The actor that ended: the very object that `spawn` returned or `watch` was given, so it can be the key of a
   * `Map<ActorRef<never>, ...>`.
   */
  readonly addr: ActorRef<never>;
  /** Why it ended. */
  readonly reason: StopReason;
  /** What was thrown, where the reason is `"failed"`, `"restart-limit"` or `"escalated"`; otherwise it is missing. */
  readonly error?: unknown;
}
