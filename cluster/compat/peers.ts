/**
 * What is known of the nodes of a Cinema-rs 0.1 cluster: a state machine. Gossip and the time go in, events come out.
 *
 * Such nodes know no incarnations, so nothing that one says about another can be trusted to be new, or to be true. Each
 * is believed about itself alone.
 * @module
 */

import type { Random } from "../../src/spi.ts";
import { parseAddress } from "../address.ts";
import { Contacts } from "./contacts.ts";
import type { CompatEvent, Peer } from "./events.ts";
import type { Gossip, NodeInfo, NodeStatus } from "./gossip_codec.ts";
import { FORGET_MS, NAME_MAX, PEERS_MAX } from "./limits.ts";
import { type PeerActorChange, type PeerActorHost, PeerActors } from "./peer_actors.ts";
import { Repeats } from "./repeats.ts";

/** Gossip that was heard. */
export interface Heard {
  /** What it says. */
  readonly gossip: Gossip;
  /** Who says it. */
  readonly sender: string;
  /** Where it comes from, for whoever reads a report. */
  readonly from: string;
  /** The address that was asked; undefined for gossip that came by itself. */
  readonly asked?: string;
}

/** How peers are kept. */
export interface PeersOptions {
  /** The id of this node. */
  readonly nodeId: string;
  /** The ids of all nodes of our own cluster. */
  readonly ownMembers: () => Iterable<string>;
  /** Ms between two exchanges with one peer. */
  readonly intervalMs: number;
  /** Ms after which a peer that was not heard is Suspect; after twice as long it is Down. */
  readonly suspectTimeoutMs: number;
  /** Spreads the exchanges. */
  readonly random: Random;
  /** Peers that are known at a time. */
  readonly peersMax?: number;
  /** Claims of names that are known at a time. */
  readonly actorsMax?: number;
}

/** A peer, with what others need not see. */
interface Known {
  readonly id: string;
  /** Where it was reached; until then what it says. */
  addr: string;
  moves: number;
  /** Where it says that it listens. */
  claim: string;
  status: NodeStatus;
  /** When it was heard, in the time that this node has lived. */
  heardAt: number;
}

/** See the module. {@linkcode Peers.tick} wants to be called at least four times within the suspicion time-out. */
export class Peers {
  readonly #options: PeersOptions;
  readonly #peers: Map<string, Known> = new Map();
  readonly #contacts: Contacts;
  readonly #actors: PeerActors;
  readonly #repeats: Repeats = new Repeats();
  #events: CompatEvent[] = [];
  #now: number;
  #livedMs = 0;

  /** Creates the view of a node that knows nobody. */
  constructor(options: PeersOptions, now: number) {
    this.#options = options;
    this.#contacts = new Contacts(options);
    this.#actors = new PeerActors(options.actorsMax);
    this.#now = now;
  }

