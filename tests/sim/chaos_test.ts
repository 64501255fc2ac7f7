import { assertEquals } from "@std/assert";
import { chaos, upTo } from "../../bench/soak/experiments.ts";
import { simulation } from "./scenes.ts";

simulation("whatever has happened, a cluster that is left alone has one view and one directory within 30 s", () => {
  for (const seed of upTo(30)) chaos(3 + seed % 6, seed, 2);
});

simulation("scripts that once ended otherwise end well", () => {
  for (const seed of [4399, 4888, 5196, 7806, 9136, 9578]) chaos(3 + seed % 8, seed, 3);
});

simulation("what has happened is the same for the same seed, byte for byte", () => {
  assertEquals(chaos(5, 4711, 2).trace(), chaos(5, 4711, 2).trace());
});
