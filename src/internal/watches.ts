/**
 * Who watches whom: both ends of a cell's watches.
 * @module
 */

import type { Terminated } from "../watch.ts";
import type { Cell } from "./cell.ts";
import { Envelope, type Turn } from "./envelope.ts";

/** The watches of one cell. A pair has one watch, however often it is asked for, so there is one notice. */
export class Watches {
  readonly #cell: Cell;
  readonly #targets: Set<Cell> = new Set();
  readonly #watchers: Set<Cell> = new Set();

  /** Creates no watches yet. */
  constructor(cell: Cell) {
    this.#cell = cell;
  }

  /** Whether anybody watches the cell. */
  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Watches `target`; a target that has ended is told of at once. */
  watch(target: Cell): void {
    if (target === this.#cell || this.#targets.has(target)) return;
    this.#targets.add(target);
    if (target.terminated !== undefined) this.#queue(target, target.terminated);
    else target.watches.#watchers.add(this.#cell);
  }

  /** Takes the watch back, with a notice that is queued already. */
  unwatch(target: Cell): void {
    this.#targets.delete(target);
    target.watches.#watchers.delete(this.#cell);
  }

  /** The incarnation ends and its children with it: no notice of them, not even a queued one, reaches the next one. */
  forgetChildren(): void {
    for (const target of this.#targets) if (target.parent === this.#cell) this.unwatch(target);
  }

  /** The cell has ended: tells its watchers and lets go of its targets. */
  end(notice: Terminated): void {
    for (const watcher of this.#watchers) watcher.watches.#queue(this.#cell, notice);
    this.#watchers.clear();
    for (const target of this.#targets) target.watches.#watchers.delete(this.#cell);
    this.#targets.clear();
  }

  #queue(target: Cell, notice: Terminated): void {
    const turn: Turn = {
      run: ({ actor, context }) => this.#targets.delete(target) ? actor.terminated?.(notice, context) : undefined,
    };
    this.#cell.push(new Envelope(undefined, 0, undefined, turn));
  }
}
