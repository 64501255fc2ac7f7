import { assertEquals } from "@std/assert";
import { PAUSE_FACTOR } from "../../../cluster/observer/limits.ts";
import { Paced } from "../../../cluster/observer/paced.ts";
import { ManualClock } from "../../../src/testing/mod.ts";

Deno.test({
  name: "Paced makes what is cheap for each who asks, and what took long only after a pause as much longer",
  permissions: "none",
  fn() {
    let now = 1_000;
    let tookMs = 0;
    let made = 0;
    const clock = Object.assign(new ManualClock(), { now: () => now });
    const paced = new Paced(clock, () => (now += tookMs, ++made));
    assertEquals([paced.value, paced.value], [1, 2]);
    tookMs = 20;
    assertEquals([paced.value, paced.value], [3, 3]);
    now += 20 * PAUSE_FACTOR - 1;
    assertEquals(paced.value, 3);
    now += 1;
    tookMs = 0;
    assertEquals([paced.value, paced.value], [4, 5]);
  },
});
