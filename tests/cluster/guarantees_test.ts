// The guarantees of the README about clusters, in its words: one test each, and each name is the promise.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ClusterNode, JoinError } from "../../cluster/mod.ts";
import { ClusterSimulator } from "../../cluster/testing/mod.ts";
import { MemoryNetwork } from "../../remote/mod.ts";
import { Cluster } from "../support/cluster_nodes.ts";
import { DeskProtocol } from "../support/desk.ts";
import { among, startCluster } from "../support/node_process.ts";

const SEEDS = [1, 2, 3, 4, 5];

/** A network that is bad in every way but for being cut. */
const BAD = { loss: 0.1, duplicates: 0.05, reordered: 0.05, delayMs: [1, 40] } as const;

/** The names of hosts from number `first` to number `last`. */
function hosts(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => `node-${first + i}`);
}

Deno.test("No member that runs and can be reached is declared down, however slow or busy others are.", () => {
  for (const seed of SEEDS) {
    const sim = new ClusterSimulator({ nodes: 10, seed, network: { loss: 0.02 } });
    for (let minute = 0; minute < 20; minute++) {
      sim.pause(`node-${1 + minute % 3}`, 3_000);
      sim.run(60_000); // ends with an error at the first member that is wronged
    }
    assertEquals(sim.falseDowns, []);
  }
});

Deno.test("A member that dies is declared down by all others, and what it had can no longer be found.", () => {
  for (const seed of SEEDS) {
    const sim = new ClusterSimulator({ nodes: 7, seed, network: BAD });
    sim.register("node-4", "store");
    sim.runUntil(() => sim.node("node-1").lookup("store", "") !== undefined, 60_000);
    sim.crash("node-4", { isFast: seed % 2 === 0 });
    sim.runUntil(() => sim.isDownEverywhere("node-4"), 60_000);
    for (const host of sim.hosts) if (host !== "node-4") assertEquals(sim.node(host).lookup("store", ""), undefined);
  }
});

Deno.test("Nodes that can reach each other end with the same members and the same directory, whatever was lost, late, doubled or out of order.", () => {
  for (const seed of SEEDS) {
    const sim = new ClusterSimulator({ nodes: 10, seed, isFormed: false, network: BAD, countsFalseDowns: true });
    for (const [i, host] of sim.hosts.entries()) {
      sim.after(i * 500, () => sim.register(host, `actor-of-${host}`));
      if (i % 3 === 0) sim.after(20_000 + i * 500, () => sim.unregister(host, `actor-of-${host}`));
    }
    sim.run(40_000);
    sim.runUntil(() => sim.isConverged && sim.hasOneDirectory, 120_000);
    assertEquals([...sim.node("node-2").entries()].length, 6);
  }
});

Deno.test("A node that has joined finds the actors that its seed knew of, on every node that answers.", async () => {
  await using cluster = new Cluster();
  const ids = ["a", "b", "c", "d", "e"];
  for (const [i, id] of ids.entries()) {
    const node = cluster.node(id);
    node.register(`desk of ${id}`, cluster.desk(), DeskProtocol);
    node.register("desks", cluster.desk(), DeskProtocol, { group: true });
    let found: readonly string[] = [];
    const joined = node.join(i === 0 ? [] : [`${ids[i - 1]}:7000`]);
    await cluster.run(joined.then(() => void (found = node.actors.map(({ name, node }) => `${name} on ${node}`))));
    const wanted = ids.slice(0, i + 1).flatMap((each) => [`desk of ${each} on ${each}`, `desks on ${each}`]);
    assertEquals([...found].sort(), wanted.sort());
    await cluster.clock.advance(1_000); // until the next seed has heard of all
  }
});

