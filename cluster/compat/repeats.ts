/**
 * What was told already: a peer that does the same wrong thing at every interval is told of once in a while.
 * @module
 */

import { REPEAT_MS } from "./limits.ts";

/** The most different things that are remembered: who comes up with more may be told of again. */
const TOLD_MAX = 1_024;

/** See the module. */
export class Repeats {
  readonly #told: Map<string, number> = new Map();

  /** Whether something is to be told now; asking counts as telling. */
  isNews(what: string, now: number): boolean {
    const toldAt = this.#told.get(what);
    if (toldAt !== undefined && now - toldAt < REPEAT_MS) return false;
    if (this.#told.size >= TOLD_MAX) this.#told.clear();
    this.#told.set(what, now);
    return true;
  }
}
