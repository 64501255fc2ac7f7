// Where several nodes say something of one name, and where there are more entries than room for them.

import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { Directory } from "../../../cluster/directory/directory.ts";
import { winnerOf } from "../../../cluster/directory/entry.ts";
import { OwnEntries } from "../../../cluster/directory/own_entries.ts";
import { placeOf } from "../../../cluster/directory/placement.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";
import { catchUp, knownLocations, ownLocations, pageOf, present, removed } from "../../support/cluster_records.ts";
import { forSeeds, type Seeded } from "../../support/seeded.ts";

const permissions = "none";
const NODES = ["a", "b", "c", "d"];

function shuffled<T>(items: readonly T[], random: Seeded): T[] {
  return items.map((item) => ({ item, at: random.next() })).sort((a, b) => a.at - b.at).map(({ item }) => item);
}

/** Every node with entries of its own, under names that others use too. */
function owners(random: Seeded): Map<string, OwnEntries> {
  return new Map(NODES.map((node) => {
    const own = new OwnEntries(new SeededRandom(random.below(1_000_000)), 1_000);
    for (let n = 0; n < 30; n++) {
      const name = `n${random.below(12)}`;
      if (random.below(3) === 0) own.delete(name, "stopped");
      else own.set(name, node, random.below(3) === 0);
    }
    return [node, own];
  }));
}

Deno.test({
  name: "the order in which nodes are heard does not matter: all who heard them agree, also on who has a name",
  permissions,
  async fn() {
    await forSeeds(100, (random) => {
      const owned = owners(random);
      const readers = [1, 2, 3].map(() => {
        const reader = new Directory(1_000);
        for (const node of shuffled(NODES, random)) catchUp(reader, node, 5, owned.get(node)!);
        return reader;
      });
      const expected = NODES.map((node) => ownLocations(owned.get(node)!, node, 5));
      for (const reader of readers) {
        assertEquals(NODES.map((node) => knownLocations(reader, node)), expected);
        for (let n = 0; n < 12; n++) {
          const [mine, first] = [reader, readers[0]!].map((one) => winnerOf(one.lookup(`n${n}`)));
          assertEquals(mine, first);
        }
      }
    });
  },
});

Deno.test({
  name: "of two who claim a name the higher entry uid wins, and when it is taken away the other has the name",
  permissions,
  fn() {
    for (const order of [["a", "b"], ["b", "a"]]) {
      const directory = new Directory(100);
      for (const node of order) {
        directory.take(node, pageOf({ changes: [present("bank", { entryUid: node === "a" ? 9 : 8 })] }));
      }
      assertEquals(winnerOf(directory.lookup("bank"))?.node, "a");
      directory.take("a", pageOf({ since: 1, version: 2, changes: [removed("bank")] }));
      assertEquals(winnerOf(directory.lookup("bank"))?.node, "b");
      directory.remove("b");
      assertEquals(winnerOf(directory.lookup("bank")), undefined);
    }
  },
});

Deno.test({
  name: "the members of a group share a name, and each key has one of them",
  permissions,
  fn() {
    const directory = new Directory(100);
    for (const node of ["a", "b", "c"]) directory.take(node, pageOf({ changes: [present("pool", { entryUid: 0 })] }));
    const hosts = directory.lookup("pool");
    assertEquals(hosts.map(({ node, entryUid }) => [node, entryUid]), [["a", 0], ["b", 0], ["c", 0]]);
    const keys = Array.from({ length: 100 }, (_, i) => `key-${i}`);
    const before = keys.map((key) => placeOf(key, hosts)!.node);
    assertEquals(new Set(before), new Set(["a", "b", "c"]));
    directory.remove("b");
    const after = keys.map((key) => placeOf(key, directory.lookup("pool"))!.node);
    for (const [i, node] of before.entries()) assert(node === "b" ? after[i] !== "b" : after[i] === node);
  },
});

Deno.test({
  name: "entries beyond the limit are left out, and the version advances all the same: nobody asks for ever",
  permissions,
  fn() {
    const directory = new Directory(8);
    const changes = Array.from({ length: 20 }, (_, i) => present(`n${i}`));
    const told = directory.take("a", pageOf({ version: 20, changes }));
    assertEquals(told.map(({ name }) => name), ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7"]);
    assertEquals([directory.size, directory.versionOf("a", 1), directory.lookup("n8")], [8, 20, []]);
    assertEquals([directory.isPartial("a"), directory.isPartial("b")], [true, false]);
    // Another node has no more room, what is there may change, and what is taken away is.
    assertEquals(directory.take("b", pageOf({ changes: [present("x")] })), []);
    assertEquals([directory.size, directory.versionOf("b", 1), directory.isPartial("b")], [8, 1, true]);
    directory.take("a", pageOf({ since: 20, version: 21, changes: [present("n0", { actorType: "Other" })] }));
    assertEquals(directory.lookup("n0")[0]?.actorType, "Other");
  },
});

Deno.test({
  name: "what had no room is fetched once there is some: of every node that was cut short, and without a gap meanwhile",
  permissions,
  fn() {
    const [first, second] = [1, 2].map((seed) => new OwnEntries(new SeededRandom(seed), 100)) as [
      OwnEntries,
      OwnEntries,
    ];
    for (let n = 0; n < 10; n++) first.set(`f${n}`, "F", false);
    for (let n = 0; n < 10; n++) second.set(`s${n}`, "S", false);
    const directory = new Directory(16);
    catchUp(directory, "first", 5, first);
    catchUp(directory, "second", 5, second);
    assertEquals([directory.size, knownLocations(directory, "second").length], [16, 6]);
    // One place free is too little to fetch everything for it.
    first.delete("f0", "stopped");
    catchUp(directory, "first", 5, first);
    assertEquals(directory.versionOf("second", 5), second.version);
    first.delete("f1", "stopped");
    catchUp(directory, "first", 5, first);
    assertEquals(directory.versionOf("second", 5), 0);
    assertEquals(knownLocations(directory, "second").length, 6);
    catchUp(directory, "second", 5, second);
    assertEquals([directory.size, directory.versionOf("second", 5)], [16, second.version]);
    // And the last two come when the other node is gone.
    directory.remove("first");
    const told = catchUp(directory, "second", 5, second);
    assertEquals(told.length, 1);
    assertEquals(knownLocations(directory, "second"), ownLocations(second, "second", 5));
  },
});

Deno.test({
  name: "a node that removes entries of its own while it does not fit is not asked again and again",
  permissions,
  fn() {
    const own = new OwnEntries(new SeededRandom(1), 10_000);
    for (let n = 0; n < 3_000; n++) own.set(`n${n}`, "A", false);
    const directory = new Directory(1_000);
    let pages = 0;
    for (let n = 0; n < 2_000; n++) {
      own.delete(`n${n}`, "stopped");
      pages += catchUp(directory, "a", 5, own).length;
      assert(directory.size > 1_000 * 7 / 8 - 1 && directory.size <= 1_000, `${directory.size}`);
    }
    // One page for each change, and three at most for each eighth that became free.
    assertLessOrEqual(pages, 2_000 + 16 * 3 + 3);
    for (let n = 2_000; n < 2_200; n++) own.delete(`n${n}`, "stopped");
    catchUp(directory, "a", 5, own);
    assertEquals([directory.isPartial("a"), directory.versionOf("a", 5)], [false, own.version]);
    assertEquals(knownLocations(directory, "a"), ownLocations(own, "a", 5));
  },
});
