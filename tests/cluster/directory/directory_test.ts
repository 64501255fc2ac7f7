import { assert, assertEquals, assertGreater } from "@std/assert";
import { Directory } from "../../../cluster/directory/directory.ts";
import type { DirectoryPage } from "../../../cluster/directory/entry.ts";
import { OwnEntries, REMOVALS_KEPT } from "../../../cluster/directory/own_entries.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";
import {
  catchUp,
  knownLocations,
  locationOf,
  ownLocations,
  pageOf,
  present,
  removed,
} from "../../support/cluster_records.ts";

const permissions = "none";

function ownEntries(seed = 1): OwnEntries {
  return new OwnEntries(new SeededRandom(seed), 1_000_000);
}

/** What a page has changed: the name, who had it before, and why it went. */
function taken(directory: Directory, node: string, page: DirectoryPage): unknown[] {
  return directory.take(node, page).map(({ name, before, reason }) => [name, before?.actorType, reason]);
}

function namesOf(directory: Directory, node: string): string[] {
  return knownLocations(directory, node).map(({ name }) => name);
}

Deno.test({
  name: "Directory finds what a node has said, under its name and of that start",
  permissions,
  fn() {
    const directory = new Directory(100);
    directory.take("b", pageOf({ uid: 9, version: 4, changes: [present("bank", { actorType: "Bank", entryUid: 7 })] }));
    const expected = { name: "bank", node: "b", uid: 9, actorType: "Bank", entryUid: 7 };
    assertEquals(directory.lookup("bank"), [expected]);
    assertEquals([...directory.entries()], [expected]);
    assertEquals([directory.size, directory.versionOf("b", 9)], [1, 4]);
    // Of another start, of another node and of another name nothing is known.
    assertEquals([directory.versionOf("b", 8), directory.versionOf("c", 9), directory.lookup("b")], [0, 0, []]);
    assertEquals(directory.requestOf("b", 9), { uid: 9, since: 4, compacted: 0 });
    assertEquals(directory.requestOf("b", 10), { uid: 10, since: 0, compacted: 0 });
  },
});

Deno.test({
  name: "take tells what changed, what was there before, and why it went; what changes nothing is not told",
  permissions,
  fn() {
    const directory = new Directory(100);
    assertEquals(taken(directory, "b", pageOf({ changes: [present("a"), present("b"), present("c")] })), [
      ["a", undefined, ""],
      ["b", undefined, ""],
      ["c", undefined, ""],
    ]);
    const changes = [
      present("a"),
      present("b", { actorType: "Other" }),
      removed("c", "failed"),
      removed("nobody"),
      present("short"),
      removed("short"),
      present("new"),
    ];
    assertEquals(taken(directory, "b", pageOf({ since: 1, version: 2, changes })), [
      ["b", "Bank", ""],
      ["c", "Bank", "failed"],
      ["new", undefined, ""],
    ]);
    // Whoever is told of a removal without a reason could not tell it from an entry that is there.
    assertEquals(taken(directory, "b", pageOf({ since: 2, version: 3, changes: [removed("a", "")] })), [
      ["a", "Bank", "stopped"],
    ]);
    const twice = [removed("b", "failed"), present("b", { entryUid: 2 })];
    assertEquals(taken(directory, "b", pageOf({ since: 3, version: 4, changes: twice })), [["b", "Other", ""]]);
    assertEquals(namesOf(directory, "b"), ["b", "new"]);
  },
});

Deno.test({
  name: "take ignores a page that does not continue what is known: one that is missing before it, or a copy",
  permissions,
  fn() {
    const directory = new Directory(100);
    const first = pageOf({ version: 5, changes: [present("a")] });
    const changes = [present("late")];
    assertEquals(taken(directory, "b", pageOf({ since: 5, version: 9, changes })), []);
    assertEquals([directory.versionOf("b", 1), directory.size], [0, 0]);
    directory.take("b", first);
    const second = pageOf({ since: 5, version: 9, changes: [removed("a"), present("b")] });
    directory.take("b", second);
    for (
      const page of [first, second, pageOf({ since: 10, version: 12, changes }), pageOf({ since: 8, version: 10 })]
    ) {
      assertEquals(taken(directory, "b", page), []);
    }
    // Nor does one that goes nowhere, or backwards.
    for (const version of [9, 3]) assertEquals(taken(directory, "b", pageOf({ since: 9, version, changes })), []);
    assertEquals([directory.versionOf("b", 1), namesOf(directory, "b")], [9, ["b"]]);
  },
});

Deno.test({
  name: "a node speaks only for itself: what it says of a name leaves the entries of others alone",
  permissions,
  fn() {
    const directory = new Directory(100);
    directory.take("a", pageOf({ changes: [present("bank", { entryUid: 5 }), present("desk")] }));
    directory.take("evil", pageOf({ version: 2, changes: [removed("bank"), removed("desk"), present("bank")] }));
    assertEquals(namesOf(directory, "a"), ["bank", "desk"]);
    assertEquals(directory.lookup("bank").map(({ node }) => node), ["a", "evil"]);
    assertEquals(directory.versionOf("a", 1), 1);
    assertEquals(directory.remove("evil").map(({ node, name }) => [node, name]), [["evil", "bank"]]);
    assertEquals(namesOf(directory, "a"), ["bank", "desk"]);
  },
});

