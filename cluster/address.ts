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

/** Writes an address. */
export function formatAddress({ hostname, port }: Address): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
