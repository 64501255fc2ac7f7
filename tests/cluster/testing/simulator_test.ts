import { assert, assertEquals, assertGreater, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { ClusterSimulator, type ClusterSimulatorOptions, SimulationError } from "../../../cluster/testing/mod.ts";

/** A run with some of everything. */
function eventful(options: Partial<ClusterSimulatorOptions> = {}): ClusterSimulator {
  const network = { loss: 0.1, duplicates: 0.1, reordered: 0.1 };
  const sim = new ClusterSimulator({ nodes: 5, seed: 11, network, traceMax: 1e6, countsFalseDowns: true, ...options });
  sim.register("node-1", "store");
  sim.run(5_000);
  sim.crash("node-3");
  sim.pause("node-4", 3_000);
  const fault = sim.partition(["node-1"], ["node-5"]);
  sim.run(10_000);
  fault.heal();
  sim.start("node-3");
  sim.jumpClock("node-2", -5_000);
  sim.run(10_000);
  return sim;
}

Deno.test({
  name: "ClusterSimulator gives the same trace for the same seed, byte for byte, and another for another",
  permissions: "none",
  fn() {
    const trace = eventful().trace();
    assertGreater(trace.length, 50_000);
    assert(trace === eventful().trace(), "the traces differ");
    assert(trace !== eventful({ seed: 12 }).trace(), "the traces are the same");
    // What is written down changes nothing of what happens.
    const silent = eventful({ traceMax: 0 });
    assertEquals(silent.events, eventful().events);
    assertEquals(silent.trace(), "");
  },
});

Deno.test({
  name: "ClusterSimulator fails with its seed and the last of the trace",
  permissions: "none",
  fn() {
    const sim = new ClusterSimulator({ nodes: 3, seed: 4711 });
    const error = assertThrows(() => sim.runUntil(() => sim.isDownEverywhere("node-2"), 2_000), SimulationError);
    assertInstanceOf(error, SimulationError);
    assertEquals(error.seed, 4711);
    assertStringIncludes(error.message, "(seed 4711)");
    assertStringIncludes(error.message, "ping");
    assertStringIncludes(error.trace, error.message.split("\n").at(-1)!);
  },
});

Deno.test({
  name: "ClusterSimulator tells those who were connected that a process has died, and nobody that a host has",
  permissions: "none",
  fn() {
    const sim = new ClusterSimulator({ nodes: 4, seed: 1, traceMax: 1e5 });
    sim.run(10_000);
    sim.crash("node-4", { isFast: false });
    sim.run(500);
    assert(!sim.trace().includes("is refused by node-4"));
    sim.run(20_000);
    sim.crash("node-3");
    sim.run(100);
    assertStringIncludes(sim.trace(), "loses its connection to node-3");
    assertStringIncludes(sim.trace(), "node-1 is refused by node-3");
    assertEquals([...sim.saidAfter("node-3", "suspect").keys()].sort(), ["node-1", "node-2"]);
    assert(sim.isDownEverywhere("node-3"));
  },
});

Deno.test({
  name: "ClusterSimulator keeps what is sent to a process that is stopped, and delivers it in a burst",
  permissions: "none",
  fn() {
    const sim = new ClusterSimulator({ nodes: 3, seed: 5, traceMax: 1e5 });
    sim.run(2_000);
    sim.pause("node-2", 3_000);
    sim.run(2_900);
    const ofNode2 = (line: string) => line.includes("ms  node-2 has from");
    const before = sim.trace().split("\n").filter(ofNode2).length;
    sim.run(100);
    sim.run(1);
    assertGreater(sim.trace().split("\n").filter(ofNode2).length - before, 2);
    assertEquals(sim.trace().split("\n").filter((line) => line.includes("node-2 runs again")).length, 1);
  },
});

Deno.test({
  name: "ClusterSimulator cuts one direction, or both",
  permissions: "none",
  fn() {
    const sim = new ClusterSimulator({ nodes: 2, seed: 6, traceMax: 1e5 });
    sim.run(2_000);
    const heard = (to: string, from: string) => sim.trace().split(`${to} has from ${from}`).length;
    const oneWay = sim.partition(["node-1"], ["node-2"], { isOneWay: true });
    sim.run(2);
    const before = [heard("node-2", "node-1"), heard("node-1", "node-2")];
    sim.run(3_000);
    assertEquals(heard("node-2", "node-1"), before[0]);
    assertGreater(heard("node-1", "node-2"), before[1]!);
    oneWay.heal();
    sim.partition(["node-1"], ["node-2"]);
    sim.run(2);
    const after = [heard("node-2", "node-1"), heard("node-1", "node-2")];
    sim.run(3_000);
    assertEquals([heard("node-2", "node-1"), heard("node-1", "node-2")], after);
  },
});

Deno.test({
  name: "ClusterSimulator holds back what goes through a clogged link until it is healed",
  permissions: "none",
  fn() {
    const sim = new ClusterSimulator({ nodes: 2, seed: 2, traceMax: 1e5 });
    sim.run(2_000);
    const fault = sim.clog(["node-1"], ["node-2"], { isOneWay: true });
    const seen = () => sim.trace().split("\n").filter((line) => line.includes("node-2 has from node-1")).length;
    sim.run(100);
    const before = seen();
    sim.run(3_000);
    assertEquals(seen(), before);
    fault.heal();
    fault.heal();
    sim.run(2);
    assertGreater(seen(), before);
    assert(sim.runUntil(() => sim.isConverged, 10_000) < 10_000);
  },
});

Deno.test({
  name: "ClusterSimulator starts a process anew with another uid, and refuses to start one that runs",
  permissions: "none",
  fn() {
    const sim = new ClusterSimulator({ nodes: 3, seed: 9 });
    const { uid } = sim.node("node-2").self;
    assertThrows(() => sim.start("node-2"), TypeError, "Cannot start node-2: it runs");
    assertThrows(() => sim.crash("node-9"), TypeError, 'Cannot find the host "node-9"');
    sim.crash("node-2");
    sim.start("node-2");
    sim.start("node-4", { seeds: ["node-3"] });
    sim.runUntil(() => sim.isConverged, 10_000);
    assert(sim.node("node-2").self.uid !== uid);
    assertEquals(sim.hosts, ["node-1", "node-2", "node-3", "node-4"]);
    assertEquals(sim.statusAt("node-1", "node-4"), "up");
  },
});

Deno.test({
  name: "ClusterSimulator counts what each host sends, and gives each the same directory",
  permissions: "none",
  fn() {
    const sim = new ClusterSimulator({ nodes: 3, seed: 3, isFormed: false });
    sim.register("node-2", "store", { actorType: "Store" });
    sim.runUntil(() => sim.isConverged && sim.hasOneDirectory, 10_000);
    assertEquals(sim.node("node-3").lookup("store", "")?.actorType, "Store");
    sim.unregister("node-2", "store", "failed");
    assert(!sim.hasOneDirectory, "whoever did not hear of it has it still");
    sim.runUntil(() => sim.hasOneDirectory, 10_000);
    const gone = sim.eventsOf("node-3").filter(({ kind }) => kind === "gone");
    assertEquals(gone.map(({ detail }) => detail), ["failed"]);
    sim.run(10_000);
    const { packets, bytes } = sim.trafficOf("node-3");
    assertGreater(packets, 10);
    assertGreater(bytes, packets * 30);
  },
});
