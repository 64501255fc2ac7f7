/**
 * The cache by hand: `put KEY ITEM [TTL_MS]`, `get KEY`, `touch KEY [TTL_MS]` and `delete KEY`.
 * @module
 */

import type { SessionCache } from "./cache.ts";

const TTL_MS = 3_600_000;

export async function command(cache: SessionCache, line: string): Promise<string> {
  const [verb, key = "", ...rest] = line.split(" ");
  switch (verb) {
    case "put": {
      const [item = "nothing", ttlMs = TTL_MS] = rest;
      const evicted = await cache.put(key, { user: key, cart: [item] }, Number(ttlMs));
      return `kept by ${cache.homeOf(key)}${evicted === null ? "" : `, without ${evicted}`}`;
    }
    case "get": {
      const session = await cache.get(key);
      return session === null ? "no session" : `${session.cart} from ${cache.homeOf(key)}`;
    }
    case "touch":
      return await cache.touch(key, Number(rest[0] ?? TTL_MS)) ? "touched" : "no session";
    case "delete":
      return await cache.delete(key) ? "deleted" : "no session";
    default:
      return "put KEY ITEM [TTL_MS], get KEY, touch KEY [TTL_MS] or delete KEY";
  }
}
