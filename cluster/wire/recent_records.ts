/**
 * The records that came lately, by their bytes: every node tells the same ones again and again, most of them unchanged.
 * @module
 */

import type { MemberRecord } from "../membership/member.ts";
import type { Update } from "../membership/messages.ts";

/** Twice as many as the members of a large cluster, so that few of them share a slot. */
const SLOTS = 2_048;

/** Records that are longer are decoded each time: most have 40 to 90 bytes. A length fits into a byte. */
const BYTES_MAX = 128;

/** What some bytes mean: a record, and the same with who says so. */
export interface Decoded {
  /** Without who says so. */
  readonly record: MemberRecord;
  /** With it. */
  readonly update: Update;
}

/** Remembers what bytes mean. Whatever comes in, it stays as small as it is: 256 KiB, and one object for each slot. */
export class RecentRecords {
  readonly #bytes: Uint8Array = new Uint8Array(SLOTS * BYTES_MAX);
  readonly #lengths: Uint8Array = new Uint8Array(SLOTS);
  readonly #decoded: (Decoded | undefined)[] = new Array(SLOTS).fill(undefined);

  /** What the bytes between two places mean; `decode` finds out where that is not known, and may throw. */
  get(bytes: Uint8Array, start: number, end: number, decode: () => Decoded): Decoded {
    const length = end - start;
    if (length > BYTES_MAX) return decode();
    const slot = slotOf(bytes, start, end);
    const known = this.#decoded[slot];
    if (known !== undefined && this.#lengths[slot] === length && this.#holds(slot, bytes, start, length)) return known;
    const decoded = decode();
    const at = slot * BYTES_MAX;
    for (let i = 0; i < length; i++) this.#bytes[at + i] = bytes[start + i]!;
    this.#lengths[slot] = length;
    this.#decoded[slot] = decoded;
    return decoded;
  }

  #holds(slot: number, bytes: Uint8Array, start: number, length: number): boolean {
    const at = slot * BYTES_MAX;
    const own = this.#bytes;
    for (let i = 0; i < length; i++) if (own[at + i] !== bytes[start + i]) return false;
    return true;
  }
}

/** FNV-1a over all bytes: names that differ in one digit must not share a slot. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811C9DC5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  // Its low bits alone are less well mixed.
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
