/**
 * How long to wait before the next attempt to connect.
 * @module
 */

import type { Random } from "../src/spi.ts";
import { RECONNECT_MAX_MS, RECONNECT_MIN_MS } from "./limits.ts";

/**
 * The ms before attempt `attempt`, counted from 0: they double up to a bound, and each is a random part of it, from
 * half up, so that the clients of a server that comes back do not all come at once.
 */
export function backoffMs(attempt: number, random: Random): number {
  const ceiling = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(attempt, 30));
  return ceiling * (0.5 + random.next() / 2);
}
