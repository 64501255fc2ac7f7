/**
 * Gossip: when rounds of news go out, and what each packet carries.
 * @module
 */

import type { MembershipConfig } from "./config.ts";
import { retransmitLimit } from "./dissemination.ts";
import type { LivedTime } from "./lived_time.ts";
import { isAlive, type MemberRecord, overrides } from "./member.ts";
import { type Body, bytesOf, type Update } from "./messages.ts";
import type { View } from "./view.ts";

/** Whom a packet is for: as much as is known of it. */
export type Addressee = Pick<MemberRecord, "id" | "addr"> & Partial<MemberRecord>;

/** What gossip needs. */
export interface GossipOptions {
  /** The knobs. */
  readonly config: MembershipConfig;
  /** The time. */
  readonly time: LivedTime;
  /** The members, and the news about them. */
  readonly view: View;
  /** Sends something to a member; news ride on it. */
  readonly send: (to: Addressee, body: Body) => void;
}

/** News that were asked to hurry wait this many ms, so that several go in one packet. */
const HURRY_MS = 10;

/** See the module. There are rounds only as long as there are news. */
export class Gossip {
  /** Whether there are rounds at all. */
  isOn = false;
  readonly #options: GossipOptions;
  // When the next round is; undefined while there are no news.
  #nextAt: number | undefined;

  /** Creates it switched off. */
  constructor(options: GossipOptions) {
    this.#options = options;
  }

  /** There may be news: a round of them within the interval. */
  soon(): void {
    const { view, config } = this.#options;
    if (view.news.size > 0) this.#within(config.gossipIntervalMs);
  }

  /** There are news that should not wait for that. */
  hurry(): void {
    this.#within(HURRY_MS);
  }

  /** The news that ride on a packet; `about` is whose record comes first where the other side has that wrong. */
  newsFor(to: Addressee, about: MemberRecord | undefined): Update[] {
    const { view, config: { packetBytesMax, retransmitMult } } = this.#options;
    const limit = retransmitLimit(retransmitMult, view.size);
    const isOwn = about?.id === to.id;
    const isOutdated = isOwn && to.incarnation !== undefined && overrides(about, to as MemberRecord);
    if (about === undefined || (isOwn && about.status === "up" && !isOutdated)) {
      return view.news.take(packetBytesMax, limit);
    }
    // Lifeguard, section IV.C, "buddy system": who is suspected hears it first, from whoever talks to it.
    const first = view.wordOf(about);
    const news = view.news.take(packetBytesMax - bytesOf(first), limit);
    return [first, ...news.filter(({ id }) => id !== first.id)];
  }

  #round(): void {
    const { view, send, config: { gossipNodes } } = this.#options;
    for (const peer of view.list.pick(gossipNodes, isAlive)) {
      if (view.news.size === 0) return;
      send(peer, { kind: "gossip" });
    }
    this.soon();
  }

  #within(ms: number): void {
    if (!this.isOn) return;
    const { time } = this.#options;
    const at = time.now + ms;
    if (this.#nextAt !== undefined && this.#nextAt <= at) return;
    this.#nextAt = at;
    time.schedule(ms, () => {
      // An earlier round has taken its place.
      if (this.#nextAt !== at) return;
      this.#nextAt = undefined;
      this.#round();
    });
  }
}
