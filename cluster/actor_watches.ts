/**
 * Who wants to know when an actor of the cluster has ended.
 * @module
 */

import type { StopReason } from "../mod.ts";
import type { Watchable } from "../src/spi.ts";
import type { Location } from "./directory/entry.ts";

/** Where actors are. */
export interface Lookups {
  /** Where messages for a name go. */
  readonly lookup: (name: string, key: string) => Location | undefined;
  /** All who have a name. */
  readonly hosts: (name: string) => readonly Location[];
}

interface Watch {
  readonly location: Location;
  readonly ended: (reason: StopReason) => void;
}

const REASONS: ReadonlySet<string> = new Set<StopReason>([
  "stopped",
  "failed",
  "restart-limit",
  "escalated",
  "abandoned",
  "parent",
  "shutdown",
  "node-down",
]);

/** The watches of a node. One is on the actor that has the name at the moment, not on those that have it later. */
export class ActorWatches {
  readonly #directory: Lookups;
  readonly #watches: Map<string, Set<Watch>> = new Map();
  // As long as an address or a watch has one: with keys there may be any number of addresses over time.
  readonly #watchables: Map<string, WeakRef<Watchable>> = new Map();
  readonly #unused: FinalizationRegistry<string> = new FinalizationRegistry((id) => {
    if (this.#watchables.get(id)?.deref() === undefined) this.#watchables.delete(id);
  });
  #isClosed = false;

  /** Creates no watches. */
  constructor(directory: Lookups) {
    this.#directory = directory;
  }

  /** How many names and keys have an address or a watch. */
  get size(): number {
    return this.#watchables.size;
  }

  /** How the actor of a name is watched; the same for all addresses of it. */
  watchable(name: string, key: string): Watchable {
    const id = `${name.length} ${name}${key}`;
    let watchable = this.#watchables.get(id)?.deref();
    if (watchable === undefined) {
      watchable = { watch: (ended) => this.#watch(name, key, ended) };
      this.#watchables.set(id, new WeakRef(watchable));
      this.#unused.register(watchable, id);
    }
    return watchable;
  }

  /** An actor cannot be found any more. */
  gone(gone: Location, reason: string): void {
    const watches = this.#watches.get(gone.name);
    // Where the very same actor is still there, only what is said of it has changed.
    if (watches === undefined || this.#directory.hosts(gone.name).some((host) => isSame(host, gone))) return;
    for (const watch of watches) {
      if (isSame(watch.location, gone)) this.#end(watch, REASONS.has(reason) ? reason as StopReason : "stopped");
    }
  }

  /** This node has left: from here, all the others are gone. */
  close(): void {
    this.#isClosed = true;
    for (const watches of this.#watches.values()) for (const watch of watches) this.#end(watch, "node-down");
  }

  #watch(name: string, key: string, ended: (reason: StopReason) => void): { cancel(): void } {
    const location = this.#directory.lookup(name, key);
    if (location === undefined || this.#isClosed) {
      let isWanted = true;
      queueMicrotask(() => isWanted && ended(location === undefined ? "stopped" : "node-down"));
      return { cancel: () => void (isWanted = false) };
    }
    const watch = { location, ended };
    const watches = this.#watches.get(name) ?? new Set();
    this.#watches.set(name, watches.add(watch));
    return { cancel: () => this.#forget(watch) };
  }

  #end(watch: Watch, reason: StopReason): void {
    this.#forget(watch);
    watch.ended(reason);
  }

  #forget(watch: Watch): void {
    const { name } = watch.location;
    const watches = this.#watches.get(name);
    if (watches?.delete(watch) && watches.size === 0) this.#watches.delete(name);
  }
}

/** Whether two locations are of one actor. */
function isSame(a: Location, b: Location): boolean {
  return a.node === b.node && a.uid === b.uid && a.entryUid === b.entryUid;
}
