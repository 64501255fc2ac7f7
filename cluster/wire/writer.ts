/**
 * Writes the fields of a Protocol Buffers message.
 * @module
 */

const UTF8 = new TextEncoder();

/** Bytes that grow. What has the default of its field is left out, as proto3 does. */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(512);
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** Starts again. */
  clear(): void {
    this.#length = 0;
  }

  /** A copy of all bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** A number as a varint; it must be a safe integer >= 0. */
  uint(field: number, value: number): void {
    if (value === 0) return;
    this.#varint(field << 3);
    this.#varint(value);
  }

  /** A flag. */
  bool(field: number, value: boolean): void {
    this.uint(field, value ? 1 : 0);
  }

  /** 32 bits. */
  fixed32(field: number, value: number): void {
    if (value === 0) return;
    this.#varint(field << 3 | 5);
    this.#reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.#bytes[this.#length++] = value >>> shift;
  }

  /** A text. */
  string(field: number, text: string): void {
    if (text === "") return;
    this.#varint(field << 3 | 2);
    // Three bytes hold any character; most texts are short, so their length takes one.
    this.#reserve(text.length * 3 + 10);
    const start = this.#length;
    const { written } = UTF8.encodeInto(text, this.#bytes.subarray(start + 1));
    this.#length = start + 1 + written;
    this.#prefix(start, written);
  }

  /** Encoded bytes, as a message or as they are. */
  bytes(field: number, bytes: Uint8Array): void {
    this.#varint(field << 3 | 2);
    this.#varint(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A message, which `write` writes. */
  message(field: number, write: () => void): void {
    this.#varint(field << 3 | 2);
    this.#reserve(10);
    const start = this.#length++;
    write();
    this.#prefix(start, this.#length - start - 1);
  }

  /** Puts a length at `start`, where one byte was left for it. */
  #prefix(start: number, length: number): void {
    if (length < 0x80) {
      this.#bytes[start] = length;
      return;
    }
    let more = 0;
    for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) more++;
    this.#reserve(more);
    this.#bytes.copyWithin(start + 1 + more, start + 1, this.#length);
    const end = this.#length + more;
    this.#length = start;
    this.#varint(length);
    this.#length = end;
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#length++] = rest % 0x80 | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
