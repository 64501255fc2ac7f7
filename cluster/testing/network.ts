/**
 * The network of a simulation: when, how often and whether at all a packet arrives.
 * @module
 */

import type { Random } from "../../src/spi.ts";

/** How a network treats packets, in each direction. Shares are numbers from 0 to 1. */
export interface SimulatedNetworkOptions {
  /** The shortest and the longest time that a packet takes, in ms. */
  readonly delayMs: readonly [min: number, max: number];
  /** The share of packets that is lost. */
  readonly loss: number;
  /** The share that arrives twice, the second time up to a second later. */
  readonly duplicates: number;
  /** The share that may overtake others or be overtaken. All the rest arrive in order, as in a connection. */
  readonly reordered: number;
}

/** A network within one data centre that loses nothing. */
export const CALM_NETWORK: SimulatedNetworkOptions = { delayMs: [0.2, 1], loss: 0, duplicates: 0, reordered: 0 };

/** A fault of the network between some hosts and others. It ends when it is healed. */
export interface NetworkFault {
  /** Ends the fault: what waited in a clogged link arrives now. Does nothing the second time. */
  heal(): void;
}

/** One end of a link. */
export interface NetworkEnd {
  /** The name of the host. */
  readonly name: string;
  /** Its number, from 0 on. */
  readonly index: number;
}

/** Numbers of hosts are below this one, so that the number of a link is a small integer. */
const HOSTS_MAX = 2 ** 14;

/** What holds for packets from some hosts to others. */
interface Rule {
  readonly from: ReadonlySet<string>;
  readonly to: ReadonlySet<string>;
  /** Where what waits is kept; undefined where it is lost. */
  readonly held: (() => void)[] | undefined;
}

interface Override {
  readonly from: ReadonlySet<string>;
  readonly to: ReadonlySet<string>;
  readonly options: SimulatedNetworkOptions;
}

/** No more than this many ms pass between a packet and its duplicate, or are lost by one that is overtaken. */
const DISORDER_MS_MAX = 1_000;

/** See the module. It moves nothing itself: whoever sends is told when to deliver. */
export class SimulatedNetwork {
  readonly #random: Random;
  readonly #now: () => number;
  readonly #rules: Set<Rule> = new Set();
  // When the last packet of a link arrives: the next one comes after it.
  readonly #lastAt: Map<number, number> = new Map();
  #overrides: Override[] = [];
  #options: SimulatedNetworkOptions;

  /** Creates a network without faults. */
  constructor(random: Random, now: () => number, options: SimulatedNetworkOptions) {
    this.#random = random;
    this.#now = now;
    this.#options = options;
  }

  /**
   * Treats packets in another way from now on; with `from` and `to` only those between these hosts, in this direction.
   */
  set(options: Partial<SimulatedNetworkOptions>, from?: Iterable<string>, to?: Iterable<string>): void {
    const all = { ...this.#options, ...options };
    if (from === undefined || to === undefined) {
      this.#options = all;
      this.#overrides = [];
    } else this.#overrides.push({ from: new Set(from), to: new Set(to), options: all });
  }

  /**
   * Loses everything from some hosts to others; with `isClogged` it waits instead, and arrives when the fault is
   * healed.
   */
  cut(from: Iterable<string>, to: Iterable<string>, isClogged: boolean): NetworkFault {
    const rule: Rule = { from: new Set(from), to: new Set(to), held: isClogged ? [] : undefined };
    this.#rules.add(rule);
    return {
      heal: () => {
        if (!this.#rules.delete(rule)) return;
        for (const release of rule.held?.splice(0) ?? []) release();
      },
    };
  }

  /** Whether packets pass from one host to another. */
  isOpen(from: string, to: string): boolean {
    return this.#rules.size === 0 || this.#ruleOf(from, to) === undefined;
  }

  /** Whether there is any fault. */
  get isWhole(): boolean {
    return this.#rules.size === 0;
  }

  /**
   * One packet: calls `arrive` with each time of arrival. Returns false where it is lost. Large ones have a connection
   * of their own, so they and the others do not keep order.
   */
  carry(from: NetworkEnd, to: NetworkEnd, isBulk: boolean, arrive: (at: number) => void): boolean {
    const rule = this.#rules.size === 0 ? undefined : this.#ruleOf(from.name, to.name);
    if (rule !== undefined) {
      rule.held?.push(() => arrive(this.#arrival(from, to, isBulk)));
      return rule.held !== undefined;
    }
    const { loss, duplicates } = this.#optionsOf(from.name, to.name);
    if (loss > 0 && this.#random.next() < loss) return false;
    const at = this.#arrival(from, to, isBulk);
    arrive(at);
    if (duplicates > 0 && this.#random.next() < duplicates) arrive(at + this.#random.next() * DISORDER_MS_MAX);
    return true;
  }

  /** How long something takes that no connection puts in order. */
  delay(from: string, to: string): number {
    const [min, max] = this.#optionsOf(from, to).delayMs;
    return min + this.#random.next() * (max - min);
  }

  #arrival(from: NetworkEnd, to: NetworkEnd, isBulk: boolean): number {
    const { reordered, delayMs } = this.#optionsOf(from.name, to.name);
    const at = this.#now() + this.delay(from.name, to.name);
    if (reordered > 0 && this.#random.next() < reordered) return at + this.#random.next() * DISORDER_MS_MAX;
    // Where all take equally long, none overtakes another.
    if (delayMs[0] === delayMs[1]) return at;
    const link = (from.index * HOSTS_MAX + to.index) * 2 + (isBulk ? 1 : 0);
    const inOrder = Math.max(at, this.#lastAt.get(link) ?? 0);
    this.#lastAt.set(link, inOrder);
    return inOrder;
  }

  #ruleOf(from: string, to: string): Rule | undefined {
    for (const rule of this.#rules) if (rule.from.has(from) && rule.to.has(to)) return rule;
    return undefined;
  }

  #optionsOf(from: string, to: string): SimulatedNetworkOptions {
    if (this.#overrides.length === 0) return this.#options;
    // The latest counts.
    for (let i = this.#overrides.length - 1; i >= 0; i--) {
      const override = this.#overrides[i]!;
      if (override.from.has(from) && override.to.has(to)) return override.options;
    }
    return this.#options;
  }
}
