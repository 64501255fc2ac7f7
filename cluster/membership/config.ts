/**
 * The knobs of membership, with their formulas and presets.
 * @module
 */

import { CinemaError } from "../../src/spi.ts";
import type { SuspicionBounds } from "./suspicion.ts";

/** Every knob of membership. All times are ms. */
export interface MembershipConfig {
  /** Ms between two probes. Each is of one member, in a shuffled round: all of them within `n * probeIntervalMs`. */
  readonly probeIntervalMs: number;
  /** How long the member has to answer before others are asked to try; a healthy round trip fits many times. */
  readonly probeTimeoutMs: number;
  /** How many others try. With 3, and 5 % of packets lost, one probe in 1,000 fails for no reason. */
  readonly indirectProbes: number;
  /** A suspicion lasts at least `suspicionMult * max(1, log10(n)) * probeIntervalMs`. */
  readonly suspicionMult: number;
  /** A suspicion that nobody confirms lasts this many times the minimum. 1 turns Lifeguard's suspicion off. */
  readonly suspicionMaxMult: number;
  /** In place of the formula: how long every suspicion lasts. */
  readonly suspicionMs?: number;
  /** The highest score of local health: probes take up to `healthMax + 1` times as long. 0 turns it off. */
  readonly healthMax: number;
  /** A wake-up this late means that this node was not running: the time does not count against others. */
  readonly lagMs: number;
  /** Ms between two rounds of gossip: news are sent to `gossipNodes` members, while there are any. */
  readonly gossipIntervalMs: number;
  /** To how many. */
  readonly gossipNodes: number;
  /** Each piece of news is passed on `retransmitMult * ceil(log10(n + 1))` times. */
  readonly retransmitMult: number;
  /**
   * Ms between two comparisons of the whole state with one member: a digest, and the records where that differs. Above
   * 32 members it is `ceil(log2(n) - 5) + 1` times as long; where nothing has changed since the last look, a sixth of
   * that.
   */
  readonly syncIntervalMs: number;
  /**
   * Ms, give or take a quarter, after which three of those that are down are tried again, so that a partition heals by
   * itself.
   */
  readonly reconnectIntervalMs: number;
  /** Bytes of news in one packet. */
  readonly packetBytesMax: number;
  /** Members that are down or have left are remembered up to this number; beyond it the oldest are forgotten. */
  readonly downMax: number;
  /** Members that are taken; the records of further ones are refused, and a `rejected` event says so each time. */
  readonly membersMax: number;
}

/** The names of the presets. */
export type Preset = "local" | "lan" | "wan";

const LAN: MembershipConfig = {
  probeIntervalMs: 1_000,
  probeTimeoutMs: 500,
  indirectProbes: 3,
  suspicionMult: 4,
  suspicionMaxMult: 6,
  healthMax: 8,
  lagMs: 250,
  gossipIntervalMs: 200,
  gossipNodes: 3,
  retransmitMult: 4,
  syncIntervalMs: 30_000,
  reconnectIntervalMs: 5_000,
  packetBytesMax: 1_400,
  downMax: 1_000,
  membersMax: 10_000,
};

/**
 * The presets: `local` for processes of one machine, `lan` for one data centre, `wan` for several. The figures are
 * those that memberlist has found good over the years (its `config.go`); those of lags and of reconnecting, which it
 * does not have, are ours.
 */
export const PRESETS: Readonly<Record<Preset, MembershipConfig>> = {
  local: {
    ...LAN,
    probeTimeoutMs: 200,
    indirectProbes: 1,
    suspicionMult: 3,
    gossipIntervalMs: 100,
    retransmitMult: 2,
    syncIntervalMs: 15_000,
    reconnectIntervalMs: 2_000,
  },
  lan: LAN,
  wan: {
    ...LAN,
    probeIntervalMs: 5_000,
    probeTimeoutMs: 3_000,
    suspicionMult: 6,
    lagMs: 1_000,
    gossipIntervalMs: 500,
    gossipNodes: 4,
    syncIntervalMs: 60_000,
    reconnectIntervalMs: 15_000,
  },
};

/**
 * The knobs for the two figures that Cinema-rs has: how often to gossip, and how long a silent member stays up. A
 * member is probed often enough that it is suspect within `suspectTimeoutMs` of its last answer, and down after twice
 * that.
 */
export function configOf(base: MembershipConfig, intervalMs: number, suspectTimeoutMs: number): MembershipConfig {
  for (const [name, ms] of [["interval", intervalMs], ["suspectTimeout", suspectTimeoutMs]] as const) {
    if (!(ms >= 1 && ms < Infinity)) throw new RangeError(`Cannot gossip with ${name} ${ms}: it must be 1 ms or more`);
  }
  const probeIntervalMs = Math.max(10, Math.min(base.probeIntervalMs, suspectTimeoutMs / 4));
  return {
    ...base,
    gossipIntervalMs: intervalMs,
    probeIntervalMs,
    probeTimeoutMs: probeIntervalMs / 2,
    suspicionMs: suspectTimeoutMs,
    lagMs: Math.min(base.lagMs, Math.max(50, suspectTimeoutMs / 4)),
    reconnectIntervalMs: Math.min(base.reconnectIntervalMs, suspectTimeoutMs),
  };
}

/** With 0 in one of these the time would never come to move on. */
const POSITIVE: ReadonlySet<string> = new Set<keyof MembershipConfig>([
  "probeIntervalMs",
  "gossipIntervalMs",
  "syncIntervalMs",
  "reconnectIntervalMs",
  "lagMs",
]);

/**
 * Returns a configuration that makes sense.
 *
 * @throws {RangeError} When a knob is no number, or too small.
 * @throws {CinemaError} When two knobs contradict each other.
 */
export function checkConfig(config: MembershipConfig): MembershipConfig {
  for (const [name, value] of Object.entries(config)) {
    const min = POSITIVE.has(name) ? 1 : 0;
    if (!(typeof value === "number" && value >= min)) {
      throw new RangeError(`Cannot use ${name} ${String(value)}: it must be a number of ${min} or more`);
    }
  }
  if (config.probeTimeoutMs > config.probeIntervalMs) {
    const { probeTimeoutMs, probeIntervalMs } = config;
    throw new CinemaError(`Cannot wait ${probeTimeoutMs} ms for an answer: a probe has ${probeIntervalMs} ms in all`);
  }
  return config;
}

/** How long suspicions last among `members`, and how many confirmations shorten them (memberlist, `state.go`). */
export function suspicionBounds(config: MembershipConfig, members: number): SuspicionBounds {
  const { suspicionMs, suspicionMult, suspicionMaxMult, probeIntervalMs } = config;
  if (suspicionMs !== undefined) return { minMs: suspicionMs, maxMs: suspicionMs, confirmations: 0 };
  const minMs = suspicionMult * Math.max(1, Math.log10(Math.max(1, members))) * probeIntervalMs;
  const wanted = Math.max(0, suspicionMult - 2);
  // Who has not enough others to ask cannot wait for them.
  const confirmations = members - 2 < wanted ? 0 : wanted;
  return { minMs, maxMs: minMs * suspicionMaxMult, confirmations };
}
