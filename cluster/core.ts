/**
 * A node of a cluster without io: membership and directory together. Messages, wishes and the time go in; messages to
 * send and events come out. The driver of a real node and the simulator run this same code.
 * @module
 */

import type { CoreEffect, CoreEvent } from "./core_event.ts";
import { Directory } from "./directory/directory.ts";
import { type DirectoryPage, type Location, winnerOf } from "./directory/entry.ts";
import { Fetches, type Wanted } from "./directory/fetches.ts";
import { LostNames } from "./directory/lost_names.ts";
import { OwnEntries } from "./directory/own_entries.ts";
import { placeOf } from "./directory/placement.ts";
import { isAlive, type MemberRecord } from "./membership/member.ts";
import type { Effect as SwimEffect, MemberEvent } from "./membership/messages.ts";
import { Swim, type SwimOptions } from "./membership/swim.ts";
import type { ClusterMessage } from "./wire/cluster_codec.ts";

/** What a node is made of. */
export interface CoreOptions extends SwimOptions {
  /** Actors that this node may register, and entries of others that it takes. */
  readonly entriesMax: number;
}

/** See the module. Between two calls, {@linkcode Core.advance} wants to be called at {@linkcode Core.nextAt}. */
export class Core {
  #options: CoreOptions;
  readonly #own: OwnEntries;
  readonly #directory: Directory;
  readonly #fetches: Fetches = new Fetches();
  readonly #lost: LostNames = new LostNames();
  #swim: Swim;
  #effects: CoreEffect[] = [];

  /** Creates a node that knows nobody, at `now`. */
  constructor(options: CoreOptions, now: number) {
    this.#options = options;
    this.#own = new OwnEntries(options.random, options.entriesMax);
    this.#directory = new Directory(options.entriesMax);
    this.#swim = new Swim(options, now);
  }

  /** The record of the node itself. */
  get self(): MemberRecord {
    return this.#swim.self;
  }

  /** The records of all others, those who are gone included. */
  get members(): MemberRecord[] {
    return this.#swim.members;
  }

  /** How far the node trusts itself: 0 is healthy. */
  get health(): number {
    return this.#swim.health;
  }

  /** The same number where two nodes have the same members alive. */
  get digest(): number {
    return this.#swim.digest;
  }

  /** How many pieces of news are on their way. */
  get newsSize(): number {
    return this.#swim.newsSize;
  }

  /** How many actors of this node can be found. */
  get ownSize(): number {
    return this.#own.size;
  }

