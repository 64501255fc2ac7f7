/**
 * What must hold in a simulation, held against what is really the case.
 * @module
 */

import type { CoreEvent } from "../core_event.ts";
import { isAlive, type MemberRecord, type NodeStatus } from "../membership/member.ts";
import type { SimulatedHost } from "./host.ts";
import type { SimulatedNetwork } from "./network.ts";

/** What the judge needs to know. */
export interface JudgeOptions {
  /** All hosts. */
  readonly hosts: ReadonlyMap<string, SimulatedHost>;
  /** The network. */
  readonly network: SimulatedNetwork;
  /** The time. */
  readonly now: () => number;
  /** Ms after a fault in which its victims may still be taken for down. */
  readonly graceMs: number;
  /** Whether false downs are only counted. */
  readonly countsFalseDowns: boolean;
  /** Something is wrong. */
  readonly fail: (message: string) => never;
}

/** A healthy member that somebody took for down. */
export interface FalseDown {
  /** When, in virtual ms. */
  readonly at: number;
  /** Who took it for down. */
  readonly observer: string;
  /** Who is healthy. */
  readonly subject: string;
  /** Whether whoever took it for down has not been stopped itself lately. */
  readonly isObserverHealthy: boolean;
}

/** See the module. */
export class Judge {
  /** Healthy members that were taken for down. */
  readonly falseDowns: FalseDown[] = [];
  readonly #options: JudgeOptions;
  // By subject, status and observer: when the observer first said so since the last fault of the subject.
  readonly #firstAt: Map<string, Map<string, number>> = new Map();
  // When each start of each node was, and since when nobody believes in one that has died.
  readonly #starts: Map<string, number> = new Map();
  readonly #forgotten: Map<string, number> = new Map();
  // Pairs of hosts that could not do their part of the protocol with each other: until when.
  readonly #partedAt: Map<string, number> = new Map();
  // When the network has last changed.
  #changedAt = -Infinity;

  /** Creates a judge that has seen nothing. */
  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** A process has started, or takes itself for a later start. */
  started({ id, uid }: MemberRecord): void {
    this.#starts.set(`${id} ${uid}`, this.#options.now());
  }

  /** Something was done to a node: what is said of it from now on counts as the answer to that. */
  faulted(id: string): void {
    for (const status of ["suspect", "down", "left", "up"]) this.#firstAt.delete(`${id} ${status}`);
  }

  /** When each observer first said so of a node, since something was done to that. */
  firstAt(id: string, status: NodeStatus): ReadonlyMap<string, number> {
    return this.#firstAt.get(`${id} ${status}`) ?? new Map();
  }

  /** The network has changed, or those in it: who can reach whom? */
  looked(): void {
    const { network, now } = this.#options;
    if (network.isWhole && this.#partedAt.size === 0) return;
    this.#changedAt = now();
    this.#look();
  }

  /** A process is stopped, or runs again: meanwhile it helps nobody to reach others. */
  stopped(): void {
    if (!this.#options.network.isWhole || this.#partedAt.size > 0) this.#look();
  }

  #look(): void {
    const { hosts, network, now } = this.#options;
    const all = [...hosts.values()].filter(({ isThere }) => isThere);
    for (const a of all) {
      for (const b of all) {
        if (a === b) continue;
        const key = `${a.name} ${b.name}`;
        if (!network.isWhole && this.#isParted(a, b, all)) this.#partedAt.set(key, Infinity);
        else if (this.#partedAt.get(key) === Infinity) this.#partedAt.set(key, now());
      }
    }
  }

  /** A node says something. */
  heard(observer: SimulatedHost, event: CoreEvent): void {
    if (event.kind !== "status") return;
    const { member } = event;
    this.#note(observer, member);
    if (isAlive(member)) this.#checkAlive(observer, member, event.before);
    else if (member.status === "down" && (event.before === undefined || isAlive(event.before))) {
      this.#checkDown(observer, member, event.before !== undefined);
    }
  }

  #note(observer: SimulatedHost, { id, status }: MemberRecord): void {
    const key = `${id} ${status}`;
    let observers = this.#firstAt.get(key);
    if (observers === undefined) this.#firstAt.set(key, observers = new Map());
    if (!observers.has(observer.name)) observers.set(observer.name, this.#options.now());
  }

  #checkAlive(observer: SimulatedHost, { id, uid }: MemberRecord, before: MemberRecord | undefined): void {
    const { fail, now, graceMs } = this.#options;
    const start = `${id} ${uid}`;
    if (!this.#starts.has(start)) fail(`${observer.name} believes in a start of ${id} that never was`);
    const forgottenAt = this.#forgotten.get(start);
    // Whoever did not know of that start, or is new, may hear first what was said long ago; so may all after a fault of
    // the network.
    const isCalm = now() - this.#changedAt >= graceMs;
    if (forgottenAt === undefined || before?.uid !== uid || !isCalm) return;
    const isNew = (this.#starts.get(`${observer.id} ${observer.uid}`) ?? 0) > forgottenAt;
    if (!isNew) fail(`${observer.name} believes that ${id} is back: it is dead`);
  }

  #checkDown(observer: SimulatedHost, { id, uid }: MemberRecord, wasBelieved: boolean): void {
    const { hosts, now, graceMs, countsFalseDowns, fail } = this.#options;
    const start = `${id} ${uid}`;
    const subject = [...hosts.values()].find(({ core: { self }, isThere }) =>
      isThere && self.id === id && self.uid === uid
    );
    if (subject === undefined) {
      // Whoever is stopped has not read yet what was said before that, and whoever runs again at this moment is about
      // to.
      const isForgotten = [...hosts.values()].every((host) => {
        if (!host.isThere) return true;
        if (host.pausedAt >= now()) return false;
        const known = host.core.member(id);
        return known === undefined || known.uid !== uid || !isAlive(known);
      });
      if (isForgotten && !this.#forgotten.has(start)) this.#forgotten.set(start, now());
      return;
    }
    // Whoever is new takes the word of others for what has been.
    if (!wasBelieved) return;
    const isLately = (at: number) => now() - at < graceMs;
    const parted = this.#partedAt.get(`${observer.name} ${subject.name}`) ?? -Infinity;
    if (isLately(subject.pausedAt) || isLately(parted)) return;
    this.falseDowns.push({
      at: now(),
      observer: observer.name,
      subject: subject.name,
      isObserverHealthy: !isLately(observer.pausedAt),
    });
    if (!countsFalseDowns) fail(`${observer.name} takes ${subject.name} for down, which is healthy and connected`);
  }

  /**
   * Whether two hosts reach each other on fewer than half of all ways: directly, and through each other host. Who is
   * stopped passes nothing on; that counts only where the direct way is cut too, for those who hear each other need
   * nobody else.
   */
  #isParted(a: SimulatedHost, b: SimulatedHost, all: readonly SimulatedHost[]): boolean {
    const { network } = this.#options;
    const isLinked = (x: SimulatedHost, y: SimulatedHost) =>
      network.isOpen(x.name, y.name) && network.isOpen(y.name, x.name);
    const isDirect = isLinked(a, b);
    let open = isDirect ? 1 : 0;
    for (const helper of all) {
      if (helper === a || helper === b || (!isDirect && helper.state === "paused")) continue;
      if (isLinked(a, helper) && isLinked(helper, b)) open++;
    }
    return open * 2 < all.length - 1;
  }
}
