/**
 * Anti-entropy: now and then two nodes compare all that they know, so that news which gossip lost arrive all the same.
 * @module
 */

import type { Random } from "../../src/spi.ts";
import { type MemberRecord, overrides, withVersion } from "./member.ts";
import type { Body } from "./messages.ts";
import type { View } from "./view.ts";

/** What the comparison needs. */
export interface AntiEntropyOptions {
  /** The members. */
  readonly view: View;
  /** The choices. */
  readonly random: Random;
  /** Sends something that may be large. */
  readonly send: (to: Pick<MemberRecord, "id" | "addr">, body: Body) => void;
}

/**
 * So many lost addresses are tried at once: with one alone, a returning node would be found late among many that are
 * dead.
 */
const RECONNECTS = 3;

/**
 * First a digest goes out; where it differs the other side answers with its records, and gets those that it lacks.
 * Without any difference the cost is one small packet, however many members there are.
 */
export class AntiEntropy {
  readonly #options: AntiEntropyOptions;
  /** Addresses that are tried as long as no member lives there. */
  seeds: readonly string[] = [];

  // The digest when it was last looked at.
  #settled: number | undefined;
  // Whose turn to be tried again has not come yet.
  #untried: string[] = [];

  /** Creates it without seeds. */
  constructor(options: AntiEntropyOptions) {
    this.#options = options;
  }

  /** Compares with a random member. */
  sync(): void {
    const { view, send } = this.#options;
    const [peer] = view.list.pick(1, ({ status }) => status === "up");
    if (peer !== undefined) send(peer, { kind: "digest", digest: view.digest, isJoin: false });
  }

  /**
   * Compares in between, where nothing has changed since the last time: where everybody has settled, a difference is no
   * news that are still under way but some that were lost.
   */
  recheck(): void {
    const { digest } = this.#options.view;
    if (digest === this.#settled) this.sync();
    this.#settled = digest;
  }

  /**
   * Tries some who are down, and seeds that are no members, so that a partition of any length heals: all of them in
   * turn.
   */
  reconnect(): void {
    const { view, random } = this.#options;
    // One of the seeds may be this node itself.
    const strangers = this.seeds.filter((addr) => addr !== view.self.addr && view.list.aliveAt(addr) === undefined);
    const lost = new Set([...view.list.down().map(({ addr }) => addr), ...strangers]);
    for (let tries = Math.min(RECONNECTS, lost.size); tries > 0; tries--) {
      this.#untried = this.#untried.filter((addr) => lost.has(addr));
      if (this.#untried.length === 0) this.#untried = [...lost];
      const [addr] = this.#untried.splice(Math.floor(random.next() * this.#untried.length), 1);
      // No join, so that it answers only where the digests differ: a seed may be a known member by another address.
      this.#ask(addr!, false);
    }
  }

  /** Asks whoever lives at an address for all its records. */
  askForState(addr: string): void {
    this.#ask(addr, true);
  }

  /** Answers a digest, or one who wants everything. */
  answer(sender: MemberRecord, digest: number | undefined): void {
    if (digest !== this.#options.view.digest) this.#sendState(sender, undefined);
  }

  /** Takes the state of another, and answers with what that lacks. */
  compare(sender: MemberRecord, records: readonly MemberRecord[], wantsReply: boolean): void {
    const { view } = this.#options;
    // Who has just come has no news for others: they told it.
    const isSpread = view.list.alive > 1;
    for (const record of records) {
      view.hear({ ...record, from: sender.id, isRefused: false }, isSpread);
    }
    if (wantsReply) this.#sendState(sender, new Map(records.map((record) => [record.id, record])));
  }

  #ask(addr: string, isJoin: boolean): void {
    const { view, send } = this.#options;
    if (addr !== view.self.addr) send({ id: "", addr }, { kind: "digest", digest: view.digest, isJoin });
  }

  /** Sends all records, or those that another lacks. */
  #sendState(to: MemberRecord, theirs: ReadonlyMap<string, MemberRecord> | undefined): void {
    const { view, send } = this.#options;
    const all = [view.self, ...view.list.values()];
    const records = theirs === undefined ? all : all.filter((own) => {
      const other = theirs.get(own.id);
      return other === undefined || overrides(own, other) || withVersion(other, own) !== other;
    });
    if (theirs === undefined || records.length > 0) {
      send(to, { kind: "state", records, wantsReply: theirs === undefined });
    }
  }
}

/** In a cluster that has settled, states are compared so much more often than in one that changes. */
export const RECHECKS = 6;

/**
 * How much rarer states are compared in a large cluster (memberlist, `pushPullScale`): above 32 nodes, with the log.
 */
export function syncScale(members: number): number {
  return members <= 32 ? 1 : Math.ceil(Math.log2(members) - Math.log2(32)) + 1;
}
