// A few thousand cases of each law, always the same: what fails here was broken by a change. `long.ts` looks for more.

import { assert, assertGreater, assertLess } from "@std/assert";
import { ALL_PROPERTIES } from "./all_properties.ts";
import { FrameStorm } from "./frame_storm.ts";

const SEED = 20_261_126;

for (const [area, properties] of Object.entries(ALL_PROPERTIES)) {
  for (const { name, shortRuns, check } of properties) {
    Deno.test({
      name: `${area}: ${name}`,
      permissions: "none",
      async fn() {
        await check({ seed: SEED, runs: shortRuns });
      },
    });
  }
}

Deno.test({
  name: "frames: fifty thousand damaged frames are read or refused, and both happen in every place where bytes come in",
  permissions: "none",
  fn() {
    const storm = new FrameStorm(SEED);
    storm.run(50_000);
    for (const { name, read, refused } of storm.tally) {
      assertGreater(read, 500, name);
      assertGreater(refused, 500, name);
    }
  },
});

Deno.test({
  name: "frames: a frame that makes a decoder crash is reported by its bytes, and by as few as will do",
  permissions: "none",
  fn() {
    const broken = new FrameStorm(SEED, (bytes) => {
      if (bytes.includes(7) && bytes.includes(9)) throw new TypeError("broken");
    });
    let message = "";
    try {
      broken.run(100_000);
    } catch (error) {
      message = String(error);
    }
    assert(/: (?:0709|0907)\b/.test(message), message);
    assertLess(message.length, 300);
  },
});
