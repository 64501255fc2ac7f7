/**
 * Frames: a 4-byte big-endian length, then that many bytes.
 * @module
 */

import { WireError } from "./wire_error.ts";

const NOTHING = new Uint8Array(0);
const HEADER_BYTES = 4;
/** What a frame whose end has not come gets at first; then twice of what has really come. */
const PARTIAL_BYTES_MIN = 4_096;

/**
 * Finds the frames in a stream of bytes that comes in chunks of any size. A frame that lies whole within a chunk is not
 * copied; of one that does not, no more is kept than has come, whatever its header announces.
 *
 * Use: `push` a chunk, then call `next` until it says that there is no further frame.
 */
export class FrameDecoder {
  /** The largest frame that is taken, in bytes without its header. */
  limit: number;
  /** Holds the current frame. */
  bytes: Uint8Array = NOTHING;
  /** Where the current frame begins in `bytes`. */
  start = 0;
  /** Where the current frame ends in `bytes`. */
  end = 0;
  /** Whether `bytes` belongs to this frame alone. Otherwise it is valid until the next `push`. */
  isOwned = false;
  #chunk: Uint8Array = NOTHING;
  #at = 0;
  #header = 0;
  #headerBytes = 0;
  #partial: Uint8Array | undefined;
  #partialBytes = 0;

  /** Creates a decoder that refuses frames of more than `limit` bytes. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many bytes have come that are no whole frame yet. */
  get buffered(): number {
    return this.#headerBytes + this.#partialBytes + this.#chunk.length - this.#at;
  }

  /** Takes a chunk. The one before must have been used up. */
  push(chunk: Uint8Array): void {
    // A Buffer of Node, as its sockets give, has another slice(): one that does not copy.
    const isPlain = chunk.constructor === Uint8Array;
    this.#chunk = isPlain ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#at = 0;
  }

  /**
   * Makes the next frame the current one; false when it has not come whole.
   *
   * @throws {WireError} When a header announces more than the limit; nothing is kept of such a frame.
   */
  next(): boolean {
    if (this.#headerBytes < HEADER_BYTES && !this.#readHeader()) return false;
    const length = this.#header;
    if (this.#partial !== undefined) return this.#continue(this.#partial, length);
    if (this.#chunk.length - this.#at < length) return this.#begin(length);
    this.bytes = this.#chunk;
    this.start = this.#at;
    this.end = this.#at += length;
    this.isOwned = false;
    this.#headerBytes = 0;
    return true;
  }

  /** Takes out what has come and is no frame yet. To be called only where a frame has just ended. */
  rest(): Uint8Array {
    const rest = this.#chunk.slice(this.#at);
    this.#chunk = NOTHING;
    this.#at = 0;
    return rest;
  }

  #readHeader(): boolean {
    const chunk = this.#chunk;
    while (this.#headerBytes < HEADER_BYTES) {
      if (this.#at === chunk.length) return false;
      this.#header = ((this.#header << 8) | chunk[this.#at++]!) >>> 0;
      this.#headerBytes++;
    }
    if (this.#header <= this.limit) return true;
    throw new WireError(
      "frame-too-large",
      `Cannot read a frame of ${this.#header} bytes: the limit is ${this.limit}`,
    );
  }

  #begin(length: number): boolean {
    const come = this.#chunk.length - this.#at;
    const partial = new Uint8Array(Math.min(length, Math.max(PARTIAL_BYTES_MIN, 2 * come)));
    partial.set(this.#chunk.subarray(this.#at));
    this.#at = this.#chunk.length;
    this.#partial = partial;
    this.#partialBytes = come;
    return false;
  }

  #continue(partial: Uint8Array, length: number): boolean {
    const come = Math.min(this.#chunk.length - this.#at, length - this.#partialBytes);
    const total = this.#partialBytes + come;
    if (total > partial.length) {
      const larger = new Uint8Array(Math.min(length, 2 * total));
      larger.set(partial.subarray(0, this.#partialBytes));
      partial = this.#partial = larger;
    }
    partial.set(this.#chunk.subarray(this.#at, this.#at + come), this.#partialBytes);
    this.#at += come;
    this.#partialBytes = total;
    if (total < length) return false;
    this.bytes = partial;
    this.start = 0;
    this.end = length;
    this.isOwned = true;
    this.#partial = undefined;
    this.#partialBytes = this.#headerBytes = 0;
    return true;
  }
}