  /** When {@linkcode Core.advance} wants to be called next. */
  get nextAt(): number {
    return Math.min(this.#swim.nextAt, this.#fetches.nextAt);
  }

  /** The record of a node. */
  member(id: string): MemberRecord | undefined {
    return this.#swim.member(id);
  }

  /** Ms that the last answer of a living member to this node itself took. */
  roundTripOf(member: MemberRecord): number | undefined {
    return this.#swim.roundTripOf(member);
  }

  /** Uses other knobs or another address; only before {@linkcode Core.start}. */
  configure(change: Partial<Pick<SwimOptions, "config" | "addr">>, now: number): void {
    const { members } = this.#swim;
    this.#options = { ...this.#options, ...change };
    this.#swim = new Swim(this.#options, now);
    for (const member of members) this.#at(this.#swim.add(member, now), now);
    this.#at(this.#swim.setVersion(this.#own.version, now), now);
  }

  /** Starts to probe, to gossip and to compare. */
  start(now: number): CoreEffect[] {
    return this.#at(this.#swim.start(now), now);
  }

  /** Asks seeds for all, now and then for good; call it again until one answers. Without any it gives up a join. */
  join(seeds: readonly string[], now: number): CoreEffect[] {
    this.#fetches.join(seeds.length > 0);
    return this.#at(this.#swim.join(seeds, now), now);
  }

  /** Takes a member that somebody named, without having heard of it. */
  add(record: MemberRecord, now: number): CoreEffect[] {
    return this.#at(this.#swim.add(record, now), now);
  }

  /** Says goodbye to everybody. */
  leave(now: number): CoreEffect[] {
    return this.#at(this.#swim.leave(now), now);
  }

  /** The connection to an address has broken. */
  connectionLost(addr: string, now: number): CoreEffect[] {
    return this.#at(this.#swim.connectionLost(addr, now), now);
  }

  /** The port at an address refuses connections. */
  connectionRefused(addr: string, now: number): CoreEffect[] {
    return this.#at(this.#swim.connectionRefused(addr, now), now);
  }

  /** Time has passed. */
  advance(now: number): CoreEffect[] {
    this.#note(this.#swim.advance(now), now);
    for (const id of this.#fetches.due(now)) this.#fetch(id, now);
    return this.#take(now);
  }

  /** Takes a message. Who sends it was checked: a node speaks only for itself. */
  receive(message: ClusterMessage, now: number): CoreEffect[] {
    if (message.kind === "packet") return this.#at(this.#swim.receive(message.packet, now), now);
    const { cluster, sender, body } = message.message;
    if (cluster !== this.#options.cluster) return [];
    if (body.kind === "page") this.#takePage(sender.id, body.page, now);
    else if (body.uid === this.self.uid) {
      const page = this.#own.page(body.uid, body.since, body.compacted);
      if (page !== undefined) this.#send(sender.addr, { kind: "page", page });
    }
    return this.#take(now);
  }

  /**
   * Registers an actor of this node; `isGroup` says that others may have the name too.
   *
   * @throws {TypeError} When the name is none.
   * @throws {CinemaError} When there are too many.
   */
  register(name: string, actorType: string, isGroup: boolean, now: number): CoreEffect[] {
    const before = this.#ownLocation(name);
    if (!this.#own.set(name, actorType, isGroup)) return this.#take(now);
    if (before !== undefined) this.#emit({ kind: "gone", location: before, reason: "" });
    this.#emit({ kind: "appeared", location: this.#ownLocation(name)! });
    this.#settle(name);
    return this.#at(this.#swim.setVersion(this.#own.version, now), now);
  }

  /** Takes an actor of this node out of the directory; `reason` is why it ended. */
  unregister(name: string, reason: string, now: number): CoreEffect[] {
    const location = this.#ownLocation(name);
    if (location === undefined) return [];
    this.#own.delete(name, reason);
    this.#lost.forget(name);
    this.#emit({ kind: "gone", location, reason });
    return this.#at(this.#swim.setVersion(this.#own.version, now), now);
  }

  /** Where messages for a name go; `key` chooses among a group, in the same way on every node. */
  lookup(name: string, key: string): Location | undefined {
    const hosts = this.hosts(name);
    const winner = winnerOf(hosts);
    return winner === undefined || winner.entryUid > 0 ? winner : placeOf(key, hosts);
  }

  /** All who host a name, those who have lost it to another included. */
  hosts(name: string): Location[] {
    const own = this.#ownLocation(name);
    const others = this.#directory.lookup(name);
    return own === undefined ? others : [own, ...others];
  }

  /** All entries, those of this node first. */
  *entries(): IterableIterator<Location> {
    for (const name of this.#own.names()) yield this.#ownLocation(name)!;
    yield* this.#directory.entries();
  }

  /** Looks at what the membership wants done, and returns everything that is to be done. */
  #at(effects: readonly SwimEffect[], now: number): CoreEffect[] {
    this.#note(effects, now);
    return this.#take(now);
  }

  #note(effects: readonly SwimEffect[], now: number): void {
    for (const effect of effects) {
      if (effect.kind === "send") {
        const { addr, packet, isBulk } = effect;
        this.#effects.push({ kind: "send", addr, message: { kind: "packet", packet }, isBulk });
      } else this.#heard(effect.event, now);
    }
  }

  #heard(event: MemberEvent, now: number): void {
    if (event.kind !== "version") this.#emit(event);
    if (event.kind === "synced") this.#fetches.synced(this.#behind(), now);
    if (event.kind !== "version" && event.kind !== "status") return;
    const { member } = event;
    if (member.id === this.self.id) return;
    if (isAlive(member)) return this.#fetchIfBehind(member, now);
    this.#fetches.stop(member.id);
    const removed = this.#directory.remove(member.id);
    for (const location of removed) this.#gone(location, "node-down");
    // Entries of others that found no room may have it now.
    if (removed.length > 0) { for (const other of this.members) if (isAlive(other)) this.#fetchIfBehind(other, now); }
  }

  #fetchIfBehind({ id, uid, version }: MemberRecord, now: number): void {
    if (version <= this.#directory.versionOf(id, uid)) this.#fetches.stop(id);
    else if (!this.#fetches.has(id)) this.#fetch(id, now);
  }

  #fetch(id: string, now: number): void {
    const member = this.member(id);
    if (member === undefined || !isAlive(member)) return this.#fetches.stop(id);
    this.#fetches.start(id, now);
    const { uid, addr } = member;
    this.#send(addr, { kind: "request", ...this.#directory.requestOf(id, uid) });
  }

  #takePage(id: string, page: DirectoryPage, now: number): void {
    const member = this.member(id);
    // Only what was asked for, of the start of the node that is known.
    if (member === undefined || !this.#fetches.has(id) || member.uid !== page.uid) return;
    const known = this.#directory.versionOf(id, page.uid);
    for (const { name, before, reason } of this.#directory.take(id, page)) {
      if (before !== undefined) this.#gone(before, reason);
      const location = this.#directory.lookup(name).find(({ node }) => node === id);
      if (location === undefined) continue;
      this.#emit({ kind: "appeared", location });
      this.#settle(name);
    }
    // A page that brought nothing is asked for again, but not at once: its node may say the same for ever.
    if (this.#directory.versionOf(id, page.uid) === known) return;
    this.#fetches.stop(id);
    this.#fetchIfBehind(member, now);
  }

  /** The living members whose entries are not known as far as their records say. */
  #behind(): MemberRecord[] {
    return this.members.filter((member) => !this.#isKnown(member));
  }

  /** Whether the entries of a member are known, or nobody will tell them any more. */
  #isKnown({ id, uid, version }: Wanted): boolean {
    const member = this.member(id);
    const isThere = member !== undefined && isAlive(member) && member.uid === uid;
    return !isThere || this.#directory.versionOf(id, uid) >= version;
  }

  #gone(location: Location, reason: string): void {
    this.#emit({ kind: "gone", location, reason });
    this.#settle(location.name);
  }

  /** Tells once when a name of this node is another's. */
  #settle(name: string): void {
    const own = this.#ownLocation(name);
    const winner = own && winnerOf(this.#directory.lookup(name));
    if (own !== undefined && this.#lost.isNews(own, winner)) this.#emit({ kind: "name-lost", name, winner: winner! });
  }

  #ownLocation(name: string): Location | undefined {
    return this.#own.get(name, this.self.id, this.self.uid);
  }

  #send(addr: string, body: (ClusterMessage & { kind: "directory" })["message"]["body"]): void {
    const message = { cluster: this.#options.cluster, sender: this.self, body };
    this.#effects.push({ kind: "send", addr, message: { kind: "directory", message }, isBulk: true });
  }

  #emit(event: CoreEvent): void {
    this.#effects.push({ kind: "event", event });
  }

  #take(now: number): CoreEffect[] {
    if (this.#fetches.hasCaughtUp((wanted) => this.#isKnown(wanted), now)) this.#emit({ kind: "caught-up" });
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