Deno.test({
  name: "remove returns the entries of a node that is gone, and forgets what was known of it",
  permissions,
  fn() {
    const directory = new Directory(100);
    directory.take("a", pageOf({ changes: [present("x")] }));
    const page = pageOf({ changes: [present("x"), present("y")] });
    directory.take("b", page);
    assertEquals(directory.remove("b"), [
      locationOf({ name: "x", node: "b" }),
      locationOf({ name: "y", node: "b" }),
    ]);
    assertEquals([directory.remove("b"), directory.remove("nobody")], [[], []]);
    assertEquals([directory.size, directory.versionOf("b", 1), directory.lookup("y")], [1, 0, []]);
    // It was only unreachable: it tells everything again.
    assertEquals(directory.take("b", page).length, 2);
  },
});

Deno.test({
  name: "a later start of a node replaces an earlier one, and a late page of the earlier one is ignored",
  permissions,
  fn() {
    const directory = new Directory(100);
    const old = pageOf({ uid: 1, changes: [present("a"), present("b")] });
    directory.take("n", old);
    // It does not start at the beginning: what is known stays.
    assertEquals(taken(directory, "n", pageOf({ uid: 2, since: 3, version: 4 })), []);
    assertEquals(directory.versionOf("n", 1), 1);
    const fresh = pageOf({ uid: 2, changes: [present("a", { actorType: "New" }), present("c")] });
    assertEquals(taken(directory, "n", fresh), [["a", "Bank", ""], ["b", "Bank", "node-down"], ["c", undefined, ""]]);
    assertEquals(taken(directory, "n", old), []);
    assertEquals(knownLocations(directory, "n").map(({ name, uid }) => [name, uid]), [["a", 2], ["c", 2]]);
  },
});

Deno.test({
  name: "100,000 entries arrive in a hundred pages, and a change among them in one of a single entry",
  permissions,
  fn() {
    const own = ownEntries();
    const directory = new Directory(200_000);
    for (let n = 0; n < 100_000; n++) own.set(`actor-${n}`, "A", n % 7 === 0);
    assertEquals(catchUp(directory, "a", 5, own).length, 100);
    assertEquals(knownLocations(directory, "a"), ownLocations(own, "a", 5));
    own.set("actor-500", "B", false);
    own.delete("actor-501", "failed");
    const [page, ...more] = catchUp(directory, "a", 5, own);
    assertEquals([page?.changes.length, more.length, directory.size], [2, 0, 99_999]);
    assertEquals(catchUp(directory, "a", 5, own), []);
  },
});

/** Adds and takes away one entry so many times. */
function churn(own: OwnEntries, times: number): void {
  for (let n = 0; n < times; n++) {
    own.set("guest", "Guest", false);
    own.delete("guest", "stopped");
  }
}

Deno.test({
  name: "who comes too late for the history starts again, ends with the same entries, and finds all others meanwhile",
  permissions,
  fn() {
    const own = ownEntries();
    for (let n = 0; n < 3_500; n++) own.set(`n${n}`, "A", false);
    const [late, fresh] = [new Directory(10_000), new Directory(10_000)];
    catchUp(late, "a", 5, own);
    const [gone, changed] = [Array.from({ length: 50 }, (_, i) => `n${i * 7}`), "n1"];
    for (const name of gone) own.delete(name, "failed");
    own.set(changed, "B", false);
    churn(own, 6 * REMOVALS_KEPT);
    const events: string[] = [];
    for (let pages = 0; late.versionOf("a", 5) < own.version; pages++) {
      assert(pages < 10, "It starts again and again");
      const { since, compacted } = late.requestOf("a", 5);
      const page = own.page(5, since, compacted)!;
      if (pages === 0) assertEquals([since > 0, page.since], [true, 0]);
      for (const { name, reason } of late.take("a", page)) events.push(`${name} ${reason}`);
      // Half of the pages have not come, and yet nothing is missing but what is changed or gone.
      assert(late.lookup("n3499").length === 1 && late.lookup("n2").length === 1);
    }
    catchUp(fresh, "a", 5, own);
    assertEquals(knownLocations(late, "a"), ownLocations(own, "a", 5));
    assertEquals(knownLocations(fresh, "a"), ownLocations(own, "a", 5));
    // What had gone is told as gone, and of what has not changed nothing is told.
    const told = events.filter((event) => !event.startsWith("n1 "));
    assertEquals(told.sort(), gone.map((name) => `${name} stopped`).sort());
    assertEquals(events.filter((event) => !told.includes(event)), ["n1 "]);
  },
});

Deno.test({
  name: "a late copy of a first page does not make a node start again",
  permissions,
  fn() {
    const own = ownEntries();
    for (let n = 0; n < 2_000; n++) own.set(`n${n}`, "A", false);
    churn(own, 3 * REMOVALS_KEPT);
    const directory = new Directory(10_000);
    const [first] = catchUp(directory, "a", 5, own);
    assertGreater(first!.compacted, 0);
    own.delete("n0", "failed");
    catchUp(directory, "a", 5, own);
    assertEquals(directory.take("a", first!), []);
    assertEquals([directory.versionOf("a", 5), directory.lookup("n0")], [own.version, []]);
  },
});
