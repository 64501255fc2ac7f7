/**
 * The entries that a node owns itself, with the history that lets others catch up.
 * @module
 */

import { CinemaError, type Random } from "../../src/spi.ts";
import { type DirectoryChange, type DirectoryPage, isRegistrable, type Location } from "./entry.ts";
import { NAME_MAX, PAGE_MAX } from "./limits.ts";

interface Change extends DirectoryChange {
  readonly version: number;
}

/** The newest removals that are remembered in any case: who has missed no more than these need not start again. */
export const REMOVALS_KEPT = 1_000;

/** The registrations of one node. Every change has the next version. */
export class OwnEntries {
  readonly #random: Random;
  readonly #max: number;
  readonly #entries: Map<string, Change> = new Map();
  // In the order of their versions. A change that a later one of the same name has made void leaves a gap.
  #log: Change[] = [];
  #version = 0;
  // The version of the newest removal that was forgotten.
  #compacted = 0;

  /** Creates no entries; there may be up to `max`. */
  constructor(random: Random, max: number) {
    this.#random = random;
    this.#max = max;
  }

  /** Counts the changes. */
  get version(): number {
    return this.#version;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Adds an entry, or changes what is said of it; `isGroup` says that others may have the name too. Returns whether
   * that is new.
   *
   * @throws {TypeError} When the name is none.
   * @throws {CinemaError} When there are too many.
   */
  set(name: string, actorType: string, isGroup: boolean): boolean {
    if (!isRegistrable(name)) {
      throw new TypeError(
        `Cannot register "${String(name).slice(0, 64)}": a name has 1 to ${NAME_MAX} whole characters`,
      );
    }
    const known = this.#entries.get(name);
    if (known === undefined && this.#entries.size >= this.#max) {
      throw new CinemaError(`Cannot register "${name}": there are ${this.#max} actors already`);
    }
    const type = textOf(actorType);
    const isSame = known?.actorType === type && (known.entryUid === 0) === isGroup;
    if (isSame) return false;
    // Only whoever registers anew competes anew.
    const entryUid = isGroup ? 0 : known?.entryUid || 1 + Math.floor(this.#random.next() * 2 ** 48);
    const change = { name, actorType: type, entryUid, reason: "", version: ++this.#version };
    this.#entries.set(name, change);
    this.#append(change);
    return true;
  }

  /** Takes an entry away; `reason` tells others why. Returns whether there was one. */
  delete(name: string, reason: string): boolean {
    if (!this.#entries.delete(name)) return false;
    this.#append({ name, actorType: undefined, entryUid: 0, reason: textOf(reason), version: ++this.#version });
    return true;
  }

  /** An entry of this node. */
  get(name: string, node: string, uid: number): Location | undefined {
    const entry = this.#entries.get(name);
    if (entry?.actorType === undefined) return undefined;
    return { name, node, uid, actorType: entry.actorType, entryUid: entry.entryUid };
  }

  /** All names. */
  names(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /**
   * What has changed since a version, as far as one page holds; undefined where nothing has. The numbers are those of a
   * {@linkcode DirectoryRequest}.
   */
  page(uid: number, since: number, compacted: number): DirectoryPage | undefined {
    if (since >= this.#version) return undefined;
    // It may know entries whose removal was forgotten, unless it began after that.
    const isLost = since < this.#compacted && compacted < this.#compacted;
    const from = isLost ? 0 : since;
    const changes: Change[] = [];
    let at = this.#firstAfter(from);
    // Only the last change of a name counts; the others are gaps.
    for (; at < this.#log.length && changes.length < PAGE_MAX; at++) {
      const change = this.#log[at]!;
      if (this.#isCurrent(change)) changes.push(change);
    }
    const version = at < this.#log.length ? this.#log[at - 1]!.version : this.#version;
    return { uid, since: from, version, changes, compacted: this.#compacted };
  }

  #append(change: Change): void {
    this.#log.push(change);
    // At least as many changes lie between two rounds as a round looks at.
    const limit = 2 * (this.#entries.size + REMOVALS_KEPT);
    if (this.#log.length > limit) this.#compact();
  }

  /** Drops the gaps, and the oldest removals: who has not heard of those by now starts again. */
  #compact(): void {
    const log = this.#log.filter((change) => this.#isCurrent(change));
    let surplus = log.length - this.#entries.size - REMOVALS_KEPT;
    this.#log = log.filter((change) => {
      if (change.actorType !== undefined || surplus <= 0) return true;
      surplus--;
      this.#compacted = change.version;
      return false;
    });
  }

  #isCurrent(change: Change): boolean {
    const entry = this.#entries.get(change.name);
    return entry === change || (entry === undefined && change.actorType === undefined);
  }

  #firstAfter(version: number): number {
    let [low, high] = [0, this.#log.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#log[middle]!.version > version) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** A text for people is cut, so that it cannot make a page large. */
function textOf(text: string): string {
  return text.slice(0, NAME_MAX).toWellFormed();
}
