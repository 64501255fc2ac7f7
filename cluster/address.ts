/**
 * Addresses of nodes as texts: `"host:port"`, with an IPv6 address in brackets.
 * @module
 */

import type { Address } from "../remote/mod.ts";

/**
 * Reads an address.
 *
 * @throws {TypeError} When it is none.
 */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(String(text));
  const port = Number(match?.[3]);
  if (match === null || port > 65_535 || text.length > 255) {
    throw new TypeError(`Cannot use the address "${String(text).slice(0, 64)}": it must be like "127.0.0.1:7001"`);
  }
  return { hostname: match[1] ?? match[2]!, port };
}

/**
 * Whether who listens there is reached everywhere but there: "0.0.0.0", "::", and every other way to write them, as
 * "::0" or "0".
 */
export function isEveryHost(hostname: string): boolean {
  return /^\[?[0.:]+\]?$/.test(hostname);
}

/** Gives an address back at which others can reach a node, and throws where they cannot. */
export function checkReachable(text: string): string {
  const { hostname, port } = parseAddress(text);
  if (port === 0) throw new TypeError(`Cannot reach a node at "${text}": port 0 is none`);
  if (!isEveryHost(hostname)) return text;
  throw new TypeError(`Cannot reach a node at "${text}": that is every host and none`);
}

/** Writes an address. */
export function formatAddress({ hostname, port }: Address): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
