/**
 * What a node believes of all members: takes records and suspicions, and settles what counts.
 * @module
 */

import type { ClockTimer, Random } from "../../src/spi.ts";
import { Awareness } from "./awareness.ts";
import { type MembershipConfig, suspicionBounds } from "./config.ts";
import { Dissemination } from "./dissemination.ts";
import { INCARNATION_STEP_MAX, NEWS_MAX } from "./limits.ts";
import type { LivedTime } from "./lived_time.ts";
import { isAlive, type MemberRecord, overrides, withVersion } from "./member.ts";
import { digestOf, MemberList } from "./member_list.ts";
import { bytesOf, type MemberEvent, type Update } from "./messages.ts";
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
  timer: ClockTimer;
  /** When this node first found the port closed, and when it last said so. */
  refusedAt: number | undefined;
  saidAt: number | undefined;
  /** Which news say who else suspects it. */
  readonly words: Set<string>;
}

/** The highest uid: whoever must go beyond it raises its incarnation instead. */
const UID_MAX = Number.MAX_SAFE_INTEGER;

/** With nobody to confirm it, a port must be closed for this many ms before its process counts as dead. */
const REFUSED_MS = 200;

/** See the module. */
export class View {
  /** Everybody but the node itself. */
  readonly list: MemberList;
  /** How far this node trusts itself. */
  readonly awareness: Awareness;
  /** The news under way. */
  readonly news: Dissemination<Update>;
  readonly #options: ViewOptions;
  readonly #suspected: Map<string, Suspected> = new Map();
  // Those who are down because their port was closed.
  readonly #closed: WeakSet<MemberRecord> = new WeakSet();
  #self: MemberRecord;

