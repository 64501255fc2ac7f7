/**
 * Randomness: what everything else is handed, so that tests can repeat it.
 * @module
 */

/**
 * A source of random numbers.
 *
 * @example
 * ```ts
 * import { type Random, systemRandom } from "@cinema/cinema";
 * import { assert } from "@std/assert";
 *
 * const jitter = (random: Random, ms: number): number => ms * (0.5 + random.next());
 * assert(jitter(systemRandom, 100) < 150);
 * ```
 */
export interface Random {
  /** The next number, >= 0 and < 1; good enough for choice and jitter, not for secrets. */
  next(): number;
  /** So many random bytes, which nobody can foresee where the source is the system's. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/**
 * The randomness of the platform.
 *
 * @example
 * ```ts
 * import { systemRandom } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(systemRandom.bytes(32).length, 32);
 * ```
 */
export const systemRandom: Random = {
  next: (): number => Math.random(),
  bytes: (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length)),
};
