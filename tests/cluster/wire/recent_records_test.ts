import { assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type Decoded, RecentRecords } from "../../../cluster/wire/recent_records.ts";
import { recordOf, updateOf } from "../../support/cluster_records.ts";
import { forSeeds } from "../../support/seeded.ts";

const permissions = "none";

/** Looks bytes up; returns what they mean, and whether they had to be decoded for that. */
function look(recent: RecentRecords, bytes: Uint8Array, start = 0, end = bytes.length): [Decoded, boolean] {
  let wasDecoded = false;
  const decoded = recent.get(bytes, start, end, () => {
    wasDecoded = true;
    const id = bytes.slice(start, end).toHex();
    return { record: recordOf({ id }), update: updateOf({ id }) };
  });
  return [decoded, wasDecoded];
}

Deno.test({
  name: "RecentRecords.get decodes the same bytes once, wherever they lie",
  permissions,
  fn() {
    const recent = new RecentRecords();
    const [first, wasDecoded] = look(recent, new Uint8Array([1, 2, 3]));
    assertEquals([first.record.id, wasDecoded], ["010203", true]);
    const [again, wasDecodedAgain] = look(recent, new Uint8Array([9, 1, 2, 3, 9]), 1, 4);
    assertEquals(wasDecodedAgain, false);
    assertStrictEquals(again, first);
  },
});

Deno.test({
  name: "RecentRecords.get keeps bytes of its own: whoever changes theirs changes nothing",
  permissions,
  fn() {
    const recent = new RecentRecords();
    const bytes = new Uint8Array([1, 2, 3]);
    look(recent, bytes);
    bytes[0] = 7;
    assertEquals(look(recent, bytes)[0].record.id, "070203");
    assertEquals(look(recent, new Uint8Array([1, 2, 3]))[0].record.id, "010203");
  },
});

Deno.test({
  name: "RecentRecords.get never takes bytes for others, though many share a slot and some begin alike",
  permissions,
  async fn() {
    const recent = new RecentRecords();
    let known = 0;
    await forSeeds(100, (random) => {
      for (let i = 0; i < 200; i++) {
        const length = random.below(4) === 0 ? 126 + random.below(4) : random.below(4);
        const bytes = Uint8Array.from({ length }, () => random.below(16));
        const [{ record, update }, wasDecoded] = look(recent, bytes);
        assertEquals([record.id, update.id], [bytes.toHex(), bytes.toHex()]);
        if (!wasDecoded) known++;
      }
    });
    // Or the test would say nothing.
    assertEquals(known > 1_000, true, `${known}`);
  },
});

Deno.test({
  name: "RecentRecords.get finds most members of a large cluster again, whose names differ in a digit or two",
  permissions,
  fn() {
    const recent = new RecentRecords();
    const all = Array.from({ length: 200 }, (_, i) => new TextEncoder().encode(`node-${i} 10.0.0.${i}:7001`));
    for (const bytes of all) look(recent, bytes);
    const lost = all.filter((bytes) => look(recent, bytes)[1]).length;
    assertEquals(lost < 30, true, `${lost} of ${all.length} were decoded again`);
  },
});

Deno.test({
  name: "RecentRecords.get remembers neither what is long nor what could not be decoded",
  permissions,
  fn() {
    const recent = new RecentRecords();
    for (const [length, isKept] of [[128, true], [129, false], [70_000, false]] as const) {
      const bytes = new Uint8Array(length).fill(7);
      const [first] = look(recent, bytes);
      const [again, wasDecoded] = look(recent, bytes);
      assertEquals(wasDecoded, !isKept, `${length}`);
      if (isKept) assertStrictEquals(again, first);
      else assertNotStrictEquals(again, first);
    }
    const bad = new Uint8Array([1]);
    const fail = () => {
      throw new RangeError("no record");
    };
    assertThrows(() => recent.get(bad, 0, 1, fail), RangeError);
    assertEquals(look(recent, bad)[1], true);
  },
});
