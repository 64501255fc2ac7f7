import { assertEquals, assertGreater } from "@std/assert";
import { degraded, FAST, healthy, NO_LIFEGUARD, upTo } from "../../bench/soak/experiments.ts";
import { simulation } from "./scenes.ts";

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

simulation("no healthy member is taken for down in a healthy cluster", () => {
  for (const [nodes, minutes, seeds] of [[3, 120, 5], [10, 60, 4], [30, 20, 3], [100, 10, 1]] as const) {
    assertEquals(sum(upTo(seeds).map((seed) => healthy(nodes, seed, minutes))), 0, `${nodes} nodes`);
  }
});

simulation("no healthy member is taken for down where a tenth of all packets is lost", () => {
  for (const seed of upTo(3)) assertEquals(healthy(8, seed, 20, 0.1), 0);
});

simulation(
  "members that are stopped again and again take healthy ones for down without Lifeguard, and not with it",
  () => {
    const count = (config: object) => sum(upTo(8).map((seed) => degraded(10, seed, 5, 50, { ...FAST, ...config }).all));
    assertGreater(count(NO_LIFEGUARD), 2);
    assertEquals(count({}), 0);
  },
);
