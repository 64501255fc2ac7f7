import { assert, assertEquals, assertGreater, assertLessOrEqual, assertThrows } from "@std/assert";
import type { DirectoryPage } from "../../../cluster/directory/entry.ts";
import { PAGE_MAX } from "../../../cluster/directory/limits.ts";
import { OwnEntries, REMOVALS_KEPT } from "../../../cluster/directory/own_entries.ts";
import { CinemaError } from "../../../src/errors.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";

const permissions = "none";
const UID = 5;

function ownEntries(max = 1_000_000): OwnEntries {
  return new OwnEntries(new SeededRandom(1), max);
}

/** The names of the first page after a version, with a "-" before those that were taken away. */
function namesSince(own: OwnEntries, since: number, compacted = 0): string[] {
  const changes = own.page(UID, since, compacted)?.changes ?? [];
  return changes.map(({ name, actorType }) => actorType === undefined ? `-${name}` : name);
}

/** All pages, as one gets them who knows nothing. */
function pagesOf(own: OwnEntries): DirectoryPage[] {
  const pages: DirectoryPage[] = [];
  for (let since = 0; since < own.version;) {
    const page = own.page(UID, since, pages[0]?.compacted ?? 0)!;
    pages.push(page);
    assertLessOrEqual(pages.length, 100);
    since = page.version;
  }
  return pages;
}

/** Adds and takes away one entry so many times. */
function churn(own: OwnEntries, times: number, name = "guest"): void {
  for (let n = 0; n < times; n++) {
    own.set(name, "Guest", false);
    own.delete(name, "stopped");
  }
}

Deno.test({
  name: "OwnEntries gives every change the next version, and what changes nothing none",
  permissions,
  fn() {
    const own = ownEntries();
    const versions = [
      () => own.set("a", "A", false),
      () => own.set("a", "A", false),
      () => own.set("a", "B", false),
      () => own.set("g", "G", true),
      () => own.set("g", "G", true),
      () => own.delete("nobody", "stopped"),
      () => own.delete("a", "stopped"),
      () => own.delete("a", "stopped"),
    ].map((act) => (act(), own.version));
    assertEquals(versions, [1, 1, 2, 3, 3, 3, 4, 4]);
    assertEquals([[...own.names()], own.size], [["g"], 1]);
  },
});

Deno.test({
  name: "OwnEntries keeps the entry uid while the actor is registered, and draws another when it is registered anew",
  permissions,
  fn() {
    const own = ownEntries();
    const uid = () => own.get("a", "n", UID)!.entryUid;
    own.set("a", "A", false);
    const first = uid();
    assert(first > 0 && Number.isSafeInteger(first));
    own.set("a", "B", false);
    assertEquals([uid(), own.get("a", "n", UID)?.actorType], [first, "B"]);
    own.delete("a", "stopped");
    assertEquals(own.get("a", "n", UID), undefined);
    own.set("a", "A", false);
    assert(uid() !== first);
  },
});

Deno.test({
  name: "OwnEntries gives a group the entry uid 0, and one of its own back when it is a group no more",
  permissions,
  fn() {
    const own = ownEntries();
    own.set("g", "G", true);
    assertEquals(own.get("g", "n", UID), { name: "g", node: "n", uid: UID, actorType: "G", entryUid: 0 });
    own.set("g", "G", false);
    assertGreater(own.get("g", "n", UID)!.entryUid, 0);
    own.set("g", "G", true);
    assertEquals([own.get("g", "n", UID)?.entryUid, own.version], [0, 3]);
  },
});

Deno.test({
  name: "OwnEntries refuses what is no name, and more entries than it may have; neither changes anything",
  permissions,
  fn() {
    const own = ownEntries(2);
    for (const name of ["", "x".repeat(256), "half \ud83d"]) {
      assertThrows(() => own.set(name, "A", false), TypeError, "a name has 1 to 255 whole characters");
    }
    own.set("a", "A", false);
    own.set("b", "B", false);
    assertThrows(() => own.set("c", "C", false), CinemaError, 'Cannot register "c": there are 2 actors already');
    assertEquals([own.size, own.version], [2, 2]);
    // What is there may change, and what has gone makes room.
    own.set("a", "A2", false);
    own.delete("b", "stopped");
    own.set("c", "C", false);
    assertEquals([...own.names()], ["a", "c"]);
  },
});

Deno.test({
  name: "OwnEntries cuts the texts for people, and never sends half a character",
  permissions,
  fn() {
    const own = ownEntries();
    own.set("a", "x".repeat(254) + "😀", false);
    own.set("b", "B", false);
    own.delete("b", "r".repeat(1_000));
    const [type, reason] = own.page(UID, 0, 0)!.changes.map((change) => change.actorType ?? change.reason) as string[];
    assertEquals([type, reason], ["x".repeat(254) + "\ufffd", "r".repeat(255)]);
  },
});

