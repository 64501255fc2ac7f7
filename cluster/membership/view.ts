/**
 * What a node believes of all members: takes records and suspicions, and settles what counts.
 * @module
 */

import type { Random } from "../../src/spi.ts";
import { Awareness } from "./awareness.ts";
import { type MembershipConfig, suspicionBounds } from "./config.ts";
import { Dissemination } from "./dissemination.ts";
import type { LivedTime, LivedTimer } from "./lived_time.ts";
import { isAlive, type MemberRecord, overrides, withVersion } from "./member.ts";
import { digestOf, MemberList } from "./member_list.ts";
import type { MemberEvent, Update } from "./messages.ts";
import { Suspicion } from "./suspicion.ts";

/** What a view needs. */
export interface ViewOptions {
  /** The knobs. */
  readonly config: MembershipConfig;
  /** The choices. */
  readonly random: Random;
  /** The time. */
  readonly time: LivedTime;
  /** Hears what happened. */
  readonly emit: (event: MemberEvent) => void;
  /** There are news that should not wait for the next round of gossip. */
  readonly hurry: () => void;
}

interface Suspected {
  readonly suspicion: Suspicion;
  timer: LivedTimer;
  refusedAt: number | undefined;
}

/** No node raises its incarnation this often between two words of it that another hears: more is a lie or a fault. */
export const INCARNATION_STEP_MAX = 1_000_000;

/** With nobody to confirm it, a port must be closed for this many ms before its process counts as dead. */
const REFUSED_MS = 200;

/** See the module. */
export class View {
  /** Everybody but the node itself. */
  readonly list: MemberList;
  /** How far this node trusts itself. */
  readonly awareness: Awareness;
  /** The news under way. */
  readonly news: Dissemination<Update> = new Dissemination<Update>();
  readonly #options: ViewOptions;
  readonly #suspected: Map<string, Suspected> = new Map();
  #self: MemberRecord;

  /** Creates the view of a node that knows only itself. */
  constructor(self: MemberRecord, options: ViewOptions) {
    this.#self = self;
    this.#options = options;
    this.list = new MemberList(options.random, options.config.downMax);
    this.awareness = new Awareness(options.config.healthMax);
  }

  /** The record of the node itself. */
  get self(): MemberRecord {
    return this.#self;
  }

  /** How many are alive, the node itself included. */
  get size(): number {
    return this.list.alive + 1;
  }

