import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { configOf, PRESETS } from "../../cluster/membership/config.ts";
import { detection, quantile, upTo } from "../../bench/soak/experiments.ts";
import { hosts, settled, simulation } from "./scenes.ts";

/** After how many ms the nodes of many clusters say so of a victim. */
function all(
  status: "suspect" | "down",
  nodes: number,
  seeds: number,
  ...more: [isFast: boolean, config?: object, hung?: number]
) {
  return upTo(seeds).flatMap((seed) => detection(nodes, seed, ...more)[status]);
}

simulation("a host that is gone is found by probes alone: in lan within 7 s in the median, 11 s among 100", () => {
  for (
    const [nodes, seeds, limitMs] of [[2, 40, 7_000], [3, 40, 7_000], [5, 40, 7_000], [10, 40, 7_000], [
      100,
      5,
      11_000,
    ]] as const
  ) {
    const times = all("down", nodes, seeds, false);
    assertLessOrEqual(quantile(times, 0.5), limitMs, `${nodes} nodes, median`);
    assertLessOrEqual(quantile(times, 0.99), 2 * limitMs, `${nodes} nodes, p99`);
  }
});

simulation("a fast profile, probes of 200 ms and suspicions of 1 s, finds it within 1.5 s in the median", () => {
  for (const nodes of [3, 5, 10]) {
    const times = all("down", nodes, 40, false, { probeIntervalMs: 200, probeTimeoutMs: 100, suspicionMs: 1_000 });
    assertLessOrEqual(quantile(times, 0.5), 1_500, `${nodes} nodes, median`);
    assertLessOrEqual(quantile(times, 0.99), 3_000, `${nodes} nodes, p99`);
  }
});

simulation("with the two figures of Cinema-rs, 50 and 100 ms, a silent one of three is suspect within 309 ms", () => {
  const times = all("suspect", 3, 100, false, configOf(PRESETS.lan, 50, 100));
  assertLessOrEqual(Math.max(...times), 309);
  assertLessOrEqual(Math.max(...all("down", 3, 100, false, configOf(PRESETS.lan, 50, 100))), 409);
});

simulation("a killed process is suspect everywhere within 100 ms and down within 1 s, with 2 to 12 nodes", () => {
  for (let nodes = 2; nodes <= 12; nodes++) {
    assertLess(Math.max(...all("suspect", nodes, 20, true)), 100, `${nodes} nodes`);
    assertLess(Math.max(...all("down", nodes, 20, true)), 1_000, `${nodes} nodes`);
  }
});

simulation("a hung peer changes nobody else's detection time by more than a tenth", () => {
  for (const nodes of [3, 4, 5, 10]) {
    const [without, withIt] = [0, 1].map((hung) => quantile(all("down", nodes, 100, false, {}, hung), 0.5));
    assertLess(withIt! / without!, 1.1, `${nodes} nodes`);
  }
});

simulation("most of a cluster that is gone at once is found, and those who are left stay together", () => {
  for (const seed of upTo(5)) {
    const sim = settled(10, seed);
    for (const host of hosts(1, 6)) sim.crash(host, { isFast: false });
    sim.runUntil(() => sim.isConverged, 40_000, 50);
    assertEquals(new Set(hosts(1, 6).map((host) => sim.statusAt("node-8", host))), new Set(["down" as const]));
  }
});

simulation("a process that dies while the network loses packets is found as well", () => {
  for (const seed of upTo(10)) {
    const sim = settled(8, seed, { network: { loss: 0.1 } });
    sim.crash("node-5");
    sim.runUntil(() => sim.isDownEverywhere("node-5"), 2_000);
    sim.crash("node-6", { isFast: false });
    sim.runUntil(() => sim.isDownEverywhere("node-6"), 20_000);
    assert(sim.falseDowns.length === 0);
  }
});
