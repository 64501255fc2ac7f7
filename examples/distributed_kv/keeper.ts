/**
 * Who keeps the store: the first node of the cluster, and when its node is gone, the first of those that are left.
 *
 * @module
 */

import type { ActorSystem, Addr } from "@cinema/cinema";
import type { ClusterEvent, ClusterNode } from "@cinema/cinema/cluster";
import { STORE, StoreProtocol } from "./messages.ts";
import { Store } from "./store.ts";

/** Starts and stops the store of this node as the cluster needs it. */
export class Keeper {
  readonly #system: ActorSystem;
  readonly #node: ClusterNode;
  #store: Addr<never> | undefined;

  /** Keeps nothing yet. */
  constructor(system: ActorSystem, node: ClusterNode) {
    this.#system = system;
    this.#node = node;
  }

  /** Starts the store on this node, empty, and offers it to all. */
  start(): void {
    if (this.#store !== undefined) return;
    const store = this.#system.spawn(() => new Store(), { name: STORE });
    this.#store = store;
    this.#node.register(STORE, store, StoreProtocol, { actorType: "Store" });
  }

  /** Follows what happens. Returns what people should know of it. */
  async follow(event: ClusterEvent): Promise<string | undefined> {
    if (event.kind === "unregistered" && event.name === STORE && this.#isNext()) {
      this.start();
      return `${event.node} had the store: this node has taken over, with an empty one`;
    }
    if (event.kind === "name-lost" && event.name === STORE && this.#store !== undefined) {
      // Two parts of a cluster that had lost each other have both had a store. The directory has chosen one.
      const store = this.#store;
      this.#store = undefined;
      await this.#system.stop(store);
      return `${event.winner} has a store, too, and keeps it: the one of this node is closed`;
    }
    return undefined;
  }

  /** Whether nobody has the store, and this node comes first among those that are up. */
  #isNext(): boolean {
    if (this.#node.lookupActor(STORE) !== undefined) return false;
    const first = this.#node.members.find(({ status }) => status === "up");
    return first?.id === this.#node.id;
  }
}
