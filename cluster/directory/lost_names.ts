/**
 * The names of this node that another has won.
 * @module
 */

import { type Location, wins } from "./entry.ts";

/** Remembers to whom a name was lost, so that its owner is told once. */
export class LostNames {
  readonly #lostTo: Map<string, string> = new Map();

  /** Whether the name of `own`, an actor of this node, has just been lost to `winner`, the best of the others. */
  isNews(own: Location, winner: Location | undefined): boolean {
    const { name, entryUid } = own;
    // Many share the name of a group.
    if (entryUid === 0 || winner === undefined || !wins(winner, own)) {
      this.#lostTo.delete(name);
      return false;
    }
    const key = `${winner.node} ${winner.entryUid}`;
    if (this.#lostTo.get(name) === key) return false;
    this.#lostTo.set(name, key);
    return true;
  }

  /** The actor of this node has given the name up. */
  forget(name: string): void {
    this.#lostTo.delete(name);
  }
}
