import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { ClusterSimulator, type SimulatedEvent } from "../../cluster/testing/mod.ts";
import { dissemination, idleLoad, quantile, upTo } from "../../bench/soak/experiments.ts";
import { hosts, settled, simulation } from "./scenes.ts";

simulation("news reach all: p99 within 1.4 s among 100, in lan", () => {
  const times = upTo(20).map((seed) => dissemination(100, seed, 0, 30_000));
  assertLessOrEqual(quantile(times, 0.99), 1_400);
});

simulation("news reach all within one period of sync, whatever the size, the loss and the delay", () => {
  for (const nodes of [2, 3, 5, 10, 50]) {
    for (const loss of [0, 0.1, 0.25, 0.5]) {
      for (const delayMs of [[2, 4], [50, 100]] as const) {
        for (const seed of upTo(nodes === 50 ? 2 : 8)) {
          const took = dissemination(nodes, seed, loss, 30_000, delayMs);
          assertLess(took, 30_000, `${nodes} nodes, loss ${loss}, delay ${delayMs}, seed ${seed}`);
        }
      }
    }
  }
});

simulation("an idle node sends as much among 100 as among 10, and little", () => {
  const [ten, hundred] = [idleLoad(10, 1), idleLoad(100, 1)];
  assertLess(Math.abs(hundred / ten - 1), 0.25);
  assertLess(hundred, 3 * 1_024);
});

simulation("entries of the directory that do not change cost nothing but their version", () => {
  const [none, many] = [idleLoad(5, 1), idleLoad(5, 1, 20_000)];
  assertLess(many / none, 1.05);
});

simulation("a name that both halves of a parted cluster have given gets one owner, and the other hears so once", () => {
  for (const seed of upTo(10)) {
    const sim = settled(6, seed);
    const fault = sim.partition(hosts(1, 3), hosts(4, 6));
    sim.run(30_000);
    sim.register("node-1", "leader");
    sim.register("node-6", "leader");
    sim.run(10_000);
    const owners = () => new Set(sim.hosts.map((host) => sim.node(host).lookup("leader", "")?.node));
    assertEquals(owners().size, 2);
    fault.heal();
    sim.runUntil(() => sim.isConverged && sim.hasOneDirectory && owners().size === 1, 30_000, 50);
    sim.run(60_000);
    const lost = (host: string) => sim.eventsOf(host).filter((event) => event.kind === "name-lost");
    const [winner] = owners();
    const uid = (host: string) => sim.node(host).hosts("leader").find(({ node }) => node === host)!.entryUid;
    assertGreater(uid(winner!), uid(winner === "node-1" ? "node-6" : "node-1"));
    assertEquals(["node-1", "node-6"].filter((host) => lost(host).length === 1), [
      winner === "node-1" ? "node-6" : "node-1",
    ]);
    assertEquals(sim.hosts.flatMap(lost).length, 1);
  }
});

simulation("a directory that changes all the time is the same everywhere soon after it has rested", () => {
  for (const seed of upTo(5)) {
    const sim = settled(6, seed, { network: { loss: 0.05, delayMs: [1, 20] } });
    for (let i = 0; i < 200; i++) {
      const host = `node-${1 + i % 6}`;
      if (i % 3 === 2) sim.unregister(host, `actor-${i - 12}`);
      else sim.register(host, `actor-${i}`);
      sim.run(37);
    }
    sim.runUntil(() => sim.hasOneDirectory, 15_000, 50);
    assert([...sim.node("node-1").entries()].length > 100);
  }
});

simulation("watchers hear once that an actor has appeared and once that it is gone with its node", () => {
  const sim = settled(5, 3);
  sim.register("node-5", "store");
  sim.run(3_000);
  sim.crash("node-5");
  sim.run(3_000);
  const about = (event: SimulatedEvent) =>
    event.kind === "appeared" ? "appeared" : event.kind === "gone" ? `gone: ${event.detail}` : undefined;
  for (const host of hosts(1, 4)) {
    const said = sim.eventsOf(host).map(about).filter((text) => text !== undefined);
    assertEquals(said, ["appeared", "gone: node-down"]);
  }
});

simulation("five idle nodes run at least a thousand times faster than the clock on the wall", () => {
  const sim = new ClusterSimulator({ nodes: 5, seed: 1 });
  sim.run(600_000);
  const start = performance.now();
  sim.run(3_600_000);
  assertGreater(3_600_000 / (performance.now() - start), 1_000);
});
