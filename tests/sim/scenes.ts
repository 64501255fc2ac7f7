/**
 * What several simulations share.
 *
 * @module
 */

import { healed, settled, upTo } from "../../bench/soak/experiments.ts";

export { healed, settled };

/** A simulation as a test, which shows with its permissions that it is pure. */
export function simulation(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

/** The hosts of these numbers. */
export function hosts(first: number, last: number): string[] {
  return upTo(last - first + 1).map((i) => `node-${first + i - 1}`);
}
