import { SeededRandom } from "../../src/testing/mod.ts";

/** The generator of the test kit, with what tests choose by it. */
export class Seeded extends SeededRandom {
  /** The next whole number, >= 0 and < `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** One of `items`. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** Runs `check` once for each seed, and names the seed of the one that failed. */
export async function forSeeds(count: number, check: (random: Seeded) => void | Promise<void>): Promise<void> {
  for (let seed = 1; seed <= count; seed++) {
    try {
      await check(new Seeded(seed));
    } catch (cause) {
      throw new Error(`Failed with seed ${seed}`, { cause });
    }
  }
}
