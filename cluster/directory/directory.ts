/**
 * The directory: which node hosts which actors. Each node owns its own entries; what others say about them does not count.
 * @module
 */

import { isRegistrable } from "./entry.ts";
import type { DirectoryChange, DirectoryPage, Location } from "./entry.ts";

/** The entries of one node, as far as they are known here. */
interface Owned {
  readonly uid: number;
  readonly entries: Map<string, string>;
  /** What has been fetched. */
  version: number;
}

/** What changed for whoever looks names up. */
export interface DirectoryNews {
  /** The name. */
  readonly name: string;
  /** Who hosts it now, the first where there are several; undefined where nobody does. */
  readonly location: Location | undefined;
}

/** What is known of the actors of all other nodes. It does not ask anybody: it says what is missing. */
export class Directory {
  readonly #entriesMax: number;
  readonly #owners: Map<string, Owned> = new Map();
  // By name, so that a lookup does not walk through the nodes.
  readonly #hosts: Map<string, Map<string, Location>> = new Map();
  #size = 0;

  /** Creates an empty directory that takes up to `entriesMax` entries. */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  /** The version up to which the entries of a node are known; 0 where none are. */
  versionOf(node: string, uid: number): number {
    const owned = this.#owners.get(node);
    return owned?.uid === uid ? owned.version : 0;
  }

  /** All who host a name. */
  lookup(name: string): Location[] {
    return [...this.#hosts.get(name)?.values() ?? []];
  }

  /** All entries. */
  *entries(): IterableIterator<Location> {
    for (const hosts of this.#hosts.values()) yield* hosts.values();
  }

  /**
   * Takes what a node says about its own actors. A page that does not continue what is known is ignored: the next request asks
   * again. Returns the names that have changed.
   */
  take(node: string, page: DirectoryPage): string[] {
    const { uid, since, version, changes } = page;
    let owned = this.#owners.get(node);
    if (owned?.uid !== uid || since === 0) {
      this.remove(node);
      owned = { uid, entries: new Map(), version: 0 };
      this.#owners.set(node, owned);
    }
    if (since !== owned.version || version <= since) return [];
    owned.version = version;
    return changes.filter((change) => this.#apply(node, owned, change)).map(({ name }) => name);
  }

  /** A node is gone, and its entries with it. Returns their names. */
  remove(node: string): string[] {
    const owned = this.#owners.get(node);
    if (owned === undefined) return [];
    this.#owners.delete(node);
    const names = [...owned.entries.keys()];
    for (const name of names) this.#drop(node, name);
    return names;
  }

  #apply(node: string, { uid, entries }: Owned, { name, actorType, entryUid }: DirectoryChange): boolean {
    if (actorType === undefined) {
      if (entries.delete(name)) this.#drop(node, name);
      return true;
    }
    if (!isRegistrable(name)) return false;
    const isNew = !entries.has(name);
    if (isNew && this.#size >= this.#entriesMax) return false;
    entries.set(name, actorType);
    let hosts = this.#hosts.get(name);
    if (hosts === undefined) this.#hosts.set(name, hosts = new Map());
    hosts.set(node, { name, node, uid, actorType, entryUid });
    if (isNew) this.#size++;
    return true;
  }

  #drop(node: string, name: string): void {
    const hosts = this.#hosts.get(name);
    if (hosts === undefined || !hosts.delete(node)) return;
    this.#size--;
    if (hosts.size === 0) this.#hosts.delete(name);
  }
}
