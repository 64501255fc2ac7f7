/**
 * What happens to the nodes of the soak: a schedule that follows from a seed.
 *
 * @module
 */

import { SeededRandom } from "../../src/testing/mod.ts";

/** One fault. All times are ms. */
export type Fault =
  /** The process is killed, and after `forMs` the node starts anew at the same address. */
  | { readonly kind: "kill"; readonly atMs: number; readonly node: number; readonly forMs: number }
  /** The process is stopped for a while. */
  | { readonly kind: "pause"; readonly atMs: number; readonly node: number; readonly forMs: number }
  /** All connections to the node break, or those from one other. */
  | { readonly kind: "reset"; readonly atMs: number; readonly node: number; readonly source: number | undefined }
  /** They carry nothing for a while. */
  | {
    readonly kind: "hold";
    readonly atMs: number;
    readonly node: number;
    readonly forMs: number;
    readonly source: number | undefined;
  };

/** Which nodes there are, and what may happen to which. */
export interface FaultOptions {
  /** How many nodes there are. */
  readonly nodes: number;
  /** Those that may be killed. */
  readonly mortal: readonly number[];
  /** Those with a proxy in front. */
  readonly proxied: readonly number[];
  /** How long the run is. */
  readonly durationMs: number;
}

/** Ms between two faults. */
const [GAP_MIN_MS, GAP_MAX_MS] = [1_000, 4_000];
/** Everybody gets going before the first, and the last is over before the end. */
const [QUIET_START_MS, QUIET_END_MS] = [3_000, 3_000];
/** How many nodes may be killed, stopped or cut off at a time. */
const TROUBLED_MAX = 2;
/** How long it may take until a node that was killed is back. */
const RECOVERY_MS = 6_000;

/** The schedule of a seed. */
export function scheduleOf(seed: number, options: FaultOptions): Fault[] {
  const { nodes, mortal, proxied, durationMs } = options;
  const random = new SeededRandom(seed);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const between = (min: number, max: number): number => Math.round(min + random.next() * (max - min));
  const all = Array.from({ length: nodes }, (_, i) => i + 1);
  const troubledUntil = new Map<number, number>();
  const faults: Fault[] = [];
  for (let atMs = QUIET_START_MS;; atMs += between(GAP_MIN_MS, GAP_MAX_MS)) {
    const latestMs = durationMs - QUIET_END_MS;
    if (atMs >= latestMs) return faults;
    const isWell = (node: number) => (troubledUntil.get(node) ?? 0) < atMs;
    const drawn = random.next();
    const candidates = (drawn < 0.3 ? mortal : drawn < 0.55 ? all : proxied).filter(isWell);
    const troubled = all.length - all.filter(isWell).length;
    const node = candidates[below(candidates.length)];
    const others = all.filter((other) => other !== node);
    const source = random.next() < 0.6 ? others[below(others.length)] : undefined;
    const isLong = random.next() < 0.15;
    const forMs = Math.min(isLong ? between(8_000, 20_000) : between(50, 4_000), latestMs - atMs);
    if (node === undefined || (troubled >= TROUBLED_MAX && drawn < 0.55)) continue;
    if (drawn < 0.3) {
      // A third of them is back before anybody can have taken it for down.
      const downMs = random.next() < 0.33 ? 0 : Math.min(forMs, 8_000);
      faults.push({ kind: "kill", atMs, node, forMs: downMs });
      troubledUntil.set(node, atMs + downMs + RECOVERY_MS);
    } else if (drawn < 0.55) {
      faults.push({ kind: "pause", atMs, node, forMs });
      troubledUntil.set(node, atMs + forMs);
    } else if (drawn < 0.88) {
      faults.push({ kind: "reset", atMs, node, source });
    } else {
      faults.push({ kind: "hold", atMs, node, forMs: Math.min(forMs, 6_000), source });
      troubledUntil.set(node, atMs + Math.min(forMs, 6_000));
    }
  }
}
