/**
 * Whose entries are being fetched, when to ask again, and whether a newcomer has what a seed knew when that answered.
 * @module
 */

/** Up to which version the entries of one start of a node are wanted. */
export interface Wanted {
  /** The name of the node. */
  readonly id: string;
  /** Which start of it. */
  readonly uid: number;
  /** The version of its entries. */
  readonly version: number;
}

/** Ms after which a request for entries that was not answered is made again. */
export const RETRY_MS = 2_000;

/**
 * Ms that a join waits for the entries of the members: a request that was lost has been made again by then, and an
 * attempt to connect to a member that hangs has failed. Without such a member it takes one round trip, and one more for
 * each 1,000 entries of a node.
 */
export const CATCH_UP_MAX_MS = 3_000;

/** See the module. It asks nobody: it says who is to be asked. */
export class Fetches {
  readonly #retryAt: Map<string, number> = new Map();
  #isJoining = false;
  // What a newcomer does not know yet, and until when that is waited for.
  #missing: Map<string, Wanted> | undefined;
  #catchUpEndsAt = Infinity;

  /** When the next request is to be made again, or the waiting of a newcomer ends. */
  get nextAt(): number {
    let next = this.#catchUpEndsAt;
    for (const at of this.#retryAt.values()) next = Math.min(next, at);
    return next;
  }

  /** Whether a node was asked, and has not told everything. */
  has(id: string): boolean {
    return this.#retryAt.has(id);
  }

  /** A node is asked at `now`. */
  start(id: string, now: number): void {
    this.#retryAt.set(id, now + RETRY_MS);
  }

  /** There is nothing more to hear from a node. */
  stop(id: string): void {
    this.#retryAt.delete(id);
  }

  /** The nodes that are to be asked again. */
  due(now: number): string[] {
    return [...this.#retryAt].filter(([, at]) => at <= now).map(([id]) => id);
  }

  /** A join begins, or is given up. */
  join(isJoining: boolean): void {
    this.#isJoining = isJoining;
    this.#missing = undefined;
    this.#catchUpEndsAt = Infinity;
  }

  /**
   * A node has told which members there are: `wanted` is what is not known of their entries. Every one after a join
   * counts: of several seeds the first may have known little.
   */
  synced(wanted: readonly Wanted[], now: number): void {
    if (!this.#isJoining) return;
    this.#missing = new Map(wanted.map((each) => [each.id, each]));
    this.#catchUpEndsAt = Math.min(this.#catchUpEndsAt, now + CATCH_UP_MAX_MS);
  }

  /** Whether a newcomer has just caught up, or has waited long enough; true once for each answer. */
  hasCaughtUp(isKnown: (wanted: Wanted) => boolean, now: number): boolean {
    if (this.#missing === undefined) return false;
    if (now < this.#catchUpEndsAt) {
      for (const wanted of this.#missing.values()) {
        if (!isKnown(wanted)) return false;
        // Known once is enough: what changes later is no part of the answer.
        this.#missing.delete(wanted.id);
      }
    }
    this.#missing = undefined;
    this.#catchUpEndsAt = Infinity;
    return true;
  }
}
