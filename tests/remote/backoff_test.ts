import { assert, assertEquals } from "@std/assert";
import { backoffMs } from "../../remote/backoff.ts";
import { SeededRandom } from "../../src/testing/mod.ts";

Deno.test("backoffMs() doubles up to a bound, and is a random part of that, from half up", () => {
  const most = { next: () => 1, bytes: () => new Uint8Array(0) };
  const least = { next: () => 0, bytes: () => new Uint8Array(0) };
  assertEquals([0, 1, 2, 6, 7, 1_000].map((attempt) => backoffMs(attempt, most)), [50, 100, 200, 3_200, 5_000, 5_000]);
  assertEquals([0, 1, 7].map((attempt) => backoffMs(attempt, least)), [25, 50, 2_500]);
  const random = new SeededRandom(1);
  assert(new Set(Array.from({ length: 20 }, () => backoffMs(3, random))).size > 15);
});
