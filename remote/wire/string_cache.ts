/**
 * The names that come again and again, decoded once.
 * @module
 */

import { WireError } from "./wire_error.ts";

// `fatal`, because a name with a hole in it is another name; `ignoreBOM` keeps what looks like a byte order mark.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Longer ones are decoded each time: names are short, and nobody else's text should fill the cache. */
const CACHED_BYTES_MAX = 64;
const SLOTS = 256;

interface Entry {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Decodes UTF-8, and knows the last few hundred short texts by their bytes. Whatever comes in, it stays small. */
export class StringCache {
  readonly #slots: (Entry | undefined)[] = new Array(SLOTS).fill(undefined);

  /**
   * The text between two places.
   *
   * @throws {WireError} When it is no UTF-8.
   */
  decode(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length === 0) return "";
    if (length > CACHED_BYTES_MAX) return decodeUtf8(bytes.subarray(start, end));
    const slot = slotOf(bytes, start, end);
    const entry = this.#slots[slot];
    if (entry !== undefined && isSame(entry.bytes, bytes, start, length)) return entry.text;
    const own = bytes.slice(start, end);
    const text = decodeUtf8(own);
    this.#slots[slot] = { bytes: own, text };
    return text;
  }
}

/** Every byte counts: names like `node-17` differ in one or two. FNV-1a, its upper bits folded in. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811C9DC5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

/**
 * Decodes a text that is not worth a place in a cache.
 *
 * @throws {WireError} When it is no UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new WireError("malformed", "Cannot decode a text: it is no UTF-8", { cause });
  }
}
