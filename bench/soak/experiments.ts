/**
 * What the simulations measure: each experiment runs a cluster in virtual time and returns a figure.
 *
 * @module
 */

import {
  ClusterSimulator,
  type ClusterSimulatorOptions,
  type NetworkFault,
  SeededRandom,
} from "../../cluster/testing/mod.ts";
import type { MembershipConfig } from "../../cluster/membership/config.ts";

const MINUTE_MS = 60_000;

/** Without Lifeguard: probes and suspicions last as long whatever happens, and time lost counts against others. */
export const NO_LIFEGUARD: Partial<MembershipConfig> = { healthMax: 0, suspicionMaxMult: 1, lagMs: 1e12 };

/** Probes every 200 ms and suspicions of at least 1 s. */
export const FAST: Partial<MembershipConfig> = { probeIntervalMs: 200, probeTimeoutMs: 100, suspicionMult: 5 };

/** Some numbers from 1 on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** The number below which a part of all lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN;
}

/** How many healthy members are taken for down while nothing happens. */
export function healthy(nodes: number, seed: number, minutes: number, loss = 0): number {
  const sim = new ClusterSimulator({ nodes, seed, traceMax: 0, countsFalseDowns: true, network: { loss } });
  for (let minute = 0; minute < minutes; minute += 10) sim.run(Math.min(10, minutes - minute) * MINUTE_MS);
  return sim.falseDowns.length;
}

/**
 * How many healthy members are taken for down where a tenth of the members, one at least, is stopped again and again
 * for 2 to 5 s, and runs for up to `gapMs` between. 5 % of all packets are lost.
 */
export function degraded(
  nodes: number,
  seed: number,
  minutes: number,
  gapMs: number,
  config: Partial<MembershipConfig>,
): { all: number; atHealthy: number } {
  const sim = new ClusterSimulator({
    nodes,
    seed,
    tuning: config,
    traceMax: 0,
    countsFalseDowns: true,
    network: { loss: 0.05 },
  });
  const random = new SeededRandom(seed);
  const isOver = () => sim.now >= minutes * MINUTE_MS;
  const disturb = (host: string) => {
    if (isOver()) return;
    const pauseMs = 2_000 + random.next() * 3_000;
    sim.pause(host, pauseMs);
    sim.after(pauseMs + random.next() * gapMs, () => disturb(host));
  };
  for (const host of sim.hosts.slice(0, Math.ceil(nodes / 10))) disturb(host);
  sim.run(minutes * MINUTE_MS);
  const atHealthy = sim.falseDowns.filter(({ isObserverHealthy }) => isObserverHealthy).length;
  return { all: sim.falseDowns.length, atHealthy };
}

/** After how many ms the others say so of a member whose host is gone, or whose process has died. */
export function detection(
  nodes: number,
  seed: number,
  isFast: boolean,
  config: Partial<MembershipConfig> = {},
  hung = 0,
): { suspect: number[]; down: number[] } {
  const sim = new ClusterSimulator({ nodes, seed, tuning: config, traceMax: 0, countsFalseDowns: true });
  sim.run(10_000 + (seed % 10) * 137);
  const victim = `node-${nodes}`;
  for (const i of upTo(hung)) sim.pause(`node-${i}`, 600_000);
  sim.crash(victim, { isFast });
  sim.runUntil(() => sim.isDownEverywhere(victim), 120_000);
  const others = sim.hosts.slice(hung, -1);
  const ms = (status: "suspect" | "down") => {
    const said = sim.saidAfter(victim, status);
    return others.map((host) => said.get(host) ?? NaN);
  };
  return { suspect: ms("suspect"), down: ms("down") };
}

/** After how many ms all members know something new. */
export function dissemination(
  nodes: number,
  seed: number,
  loss: number,
  limitMs: number,
  delayMs: readonly [number, number] = [0.2, 1],
): number {
  const sim = new ClusterSimulator({ nodes, seed, traceMax: 0, countsFalseDowns: true, network: { delayMs } });
  sim.run(3_000 + (seed % 10) * 31);
  sim.setNetwork({ loss });
  sim.register("node-1", "news");
  const version = sim.node("node-1").self.version;
  const others = sim.hosts.slice(1).map((host) => sim.node(host));
  let missing = others;
  const isKnown = () => {
    missing = missing.filter((core) => (core.member("node-1")?.version ?? 0) < version);
    return missing.length === 0;
  };
  const start = sim.now;
  while (!isKnown() && sim.now - start < limitMs) sim.run(10);
  return isKnown() ? sim.now - start : Infinity;
}