  /** Creates the view of a node that knows only itself. */
  constructor(self: MemberRecord, options: ViewOptions) {
    this.#self = self;
    this.#options = options;
    this.list = new MemberList(options.random, options.config.downMax);
    this.awareness = new Awareness(options.config.healthMax);
    this.news = new Dissemination(NEWS_MAX);
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

  /** Takes a piece of news. `isSpread` says whether it is passed on, `isOwnWord` whether the member itself says it. */
  apply(update: Update, isSpread = true, isOwnWord = false): void {
    if (update.id === this.#self.id) return this.#aboutSelf(update);
    const known = this.list.get(update.id);
    const isSame = known?.uid === update.uid;
    // Whoever was lied about often may be beyond the first step, and says so itself to those who do not know it yet.
    const base = isSame ? known.incarnation : isOwnWord ? update.incarnation : 0;
    if (update.incarnation > base + INCARNATION_STEP_MAX) {
      return this.#reject(update, `the incarnation ${update.incarnation} is too far from ${base}`);
    }
    const isMore = isAlive(update) && (known === undefined || !isAlive(known));
    if (isMore && this.list.alive >= this.#options.config.membersMax) {
      return this.#reject(update, "there are too many members");
    }
    if (known === undefined) return this.#install(update, undefined, isSpread);
    if (!isSame && known.addr !== update.addr && isAlive(known) && isAlive(update)) {
      this.#options.emit({ kind: "conflict", known, other: update });
    }
    if (overrides(update, known)) return this.#install(update, known, isSpread);
    const newer = withVersion(known, update);
    if (newer !== known) this.#setVersion(newer);
    const isSameSuspicion = isSame && update.incarnation === known.incarnation && update.status === "suspect";
    if (isSameSuspicion && known.status === "suspect") this.#confirm(known, update.from, update.isRefused);
  }

  /** Takes what another says of a member. Down is a suspicion here, unless it had time to contradict or is refused. */
  hear(said: Update, isSpread = true): void {
    // What this node has seen itself it does not hear: that is the echo of an earlier start, whose eyes do not count.
    const update = said.from === this.#self.id ? { ...said, from: "", isRefused: false } : said;
    const known = this.list.get(update.id);
    // An earlier start with a higher number ended. The one that lives takes a higher one, or has time to contradict.
    const isOther = known !== undefined && isAlive(known) && !isAlive(update) && update.uid > known.uid;
    if (isOther && !this.#isRipe(known)) return;
    // Whoever was cut off has given up everybody.
    const isDoubted = update.status === "down" && known?.uid === update.uid && isAlive(known);
    if (!isDoubted || update.isRefused || this.#isRipe(update)) this.apply(update, isSpread);
    else this.apply({ ...update, status: "suspect" }, isSpread);
  }

  /** What this node says of a member to one who has it wrong. */
  wordOf(record: MemberRecord): Update {
    return { ...record, from: this.#self.id, isRefused: this.#closed.has(record) };
  }

  /** This node itself has found that a member does not answer; `isRefused` where its port is closed. */
  suspect(id: string, isRefused: boolean): void {
    const known = this.list.get(id);
    if (known === undefined || !isAlive(known)) return;
    const from = this.#self.id;
    if (known.status === "up") this.#install({ ...known, status: "suspect", from, isRefused }, known, true);
    else this.#confirm(known, from, isRefused);
  }

  #isRipe({ id, incarnation }: MemberRecord): boolean {
    const suspicion = this.#suspected.get(id)?.suspicion;
    return suspicion !== undefined && this.list.get(id)!.incarnation === incarnation &&
      suspicion.isRipe(this.#options.time.now);
  }

  #aboutSelf(update: Update): void {
    const self = this.#self;
    if (self.status === "left") return;
    const isSame = update.uid === self.uid;
    const base = isSame ? self.incarnation : 0;
    if (update.incarnation > base + INCARNATION_STEP_MAX) return this.#reject(update, "it lies about this node");
    if (isSame) {
      const isAhead = update.incarnation === self.incarnation && update.version > self.version;
      if (!overrides(update, self) && !isAhead) return;
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
      const uid = Math.min(UID_MAX, update.uid + 1 + Math.floor(this.#options.random.next() * 1_000));
      this.declare({ uid, incarnation: uid === update.uid ? update.incarnation + 1 : 0 });
    } else this.declare({});
    this.#options.hurry();
  }

  #install(update: Update, known: MemberRecord | undefined, isSpread: boolean): void {
    const { emit, hurry } = this.#options;
    const { from, isRefused, ...fresh } = update;
    const record = known === undefined ? fresh : withVersion(fresh, known);
    if (known !== undefined && known.uid !== record.uid && known.uid !== 0 && isAlive(known)) {
      // The node has started anew: whatever it had is gone with the old start. Of one only named none is known.
      this.#endSuspicion(known.id);
      const gone: MemberRecord = { ...known, status: "down" };
      this.list.set(gone);
      emit({ kind: "status", member: gone, before: known });
      known = gone;
    }
    this.list.set(record);
    if (record.status === "down" && isRefused) this.#closed.add(record);
    this.#endSuspicion(record.id);
    if (isSpread) this.#spread({ ...record, from, isRefused });
    // That somebody is gone is news only where it was there.
    const isNews = known?.uid === record.uid ? known.status !== record.status : isAlive(record);
    if (isNews) emit({ kind: "status", member: record, before: known });
    if (isNews && isSpread && known !== undefined) hurry();
    if (isAlive(record) && (known === undefined || known.uid !== record.uid || known.version !== record.version)) {
      emit({ kind: "version", member: record });
    }
    if (record.status === "suspect") this.#startSuspicion(record, from, isRefused);
    if (known?.status !== record.status) this.#countWitnesses();
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
    const timer = time.schedule(suspicion.endsAt - time.now, () => this.#giveUp(record.id, false));
    this.#suspected.set(record.id, { suspicion, timer, refusedAt: undefined, saidAt: undefined, words: new Set() });
    if (isRefused) this.#confirm(record, from, true);
  }

  /** Who is suspected confirms nothing: with a hung and a dead one among four, all would wait for its word in vain. */
  #countWitnesses(): void {
    const witnesses = this.list.alive - this.#suspected.size;
    for (const [id, suspected] of this.#suspected) {
      const { suspicion } = suspected;
      const before = suspicion.endsAt;
      suspicion.limit(witnesses);
      if (suspicion.endsAt !== before) this.#reschedule(id, suspected);
    }
  }

  #reschedule(id: string, suspected: Suspected): void {
    const { time } = this.#options;
    suspected.timer.cancel();
    suspected.timer = time.schedule(Math.max(0, suspected.suspicion.endsAt - time.now), () => this.#giveUp(id, false));
  }

  #endSuspicion(id: string): void {
    const suspected = this.#suspected.get(id);
    if (suspected === undefined) return;
    suspected.timer.cancel();
    for (const word of suspected.words) this.news.delete(word);
    this.#suspected.delete(id);
  }

  #confirm(record: MemberRecord, from: string, isRefused: boolean): void {
    const suspected = this.#suspected.get(record.id);
    // Only a member counts, or invented names would hasten the end.
    if (suspected === undefined || from === record.id || !this.#isWitness(from)) return;
    const { suspicion } = suspected;
    const { time, hurry } = this.#options;
    const isOwnRefusal = isRefused && from === this.#self.id;
    // Who has found the port closed says so now and then, while that is not believed: others may not have heard it.
    const isRepeated = isOwnRefusal && time.now - (suspected.saidAt ?? time.now) >= REFUSED_MS;
    if (isRepeated || (isOwnRefusal && suspected.saidAt === undefined)) suspected.saidAt = time.now;
    if (suspicion.confirm(from, isRefused) || isRepeated) {
      // Each who suspects it is a piece of news of its own: if one replaced another, some would never get through.
      const word = this.news.about(record.id)?.from === from ? record.id : `${record.id}\n${from}`;
      this.#spread({ ...record, from, isRefused }, word);
      if (word !== record.id) suspected.words.add(word);
      this.#reschedule(record.id, suspected);
      if (isRefused) hurry();
    }
    if (isOwnRefusal) suspected.refusedAt ??= time.now;
    if (isRefused && this.#isDead(suspected)) this.#giveUp(record.id, true);
  }

  #isWitness(id: string): boolean {
    if (id === this.#self.id) return true;
    const known = this.list.get(id);
    return known !== undefined && isAlive(known);
  }

  /** Its port is closed, for this node and for others: a process that died, not one that is slow. */
  #isDead({ suspicion, refusedAt }: Suspected): boolean {
    if (refusedAt === undefined) return false;
    // Who is suspected confirms nothing. A port that refuses also shows that this node is not the one cut off.
    const others = Math.min(2, this.list.alive - this.#suspected.size);
    if (others > 0) return suspicion.refusals > others;
    return this.#options.time.now - refusedAt >= REFUSED_MS;
  }

  #giveUp(id: string, isRefused: boolean): void {
    const known = this.list.get(id);
    if (known?.status !== "suspect") return;
    this.#install({ ...known, status: "down", from: this.#self.id, isRefused }, known, true);
  }

  #spread(update: Update, about = update.id): void {
    // What is larger than a packet would never go: over a stream it arrives all the same.
    const bytes = Math.min(bytesOf(update), this.#options.config.packetBytesMax);
    this.news.add({ about, value: update, bytes });
  }

  #reject(update: Update, reason: string): void {
    this.#options.emit({ kind: "rejected", addr: update.addr, reason: `${update.id}: ${reason}` });
  }
}
