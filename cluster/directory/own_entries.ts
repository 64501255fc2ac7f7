/**
 * The entries that a node owns itself, with the history that lets others catch up.
 * @module
 */

import { CinemaError, type Random } from "../../src/spi.ts";
import { type DirectoryChange, type DirectoryPage, isRegistrable, type Location } from "./entry.ts";

interface Change extends DirectoryChange {
  readonly version: number;
}

/** Changes of one page: about 32 KiB. */
export const PAGE_MAX = 1_000;

/** The registrations of one node. Every change has the next version. */
export class OwnEntries {
  readonly #random: Random;
  readonly #max: number;
  readonly #entries: Map<string, Change> = new Map();
  // In the order of their versions. A change that a later one of the same name has made void leaves a gap.
  #log: Change[] = [];
  #version = 0;
  // Who knows less than this version starts again.
  #floor = 0;

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

  /** Adds an entry, or changes its type; `isGroup` says that others may have the name too. */
  set(name: string, actorType: string, isGroup: boolean): void {
    if (!isRegistrable(name)) {
      throw new TypeError(`Cannot register "${String(name).slice(0, 64)}": a name has 1 to 255 characters`);
    }
    const known = this.#entries.get(name);
    if (known === undefined && this.#entries.size >= this.#max) {
      throw new CinemaError(`Cannot register "${name}": there are ${this.#max} actors already`);
    }
    // Only whoever registers anew competes anew.
    const fresh = 1 + Math.floor(this.#random.next() * 2 ** 48);
    const entryUid = isGroup ? 0 : known !== undefined && known.entryUid > 0 ? known.entryUid : fresh;
    const change = { name, actorType, entryUid, version: ++this.#version };
    this.#entries.set(name, change);
    this.#append(change);
  }

  /** Takes an entry away. Returns whether there was one. */
  delete(name: string): boolean {
    if (!this.#entries.delete(name)) return false;
    this.#append({ name, actorType: undefined, entryUid: 0, version: ++this.#version });
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

  /** What has changed since a version, as far as one page holds; undefined where nothing has. */
  page(uid: number, since: number): DirectoryPage | undefined {
    if (since >= this.#version) return undefined;
    const from = since < this.#floor ? 0 : since;
    const changes: Change[] = [];
    let at = this.#firstAfter(from);
    // Only the last change of a name counts; the others are gaps.
    for (; at < this.#log.length && changes.length < PAGE_MAX; at++) {
      const change = this.#log[at]!;
      if (this.#isCurrent(change)) changes.push(change);
    }
    const version = at < this.#log.length ? this.#log[at - 1]!.version : this.#version;
    return { uid, since: from, version, changes };
  }

  #append(change: Change): void {
    this.#log.push(change);
    const limit = 2 * this.#entries.size + PAGE_MAX;
    if (this.#log.length > limit) this.#compact();
  }

  /** Forgets what has been taken away: who has not heard of it by now starts again. */
  #compact(): void {
    this.#log = this.#log.filter((change) => this.#entries.get(change.name) === change);
    this.#floor = this.#version;
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
