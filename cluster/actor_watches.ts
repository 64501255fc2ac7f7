/**
 * Who wants to know when an actor of the cluster has ended.
 * @module
 */

import type { StopReason } from "../mod.ts";
import type { Watchable } from "../src/spi.ts";
import type { Location } from "./directory/entry.ts";

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
  readonly #lookup: (name: string, key: string) => Location | undefined;
  readonly #watches: Map<string, Set<Watch>> = new Map();
  readonly #watchables: Map<string, Watchable> = new Map();

  /** Creates no watches; `lookup` says where an actor is. */
  constructor(lookup: (name: string, key: string) => Location | undefined) {
    this.#lookup = lookup;
  }

  /** How the actor of a name is watched; the same for all addresses of it. */
  watchable(name: string, key: string): Watchable {
    const id = `${name}\0${key}`;
    let watchable = this.#watchables.get(id);
    if (watchable === undefined) {
      watchable = { watch: (ended) => this.#watch(name, key, ended) };
      this.#watchables.set(id, watchable);
    }
    return watchable;
  }

  /** An actor cannot be found any more. */
  gone({ name, node, uid, entryUid }: Location, reason: string): void {
    for (const watch of this.#watches.get(name) ?? []) {
      const { location } = watch;
      const isIt = location.node === node && location.uid === uid && location.entryUid === entryUid;
      if (isIt) this.#end(watch, REASONS.has(reason) ? reason as StopReason : "stopped");
    }
  }

  /** This node has left: from here, all the others are gone. */
  close(): void {
    for (const watches of this.#watches.values()) for (const watch of watches) this.#end(watch, "node-down");
  }

  #watch(name: string, key: string, ended: (reason: StopReason) => void): { cancel(): void } {
    const location = this.#lookup(name, key);
    if (location === undefined) {
      let isWanted = true;
      queueMicrotask(() => isWanted && ended("stopped"));
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
