import { assert, assertEquals, assertGreater } from "@std/assert";
import { SeededRandom } from "../../cluster/testing/mod.ts";
import { upTo } from "../../bench/soak/experiments.ts";
import { hosts, settled, simulation } from "./scenes.ts";

simulation("a process that is stopped for 1 to 60 s accuses nobody when it wakes, and is back within seconds", () => {
  // On a slow network an answer is nearly always under way when it is stopped.
  const network = { delayMs: [150, 240] as const };
  for (const seconds of [1, 3, 10, 60]) {
    for (const seed of upTo(10)) {
      const sim = settled(5, seed, { network });
      const others = ["node-1", "node-2", "node-4", "node-5"];
      sim.pause("node-3", seconds * 1_000);
      sim.run(seconds * 1_000);
      if (seconds === 60) assert(sim.isDownEverywhere("node-3"));
      sim.run(1_000);
      for (const other of others) {
        assertEquals(sim.saidAfter(other, "suspect").has("node-3"), false, `after ${seconds} s, seed ${seed}`);
      }
      sim.runUntil(() => sim.isConverged, 20_000);
    }
  }
});

simulation(
  "a process that was not running trusts itself less, and its probes wait longer, until it is well again",
  () => {
    const sim = settled(5, 2);
    assertEquals(sim.node("node-3").health, 0);
    for (let i = 0; i < 3; i++) {
      sim.pause("node-3", 3_000);
      sim.run(3_010);
    }
    assertGreater(sim.node("node-3").health, 0);
    assertEquals(sim.node("node-1").health, 0);
    sim.run(60_000);
    assertEquals(sim.node("node-3").health, 0);
  },
);

simulation("clocks that jump an hour, forwards and back, take nobody down and leave detection as it was", () => {
  for (const seed of upTo(5)) {
    const sim = settled(5, seed);
    sim.jumpClock("node-1", 3_600_000);
    sim.jumpClock("node-2", -3_600_000);
    sim.run(20_000);
    sim.jumpClock("node-1", -3_600_000);
    sim.jumpClock("node-2", 7_200_000);
    sim.run(20_000);
    assert(sim.isConverged);
    sim.crash("node-5", { isFast: false });
    sim.runUntil(() => sim.isDownEverywhere("node-5"), 15_000);
  }
});

simulation("a node that restarts at once on its address is known by its new start within a second", () => {
  for (const seed of upTo(20)) {
    const sim = settled(5, seed);
    const { uid } = sim.node("node-3").self;
    sim.crash("node-3");
    sim.start("node-3", { seeds: ["node-5"] });
    sim.runUntil(() => sim.isConverged, 1_000);
    assert(sim.node("node-1").member("node-3")!.uid !== uid);
  }
});

simulation("a node that was down for long restarts, also where nobody names it a seed", () => {
  for (const seed of upTo(5)) {
    const sim = settled(5, seed);
    sim.crash("node-3", { isFast: false });
    sim.run(600_000);
    sim.start("node-3", { seeds: [] });
    sim.runUntil(() => sim.isConverged, 30_000);
  }
});

simulation("the first seed restarts alone, and finds itself in the cluster that it has founded", () => {
  for (const seed of upTo(5)) {
    const sim = settled(5, seed, { isFormed: false });
    sim.crash("node-1");
    sim.run(30_000);
    sim.start("node-1", { seeds: ["node-1"] });
    sim.runUntil(() => sim.isConverged, 30_000);
  }
});

simulation("a second host with the name of a node is refused, and takes nothing from the first", () => {
  for (const seed of upTo(5)) {
    const sim = settled(4, seed);
    sim.register("node-2", "store");
    sim.run(2_000);
    sim.start("imposter", { id: "node-2", seeds: ["node-1"] });
    sim.run(30_000);
    const refused = sim.eventsOf("imposter").filter(({ kind }) => kind === "refused");
    assert(refused.some((event) => event.detail === "id-taken"));
    for (const host of ["node-1", "node-3", "node-4"]) {
      assertEquals(sim.node(host).member("node-2")?.addr, "node-2:7000");
      assertEquals(sim.node(host).lookup("store", "")?.uid, sim.node("node-2").self.uid);
    }
  }
});

simulation("a node that leaves has left for all within a second, and is never called down", () => {
  for (const seed of upTo(10)) {
    const sim = settled(10, seed);
    sim.leave("node-4");
    sim.run(1_000);
    for (const host of sim.hosts) if (host !== "node-4") assertEquals(sim.statusAt(host, "node-4"), "left");
    sim.run(120_000);
    assertEquals(sim.saidAfter("node-4", "down").size, 0);
    sim.start("node-4", { seeds: ["node-9"] });
    sim.runUntil(() => sim.isConverged, 2_000);
  }
});

simulation("packets that come twice, late or in another order change nothing", () => {
  for (const seed of upTo(5)) {
    const sim = settled(7, seed, { network: { duplicates: 0.3, reordered: 0.3, delayMs: [0.2, 5] } });
    sim.run(120_000);
    sim.crash("node-3");
    sim.run(20_000);
    // A copy of what it said before must not bring it back.
    assert(sim.isDownEverywhere("node-3"));
    sim.start("node-3");
    sim.runUntil(() => sim.isConverged, 10_000);
  }
});

simulation("churn: nodes come, leave and crash for minutes, and what they leave behind stays small", () => {
  for (const seed of upTo(3)) {
    const sim = settled(10, seed);
    const random = new SeededRandom(seed);
    let started = 10;
    for (let i = 0; i < 90; i++) {
      const host = `node-${2 + Math.floor(random.next() * 24)}`;
      const isThere = sim.running.includes(host);
      const dice = random.next();
      if (!isThere) sim.start(host);
      else if (dice < 0.3) sim.leave(host);
      else sim.crash(host, { isFast: dice < 0.6 });
      started++;
      sim.run(1_000 + random.next() * 2_000);
    }
    assertGreater(started, 50);
    sim.runUntil(() => sim.isConverged, 60_000, 50);
    sim.run(30_000);
    assertEquals(sim.running.map((host) => sim.node(host).newsSize), sim.running.map(() => 0));
    assert(sim.running.every((host) => sim.node(host).members.length <= 25));
  }
});

simulation("thirty nodes that start at once through one seed are one cluster within 5 s", () => {
  for (const seed of upTo(3)) {
    const sim = settled(30, seed, { isFormed: false });
    assert(sim.isConverged);
    assertEquals(sim.node("node-17").members.length, 29);
    assertEquals(hosts(1, 30), sim.running);
  }
});
