/**
 * The connections by which this node gossips: one to each address for probes and news, one for what may be large.
 * Packets are dropped where they cannot be sent, and whoever sends them deals with that.
 * @module
 */

import { Channel, type ChannelPeer, type ChannelReceiver, type Dialled, isRefused } from "../remote/spi.ts";
import type { Clock, ClockTimer } from "../src/spi.ts";
import { BULK_IDLE_MS, LINK_IDLE_MS, LINKS_MAX, OPENING_MS, QUEUE_BYTES_MAX, QUEUE_MAX } from "./limits.ts";

/** Ms between two looks for connections that nobody uses. */
const SWEEP_MS = 5_000;

/**
 * Ms after which a connection that took the place of a broken one counts as whole: one that ends sooner is not
 * replaced.
 */
const LASTING_MS = 1_000;

/** What the connections need, and who hears of them. */
export interface LinksOptions {
  /** The time. */
  readonly clock: Clock;
  /** Makes a connection. */
  readonly dial: (addr: string, signal: AbortSignal) => Promise<Dialled>;
  /** Takes what comes in, from whom, and the address at which that was reached. */
  readonly received: (payload: Uint8Array, peer: ChannelPeer, addr: string) => void;
  /** A connection has broken, and nobody can be reached there now. */
  readonly lost: (addr: string) => void;
  /** Nobody listens there. */
  readonly refused: (addr: string) => void;
  /** A connection could not be made, or has failed. */
  readonly failed: (addr: string, error: unknown) => void;
}

/** One connection: being made, or open. */
interface Link {
  readonly addr: string;
  readonly key: string;
  readonly isBulk: boolean;
  /** It takes the place of one that broke. */
  readonly isSecond: boolean;
  readonly stop: AbortController;
  readonly opened: PromiseWithResolvers<void>;
  channel: Channel | undefined;
  queue: Uint8Array[];
  usedAt: number;
}

/** See the module. */
export class Links {
  readonly #options: LinksOptions;
  // The one that was used least lately comes first.
  readonly #links: Map<string, Link> = new Map();
  readonly #running: Set<Promise<void>> = new Set();
  #sweeper: ClockTimer | undefined;
  // Bytes that wait for connections which are being made.
  #waiting = 0;
  #isClosed = false;

  /** Creates no connections. */
  constructor(options: LinksOptions) {
    this.#options = options;
  }

  /** How many connections there are, those that are being made included. */
  get size(): number {
    return this.#links.size;
  }

  /** Sends a packet, over a new connection where there is none. */
  send(addr: string, bytes: Uint8Array, isBulk: boolean): void {
    const link = this.#link(addr, isBulk);
    if (link === undefined) return;
    if (link.channel !== undefined) link.channel.say(bytes);
    else if (this.#waiting + bytes.length <= QUEUE_BYTES_MAX) {
      link.queue.push(bytes);
      this.#waiting += bytes.length;
      if (link.queue.length > QUEUE_MAX) this.#waiting -= link.queue.shift()!.length;
    }
  }

  /** Sees to it that there is a connection: where none can be made, that is told. */
  check(addr: string): void {
    this.#link(addr, false);
  }

  /** Closes the connections to an address. */
  drop(addr: string): void {
    for (const link of this.#links.values()) if (link.addr === addr) this.#end(link);
  }

  /**
   * Resolves when everything that was sent has been handed over, or never will be: who does not answer is not waited
   * for long.
   */
  async drained(): Promise<void> {
    const { promise: isLate, resolve } = Promise.withResolvers<void>();
    const timer = this.#options.clock.schedule(OPENING_MS, resolve);
    const drained = async (link: Link) => {
      await Promise.race([link.opened.promise, isLate]);
      await link.channel?.drained();
    };
    await Promise.all([...this.#links.values()].map(drained));
    timer.cancel();
  }

  /** Closes everything, and resolves when nothing is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sweeper?.cancel();
    for (const link of this.#links.values()) this.#end(link);
    await Promise.all(this.#running);
  }

  #link(addr: string, isBulk: boolean, isSecond = false): Link | undefined {
    if (this.#isClosed) return undefined;
    const key = isBulk ? `${addr} bulk` : addr;
    const usedAt = this.#options.clock.now();
    let link = this.#links.get(key);
    if (link === undefined) {
      const [stop, opened] = [new AbortController(), Promise.withResolvers<void>()];
      link = { addr, key, isBulk, isSecond, stop, opened, channel: undefined, queue: [], usedAt };
      if (this.#links.size >= LINKS_MAX) this.#end(this.#links.values().next().value!);
      const running = this.#run(link).finally(() => this.#running.delete(running));
      this.#running.add(running);
    } else this.#links.delete(key);
    link.usedAt = usedAt;
    this.#links.set(key, link);
    this.#sweepLater();
    return link;
  }

  /** Closes now and then what has not been used for a while. */
  #sweepLater(): void {
    const { clock } = this.#options;
    this.#sweeper ??= clock.schedule(SWEEP_MS, () => {
      this.#sweeper = undefined;
      for (const link of this.#links.values()) {
        const idleMs = link.isBulk ? BULK_IDLE_MS : LINK_IDLE_MS;
        if (clock.now() - link.usedAt >= idleMs) this.#end(link);
      }
      if (this.#links.size > 0) this.#sweepLater();
    });
  }

  #end(link: Link): void {
    if (this.#links.get(link.key) === link) this.#links.delete(link.key);
    link.stop.abort();
    this.#takeQueue(link);
    link.channel?.close();
    link.opened.resolve();
  }

  async #run(link: Link): Promise<void> {
    const { clock, dial, received } = this.#options;
    const { addr, stop: { signal } } = link;
    let dialled: Dialled;
    try {
      dialled = await dial(addr, signal);
    } catch (error) {
      if (!signal.aborted) this.#failed(link, error);
      return;
    }
    if (signal.aborted) return dialled.connection.close();
    const answered: ChannelReceiver = (payload: Uint8Array, peer: ChannelPeer) => {
      link.usedAt = clock.now();
      received(payload, peer, addr);
    };
    const channel = new Channel(dialled, clock, answered);
    const openedAt = clock.now();
    link.channel = channel;
    link.opened.resolve();
    for (const bytes of this.#takeQueue(link)) channel.say(bytes);
    const error = await channel.run();
    if (signal.aborted) return;
    this.#end(link);
    if (error !== undefined) this.#options.failed(addr, error);
    // Whoever says goodbye is gone in order. Otherwise the end is no proof of anything: whether anybody is there now,
    // is.
    const hasLasted = !link.isSecond || clock.now() - openedAt >= LASTING_MS;
    if (!link.isBulk && !channel.isLeft && hasLasted) this.#link(addr, false, true);
  }

  #takeQueue(link: Link): Uint8Array[] {
    const { queue } = link;
    link.queue = [];
    for (const { length } of queue) this.#waiting -= length;
    return queue;
  }

  #failed(link: Link, error: unknown): void {
    const { addr } = link;
    this.#end(link);
    this.#options.failed(addr, error);
    if (link.isSecond) this.#options.lost(addr);
    if (isRefused(error)) this.#options.refused(addr);
  }
}
