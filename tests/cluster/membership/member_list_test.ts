import { assert, assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { isAlive, STATUSES } from "../../../cluster/membership/member.ts";
import { MemberList } from "../../../cluster/membership/member_list.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";
import { memberOf, pure } from "../../support/members.ts";

function make(count: number, seed = 1, downMax = 1_000): MemberList {
  const list = new MemberList(new SeededRandom(seed), downMax);
  for (let i = 0; i < count; i++) list.set(memberOf(`n${i}`));
  return list;
}

const ids = (records: readonly { id: string }[]) => records.map(({ id }) => id).sort();

pure("MemberList.nextTarget names everybody once a round, in another order the next time", () => {
  const list = make(20);
  const round = () => Array.from({ length: 20 }, () => list.nextTarget()!.id);
  const [first, second] = [round(), round()];
  assertEquals([...first].sort(), ids([...list.values()]));
  assertEquals([...second].sort(), [...first].sort());
  assertNotEquals(first, second);
});

pure("MemberList.nextTarget skips nobody when members come and go in the middle of a round", () => {
  const random = new SeededRandom(5);
  for (let seed = 1; seed <= 50; seed++) {
    const list = make(10, seed);
    const seen = new Set<string>();
    for (let i = 0; i < 5; i++) seen.add(list.nextTarget()!.id);
    const left = `n${Math.floor(random.next() * 10)}`;
    list.set(memberOf(left, { status: "down" }));
    list.set(memberOf("new"));
    // A new one may come in this round or in the next.
    for (let i = 0; i < 6; i++) seen.add(list.nextTarget()!.id);
    for (const { id } of list.values()) if (id !== "new" && id !== left) assert(seen.has(id), `${id}, seed ${seed}`);
  }
});

pure("MemberList.nextTarget names nobody in an empty list, and nobody who is gone", () => {
  const list = make(0);
  assertEquals(list.nextTarget(), undefined);
  list.set(memberOf("b", { status: "down" }));
  list.set(memberOf("c", { status: "left" }));
  assertEquals(list.nextTarget(), undefined);
  list.set(memberOf("d", { status: "suspect" }));
  assertEquals(list.nextTarget()?.id, "d");
});

pure("MemberList.pick finds every living member that passes, also where only one does", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const list = make(3, seed);
    list.set(memberOf("gone", { status: "down" }));
    assertEquals(ids(list.pick(3, ({ id }) => id === "n2")), ["n2"], `seed ${seed}`);
    assertEquals(ids(list.pick(Infinity, isAlive)), ["n0", "n1", "n2"], `seed ${seed}`);
    assertEquals(list.pick(2, isAlive).length, 2);
  }
  assertEquals(make(0).pick(3, isAlive), []);
  assertEquals(make(3).pick(0, isAlive), []);
});

pure("MemberList.pick is fair: each member is picked about as often", () => {
  const list = make(10);
  const count = new Map<string, number>();
  for (let i = 0; i < 5_000; i++) {
    const picked = list.pick(3, isAlive);
    assertEquals(new Set(picked).size, 3);
    for (const { id } of picked) count.set(id, (count.get(id) ?? 0) + 1);
  }
  // 1,500 on average, with a deviation of 32.
  for (const [id, times] of count) assertLess(Math.abs(times - 1_500), 160, id);
});

pure("MemberList.digest is the same for the same living members, whatever their order and history", () => {
  const random = new SeededRandom(9);
  for (let seed = 1; seed <= 50; seed++) {
    const list = make(0, seed);
    for (let i = 0; i < 100; i++) {
      const id = `n${Math.floor(random.next() * 8)}`;
      const incarnation = Math.floor(random.next() * 3);
      list.set(memberOf(id, { incarnation, status: STATUSES[Math.floor(random.next() * 4)]! }));
    }
    const fresh = make(0);
    for (const record of [...list.values()].reverse()) fresh.set(record);
    assertEquals([list.digest, list.alive], [fresh.digest, fresh.alive], `seed ${seed}`);
  }
});

pure("MemberList.digest changes with who lives, their uid, incarnation and version, not with who is gone", () => {
  const list = make(3);
  const before = list.digest;
  list.set(memberOf("gone", { status: "down" }));
  list.set(memberOf("n0", { status: "suspect" }));
  assertEquals(list.digest, before);
  for (const change of [{ uid: 101 }, { incarnation: 1 }, { version: 1 }, { status: "down" }] as const) {
    list.set(memberOf("n0", change));
    assertNotEquals(list.digest, before, JSON.stringify(change));
    list.set(memberOf("n0"));
    assertEquals(list.digest, before);
  }
});

pure("MemberList remembers a bounded number of those who are gone, and forgets whoever went first", () => {
  const list = make(5, 1, 2);
  for (const id of ["n1", "n2", "n3"]) list.set(memberOf(id, { status: "down" }));
  assertEquals([list.size, list.alive], [4, 2]);
  assertEquals(list.get("n1"), undefined);
  assertEquals(ids(list.down()), ["n2", "n3"]);
  // Whoever comes back takes no such place.
  list.set(memberOf("n2", { incarnation: 1 }));
  list.set(memberOf("n4", { status: "left" }));
  assertEquals(ids([...list.values()]), ["n0", "n2", "n3", "n4"]);
});

pure("MemberList.aliveAt finds who lives at an address, not who has lived there", () => {
  const list = make(2);
  list.set(memberOf("gone", { addr: "x:1", status: "down" }));
  assertEquals(list.aliveAt("x:1"), undefined);
  list.set(memberOf("next", { addr: "x:1", status: "suspect" }));
  assertEquals(list.aliveAt("x:1")?.id, "next");
});

pure("MemberList.down lists those who are down, but not those who have left", () => {
  const list = make(1);
  for (const status of STATUSES) list.set(memberOf(status, { status }));
  assertEquals(ids(list.down()), ["down"]);
});

pure("MemberList.nextTarget names nobody twice in a round in which a new member comes", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const list = make(10, seed);
    const targets = Array.from({ length: 5 }, () => list.nextTarget()!.id);
    list.set(memberOf("new"));
    for (let i = 0; i < 5; i++) targets.push(list.nextTarget()!.id);
    assertEquals(new Set(targets).size, 10, `seed ${seed}`);
  }
});

pure("MemberList forgets in the order in which members went, not in that in which they came", () => {
  const list = make(5, 1, 2);
  for (const id of ["n3", "n2", "n1"]) list.set(memberOf(id, { status: "down" }));
  assertEquals(ids(list.down()), ["n1", "n2"]);
});
