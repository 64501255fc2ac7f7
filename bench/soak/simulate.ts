/**
 * The long simulations: everything that the cluster is to reach, with a table of what it reaches. Ends with 1 where it
 * does not.
 *
 * ```sh
 * deno run bench/soak/simulate.ts            # all of it, some ten minutes
 * deno run bench/soak/simulate.ts load kill  # some parts
 * ```
 *
 * @module
 */

import { ClusterSimulator } from "../../cluster/testing/mod.ts";
import { configOf, PRESETS } from "../../cluster/membership/config.ts";
import {
  chaos,
  degraded,
  detection,
  dissemination,
  FAST,
  healed,
  healthy,
  idleLoad,
  NO_LIFEGUARD,
  quantile,
  upTo,
} from "./experiments.ts";

interface Row {
  readonly what: string;
  readonly target: string;
  readonly reached: string;
  readonly isMet: boolean;
}

const rows: Row[] = [];

function report(what: string, target: string, reached: string, isMet: boolean): void {
  rows.push({ what, target, reached, isMet });
  console.log(`${isMet ? "ok  " : "MISS"} ${what}: ${reached} (${target})`);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const ms = (value: number): string => value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(2)} s`;
const spread = (times: readonly number[]): string =>
  `median ${ms(quantile(times, 0.5))}, p99 ${ms(quantile(times, 0.99))}, most ${ms(Math.max(...times))}`;

function runHealthy(): void {
  for (const nodes of [3, 10, 30, 100]) {
    // 50 node-hours for each of 20 seeds.
    const found = upTo(20).map((seed) => healthy(nodes, seed, Math.ceil(3_000 / nodes)));
    report(`healthy, ${nodes} nodes, 1000 node-hours, 20 seeds`, "0 false downs", `${sum(found)}`, sum(found) === 0);
  }
}

function runDegraded(): void {
  for (
    const [label, config, nodes, gapMs, minutes, seeds] of [
      ["lan", {}, 10, 5_000, 20, 20],
      ["lan", {}, 10, 50, 20, 60],
      ["fast", FAST, 10, 50, 10, 40],
      ["fast", FAST, 30, 5_000, 10, 6],
    ] as const
  ) {
    const count = (more: object) =>
      sum(upTo(seeds).map((seed) => degraded(nodes, seed, minutes, gapMs, { ...config, ...more }).all));
    const [on, off] = [count({}), count(NO_LIFEGUARD)];
    const what = `degraded, ${label}, ${nodes} nodes, up to ${gapMs} ms between stops, ${
      (nodes * minutes * seeds / 60).toFixed(0)
    } node-hours`;
    // Where it is rare without Lifeguard as well, there is no factor to speak of.
    const isMet = off >= 50 ? on * 50 <= off : on === 0;
    report(what, "50 times fewer with Lifeguard", `${on} with, ${off} without`, isMet);
  }
}

function runDetection(): void {
  for (const [nodes, seeds] of [[2, 300], [3, 300], [5, 300], [7, 300], [10, 300], [30, 60], [100, 30]] as const) {
    const times = upTo(seeds).flatMap((seed) => detection(nodes, seed, false).down);
    const limitMs = nodes <= 10 ? 7_000 : 11_000;
    const isMet = quantile(times, 0.5) <= limitMs && quantile(times, 0.99) <= 2 * limitMs;
    report(`probes alone, lan, ${nodes} nodes: down`, `median ${ms(limitMs)}, p99 twice that`, spread(times), isMet);
  }
  for (const nodes of [3, 5, 10]) {
    const profile = { probeIntervalMs: 200, probeTimeoutMs: 100, suspicionMs: 1_000 };
    const times = upTo(300).flatMap((seed) => detection(nodes, seed, false, profile).down);
    const isMet = quantile(times, 0.5) <= 1_500 && quantile(times, 0.99) <= 3_000;
    report(`probes alone, 200 ms / 1 s, ${nodes} nodes: down`, "median 1.5 s, p99 twice that", spread(times), isMet);
  }
  const times = upTo(500).flatMap((seed) => detection(3, seed, false, configOf(PRESETS.lan, 50, 100)).suspect);
  report("probes alone, 50 / 100 ms, 3 nodes: suspect", "309 ms", spread(times), Math.max(...times) <= 309);
}

function runKill(): void {
  for (let nodes = 2; nodes <= 12; nodes++) {
    const found = upTo(200).map((seed) => detection(nodes, seed, true));
    const [suspect, down] = [found.flatMap((one) => one.suspect), found.flatMap((one) => one.down)];
    const isMet = Math.max(...suspect) <= 100 && Math.max(...down) <= 1_000;
    const reached = `suspect most ${ms(Math.max(...suspect))}; down ${spread(down)}`;
    report(`killed process, ${nodes} nodes`, "suspect 100 ms, down 1 s, everywhere", reached, isMet);
  }
}

function runHung(): void {
  for (const nodes of [3, 4, 5, 10]) {
    const of = (hung: number) => upTo(500).flatMap((seed) => detection(nodes, seed, false, {}, hung).down);
    const [without, withIt] = [of(0), of(1)];
    const factor = (part: number) => quantile(withIt, part) / quantile(without, part);
    const reached = `median ${((factor(0.5) - 1) * 100).toFixed(1)} %, p99 ${((factor(0.99) - 1) * 100).toFixed(1)} %`;
    report(`one hung at that moment, ${nodes} nodes: down later by`, "10 %, median", reached, factor(0.5) < 1.1);
  }
}

function runDissemination(): void {
  for (const [nodes, seeds, limitMs] of [[10, 300, 1_400], [100, 200, 1_400], [1_000, 20, 2_000]] as const) {
    const times = upTo(seeds).map((seed) => dissemination(nodes, seed, 0, 60_000));
    report(`news, ${nodes} nodes: known to all`, `p99 ${ms(limitMs)}`, spread(times), quantile(times, 0.99) <= limitMs);
  }
  for (const [nodes, seeds] of [[5, 500], [10, 500], [32, 200], [100, 60]] as const) {
    const times = upTo(seeds).map((seed) => dissemination(nodes, seed, 0.25, 60_000));
    const target = "all within 30 s, one period";
    report(`news, ${nodes} nodes, 25 % loss: known to all`, target, spread(times), Math.max(...times) <= 30_000);
  }
}

function runLoad(): void {
  const [ten, hundred] = [idleLoad(10, 1), idleLoad(100, 1)];
  const change = `${((hundred / ten - 1) * 100).toFixed(1)} %`;
  const reached = `${ten.toFixed(0)} and ${hundred.toFixed(0)} bytes/s, ${change}`;
  report(
    "idle node, 10 and 100 nodes",
    "3 KiB/s, within 25 %",
    reached,
    Math.abs(hundred / ten - 1) < 0.25 && hundred < 3_072,
  );
  const many = idleLoad(10, 1, 100_000);
  const more = `${ten.toFixed(0)} and ${many.toFixed(0)} bytes/s`;
  report("idle node, 0 and 100,000 entries, 10 nodes", "the same but for the digest", more, many / ten < 1.05);
}

function runHeal(): void {
  const half = (nodes: number) => (sim: ClusterSimulator) => [
    sim.partition(sim.hosts.slice(0, nodes / 2), sim.hosts.slice(nodes / 2)),
  ];
  for (
    const [nodes, cutMs, seeds] of [
      [4, 10_000, 100],
      [10, 120_000, 100],
      [30, 120_000, 20],
      [100, 120_000, 10],
      [4, 86_400_000, 3],
    ] as const
  ) {
    const times = upTo(seeds).map((seed) => healed(nodes, seed, cutMs, half(nodes)));
    const isMet = Math.max(...times) <= 30_000;
    report(`two halves of ${nodes}, healed after ${cutMs / 1_000} s: one view`, "30 s", spread(times), isMet);
  }
}

function runChaos(): void {
  const count = 10_000;
  let failed = 0;
  for (const seed of upTo(count)) {
    try {
      chaos(3 + seed % 8, seed, 3);
    } catch (error) {
      failed++;
      console.log(String(error));
    }
  }
  report(
    `${count} random scripts of faults, 3 minutes each`,
    "one view and directory 30 s after",
    `${failed} failed`,
    failed === 0,
  );
}

function runSpeed(): void {
  for (const nodes of [5, 100]) {
    const sim = new ClusterSimulator({ nodes, seed: 1 });
    sim.run(600_000);
    const start = performance.now();
    sim.run(nodes === 5 ? 36_000_000 : 1_200_000);
    const factor = (sim.now - 600_000) / (performance.now() - start);
    report(
      `speed, ${nodes} idle nodes`,
      "1000 times real time at 5",
      `${factor.toFixed(0)} times`,
      nodes > 5 || factor > 1_000,
    );
  }
}

const PARTS: Readonly<Record<string, () => void>> = {
  speed: runSpeed,
  load: runLoad,
  kill: runKill,
  detection: runDetection,
  hung: runHung,
  heal: runHeal,
  dissemination: runDissemination,
  chaos: runChaos,
  degraded: runDegraded,
  healthy: runHealthy,
};

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(PARTS);
for (const name of wanted) {
  const part = PARTS[name];
  if (part === undefined) {
    console.error(`Cannot run "${name}": the parts are ${Object.keys(PARTS).join(", ")}`);
    Deno.exit(2);
  }
  const start = performance.now();
  part();
  console.log(`     ${name} took ${((performance.now() - start) / 1_000).toFixed(1)} s`);
}

console.log("\n| What | To reach | Reached | |\n|---|---|---|---|");
for (const { what, target, reached, isMet } of rows) {
  console.log(`| ${what} | ${target} | ${reached} | ${isMet ? "yes" : "**no**"} |`);
}
if (rows.some(({ isMet }) => !isMet)) Deno.exit(1);
