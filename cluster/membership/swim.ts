/**
 * The membership machine, SWIM with Lifeguard: packets and the time in, packets and events out; it does nothing itself.
 * @module
 */

import type { Random } from "../../src/spi.ts";
import type { MembershipConfig } from "./config.ts";
import { AntiEntropy, RECHECKS, syncScale } from "./anti_entropy.ts";
import { type Addressee, Gossip } from "./gossip.ts";
import { GREETED_MAX } from "./limits.ts";
import { LivedTime } from "./lived_time.ts";
import { isAlive, type MemberRecord, overrides } from "./member.ts";
import { type Body, type Effect, isBulk, type Packet, PROTOCOL_VERSION, type Update } from "./messages.ts";
import { Prober } from "./prober.ts";
import { View } from "./view.ts";

/** What a node is made of. */
export interface SwimOptions {
  /** Its name. */
  readonly id: string;
  /** The random number of this start. */
  readonly uid: number;
  /** Where others reach it. */
  readonly addr: string;
  /** The hash of the name of its cluster. */
  readonly cluster: number;
  /** The name itself, for who is turned away. */
  readonly clusterName: string;
  /** The knobs. */
  readonly config: MembershipConfig;
  /** The choices. */
  readonly random: Random;
}

/**
 * One node of a cluster. Every method that is called with the time returns what is to be done; between two calls,
 * {@linkcode Swim.advance} wants to be called at {@linkcode Swim.nextAt}.
 */
export class Swim {
  readonly #options: SwimOptions;
  readonly #time: LivedTime;
  readonly #view: View;
  readonly #prober: Prober;
  readonly #antiEntropy: AntiEntropy;
  readonly #effects: Effect[] = [];
  // From the first question to a seed until the first answer.
  #isJoining = false;
  readonly #gossip: Gossip;