Deno.test({
  name: "a page holds the last change of every name since a version, with the reason of a removal",
  permissions,
  fn() {
    const own = ownEntries();
    own.set("a", "A", false);
    own.set("b", "B", false);
    own.set("a", "A2", false);
    own.delete("b", "failed");
    assertEquals(namesSince(own, 0), ["a", "-b"]);
    assertEquals(namesSince(own, 3), ["-b"]);
    const page = own.page(UID, 2, 0)!;
    assertEquals([page.uid, page.since, page.version, page.compacted], [UID, 2, 4, 0]);
    assertEquals(page.changes.map(({ name, actorType, reason }) => [name, actorType, reason]), [
      ["a", "A2", ""],
      ["b", undefined, "failed"],
    ]);
  },
});

Deno.test({
  name: "there is no page for who knows everything, or says that it knows more than there is",
  permissions,
  fn() {
    const own = ownEntries();
    assertEquals(own.page(UID, 0, 0), undefined);
    own.set("a", "A", false);
    assertEquals([own.page(UID, 1, 0), own.page(UID, 99, 0)], [undefined, undefined]);
  },
});

Deno.test({
  name: "pages continue each other and hold a thousand changes each",
  permissions,
  fn() {
    const own = ownEntries();
    for (let n = 0; n < 2 * PAGE_MAX + 1; n++) own.set(`n${n}`, "A", false);
    const sizes = pagesOf(own).map(({ since, version, changes }) => [since, version, changes.length]);
    assertEquals(sizes, [[0, 1_000, 1_000], [1_000, 2_000, 1_000], [2_000, 2_001, 1]]);
  },
});

Deno.test({
  name: "who has missed fewer removals than are remembered goes on; who has missed more starts again",
  permissions,
  fn() {
    const own = ownEntries();
    own.set("kept", "A", false);
    churn(own, REMOVALS_KEPT - 1);
    const known = own.version;
    churn(own, 2 * REMOVALS_KEPT);
    const [late, prompt] = [own.page(UID, known, 0)!, own.page(UID, own.version - REMOVALS_KEPT, 0)!];
    assertGreater(late.compacted, known);
    assertEquals([late.since, late.changes[0]?.name], [0, "kept"]);
    assertEquals([prompt.since, prompt.changes[0]?.name], [own.version - REMOVALS_KEPT, "guest"]);
  },
});

Deno.test({
  name: "who knew everything a moment ago never starts again, however much is taken away",
  permissions,
  fn() {
    const own = ownEntries();
    for (let n = 0; n < 100; n++) own.set(`n${n}`, "A", false);
    for (let n = 0; n < 20 * REMOVALS_KEPT; n++) {
      const known = own.version;
      churn(own, 1);
      assertEquals(own.page(UID, known, 0)?.since, known);
    }
    assertGreater(own.page(UID, 0, 0)!.compacted, 0);
  },
});

Deno.test({
  name: "who began after the oldest removals were forgotten gets beyond the first page",
  permissions,
  fn() {
    const own = ownEntries();
    for (let n = 0; n < 2 * PAGE_MAX; n++) own.set(`n${n}`, "A", false);
    churn(own, 4 * PAGE_MAX);
    const first = own.page(UID, 0, 0)!;
    // All that the first page holds is older than what was forgotten.
    assertGreater(first.compacted, first.version);
    const second = own.page(UID, first.version, first.compacted)!;
    assertEquals([second.since, second.changes[0]?.name], [first.version, `n${PAGE_MAX}`]);
    // Somebody who knows the same version from before is not mistaken for it.
    assertEquals(own.page(UID, first.version, 0)?.since, 0);
    // And when more was forgotten since, it begins anew as well.
    churn(own, 8 * PAGE_MAX);
    assertEquals(own.page(UID, first.version, first.compacted)?.since, 0);
  },
});

Deno.test({
  name: "the history stays small: a name that comes and goes a hundred thousand times leaves some thousand removals",
  permissions,
  fn() {
    const own = ownEntries();
    churn(own, 100_000);
    const changes = pagesOf(own).reduce((sum, page) => sum + page.changes.length, 0);
    assertLessOrEqual(changes, 2 * REMOVALS_KEPT + 2);
    assertEquals([own.version, own.size], [200_000, 0]);
  },
});

Deno.test({
  name: "when all of 100,000 entries are taken away, the history goes with them",
  permissions,
  fn() {
    const own = ownEntries();
    for (let n = 0; n < 100_000; n++) own.set(`n${n}`, "A", false);
    for (let n = 0; n < 100_000; n++) own.delete(`n${n}`, "shutdown");
    const page = own.page(UID, 0, 0)!;
    assertEquals(page.changes.length, PAGE_MAX);
    const rest = own.page(UID, page.version, page.compacted);
    assertLessOrEqual(rest?.changes.length ?? 0, PAGE_MAX + 2);
    assertEquals(rest?.version ?? page.version, own.version);
    assertEquals(own.page(UID, own.version - 10, 0)?.changes.map(({ reason }) => reason), Array(10).fill("shutdown"));
  },
});