/** Bytes per second that a node sends while nothing happens. */
export function idleLoad(nodes: number, seed: number, entries = 0): number {
  const sim = new ClusterSimulator({ nodes, seed, traceMax: 0, countsFalseDowns: true });
  for (const i of upTo(entries)) sim.register("node-1", `actor-${i}`);
  sim.run(2 * MINUTE_MS);
  const sent = () => sim.hosts.reduce((sum, host) => sum + sim.trafficOf(host).bytes, 0);
  const before = sent();
  sim.run(5 * MINUTE_MS);
  return (sent() - before) / nodes / 300;
}

/**
 * Minutes in which a cluster suffers whatever there is, a fault every few seconds; then all faults end, and within 30 s
 * all who run must agree; who is left alone has more time. Throws where they do not, or where a healthy member was
 * taken for down.
 */
export function chaos(nodes: number, seed: number, minutes: number): ClusterSimulator {
  const sim = new ClusterSimulator({ nodes, seed, network: { loss: 0.02, duplicates: 0.02, reordered: 0.02 } });
  const random = new SeededRandom(seed);
  const any = () => sim.hosts[Math.floor(random.next() * sim.hosts.length)]!;
  const faults: { heal(): void }[] = [];
  const cut = (isClogged: boolean) => {
    const some = sim.hosts.filter(() => random.next() < 0.4);
    const options = { isOneWay: random.next() < 0.3 };
    const rest = sim.hosts.filter((host) => !some.includes(host) && random.next() < 0.8);
    faults.push(isClogged ? sim.clog(some, rest, options) : sim.partition(some, rest, options));
  };
  // With fewer seeds, whoever is left of two islands might have nobody in common.
  const start = (host: string) => sim.start(host, { seeds: sim.hosts });
  const act = (host: string, dice: number) => {
    const isThere = sim.running.includes(host);
    if (dice < 0.15) cut(false);
    else if (dice < 0.25) cut(true);
    else if (dice < 0.45) faults.shift()?.heal();
    else if (dice < 0.55) sim.pause(host, random.next() * 8_000);
    else if (dice < 0.6) sim.jumpClock(host, (random.next() - 0.5) * 60_000);
    else if (dice < 0.75) {
      if (isThere) sim.register(host, `actor-${Math.floor(random.next() * 10)}`);
    } else if (!isThere && !sim.stopped.includes(host)) start(host);
    else if (isThere && sim.running.length > 1) {
      if (dice < 0.8) sim.leave(host);
      else sim.crash(host, { isFast: dice < 0.9 });
    }
  };
  while (sim.now < minutes * MINUTE_MS) {
    act(any(), random.next());
    sim.run(random.next() * 5_000);
  }
  for (const fault of faults) fault.heal();
  sim.setNetwork({ loss: 0, duplicates: 0, reordered: 0 });
  // Whoever is still stopped runs again; and whoever died last may be suspected for 24 s, where nobody is left to
  // confirm it.
  sim.run(30_000);
  // What was clogged tells of members that have died since. Who is left alone with them doubts itself: it looks at one
  // in 9 s.
  const limitMs = sim.running.length > 1 ? 30_000 : nodes * 9_000;
  sim.runUntil(() => sim.isConverged && sim.hasOneDirectory, limitMs, 50);
  return sim;
}

/** A cluster that has settled. */
export function settled(nodes: number, seed: number, options: Partial<ClusterSimulatorOptions> = {}): ClusterSimulator {
  const sim = new ClusterSimulator({ nodes, seed, ...options });
  sim.run(5_000);
  return sim;
}

/** The uids of all nodes. */
export function identities(sim: ClusterSimulator): string[] {
  return sim.hosts.map((host) => `${host} ${sim.node(host).self.uid}`);
}

/**
 * Cuts the network for a while, heals it, and returns after how many ms all agree again; within 30 s they must. No node
 * starts anew for that.
 */
export function healed(
  nodes: number,
  seed: number,
  cutMs: number,
  cut: (sim: ClusterSimulator) => NetworkFault[],
): number {
  const sim = settled(nodes, seed);
  const before = identities(sim);
  const faults = cut(sim);
  sim.run(cutMs);
  for (const fault of faults) fault.heal();
  const tookMs = sim.runUntil(() => sim.isConverged, 30_000, 50);
  if (identities(sim).join() !== before.join()) sim.fail("a node has another identity after the partition");
  return tookMs;
}
