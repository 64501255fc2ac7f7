import { assertEquals } from "@std/assert";
import { REPEAT_MS } from "../../../cluster/compat/limits.ts";
import { Repeats } from "../../../cluster/compat/repeats.ts";

Deno.test({
  name: "the same is news once a minute, and something else is news at once",
  permissions: "none",
  fn() {
    const repeats = new Repeats();
    assertEquals([0, 1, REPEAT_MS - 1].map((now) => repeats.isNews("a", now)), [true, false, false]);
    assertEquals(repeats.isNews("b", 1), true);
    assertEquals([repeats.isNews("a", REPEAT_MS), repeats.isNews("a", REPEAT_MS + 1)], [true, false]);
  },
});

Deno.test({
  name: "of many different things only so many are remembered",
  permissions: "none",
  fn() {
    const repeats = new Repeats();
    for (let i = 0; i < 1_024; i++) repeats.isNews(`${i}`, 0);
    assertEquals(repeats.isNews("0", 0), false);
    repeats.isNews("one more", 0);
    assertEquals(repeats.isNews("0", 0), true);
  },
});
