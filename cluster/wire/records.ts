/**
 * Members on the wire.
 * @module
 */

import { DELIMITED, malformed, Reader, type StringCache, VARINT } from "../../remote/wire/spi.ts";
import { type MemberRecord, STATUSES } from "../membership/member.ts";
import type { Update } from "../membership/messages.ts";
import { TEXT_MAX } from "./limits.ts";
import { type Decoded, RecentRecords } from "./recent_records.ts";
import { Writer } from "./writer.ts";

const scratch = new Writer();

// A record does not change, and is sent again and again: what it is on the wire is kept as long as it lives.
const known: WeakMap<MemberRecord, Uint8Array> = new WeakMap();

/** The bytes of a record or a piece of news. They are shared: nobody may change them. */
export function encodeRecord(record: MemberRecord | Update): Uint8Array {
  let bytes = known.get(record);
  if (bytes === undefined) known.set(record, bytes = encode(record));
  return bytes;
}

function encode(record: MemberRecord | Update): Uint8Array {
  scratch.clear();
  scratch.string(1, record.id);
  scratch.string(2, record.addr);
  scratch.uint(3, STATUSES.indexOf(record.status));
  scratch.uint(16, record.uid);
  scratch.uint(17, record.incarnation);
  scratch.uint(18, record.version);
  if ("from" in record) {
    scratch.string(19, record.from);
    scratch.bool(20, record.isRefused);
  }
  return scratch.finish();
}

// What bytes mean does not depend on who reads them, so all nodes of this process may know it.
const recent = new RecentRecords();

/**
 * Decodes a record of a member.
 *
 * @throws {WireError} When it is none: a part is missing or out of its bounds.
 */
export function decodeRecord(reader: Reader, start: number, end: number, strings: StringCache): MemberRecord {
  const { bytes } = reader;
  return recent.get(bytes, start, end, () => decode(bytes, start, end, strings)).record;
}

/**
 * Decodes news about a member: a record, and who says so where it is a suspicion.
 *
 * @throws {WireError} When it is none: a part is missing or out of its bounds.
 */
export function decodeUpdate(reader: Reader, start: number, end: number, strings: StringCache): Update {
  const { bytes } = reader;
  return recent.get(bytes, start, end, () => decode(bytes, start, end, strings)).update;
}

function decode(bytes: Uint8Array, start: number, end: number, strings: StringCache): Decoded {
  const reader = new Reader(bytes, start, end);
  const record = { id: "", uid: 0, addr: "", incarnation: 0, status: "up" as MemberRecord["status"], version: 0 };
  let from = "";
  let isRefused = false;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | DELIMITED)) record.id = text(reader, strings);
    else if (tag === (2 << 3 | DELIMITED)) record.addr = text(reader, strings);
    else if (tag === (3 << 3 | VARINT)) record.status = STATUSES[reader.uint32()] ?? "down";
    else if (tag === (16 << 3 | VARINT)) record.uid = reader.count();
    else if (tag === (17 << 3 | VARINT)) record.incarnation = reader.count();
    else if (tag === (18 << 3 | VARINT)) record.version = reader.count();
    else if (tag === (19 << 3 | DELIMITED)) from = text(reader, strings);
    else if (tag === (20 << 3 | VARINT)) isRefused = reader.uint() !== 0;
    else reader.skip(tag);
  }
  if (record.id === "") throw malformed("a member has no name");
  checkAddress(record.addr);
  return { record, update: { ...record, from, isRefused } };
}

/** A host without blanks, or an IPv6 address in brackets; then a port. */
const ADDRESS = /^(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/;

/**
 * Gives an address back. What nobody could connect to is refused: it would be told to every node, and each would try.
 *
 * @throws {WireError} When it is not "host:port".
 */
export function checkAddress(addr: string): string {
  const port = Number(ADDRESS.exec(addr)?.[1]);
  if (port > 0 && port <= 65_535) return addr;
  throw malformed(`the address "${addr}" is not "host:port"`);
}

/**
 * Reads a name, or another short text.
 *
 * @throws {WireError} When it is longer than one may be, or no UTF-8.
 */
export function text(reader: Reader, strings: StringCache): string {
  const start = reader.delimited();
  // No character takes more bytes: what is much too long is not even decoded.
  const length = reader.at - start;
  const value = length > TEXT_MAX * 3 ? undefined : strings.decode(reader.bytes, start, reader.at);
  if (value === undefined || value.length > TEXT_MAX) {
    throw malformed(`a name of ${length} bytes is too long: the limit is ${TEXT_MAX} characters`);
  }
  return value;
}

/** Reads 32 bits. */
export function fixed32(reader: Reader, tag: number): number {
  const { bytes, at } = reader;
  // It checks that they are there.
  reader.skip(tag);
  return (bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24) >>> 0;
}
