/** A generator of the same numbers for the same seed (mulberry32), so that a test that fails can be run again. */
export class Seeded {
  #state: number;

  /** Starts at `seed`. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next number, >= 0 and < 1. */
  next(): number {
    this.#state = (this.#state + 0x6D2B79F5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

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
