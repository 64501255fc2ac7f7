/**
 * Reads the fields of a Protocol Buffers message.
 * @module
 */

import { WireError } from "./wire_error.ts";

/** The kinds of fields, as numbers of the wire format. */
export const VARINT = 0;
/** Eight bytes. */
const FIXED64 = 1;
/** A length and that many bytes. */
export const DELIMITED = 2;
/** Fields up to an {@linkcode END_GROUP} of the same number. */
const START_GROUP = 3;
/** The end of a group. */
const END_GROUP = 4;
/** Four bytes. */
export const FIXED32 = 5;

/** How deep groups may lie within each other: as many as other implementations take. */
const DEPTH_MAX = 100;

/** A position in the bytes of one message. Every method moves it on, and throws a `WireError` when it cannot. */
export class Reader {
  /** The bytes. */
  readonly bytes: Uint8Array;
  /** Where it is. */
  at: number;
  /** Where the message ends. */
  readonly end: number;

  /** Starts to read at `start`. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** The number and the kind of the next field: the number times 8, plus the kind. */
  tag(): number {
    const tag = this.uint();
    if (tag > 0xFFFF_FFFF || tag < 8) throw malformed(`${tag} is no tag`);
    return Number(tag);
  }

  /** A varint: a number, or a bigint where a number cannot hold it. */
  uint(): number | bigint {
    const { bytes } = this;
    // Nearly all of them: tags, lengths, flags.
    if (this.at < this.end && bytes[this.at]! < 0x80) return bytes[this.at++]!;
    let low = 0;
    // Seven bytes are 49 bits, which a number holds exactly.
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.#byte(bytes);
      low += (byte & 0x7F) * scale;
      if (byte < 0x80) return low;
    }
    let value = BigInt(low);
    for (let shift = 49n;; shift += 7n) {
      const byte = this.#byte(bytes);
      // The tenth byte has one bit left of 64.
      if (shift === 63n && byte > 1) throw malformed("a number has more than 64 bits");
      value |= BigInt(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }

  /** A varint that must be a safe integer. */
  count(): number {
    const value = this.uint();
    if (typeof value === "number") return value;
    throw malformed(`${value} is too large`);
  }

  /** A varint of 32 bits; higher ones are cut off, as other implementations do. */
  uint32(): number {
    const value = this.uint();
    return typeof value === "number" ? value % 0x1_0000_0000 : Number(value & 0xFFFF_FFFFn);
  }

  /** A length; moves on behind what has it, and returns where that begins. */
  delimited(): number {
    const length = this.uint();
    if (length > this.end - this.at) throw malformed("a field is cut off");
    const start = this.at;
    this.at += Number(length);
    return start;
  }

  /** Passes over a field that means nothing here. */
  skip(tag: number, depth = 0): void {
    const kind = tag & 7;
    if (kind === VARINT) this.uint();
    else if (kind === FIXED64) this.#move(8);
    else if (kind === DELIMITED) this.delimited();
    else if (kind === FIXED32) this.#move(4);
    else if (kind === START_GROUP) this.#skipGroup(tag, depth);
    else throw malformed(kind === END_GROUP ? "a group ends that has not begun" : `${kind} is no kind of field`);
  }

  #skipGroup(start: number, depth: number): void {
    if (depth === DEPTH_MAX) throw malformed(`groups lie more than ${DEPTH_MAX} deep`);
    const end = start - START_GROUP + END_GROUP;
    for (let tag = this.tag(); tag !== end; tag = this.tag()) this.skip(tag, depth + 1);
  }

  #move(count: number): void {
    if (count > this.end - this.at) throw malformed("a field is cut off");
    this.at += count;
  }

  #byte(bytes: Uint8Array): number {
    if (this.at >= this.end) throw malformed("a number is cut off");
    return bytes[this.at++]!;
  }
}

/** The error for bytes that mean nothing. */
export function malformed(why: string): WireError {
  return new WireError("malformed", `Cannot decode an envelope: ${why}`);
}
