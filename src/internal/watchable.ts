/**
 * The seam by which an actor of another process can be watched: its address says how.
 * @module
 */

import type { ActorRef } from "../addr.ts";
import type { StopReason } from "../watch.ts";

/**
 * How the end of an actor elsewhere is learned. Addresses of one actor share it, so that a watcher hears of it once.
 */
export interface Watchable {
  /** Calls back once, never before it returns: when the actor has ended, or soon where it has ended already. */
  watch(ended: (reason: StopReason) => void): { cancel(): void };
}

const watchables: WeakMap<object, Watchable> = new WeakMap();

/** Says how the actor behind an address is watched. */
export function setWatchable(ref: ActorRef<never>, watchable: Watchable): void {
  watchables.set(ref, watchable);
}

/** How the actor behind an address is watched; undefined where it cannot be. */
export function watchableOf(ref: object): Watchable | undefined {
  return typeof ref === "object" && ref !== null ? watchables.get(ref) : undefined;
}
