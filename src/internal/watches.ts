/**
 * Who watches whom: both ends of a cell's watches.
 * @module
 */

import type { ActorRef } from "../addr.ts";
import type { StopReason, Terminated } from "../watch.ts";
import type { Cell } from "./cell.ts";
import { isFailure } from "./control_lane.ts";
import { Envelope, type Turn } from "./envelope.ts";
import type { Watchable } from "./watchable.ts";

/**
 * Finds out whether any watcher hears of a failure, and calls `unheard` when all of them have missed it: a queued
 * notice may be taken back, or its watcher may end before its turn.
 */
class Hearing {
  #left: number;
  #isHeard = false;
  readonly #unheard: () => void;

  constructor(watchers: number, unheard: () => void) {
    this.#left = watchers;
    this.#unheard = unheard;
  }

  heard(): void {
    this.#isHeard = true;
  }

  missed(): void {
    if (--this.#left === 0 && !this.#isHeard) this.#unheard();
  }
}

/** The watches of one cell. A pair has one watch, however often it is asked for, so there is one notice. */
export class Watches {
  readonly #cell: Cell;
  readonly #targets: Set<Cell> = new Set();
  readonly #watchers: Set<Cell> = new Set();
  // Actors of other processes; made with the first of them.
  #distant: Map<Watchable, { cancel(): void }> | undefined;

  /** Creates no watches yet. */
  constructor(cell: Cell) {
    this.#cell = cell;
  }

  /** Watches `target`; a target that has ended is told of at once. */
  watch(target: Cell): void {
    if (target === this.#cell || this.#targets.has(target)) return;
    this.#targets.add(target);
    if (target.terminated !== undefined) this.#queue(target.terminated, () => this.#targets.delete(target));
    else target.watches.#watchers.add(this.#cell);
  }

  /** Takes the watch back, with a notice that is queued already. */
  unwatch(target: Cell): void {
    this.#targets.delete(target);
    target.watches.#watchers.delete(this.#cell);
  }

  /** Watches an actor of another process, whose address is `ref`. */
  watchDistant(target: Watchable, ref: ActorRef<never>): void {
    const distant = this.#distant ??= new Map();
    if (distant.has(target)) return;
    const watch = target.watch((reason) => this.#queue({ addr: ref, reason }, () => distant.delete(target)));
    distant.set(target, watch);
  }

  /** Takes the watch of an actor of another process back, with a notice that is queued already. */
  unwatchDistant(target: Watchable): void {
    this.#distant?.get(target)?.cancel();
    this.#distant?.delete(target);
  }

  /** The incarnation ends and its children with it: no notice of them, not even a queued one, reaches the next one. */
  forgetChildren(): void {
    for (const target of this.#targets) if (target.parent === this.#cell) this.unwatch(target);
  }

  /**
   * The cell has ended: tells its watchers and lets go of its targets. Calls `unheard` where no watcher hears of it.
   */
  end(notice: Terminated, unheard?: () => void): void {
    const isHeardOf = unheard !== undefined && this.#isHeardOf;
    if (!isHeardOf) unheard?.();
    const hearing = isHeardOf ? new Hearing(this.#watchers.size, unheard) : undefined;
    for (const { watches } of this.#watchers) {
      watches.#queue(notice, () => watches.#targets.delete(this.#cell), hearing);
    }
    this.#watchers.clear();
    for (const target of this.#targets) target.watches.#watchers.delete(this.#cell);
    this.#targets.clear();
    for (const target of this.#distant?.keys() ?? []) this.unwatchDistant(target);
  }

  /** Queues a notice; `isWanted` takes the watch away, and says whether there still was one. */
  #queue(notice: Terminated, isWanted: () => boolean, hearing?: Hearing): void {
    const turn: Turn = {
      run: ({ actor, context }) => {
        if (!isWanted() || actor.terminated === undefined) return hearing?.missed();
        hearing?.heard();
        return actor.terminated(notice, context);
      },
      discarded: hearing && (() => hearing.missed()),
    };
    this.#cell.push(new Envelope(undefined, 0, undefined, turn));
  }

  /** Whether anybody who watches the cell will be told by its hook: one that is to end, without a drain, is not. */
  get #isHeardOf(): boolean {
    for (const { isAlive, life } of this.#watchers) {
      if (life.hearsOfEnds && (isAlive || life.stop?.drain)) return true;
    }
    return false;
  }
}

/**
 * Whether a cell ended by a failure of which nobody hears, watchers left aside. Of one that is handed up a parent
 * hears, unless it is ending its children.
 */
export function isUnobserved({ isFailureKnown, isObserved, parent, runtime }: Cell, reason: StopReason): boolean {
  if (!isFailure(reason) || isFailureKnown || isObserved || runtime.events.isObserved) return false;
  return reason !== "escalated" || parent === undefined || parent.childrenIfAny!.ending !== undefined;
}
