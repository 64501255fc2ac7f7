/**
 * The actors of Cinema-rs peers, by name.
 * @module
 */

import { ACTORS_MAX } from "./limits.ts";

/** An actor that a peer says it hosts. */
export interface PeerActor {
  /** Its name. */
  readonly name: string;
  /** What kind of actor it is. */
  readonly actorType: string;
}

/** Who hosts an actor. */
export interface PeerActorHost {
  /** The id of the peer. */
  readonly node: string;
  /** What kind of actor it is. */
  readonly actorType: string;
}

/** A name whose host has changed. */
export interface PeerActorChange {
  /** The name. */
  readonly name: string;
  /** Who hosts it now; undefined where nobody does. */
  readonly node: string | undefined;
}

/**
 * Which peer hosts which actors. When several claim a name, the first one that did keeps it until it gives it up or
 * goes: such peers have nothing by which to agree, and so nobody takes a name away from a peer that lives.
 */
export class PeerActors {
  readonly #actorsMax: number;
  // The claims of a name in the order in which they came.
  readonly #hosts: Map<string, Map<string, PeerActorHost>> = new Map();
  readonly #names: Map<string, Set<string>> = new Map();
  #size = 0;

  /** Creates an empty table that takes up to `actorsMax` claims. */
  constructor(actorsMax: number = ACTORS_MAX) {
    this.#actorsMax = actorsMax;
  }

  /** How many claims there are. */
  get size(): number {
    return this.#size;
  }

  /** Who hosts an actor. */
  lookup(name: string): PeerActorHost | undefined {
    return this.#hosts.get(name)?.values().next().value;
  }

  /**
   * Takes what a peer says of its own actors. Where that is `complete`, those that it does not name are gone; what the
   * table has no room for is passed over.
   */
  take(node: string, actors: Iterable<PeerActor>, complete: boolean): PeerActorChange[] {
    const changes: PeerActorChange[] = [];
    const named = new Set<string>();
    for (const { name, actorType } of actors) {
      named.add(name);
      this.#claim(name, { node, actorType }, changes);
    }
    for (const name of complete ? [...this.#names.get(node) ?? []] : []) {
      if (!named.has(name)) this.#giveUp(name, node, changes);
    }
    return changes;
  }

  /** A peer has gone, and its actors with it. */
  drop(node: string): PeerActorChange[] {
    return this.take(node, [], true);
  }

  #claim(name: string, host: PeerActorHost, changes: PeerActorChange[]): void {
    const hosts = this.#hosts.get(name);
    if (hosts?.has(host.node)) hosts.set(host.node, host);
    else if (this.#size < this.#actorsMax) {
      this.#size++;
      const names = this.#names.get(host.node);
      if (names === undefined) this.#names.set(host.node, new Set([name]));
      else names.add(name);
      if (hosts !== undefined) hosts.set(host.node, host);
      else {
        this.#hosts.set(name, new Map([[host.node, host]]));
        changes.push({ name, node: host.node });
      }
    }
  }

  #giveUp(name: string, node: string, changes: PeerActorChange[]): void {
    const before = this.lookup(name);
    const hosts = this.#hosts.get(name)!;
    const names = this.#names.get(node)!;
    this.#size--;
    hosts.delete(node);
    names.delete(name);
    if (hosts.size === 0) this.#hosts.delete(name);
    if (names.size === 0) this.#names.delete(node);
    if (before!.node === node) changes.push({ name, node: this.lookup(name)?.node });
  }
}