  /** Creates a node that knows nobody, at `now`. */
  constructor(options: SwimOptions, now: number) {
    const { id, uid, addr, config, random } = options;
    this.#options = options;
    this.#time = new LivedTime(now, config.lagMs, () => this.#view.awareness.apply(1));
    const self: MemberRecord = { id, uid, addr, incarnation: 0, status: "up", version: 0 };
    this.#view = new View(self, {
      config,
      random,
      time: this.#time,
      emit: (event) => this.#effects.push({ kind: "event", event }),
      hurry: () => this.#gossip.hurry(),
    });
    const parts = {
      config,
      time: this.#time,
      view: this.#view,
      send: (to: Addressee, body: Body) => this.#send(to, body),
    };
    this.#prober = new Prober(parts);
    this.#gossip = new Gossip(parts);
    this.#antiEntropy = new AntiEntropy({ view: this.#view, random, send: parts.send });
  }

  /** The record of the node itself. */
  get self(): MemberRecord {
    return this.#view.self;
  }

  /** The records of all others, those who are gone included. */
  get members(): MemberRecord[] {
    return [...this.#view.list.values()];
  }

  /** How far the node trusts itself: 0 is healthy. */
  get health(): number {
    return this.#view.awareness.score;
  }

  /** The same number where two nodes have the same members alive. */
  get digest(): number {
    return this.#view.digest;
  }

  /** How many pieces of news are on their way. */
  get newsSize(): number {
    return this.#view.news.size;
  }

  /** When {@linkcode Swim.advance} wants to be called next. */
  get nextAt(): number {
    return this.self.status === "left" ? Infinity : this.#time.nextAt;
  }

  /** The record of a node. */
  member(id: string): MemberRecord | undefined {
    return id === this.self.id ? this.self : this.#view.list.get(id);
  }

  /** Ms that the last answer of a living member to this node itself took. */
  roundTripOf(member: MemberRecord): number | undefined {
    return this.#prober.roundTripOf(member);
  }

  /** Starts to probe, to gossip and to compare. */
  start(now: number): Effect[] {
    return this.#at(now, () => {
      if (this.#gossip.isOn) return;
      this.#gossip.isOn = true;
      const { probeIntervalMs, syncIntervalMs, reconnectIntervalMs } = this.#options.config;
      const { awareness } = this.#view;
      // Nodes that start together must not do everything at the same moment.
      this.#repeat(() => awareness.scale(probeIntervalMs), () => this.#prober.probe());
      const syncMs = () => syncIntervalMs * syncScale(this.#view.size);
      this.#repeat(syncMs, () => this.#antiEntropy.sync());
      this.#repeat(() => syncMs() / RECHECKS, () => this.#antiEntropy.recheck());
      this.#repeat(
        () => reconnectIntervalMs * (0.75 + this.#options.random.next() / 2),
        () => this.#antiEntropy.reconnect(),
      );
      this.#gossip.hurry();
    });
  }

  /** Asks seeds for everything; call it again until one has answered. They are tried now and then for good. */
  join(seeds: readonly string[], now: number): Effect[] {
    return this.#at(now, () => {
      this.#isJoining = true;
      this.#antiEntropy.seeds = seeds;
      for (const addr of seeds) this.#antiEntropy.askForState(addr);
    });
  }

  /** Takes a member that somebody named, without having heard of it. */
  add(record: MemberRecord, now: number): Effect[] {
    return this.#at(now, () => this.#view.apply({ ...record, from: "", isRefused: false }));
  }

  /** The directory of this node has changed. */
  setVersion(version: number, now: number): Effect[] {
    return this.#at(now, () => this.#view.declare({ version }));
  }

  /** Says goodbye to everybody. From then on the node does nothing: it no longer hears who is well. */
  leave(now: number): Effect[] {
    return this.#at(now, () => {
      this.#gossip.isOn = false;
      this.#view.declare({ status: "left" });
      for (const member of this.#view.list.pick(Infinity, isAlive)) this.#send(member, { kind: "gossip" });
    });
  }

  /** The connection to an address has broken. */
  connectionLost(addr: string, now: number): Effect[] {
    return this.#at(now, () => this.#suspectAt(addr, false));
  }

  /** The port at an address refuses connections. */
  connectionRefused(addr: string, now: number): Effect[] {
    return this.#at(now, () => this.#suspectAt(addr, true));
  }

  /** Time has passed. */
  advance(now: number): Effect[] {
    return this.#at(now, () => {
      if (this.self.status !== "left") this.#time.run();
    });
  }

  /** Takes a packet. */
  receive(packet: Packet, now: number): Effect[] {
    return this.#at(now, () => this.#receive(packet));
  }

  #at(now: number, act: () => void): Effect[] {
    this.#time.pass(now);
    act();
    this.#gossip.soon();
    return this.#effects.splice(0);
  }

  #receive(packet: Packet): void {
    const { sender, body, updates } = packet;
    if (body.kind === "refusal") {
      const { kind: _, ...why } = body;
      return void this.#effects.push({ kind: "event", event: { kind: "refused", addr: sender.addr, ...why } });
    }
    if (packet.cluster !== this.#options.cluster) return this.#refuse(packet);
    if (this.self.status === "left") return;
    if (this.#isTaken(sender)) return this.#refuseName(sender);
    if (sender.id === this.self.id && sender.uid === this.self.uid) return;
    this.#view.apply({ ...sender, from: "", isRefused: false }, true, true);
    for (const update of updates) this.#view.hear(update);
    this.#correct(sender, updates);
    this.#answer(sender, body);
  }

  /** Whoever spreads what was true once hears what is true now: the news about it may have missed that node. */
  #correct(sender: MemberRecord, updates: readonly Update[]): void {
    const stale = updates.find((update) => {
      const known = this.#view.list.get(update.id);
      return known !== undefined && update.id !== sender.id && overrides(known, update);
    });
    if (stale !== undefined) this.#send(sender, { kind: "gossip" }, this.#view.list.get(stale.id));
  }

  #answer(sender: MemberRecord, body: Body): void {
    const known = this.#view.list.get(sender.id);
    // It does not know yet what is said of it, and cannot contradict.
    const isWronged = known !== undefined && overrides(known, sender);
    switch (body.kind) {
      case "ping": {
        const { id, uid } = this.self;
        const isMeant = body.target.id === id && (body.target.uid === uid || body.target.uid === 0);
        // Who looks for another learns who is here now.
        return this.#send(sender, isMeant ? { kind: "ack", sequence: body.sequence } : { kind: "gossip" });
      }
      case "ack":
        this.#prober.acked(body.sequence, sender);
        break;
      case "nack":
        this.#prober.nacked(body.sequence, sender);
        break;
      case "ping-req":
        this.#prober.runErrand(sender, body.sequence, { ...body.target, addr: body.addr });
        break;
      case "digest":
        return this.#antiEntropy.answer(sender, body.isJoin ? undefined : body.digest);
      case "state": {
        this.#antiEntropy.compare(sender, body.records, body.wantsReply);
        if (this.#isJoining) this.#greet(sender.id);
        this.#isJoining = false;
        return void this.#effects.push({ kind: "event", event: { kind: "synced", addr: sender.addr } });
      }
      default:
    }
    if (isWronged && sender.status !== "left") this.#send(sender, { kind: "gossip" });
  }

  /** Whoever has just come tells a small cluster so itself: gossip takes some rounds for that, and may miss one. */
  #greet(seed: string): void {
    const { list } = this.#view;
    if (list.alive > GREETED_MAX) return;
    for (const peer of list.values()) if (isAlive(peer) && peer.id !== seed) this.#send(peer, { kind: "gossip" });
  }

  #refuse({ sender }: Packet): void {
    const event = { kind: "rejected", addr: sender.addr, reason: "it is of another cluster" } as const;
    this.#effects.push({ kind: "event", event });
    const message = `this is the cluster "${this.#options.clusterName}", version ${PROTOCOL_VERSION}`;
    this.#send(sender, { kind: "refusal", code: "cluster", message });
  }

  /** Whatever it says: its own word would take the name from a node that is well. If both have members, those tell. */
  #refuseName({ id, addr }: MemberRecord): void {
    const message = `a node "${id}" lives at another address`;
    this.#effects.push({ kind: "event", event: { kind: "rejected", addr, reason: message } });
    this.#send({ id, addr }, { kind: "refusal", code: "id-taken", message });
  }

  #isTaken({ id, uid, addr }: MemberRecord): boolean {
    const known = this.member(id);
    return known !== undefined && isAlive(known) && known.uid !== uid && known.addr !== addr;
  }

  #suspectAt(addr: string, isRefused: boolean): void {
    const member = this.#view.list.aliveAt(addr);
    if (member === undefined || this.self.status === "left") return;
    // A closed port is news only of one whose connection broke or who did not answer.
    if (isRefused && member.status === "up") return;
    this.#view.suspect(member.id, isRefused);
  }

  #send(to: Addressee, body: Body, about = this.#view.list.get(to.id)): void {
    const { cluster } = this.#options;
    const updates = body.kind === "refusal" ? [] : this.#gossip.newsFor(to, about);
    const packet = { cluster, sender: this.self, body, updates };
    this.#effects.push({ kind: "send", addr: to.addr, packet, isBulk: isBulk(body) });
  }

  #repeat(everyMs: () => number, act: () => void): void {
    // A knob of Infinity turns it off.
    if (everyMs() === Infinity) return;
    const again = () => {
      this.#time.schedule(everyMs(), again);
      act();
    };
    this.#time.schedule(everyMs() * this.#options.random.next(), again);
  }
}
