import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { isAlive, type MemberRecord, overrides, STATUSES, withVersion } from "../../../cluster/membership/member.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";
import { memberOf, newsOf, pure, Seen } from "../../support/members.ts";

/** All records of one id with few uids, incarnations and versions: small, so that ties are frequent. */
function everyRecord(): MemberRecord[] {
  const records: MemberRecord[] = [];
  for (const uid of [100, 101]) {
    for (const incarnation of [0, 1, 2]) {
      for (const status of STATUSES) records.push(memberOf("b", { uid, incarnation, status }));
    }
  }
  return records;
}

/** What remains of two records. */
function merge(known: MemberRecord, update: MemberRecord): MemberRecord {
  return overrides(update, known) ? withVersion(update, known) : withVersion(known, update);
}

function randomRecord(random: SeededRandom): MemberRecord {
  const below = (limit: number) => Math.floor(random.next() * limit);
  const [uid, incarnation, version] = [100 + below(3), below(4), below(4)];
  return memberOf("b", { uid, incarnation, version, status: STATUSES[below(4)]! });
}

pure("overrides: a higher uid beats everything, then a higher incarnation, then the worse status", () => {
  const base = memberOf("b", { incarnation: 5, status: "suspect" });
  const cases: [Partial<MemberRecord>, boolean][] = [
    [{}, false],
    [{ status: "up" }, false],
    [{ status: "down" }, true],
    [{ status: "left" }, true],
    [{ status: "up", incarnation: 6 }, true],
    [{ status: "left", incarnation: 4 }, false],
    [{ status: "up", incarnation: 0, uid: 101 }, true],
    [{ status: "left", incarnation: 9, uid: 99 }, false],
    [{ version: 9 }, false],
  ];
  for (const [change, expected] of cases) {
    assertEquals(overrides({ ...base, ...change }, base), expected, JSON.stringify(change));
  }
});

pure("overrides: a member that is down or has left comes back with a higher incarnation alone", () => {
  for (const status of ["down", "left"] as const) {
    assertFalse(overrides(memberOf("b"), memberOf("b", { status })), status);
    assert(overrides(memberOf("b", { incarnation: 1 }), memberOf("b", { status })), status);
  }
});

pure("overrides is a strict order: of two different records exactly one is higher, and it is transitive", () => {
  const records = everyRecord();
  for (const a of records) {
    assertFalse(overrides(a, a));
    for (const b of records) {
      if (a !== b) assert(overrides(a, b) !== overrides(b, a), JSON.stringify([a, b]));
      for (const c of records) {
        if (overrides(a, b) && overrides(b, c)) assert(overrides(a, c), JSON.stringify([a, b, c]));
      }
    }
  }
});

pure("merging records commutes, associates and is idempotent, versions included", () => {
  const random = new SeededRandom(1);
  for (let i = 0; i < 5_000; i++) {
    const [a, b, c] = [randomRecord(random), randomRecord(random), randomRecord(random)];
    assertEquals(merge(a, b), merge(b, a));
    assertEquals(merge(merge(a, b), c), merge(a, merge(b, c)));
    assertEquals(merge(a, a), a);
  }
});

pure("two views that get the same updates in different orders, some twice, end equal", () => {
  const random = new SeededRandom(7);
  for (let round = 0; round < 200; round++) {
    const updates = Array.from({ length: 12 }, () => ({ ...randomRecord(random), from: "c", isRefused: false }));
    const [one, other] = [new Seen(), new Seen({}, 2)];
    for (const update of updates) one.apply(update);
    const shuffled = [...updates, ...updates].map((update) => ({ update, at: random.next() }));
    for (const { update } of shuffled.sort((a, b) => a.at - b.at)) other.apply(update);
    assertEquals(one.list.get("b"), other.list.get("b"));
    assertEquals(one.digest, other.digest);
  }
});

pure("withVersion takes the higher version of the same uid and incarnation", () => {
  const known = memberOf("b", { version: 3 });
  assertEquals(withVersion(known, memberOf("b", { version: 5 })).version, 5);
  assertStrictEquals(withVersion(known, memberOf("b", { version: 2 })), known);
  assertStrictEquals(withVersion(known, memberOf("b", { version: 9, uid: 99 })), known);
  assertStrictEquals(withVersion(known, memberOf("b", { version: 9, incarnation: 1 })), known);
});

pure("isAlive: one who is suspected is still counted on, one who is down or has left is not", () => {
  assertEquals(STATUSES.map((status) => isAlive(newsOf("b", { status }))), [true, true, false, false]);
});
