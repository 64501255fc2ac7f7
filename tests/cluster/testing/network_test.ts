import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { CALM_NETWORK, SimulatedNetwork, type SimulatedNetworkOptions } from "../../../cluster/testing/network.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";

const A = { name: "a", index: 0 };
const B = { name: "b", index: 1 };

function network(options: Partial<SimulatedNetworkOptions> = {}, now = () => 0): SimulatedNetwork {
  return new SimulatedNetwork(new SeededRandom(1), now, { ...CALM_NETWORK, ...options });
}

/** The times at which so many packets arrive. */
function arrivals(net: SimulatedNetwork, count: number, from = A, to = B, isBulk = false): number[] {
  const times: number[] = [];
  for (let i = 0; i < count; i++) net.carry(from, to, isBulk, (at) => times.push(at));
  return times;
}

const isInOrder = (times: readonly number[]) => times.every((at, i) => i === 0 || at >= times[i - 1]!);

Deno.test({
  name: "SimulatedNetwork delivers within its delay and in order, like a connection",
  permissions: "none",
  fn() {
    const times = arrivals(network({ delayMs: [5, 50] }), 1_000);
    assertEquals(times.length, 1_000);
    assert(times.every((at) => at >= 5 && at <= 50) && isInOrder(times));
    // Large packets have a connection of their own.
    const net = network({ delayMs: [5, 50] });
    arrivals(net, 100);
    assertLess(arrivals(net, 1, A, B, true)[0]!, 45);
  },
});

Deno.test({
  name: "SimulatedNetwork loses, doubles and reorders as often as it is told, in the direction that it is told",
  permissions: "none",
  fn() {
    const net = network();
    net.set({ loss: 0.25 }, ["a"], ["b"]);
    assertAlmostEquals(arrivals(net, 10_000).length, 7_500, 200);
    assertEquals(arrivals(net, 1_000, B, A).length, 1_000);
    assertAlmostEquals(arrivals(network({ duplicates: 0.5 }), 10_000).length, 15_000, 200);
    assert(!isInOrder(arrivals(network({ reordered: 0.1 }), 100)));
    net.set({ loss: 0 });
    assertEquals(arrivals(net, 1_000).length, 1_000);
  },
});

Deno.test({
  name: "SimulatedNetwork loses all through a cut and keeps all in a clog, one way, until it is healed",
  permissions: "none",
  fn() {
    let now = 0;
    const net = network({}, () => now);
    const cut = net.cut(["a"], ["b"], false);
    assertEquals([net.isOpen("a", "b"), net.isOpen("b", "a"), net.isWhole], [false, true, false]);
    assertEquals(arrivals(net, 5), []);
    assertEquals(arrivals(net, 5, B, A).length, 5);
    cut.heal();
    assert(net.isWhole);
    const clog = net.cut(["a"], ["b"], true);
    const late: number[] = [];
    for (let i = 0; i < 3; i++) assert(net.carry(A, B, false, (at) => late.push(at)));
    assertEquals(late, []);
    now = 1_000;
    clog.heal();
    clog.heal();
    assertEquals(late.length, 3);
    assert(isInOrder(late));
    assertGreater(late[0]!, 1_000);
  },
});
