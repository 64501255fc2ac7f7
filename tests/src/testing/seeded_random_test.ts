import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { SeededRandom } from "../../../src/testing/seeded_random.ts";

const numbers = (random: SeededRandom, count: number): number[] => Array.from({ length: count }, () => random.next());

Deno.test({
  name: "SeededRandom gives the same numbers and bytes for the same seed, and others for another",
  permissions: "none",
  fn() {
    assertEquals(numbers(new SeededRandom(7), 100), numbers(new SeededRandom(7), 100));
    assertEquals(new SeededRandom(7).bytes(100), new SeededRandom(7).bytes(100));
    assertNotEquals(numbers(new SeededRandom(7), 1), numbers(new SeededRandom(8), 1));
    assertNotEquals(new SeededRandom(7).bytes(8), new SeededRandom(8).bytes(8));
  },
});

Deno.test({
  name: "SeededRandom gives these numbers in every release, so that a seed that was written down stays good",
  permissions: "none",
  fn() {
    const random = new SeededRandom(1);
    const words = Array.from({ length: 3 }, () => random.next() * 0x1_0000_0000);
    assertEquals(words, [2_693_262_067, 11_749_833, 2_265_367_787]);
  },
});

Deno.test({
  name: "SeededRandom.next() is >= 0 and < 1, and in each tenth equally often",
  permissions: "none",
  fn() {
    const tenths = new Array<number>(10).fill(0);
    for (const number of numbers(new SeededRandom(1), 10_000)) {
      assert(number >= 0 && number < 1);
      tenths[Math.floor(number * 10)]!++;
    }
    for (const count of tenths) assert(count > 900 && count < 1_100, `${tenths}`);
  },
});

Deno.test({
  name: "SeededRandom.bytes() gives so many, and each value",
  permissions: "none",
  fn() {
    const random = new SeededRandom(1);
    assertEquals([random.bytes(0).length, random.bytes(33).length], [0, 33]);
    assertEquals(new Set(random.bytes(10_000)).size, 256);
  },
});
