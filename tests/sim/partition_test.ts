import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../cluster/testing/mod.ts";
import { upTo } from "../../bench/soak/experiments.ts";
import { healed, hosts, settled, simulation } from "./scenes.ts";

const MINUTE_MS = 60_000;

simulation("two halves of a cluster agree within 30 s of healing, however long they were apart", () => {
  for (const cutMs of [500, 3_000, 10_000, 2 * MINUTE_MS, 3_600_000]) {
    for (const seed of upTo(3)) healed(4, seed, cutMs, (sim) => [sim.partition(hosts(1, 2), hosts(3, 4))]);
  }
  for (const cutMs of [10_000, 2 * MINUTE_MS]) {
    healed(30, 1, cutMs, (sim) => [sim.partition(hosts(1, 15), hosts(16, 30))]);
    for (const seed of upTo(3)) healed(5, seed, cutMs, (sim) => [sim.partition(hosts(1, 3), hosts(4, 5))]);
  }
});

simulation("two halves each take the other for down, and their own members never", () => {
  const sim = settled(6, 1);
  sim.partition(hosts(1, 3), hosts(4, 6));
  sim.run(MINUTE_MS);
  const seen = (host: string) => sim.hosts.map((other) => sim.statusAt(host, other));
  assertEquals(seen("node-1"), ["up", "up", "up", "down", "down", "down"]);
  assertEquals(seen("node-6"), ["down", "down", "down", "up", "up", "up"]);
});

simulation("three islands find each other again", () => {
  for (const seed of upTo(3)) {
    healed(9, seed, 2 * MINUTE_MS, (sim) => [
      sim.partition(hosts(1, 3), hosts(4, 9)),
      sim.partition(hosts(4, 6), hosts(7, 9)),
    ]);
  }
});

simulation("a broken pair costs nobody its place: others reach both", () => {
  for (const nodes of [4, 10]) {
    for (const seed of upTo(5)) {
      const sim = settled(nodes, seed);
      const fault = sim.partition(["node-1"], ["node-2"]);
      // A false down would end it.
      sim.run(10 * MINUTE_MS);
      assert(sim.hosts.every((host) => sim.hosts.every((other) => sim.statusAt(host, other) !== "down")));
      fault.heal();
      sim.runUntil(() => sim.isConverged, 30_000);
    }
  }
});

simulation("a node that is cut off alone comes back as who it was, and takes nobody with it", () => {
  for (const seed of upTo(10)) {
    healed(10, seed, 2 * MINUTE_MS, (sim) => [sim.partition(["node-1"], hosts(2, 10))]);
  }
});

simulation("a node that hears nothing, or is not heard, harms nobody else and comes back", () => {
  for (const seed of upTo(5)) {
    healed(10, seed, 2 * MINUTE_MS, (sim) => [sim.partition(hosts(2, 10), ["node-1"], { isOneWay: true })]);
    healed(10, seed, 2 * MINUTE_MS, (sim) => [sim.partition(["node-1"], hosts(2, 10), { isOneWay: true })]);
    healed(10, seed, 2 * MINUTE_MS, (sim) => [sim.partition(hosts(1, 5), hosts(6, 10), { isOneWay: true })]);
  }
});

simulation("one direction between two nodes that is dead costs nobody its place", () => {
  for (const seed of upTo(5)) {
    const sim = settled(10, seed);
    sim.partition(["node-1"], ["node-2"], { isOneWay: true });
    sim.run(5 * MINUTE_MS);
    sim.runUntil(() => sim.isConverged, 30_000);
  }
});

simulation(
  "overlapping partitions, with a bridge or in a ring, leave everybody up who can be reached through others",
  () => {
    for (const seed of upTo(5)) {
      const bridge = settled(5, seed);
      bridge.partition(hosts(1, 2), hosts(4, 5));
      bridge.run(3 * MINUTE_MS);
      // Node 3 reaches all.
      assert(bridge.hosts.every((host) => bridge.statusAt("node-3", host) === "up"));
      // Everybody reaches three of five, each another majority.
      healed(
        5,
        seed,
        3 * MINUTE_MS,
        (sim) => hosts(1, 5).map((host, i) => sim.partition([host], [`node-${(i + 2) % 5 + 1}`])),
      );
    }
  },
);

simulation("members that come, go and restart while the cluster is parted are settled after it", () => {
  for (const seed of upTo(5)) {
    const sim = settled(10, seed);
    // Whoever starts later is in a half as well.
    const fault = sim.partition([...hosts(1, 5), "node-11"], [...hosts(6, 10), "node-12"]);
    sim.run(MINUTE_MS);
    sim.crash("node-2");
    sim.start("node-2", { seeds: ["node-1"] });
    sim.crash("node-7", { isFast: false });
    sim.leave("node-4");
    sim.start("node-11", { seeds: ["node-1"] });
    sim.start("node-12", { seeds: ["node-6"] });
    sim.run(MINUTE_MS);
    fault.heal();
    sim.runUntil(() => sim.isConverged, 30_000, 50);
    assertEquals(sim.statusAt("node-12", "node-4"), "left");
    assertEquals(sim.statusAt("node-11", "node-7"), "down");
  }
});

simulation("joiners get in while half of the cluster is lost", () => {
  for (const seed of upTo(3)) {
    const sim = settled(6, seed);
    for (const host of hosts(4, 6)) sim.crash(host, { isFast: false });
    for (const host of hosts(7, 9)) sim.start(host, { seeds: ["node-1", "node-5"] });
    sim.runUntil(() => sim.isConverged, 60_000, 50);
    assertEquals(hosts(7, 9).map((host) => sim.statusAt("node-1", host)), ["up", "up", "up"]);
  }
});

simulation("links that are clogged one by one and released in another order leave one view (swizzle-clog)", () => {
  for (const seed of upTo(5)) {
    const sim = settled(10, seed);
    const random = new SeededRandom(seed);
    const faults = sim.hosts.map((host) => {
      sim.run(random.next() * 6_000);
      return sim.clog([host], sim.hosts.filter((other) => other !== host));
    });
    while (faults.length > 0) {
      sim.run(random.next() * 6_000);
      faults.splice(Math.floor(random.next() * faults.length), 1)[0]!.heal();
    }
    sim.runUntil(() => sim.isConverged, 30_000, 50);
  }
});

simulation("a path that is clogged and bursts takes nobody down", () => {
  for (const seed of upTo(10)) {
    const sim = settled(6, seed);
    for (let i = 0; i < 5; i++) {
      const fault = sim.clog(["node-1"], ["node-2"], { isOneWay: i % 2 === 0 });
      sim.run(20_000);
      fault.heal();
      sim.run(500);
    }
    sim.runUntil(() => sim.isConverged, 10_000);
  }
});