  /** The same number where two nodes have the same members alive. */
  get digest(): number {
    return (this.list.digest + digestOf(this.#self)) >>> 0;
  }

  /** Says something new about the node itself. */
  declare(change: Partial<Omit<MemberRecord, "id" | "addr">>): void {
    this.#self = { ...this.#self, ...change };
    this.#spread({ ...this.#self, from: "", isRefused: false });
  }

  /** Takes a piece of news. `isSpread` says whether it is passed on. */
  apply(update: Update, isSpread = true): void {
    if (update.id === this.#self.id) return this.#aboutSelf(update);
    const known = this.list.get(update.id);
    if (known === undefined) {
      if (this.list.size >= this.#options.config.membersMax) return this.#reject(update, "there are too many members");
      return this.#install(update, undefined, isSpread);
    }
    const isSame = known.uid === update.uid;
    if (isSame && update.incarnation > known.incarnation + INCARNATION_STEP_MAX) {
      return this.#reject(update, `the incarnation ${update.incarnation} is too far from ${known.incarnation}`);
    }
    if (!isSame && known.addr !== update.addr && isAlive(known) && isAlive(update)) {
      this.#options.emit({ kind: "conflict", known, other: update });
    }
    if (overrides(update, known)) return this.#install(update, known, isSpread);
    const newer = withVersion(known, update);
    if (newer !== known) this.#setVersion(newer);
    const isSameSuspicion = isSame && update.incarnation === known.incarnation && update.status === "suspect";
    if (isSameSuspicion && known.status === "suspect") this.#confirm(known, update.from, update.isRefused);
  }

  /** This node itself has found that a member does not answer; `isRefused` where its port is closed. */
  suspect(id: string, isRefused: boolean): void {
    const known = this.list.get(id);
    if (known === undefined || !isAlive(known)) return;
    const from = this.#self.id;
    if (known.status === "up") this.#install({ ...known, status: "suspect", from, isRefused }, known, true);
    else this.#confirm(known, from, isRefused);
  }

  #aboutSelf(update: Update): void {
    const self = this.#self;
    if (update.uid === self.uid) {
      if (update.incarnation > self.incarnation + INCARNATION_STEP_MAX) return this.#reject(update, "it lies about me");
      if (self.status === "left" || !overrides(update, self)) return;
      // Refutation: nobody else may raise it, so this overrides whatever was said.
      this.awareness.apply(1);
      this.declare({ incarnation: update.incarnation + 1 });
      this.#options.hurry();
      return;
    }
    const isRival = isAlive(update) && update.addr !== self.addr;
    if (isRival) this.#options.emit({ kind: "conflict", known: self, other: update });
    // A rival with a higher number keeps the name; an earlier start of this very node does not.
    if (isRival && update.uid > self.uid) return;
    if (update.uid > self.uid) {
      const uid = update.uid + 1 + Math.floor(this.#options.random.next() * 1_000);
      this.declare({ uid, incarnation: 0 });
    } else this.declare({});
  }

  #install(update: Update, known: MemberRecord | undefined, isSpread: boolean): void {
    const { emit, hurry } = this.#options;
    const { from, isRefused, ...fresh } = update;
    const record = known === undefined ? fresh : withVersion(fresh, known);
    if (known !== undefined && known.uid !== record.uid && isAlive(known)) {
      // The node has started anew: whatever it had is gone with the old start.
      this.#endSuspicion(known.id);
      const gone: MemberRecord = { ...known, status: "down" };
      this.list.set(gone);
      emit({ kind: "status", member: gone, before: known });
      known = gone;
    }
    this.list.set(record);
    this.#endSuspicion(record.id);
    if (record.status === "suspect") this.#startSuspicion(record, from, isRefused);
    if (isSpread) this.#spread(update);
    if (known?.status !== record.status || known.uid !== record.uid) {
      emit({ kind: "status", member: record, before: known });
      if (isSpread && known !== undefined) hurry();
    }
    if (isAlive(record) && (known === undefined || known.uid !== record.uid || known.version !== record.version)) {
      emit({ kind: "version", member: record });
    }
  }

  #setVersion(record: MemberRecord): void {
    this.list.set(record);
    const underWay = this.news.about(record.id);
    this.#spread({ ...record, from: underWay?.from ?? "", isRefused: underWay?.isRefused ?? false });
    if (isAlive(record)) this.#options.emit({ kind: "version", member: record });
  }

  #startSuspicion(record: MemberRecord, from: string, isRefused: boolean): void {
    const { config, time } = this.#options;
    const suspicion = new Suspicion(suspicionBounds(config, this.size), from, time.now);
    const timer = time.schedule(suspicion.endsAt - time.now, () => this.#giveUp(record.id));
    this.#suspected.set(record.id, { suspicion, timer, refusedAt: undefined });
    if (isRefused) this.#confirm(record, from, true);
  }

  #endSuspicion(id: string): void {
    this.#suspected.get(id)?.timer.cancel();
    this.#suspected.delete(id);
  }

  #confirm(record: MemberRecord, from: string, isRefused: boolean): void {
    const suspected = this.#suspected.get(record.id);
    if (suspected === undefined) return;
    const { suspicion } = suspected;
    const { time, hurry } = this.#options;
    if (suspicion.confirm(from, isRefused)) {
      this.#spread({ ...record, from, isRefused });
      suspected.timer.cancel();
      suspected.timer = time.schedule(Math.max(0, suspicion.endsAt - time.now), () => this.#giveUp(record.id));
      if (isRefused) hurry();
    }
    if (isRefused && from === this.#self.id) suspected.refusedAt ??= time.now;
    if (this.#isDead(suspected)) this.#giveUp(record.id);
  }

  /** Its port is closed, for this node and for others: a process that died, not one that is slow. */
  #isDead({ suspicion, refusedAt }: Suspected): boolean {
    if (refusedAt === undefined) return false;
    // Neither this node nor the one in question can confirm it.
    const others = Math.min(2, this.size - 2);
    if (others > 0) return suspicion.refusals > others;
    return this.#options.time.now - refusedAt >= REFUSED_MS;
  }

  #giveUp(id: string): void {
    const known = this.list.get(id);
    if (known?.status !== "suspect") return;
    this.#install({ ...known, status: "down", from: this.#self.id, isRefused: false }, known, true);
  }

  #spread(update: Update): void {
    const bytes = RECORD_BYTES + update.id.length + update.addr.length + update.from.length;
    this.news.add({ about: update.id, value: update, bytes });
  }

  #reject(update: Update, reason: string): void {
    this.#options.emit({ kind: "rejected", addr: update.addr, reason: `${update.id}: ${reason}` });
  }
}

/** Bytes of a record beside its texts: tags, lengths and numbers. */
const RECORD_BYTES = 32;