Deno.test("A partition of any length heals by itself: all parts end with one view, and nothing has to be restarted.", () => {
  for (const [seed, minutes] of [[1, 1], [2, 10], [3, 120]] as const) {
    const sim = new ClusterSimulator({ nodes: 6, seed });
    const fault = sim.partition(hosts(1, 3), hosts(4, 6));
    sim.run(minutes * 60_000);
    assertEquals(hosts(4, 6).map((id) => sim.statusAt("node-1", id)), ["down", "down", "down"]);
    fault.heal();
    sim.runUntil(() => sim.isConverged && sim.hasOneDirectory, 30_000);
  }
});

Deno.test("A name leads to the same actor on every node, and a node that has lost one to another is told once.", () => {
  for (const seed of SEEDS) {
    const sim = new ClusterSimulator({ nodes: 6, seed });
    const fault = sim.partition(hosts(1, 3), hosts(4, 6));
    sim.run(60_000);
    sim.register("node-1", "leader");
    sim.register("node-6", "leader");
    sim.run(60_000);
    fault.heal();
    sim.runUntil(() => sim.isConverged && sim.hasOneDirectory, 30_000);
    sim.run(120_000);
    const owners = new Set(sim.hosts.map((host) => sim.node(host).lookup("leader", "")?.node));
    assertEquals(owners.size, 1);
    const lost = sim.hosts.filter((host) => sim.eventsOf(host).some(({ kind }) => kind === "name-lost"));
    assertEquals(lost, owners.has("node-1") ? ["node-6"] : ["node-1"]);
    assertEquals(sim.eventsOf(lost[0]!).filter(({ kind }) => kind === "name-lost").length, 1);
  }
});

Deno.test("A node that leaves is never taken for one that has failed.", async () => {
  await among(startCluster(3), async ([one, two, three]) => {
    await three!.ask({ kind: "leave" });
    for (const node of [one!, two!]) {
      await node.event("left", "node-3");
      assertEquals(node.events().filter((event) => /suspect|down/.test(event)), []);
    }
  });
});

Deno.test("An ask to a node that dies fails with an error that says what is known, and a watcher is told once.", async () => {
  await among(startCluster(3), async ([one, , three]) => {
    await three!.ask({ kind: "register", name: "echo" });
    await one!.ask({ kind: "wait", name: "echo" });
    await one!.ask({ kind: "watch", name: "echo" });
    const inFlight = one!.failure({ kind: "ask", name: "echo", text: "", slow: true });
    await three!.line("that it has the message", ({ kind }) => kind === "hanging");
    await three!.kill();
    const { name, outcome } = await inFlight;
    assertEquals([name, outcome], ["ConnectionLostError", "unknown"]);
    await one!.line("that the actor has ended", ({ kind }) => kind === "terminated");
    const after = await one!.failure({ kind: "ask", name: "echo", text: "" });
    assertEquals(after.outcome, "not-delivered");
    const notices = one!.lines.flatMap((line) => line.kind === "terminated" ? [line.reason] : []);
    assertEquals(notices, ["node-down"]);
  });
});

Deno.test("A node of another cluster, without the key, or with an id that is taken is turned away, is told why, and changes nothing.", async () => {
  const transport = new MemoryNetwork();
  const key = "a secret of 32 random bytes or more";
  await using one = new ClusterNode("node-1", "one:7000", { transport, key });
  await one.join([]);
  await using two = new ClusterNode("node-2", "two:7000", { transport, key });
  await two.join(["one:7000"]);
  const before = [one.members, two.members];
  for (
    const [id, options, code] of [
      ["node-3", { key, clusterName: "another" }, "cluster"],
      ["node-3", { key: "another secret of 32 random bytes" }, "key"],
      ["node-3", {}, "key"],
      ["node-2", { key }, "id-taken"],
    ] as const
  ) {
    await using stranger = new ClusterNode(id, "stranger:7000", { transport, ...options });
    const error = await assertRejects(() => stranger.join(["one:7000"]), JoinError);
    assertEquals(error.code, code);
    assert(error.message.startsWith("Cannot join by way of one:7000: "));
  }
  assertEquals([one.members, two.members], before);
});
