/**
 * The directory: which node hosts which actors. Each node owns its own entries; what others say about them does not
 * count.
 * @module
 */

import { isRegistrable } from "./entry.ts";
import type { AppliedChange, DirectoryChange, DirectoryPage, DirectoryRequest, Location } from "./entry.ts";

/** The entries of one node, as far as they are known here. */
interface Owned {
  readonly node: string;
  readonly uid: number;
  readonly entries: Map<string, Location>;
  /** What has been fetched; 0 again where everything is fetched anew. */
  version: number;
  /** What the node had forgotten when the fetching began. */
  compacted: number;
  /** Entries that were known when everything was to be fetched anew, and were not mentioned since. */
  unconfirmed: Set<string>;
  /** The version up to which the unconfirmed were known. */
  confirmedAt: number;
}

/** What is known of the actors of all other nodes. It does not ask anybody: it says what is missing. */
export class Directory {
  readonly #entriesMax: number;
  readonly #owners: Map<string, Owned> = new Map();
  // By name, so that a lookup does not walk through the nodes.
  readonly #hosts: Map<string, Map<string, Location>> = new Map();
  // Nodes of which not every entry had room.
  readonly #partial: Set<string> = new Set();
  #size = 0;

  /** Creates an empty directory that takes up to `entriesMax` entries. */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * The version up to which the entries of a node are known; 0 where none are. It goes back to 0 where not all of them
   * had room and now there is some: they are to be fetched anew.
   */
  versionOf(node: string, uid: number): number {
    const owned = this.#owners.get(node);
    return owned?.uid === uid ? owned.version : 0;
  }

  /** Whether entries of a node were left out because there was no room. */
  isPartial(node: string): boolean {
    return this.#partial.has(node);
  }

  /** What to ask a node for, to know more of its entries. */
  requestOf(node: string, uid: number): DirectoryRequest {
    const owned = this.#owners.get(node);
    if (owned?.uid !== uid) return { uid, since: 0, compacted: 0 };
    return { uid, since: owned.version, compacted: owned.compacted };
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
   * Takes what a node says about its own actors: `node` is who sent the page, so nobody can speak for another. Take
   * pages only of members that are alive, or their entries stay.
   *
   * A page that does not continue what is known is ignored: the next request asks again. Where a node starts again,
   * what it does not mention any more is taken away when it has caught up, and can be found until then. Entries beyond
   * the limit are left out.
   *
   * Returns what has changed, each name once.
   */
  take(node: string, page: DirectoryPage): AppliedChange[] {
    const { uid, since, version, compacted } = page;
    const owned = this.#owners.get(node);
    const isNewStart = owned === undefined || uid > owned.uid;
    if (version <= since || (isNewStart && since !== 0)) return [];
    const applied: Map<string, AppliedChange> = new Map();
    if (isNewStart) {
      for (const before of this.remove(node)) note(applied, before.name, before, "node-down");
      this.#continue(this.#own(node, uid), page, applied);
    } else {
      // The node has forgotten what this one would have to hear next. A late copy of a first page says nothing of the
      // kind.
      const isAnew = since === 0 && compacted > Math.max(owned.version, owned.compacted);
      if (uid < owned.uid || !(isAnew || since === owned.version)) return [];
      if (isAnew) startAnew(owned);
      this.#continue(owned, page, applied);
    }
    this.#refill();
    // What came and went in one page has changed nothing.
    return [...applied.values()].filter(({ before, reason }) => before !== undefined || reason === "");
  }

  /** A node is gone, and its entries with it: returns them. */
  remove(node: string): Location[] {
    const owned = this.#owners.get(node);
    if (owned === undefined) return [];
    this.#owners.delete(node);
    this.#partial.delete(node);
    for (const name of owned.entries.keys()) this.#drop(node, name);
    this.#refill();
    return [...owned.entries.values()];
  }

  #own(node: string, uid: number): Owned {
    const unconfirmed: Set<string> = new Set();
    const owned = { node, uid, entries: new Map(), version: 0, compacted: 0, unconfirmed, confirmedAt: 0 };
    this.#owners.set(node, owned);
    return owned;
  }

  #continue(owned: Owned, page: DirectoryPage, applied: Map<string, AppliedChange>): void {
    if (page.since === 0) owned.compacted = page.compacted;
    owned.version = page.version;
    for (const change of page.changes) this.#apply(owned, change, applied);
    if (owned.version < owned.confirmedAt) return;
    // All that was not mentioned up to here is gone, or has changed later and comes again.
    for (const name of owned.unconfirmed) this.#forget(owned, name, "stopped", applied);
    owned.unconfirmed.clear();
  }

  #apply(owned: Owned, change: DirectoryChange, applied: Map<string, AppliedChange>): void {
    const { name, actorType, entryUid, reason } = change;
    owned.unconfirmed.delete(name);
    if (actorType === undefined) return this.#forget(owned, name, reason || "stopped", applied);
    if (!isRegistrable(name)) return;
    const { node, uid } = owned;
    const before = owned.entries.get(name);
    if (before?.actorType === actorType && before.entryUid === entryUid) return;
    if (before === undefined && this.#size >= this.#entriesMax) return void this.#partial.add(node);
    const location = { name, node, uid, actorType, entryUid };
    owned.entries.set(name, location);
    let hosts = this.#hosts.get(name);
    if (hosts === undefined) this.#hosts.set(name, hosts = new Map());
    hosts.set(node, location);
    if (before === undefined) this.#size++;
    note(applied, name, before, "");
  }

  #forget({ node, entries }: Owned, name: string, reason: string, applied: Map<string, AppliedChange>): void {
    const before = entries.get(name);
    if (before === undefined) return;
    entries.delete(name);
    this.#drop(node, name);
    note(applied, name, before, reason);
  }

  #drop(node: string, name: string): void {
    const hosts = this.#hosts.get(name);
    if (hosts === undefined || !hosts.delete(node)) return;
    this.#size--;
    if (hosts.size === 0) this.#hosts.delete(name);
  }

  /**
   * Where an eighth is free again, what had no room is fetched once more; with less, a full directory would fetch all
   * the time.
   */
  #refill(): void {
    if (this.#partial.size === 0 || this.#size > this.#entriesMax * 7 / 8) return;
    for (const node of this.#partial) startAnew(this.#owners.get(node)!);
    this.#partial.clear();
  }
}

/** Its entries stay until the fetching has come as far as before. */
function startAnew(owned: Owned): void {
  owned.confirmedAt = Math.max(owned.confirmedAt, owned.version);
  owned.version = 0;
  owned.unconfirmed = new Set(owned.entries.keys());
}

/** What was before the page, and how it is after. */
function note(applied: Map<string, AppliedChange>, name: string, before: Location | undefined, reason: string): void {
  const earlier = applied.get(name);
  applied.set(name, { name, before: earlier === undefined ? before : earlier.before, reason });
}
