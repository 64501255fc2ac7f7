import { assert, assertEquals } from "@std/assert";
import type { Location } from "../../../cluster/directory/entry.ts";
import { placeOf } from "../../../cluster/directory/placement.ts";
import { locationOf } from "../../support/cluster_records.ts";

const permissions = "none";
const KEYS = Array.from({ length: 20_000 }, (_, i) => `${i}`);

/** Hosts whose names differ in little, as names of hosts do. */
function hostsOf(count: number): Location[] {
  return Array.from({ length: count }, (_, i) => locationOf({ node: `node-${i + 1}`, entryUid: 0 }));
}

function countByNode(keys: readonly string[], hosts: readonly Location[]): Map<string, number> {
  const counts = new Map(hosts.map(({ node }) => [node, 0]));
  for (const key of keys) {
    const { node } = placeOf(key, hosts)!;
    counts.set(node, counts.get(node)! + 1);
  }
  return counts;
}

/** Whether every host has about the same number: a fifth of difference is more than six times what chance explains. */
function assertBalanced(counts: ReadonlyMap<string, number>): void {
  const mean = [...counts.values()].reduce((sum, count) => sum + count, 0) / counts.size;
  for (const [node, count] of counts) assert(Math.abs(count - mean) < 0.2 * mean, `${node} has ${count} of ${mean}`);
}

Deno.test({
  name: "placeOf gives every host about as many keys as any other",
  permissions,
  fn() {
    for (const count of [2, 3, 10, 16]) assertBalanced(countByNode(KEYS, hostsOf(count)));
    const words = KEYS.map((key) => `customer/${key}/orders`);
    assertBalanced(countByNode(words, ["a", "b", "c"].map((node) => locationOf({ node }))));
  },
});

Deno.test({
  name: "placeOf moves only the keys of a host that leaves, and spreads them over all that stay",
  permissions,
  fn() {
    const hosts = hostsOf(10);
    const left = hosts.filter(({ node }) => node !== "node-4");
    const moved = KEYS.filter((key) => {
      const before = placeOf(key, hosts)!.node;
      const after = placeOf(key, left)!.node;
      if (before !== "node-4") assertEquals(after, before);
      return before === "node-4";
    });
    assert(moved.length > 1_500);
    const counts = countByNode(moved, left);
    for (const [node, count] of counts) assert(count > 0.6 * moved.length / 9, `${node} got ${count}`);
  },
});

Deno.test({
  name: "placeOf gives a host that comes its share and moves nothing between the others",
  permissions,
  fn() {
    const [before, after] = [hostsOf(4), hostsOf(5)];
    let gained = 0;
    for (const key of KEYS) {
      const now = placeOf(key, after)!.node;
      if (now === "node-5") gained++;
      else assertEquals(now, placeOf(key, before)!.node);
    }
    assert(Math.abs(gained - KEYS.length / 5) < 0.1 * KEYS.length / 5, `${gained}`);
  },
});

Deno.test({
  name: "placeOf agrees on every node: neither the order of the hosts, nor their starts, nor their types count",
  permissions,
  fn() {
    const hosts = hostsOf(7);
    const others = hosts.toReversed().map((host) => ({ ...host, uid: 99, actorType: "Other", entryUid: 5 }));
    for (const key of KEYS.slice(0, 1_000)) assertEquals(placeOf(key, hosts)?.node, placeOf(key, others)?.node);
  },
});

Deno.test({
  name: "placeOf puts these keys where an independent program puts them: nodes of different releases must agree",
  permissions,
  fn() {
    const hosts = hostsOf(5);
    const places = ["", "a", "b", "alice", "bob", "ключ", "😀"].map((key) => placeOf(key, hosts)?.node);
    assertEquals(places, ["node-5", "node-2", "node-5", "node-4", "node-4", "node-2", "node-4"]);
  },
});

Deno.test({
  name: "placeOf places nothing where there is no host, and everything where there is one",
  permissions,
  fn() {
    assertEquals(placeOf("a", []), undefined);
    const [only] = hostsOf(1);
    assertEquals(placeOf("a", [only!]), only);
  },
});
