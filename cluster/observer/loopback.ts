/**
 * What is this machine, and nothing else.
 * @module
 */

/** Whether an address of a connection is one of this machine. */
export function isLoopbackAddress(address: string): boolean {
  const bare = address.toLowerCase();
  const v4 = bare.startsWith("::ffff:") ? bare.slice("::ffff:".length) : bare;
  // Mapped into IPv6 it may be written either way.
  return bare === "::1" || isV4Loopback(v4) || (v4 !== bare && /^7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(v4));
}

/** Whether a host, as a browser names it, cannot be any other machine. */
export function isLoopbackName(name: string): boolean {
  const bare = name.toLowerCase();
  return bare === "localhost" || bare === "[::1]" || isV4Loopback(bare);
}

function isV4Loopback(address: string): boolean {
  return /^127(?:\.\d{1,3}){3}$/.test(address);
}
