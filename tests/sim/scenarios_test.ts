import { assert, assertEquals } from "@std/assert";
import { ClusterSimulator } from "../../cluster/testing/mod.ts";
import { configOf, PRESETS } from "../../cluster/membership/config.ts";
import { upTo } from "../../bench/soak/experiments.ts";
import { hosts, settled, simulation } from "./scenes.ts";

const SECOND_MS = 1_000;

/** How many of the marks that nodes have of each other are not "up". */
function wrongMarks(sim: ClusterSimulator): number {
  return sim.hosts.flatMap((host) => sim.hosts.filter((other) => sim.statusAt(host, other) !== "up")).length;
}

simulation("S1: healthy nodes, 5 to 30 of them, mark nobody wrong in a minute, themselves included", () => {
  for (const nodes of [5, 10, 15, 20, 30]) {
    const sim = new ClusterSimulator({ nodes, seed: 1, traceMax: 0 });
    for (const second of upTo(60)) {
      sim.run(SECOND_MS);
      assertEquals(wrongMarks(sim), 0, `${nodes} nodes, after ${second} s`);
    }
  }
});

simulation("three healthy nodes that gossip five times in the time of a suspicion mark nobody wrong", () => {
  for (const [intervalMs, suspectMs] of [[50, 250], [1_000, 5_000]] as const) {
    const config = configOf(PRESETS.lan, intervalMs, suspectMs);
    const sim = new ClusterSimulator({ nodes: 3, seed: 2, tuning: config, traceMax: 0 });
    for (const second of upTo(300)) {
      sim.run(SECOND_MS);
      assertEquals(wrongMarks(sim), 0, `every ${intervalMs} ms, after ${second} s`);
    }
  }
});

simulation("a link that breaks and heals again and again leaves one view when it rests", () => {
  for (const seed of upTo(3)) {
    for (const [cutMs, wholeMs] of [[300, 700], [8_000, 4_000], [20_000, 10_000]] as const) {
      const sim = settled(6, seed);
      for (let round = 0; round < 10; round++) {
        const fault = sim.partition(hosts(1, 3), hosts(4, 6));
        sim.run(cutMs);
        fault.heal();
        sim.run(wholeMs);
      }
      sim.runUntil(() => sim.isConverged, 30_000, 50);
    }
  }
});

simulation("a hundred nodes that start at once through three seeds are one cluster within 10 s", () => {
  const sim = new ClusterSimulator({ nodes: 3, seed: 1, isFormed: false, traceMax: 0 });
  for (const host of hosts(4, 100)) sim.start(host, { seeds: hosts(1, 3) });
  sim.runUntil(() => sim.isConverged, 10_000, 50);
  assertEquals(sim.running.length, 100);
  assert(sim.running.every((host) => sim.node(host).members.length === 99));
});
