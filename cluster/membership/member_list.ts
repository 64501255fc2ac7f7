/**
 * The members that a node knows, and whom it talks to next.
 * @module
 */

import type { Random } from "../../src/spi.ts";
import { isAlive, type MemberRecord } from "./member.ts";
import { fnv1a } from "./messages.ts";

/** All records but that of the node itself, by id. */
export class MemberList {
  readonly #random: Random;
  readonly #downMax: number;
  readonly #records: Map<string, MemberRecord> = new Map();
  // Those that are alive, in the order of probing.
  #ring: string[] = [];
  #next = 0;
  #digest = 0;

  /** Creates an empty list that remembers up to `downMax` who are gone. */
  constructor(random: Random, downMax: number) {
    this.#random = random;
    this.#downMax = downMax;
  }

  /** How many records there are. */
  get size(): number {
    return this.#records.size;
  }

  /** How many of them are alive. */
  get alive(): number {
    return this.#ring.length;
  }

  /** A number that is the same where two lists have the same members alive, whatever their order. */
  get digest(): number {
    return this.#digest;
  }

  /** The record of a node. */
  get(id: string): MemberRecord | undefined {
    return this.#records.get(id);
  }

  /** All records. */
  values(): IterableIterator<MemberRecord> {
    return this.#records.values();
  }

  /** The living member at an address. */
  aliveAt(addr: string): MemberRecord | undefined {
    for (const id of this.#ring) {
      const record = this.#records.get(id)!;
      if (record.addr === addr) return record;
    }
    return undefined;
  }

  /** Takes a record in place of an older one. */
  set(record: MemberRecord): void {
    const { id } = record;
    const known = this.#records.get(id);
    if (known !== undefined && isAlive(known)) this.#digest = (this.#digest - digestOf(known)) >>> 0;
    // Whoever was heard of last stands last, so that the oldest of those who are gone are forgotten first.
    this.#records.delete(id);
    this.#records.set(id, record);
    if (isAlive(record)) this.#digest = (this.#digest + digestOf(record)) >>> 0;
    const wasAlive = known !== undefined && isAlive(known);
    if (isAlive(record) && !wasAlive) this.#enter(id);
    else if (!isAlive(record) && wasAlive) this.#leave(id);
    if (this.#records.size - this.#ring.length > this.#downMax) this.#forgetOldest();
  }

  /** The next member to probe: everybody once, in random order, then again (SWIM, section 4.3). */
  nextTarget(): MemberRecord | undefined {
    if (this.#next >= this.#ring.length) {
      this.#next = 0;
      shuffle(this.#ring, this.#random);
    }
    const id = this.#ring[this.#next++];
    return id === undefined ? undefined : this.#records.get(id);
  }

  /** Up to `count` living members that pass, none twice. */
  pick(count: number, passes: (record: MemberRecord) => boolean): MemberRecord[] {
    const ring = this.#ring;
    const picked: MemberRecord[] = [];
    // A shuffle that goes only as far as it must, and keeps only what it has moved: no copy of the whole list.
    const moved = new Map<number, number>();
    for (let tries = 0; tries < ring.length && picked.length < count; tries++) {
      const at = tries + Math.floor(this.#random.next() * (ring.length - tries));
      const record = this.#records.get(ring[moved.get(at) ?? at]!)!;
      moved.set(at, moved.get(tries) ?? tries);
      if (passes(record)) picked.push(record);
    }
    return picked;
  }

  /** Those that are down, but not those that have left. */
  down(): MemberRecord[] {
    return [...this.#records.values()].filter(({ status }) => status === "down");
  }

  /** SWIM, section 4.3: a new member is put at a random place, so that its first probe comes at a random time. */
  #enter(id: string): void {
    const at = Math.floor(this.#random.next() * (this.#ring.length + 1));
    this.#ring.splice(at, 0, id);
    if (at < this.#next) this.#next++;
  }

  #leave(id: string): void {
    const at = this.#ring.indexOf(id);
    this.#ring.splice(at, 1);
    if (at < this.#next) this.#next--;
  }

  #forgetOldest(): void {
    for (const [id, record] of this.#records) {
      if (!isAlive(record)) return void this.#records.delete(id);
    }
  }
}

/** What a living member adds to the digest of a list. */
export function digestOf({ id, uid, incarnation, version }: MemberRecord): number {
  return fnv1a(`${id} ${uid} ${incarnation} ${version}`);
}

function shuffle(items: string[], random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
}