  /** All peers, those that are Down included. */
  get all(): Peer[] {
    return [...this.#peers.values()].map(({ id, addr, moves, status }) => ({ id, addr, moves, status }));
  }

  /** A peer. */
  get(id: string): Peer | undefined {
    return this.#peers.get(id);
  }

  /** What may be told to others: who is seen Up, and where it says that it listens. About the rest they know better. */
  get known(): NodeInfo[] {
    const up = [...this.#peers.values()].filter(({ status }) => status === "up");
    return up.map(({ id, claim: addr, status }) => ({ id, addr, status }));
  }

  /** Which peer hosts an actor. */
  lookup(name: string): PeerActorHost | undefined {
    return this.#actors.lookup(name);
  }

  /** Wants an address to be asked, again and again. */
  seed(addr: string, now: number): void {
    this.#pass(now);
    this.#contacts.seed(addr, this.#now);
  }

  /** The addresses to ask now. Each must be settled by {@linkcode Peers.hear} or {@linkcode Peers.missed}. */
  due(now: number): string[] {
    this.#pass(now);
    return this.#contacts.due(this.#now);
  }

  /** Nobody has answered at an address. */
  missed(addr: string, error: unknown, now: number): CompatEvent[] {
    this.#pass(now);
    this.#contacts.failed(addr);
    // Of a peer its status says enough.
    const isPeer = this.#peers.values().some((peer) => peer.addr === addr);
    if (!isPeer && this.#contacts.isSeed(addr)) {
      this.#tellOnce(`unreachable ${addr}`, { kind: "unreachable", addr, error });
    }
    return this.#take();
  }

  /** Takes gossip. */
  hear(heard: Heard, now: number): { isRejected: boolean; events: CompatEvent[] } {
    this.#pass(now);
    const { gossip, sender, asked } = heard;
    const why = this.#refuse(sender, asked) ?? this.#believe(heard);
    if (asked !== undefined) this.#settle(asked, sender, why === undefined);
    if (why !== undefined) {
      this.#reject(heard, why);
      return { isRejected: true, events: this.#take() };
    }
    const actors = gossip.actors.filter(({ nodeId, actorId, actorType }) =>
      nodeId === sender && isName(actorId) && actorType.length <= NAME_MAX
    );
    const own = actors.map(({ actorId: name, actorType }) => ({ name, actorType }));
    // Who has asked knows whom: others could only add to what a peer says, but not take from it.
    this.#moved(this.#actors.take(sender, own, asked !== undefined && gossip.isCut !== true));
    this.#consider(heard);
    if (gossip.isCut) {
      this.#reject(heard, "it names more members or actors than are taken: the rest is missing");
    }
    return { isRejected: false, events: this.#take() };
  }

  /** Time has passed. */
  tick(now: number): CompatEvent[] {
    this.#pass(now);
    this.#contacts.expire(this.#now);
    const { suspectTimeoutMs } = this.#options;
    const own = new Set(this.#options.ownMembers());
    for (const peer of [...this.#peers.values()]) {
      const silentMs = this.#livedMs - peer.heardAt;
      if (own.has(peer.id)) {
        this.#reject({ from: peer.addr, asked: peer.addr }, `it has the id "${peer.id}" of a node of our own cluster`);
        this.#forget(peer);
      } else if (silentMs >= 2 * suspectTimeoutMs + FORGET_MS) this.#forget(peer);
      else if (silentMs >= 2 * suspectTimeoutMs) this.#down(peer);
      else if (silentMs >= suspectTimeoutMs) this.#see(peer, "suspect");
    }
    return this.#take();
  }

  /** Why somebody is no peer at all. */
  #refuse(sender: string, asked: string | undefined): string | undefined {
    if (!isName(sender)) return `its id has ${sender.length} characters, not 1 to ${NAME_MAX}`;
    if (sender === this.#options.nodeId) {
      return asked === undefined ? `it claims to be "${sender}", as this node is called` : "it is this node itself";
    }
    for (const own of this.#options.ownMembers()) {
      if (own === sender) return `it claims to be "${sender}", a node of our own cluster`;
    }
    return undefined;
  }

  /** Takes gossip as a sign of life of its sender; says why not, where it is none. */
  #believe({ gossip, sender, asked }: Heard): string | undefined {
    const said = gossip.members.find(({ id }) => id === sender)?.addr ?? "";
    const claim = isAddress(said) ? said : asked;
    if (claim === undefined) return `"${sender}" does not say where it can be reached`;
    const peer = this.#peers.get(sender);
    if (peer === undefined) return this.#welcome(sender, asked ?? claim, claim);
    if (peer.claim !== claim && peer.addr !== asked) {
      // Whether it has moved or another has its name shows when the one that is known falls silent, and the other
      // answers.
      if (asked === undefined) this.#contacts.report(claim, this.#now);
      if (asked === undefined || peer.status === "up") {
        return `it claims to be "${sender}" at ${claim}, which is known at ${peer.claim}`;
      }
    }
    if (asked !== undefined && peer.addr !== asked && (peer.claim !== claim || peer.status !== "up")) {
      this.#contacts.unpin(peer.addr, this.#now);
      peer.addr = asked;
      peer.moves++;
    }
    peer.claim = claim;
    peer.heardAt = this.#livedMs;
    this.#contacts.pin(peer.addr, this.#now);
    this.#see(peer, "up");
    return undefined;
  }

  #welcome(id: string, addr: string, claim: string): string | undefined {
    const { peersMax = PEERS_MAX } = this.#options;
    if (this.#peers.size >= peersMax) {
      const gone = [...this.#peers.values()].find(({ status }) => status === "down");
      if (gone === undefined) return `there are ${peersMax} peers already`;
      this.#forget(gone);
    }
    const peer: Known = { id, addr, moves: 0, claim, status: "up", heardAt: this.#livedMs };
    this.#peers.set(id, peer);
    this.#contacts.pin(addr, this.#now);
    this.#events.push({ kind: "status", id, addr, status: "up", before: undefined });
    return undefined;
  }

  /** An address that was asked has answered. */
  #settle(asked: string, sender: string, isTaken: boolean): void {
    if (isTaken) this.#contacts.answered(asked, this.#now);
    else this.#contacts.failed(asked);
    if (sender === this.#options.nodeId) this.#contacts.drop(asked);
    // Who is reached at another address need not be asked twice, and who was refused is asked again when it is
    // reported.
    else if (this.#peers.get(sender)?.addr !== asked && !this.#contacts.isSeed(asked)) this.#contacts.drop(asked);
  }

  /** Members that others report are asked whether they are there. How they are said to be counts for nothing. */
  #consider(heard: Heard): void {
    const own = new Set(this.#options.ownMembers()).add(this.#options.nodeId);
    for (const { id, addr } of heard.gossip.members) {
      if (!isName(id) || own.has(id) || !isAddress(addr)) continue;
      const peer = this.#peers.get(id);
      if (peer !== undefined && (peer.status === "up" || peer.claim === addr)) continue;
      if (!this.#contacts.report(addr, this.#now)) this.#reject(heard, "it reports more addresses than can be asked");
    }
  }

  #down(peer: Known): void {
    if (peer.status === "down") return;
    this.#contacts.unpin(peer.addr, this.#now);
    this.#see(peer, "down");
    this.#moved(this.#actors.drop(peer.id));
  }

  #forget(peer: Known): void {
    this.#down(peer);
    this.#peers.delete(peer.id);
  }

  #see(peer: Known, status: NodeStatus): void {
    const before = peer.status;
    if (before === status) return;
    peer.status = status;
    this.#events.push({ kind: "status", id: peer.id, addr: peer.addr, status, before });
  }

  #moved(changes: readonly PeerActorChange[]): void {
    for (const { name, node } of changes) this.#events.push({ kind: "actor", name, node });
  }

  #reject({ from, asked }: Pick<Heard, "from" | "asked">, reason: string): void {
    // Who connects has another port each time.
    const who = asked ?? from.slice(0, from.lastIndexOf(":"));
    this.#tellOnce(`rejected ${who} ${reason}`, { kind: "rejected", addr: asked ?? from, reason });
  }

  #tellOnce(what: string, event: CompatEvent): void {
    if (this.#repeats.isNews(what, this.#now)) this.#events.push(event);
  }

  #take(): CompatEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /**
   * Time counts as lived up to half a suspicion: what this process has slept through is no evidence against anybody.
   */
  #pass(now: number): void {
    const passedMs = Math.max(0, now - this.#now);
    this.#now = Math.max(this.#now, now);
    this.#livedMs += Math.min(passedMs, this.#options.suspectTimeoutMs / 2);
  }
}

/** Whether one could connect there. */
function isAddress(text: string): boolean {
  try {
    return parseAddress(text).port > 0;
  } catch {
    return false;
  }
}

function isName(text: string): boolean {
  return text !== "" && text.length <= NAME_MAX;
}
