/**
 * Placement: which of several actors of one name gets a key.
 * @module
 */

import type { Location } from "./entry.ts";

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1998): every host gets a score for the key, and the highest has it. When
 * a host comes or goes, only the keys that it gains or had move; nodes agree without asking each other.
 */
export function placeOf(key: string, hosts: readonly Location[]): Location | undefined {
  let best: Location | undefined;
  let bestScore = -1;
  for (const host of hosts) {
    const score = hash(`${host.node}\0${key}`);
    const isBetter = score > bestScore || (score === bestScore && best !== undefined && host.node > best.node);
    if (!isBetter) continue;
    best = host;
    bestScore = score;
  }
  return best;
}

/**
 * 32 bits that depend on every character: FNV-1a, then the finalizer of MurmurHash3, without which similar texts score
 * alike.
 */
function hash(text: string): number {
  let h = 0x811C9DC5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85EBCA6B);
  h = Math.imul(h ^ (h >>> 13), 0xC2B2AE35);
  return (h ^ (h >>> 16)) >>> 0;
}
