import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Suspicion, suspicionMs } from "../../../cluster/membership/suspicion.ts";
import { pure } from "../../support/members.ts";

const BOUNDS = { minMs: 2_000, maxMs: 30_000, confirmations: 3 };

pure("suspicionMs follows the published curve: k = 3, 2 s to 30 s", () => {
  assertEquals(suspicionMs(BOUNDS, 0), 30_000);
  assertAlmostEquals(suspicionMs(BOUNDS, 1), 16_000, 1e-6);
  assertAlmostEquals(suspicionMs(BOUNDS, 2), 7_810, 5);
  assertEquals(suspicionMs(BOUNDS, 3), 2_000);
});

pure("suspicionMs is never below the minimum, and starts there where nobody can confirm", () => {
  assertEquals(suspicionMs(BOUNDS, 50), 2_000);
  assertEquals(suspicionMs({ ...BOUNDS, confirmations: 0 }, 0), 2_000);
  assertEquals(suspicionMs({ minMs: Infinity, maxMs: Infinity, confirmations: 2 }, 0), Infinity);
});

pure("Suspicion ends earlier with each independent confirmation, counted from its start", () => {
  const suspicion = new Suspicion(BOUNDS, "a", 1_000);
  const ends = [suspicion.endsAt];
  for (const from of ["b", "c", "d"]) {
    assertEquals(suspicion.confirm(from, false), true);
    ends.push(suspicion.endsAt);
  }
  assertEquals(ends.map((ms) => Math.round(ms / 10) * 10), [31_000, 17_000, 8_810, 3_000]);
});

pure("Suspicion counts nobody twice, not who started it, and no more than are needed", () => {
  const suspicion = new Suspicion(BOUNDS, "a", 0);
  assertEquals(["a", "b", "b", "c", "a", "d", "e"].map((from) => suspicion.confirm(from, false)), [
    false,
    true,
    false,
    true,
    false,
    true,
    false,
  ]);
  assertEquals(suspicion.endsAt, 2_000);
});

pure("Suspicion takes a refused connection as news of its own, also of who suspected already, but once each", () => {
  const suspicion = new Suspicion({ ...BOUNDS, confirmations: 0 }, "a", 0);
  assertEquals(["a", "a", "b", "b"].map((from) => suspicion.confirm(from, true)), [true, false, true, false]);
  assertEquals(suspicion.refusals, 2);
});

pure("Suspicion counts up to three who were refused, so that in a large cluster few of them are passed on", () => {
  const suspicion = new Suspicion({ ...BOUNDS, confirmations: 0 }, "a", 0);
  const isNews = Array.from({ length: 50 }, (_, i) => suspicion.confirm(`n${i}`, true));
  assertEquals([suspicion.refusals, isNews.filter(Boolean).length], [3, 3]);
});

pure("Suspicion.limit: nobody waits for more confirmations than there are others to give them", () => {
  const suspicion = new Suspicion(BOUNDS, "a", 0);
  suspicion.confirm("b", false);
  suspicion.limit(1);
  assertEquals(suspicion.endsAt, 2_000);
  suspicion.limit(0);
  assertAlmostEquals(suspicion.endsAt, 16_000, 1e-6, "alone, this node may be the one that is cut off");
  suspicion.limit(9);
  assertAlmostEquals(suspicion.endsAt, 16_000, 1e-6);
});

pure("Suspicion is ripe after half of its shortest time", () => {
  const suspicion = new Suspicion(BOUNDS, "a", 500);
  assertEquals([500, 1_499, 1_500, 9_000].map((now) => suspicion.isRipe(now)), [false, false, true, true]);
});
