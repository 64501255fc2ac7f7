/**
 * Messages about the directory, as bytes.
 * @module
 */

import { DELIMITED, FIXED32, malformed, Reader, type StringCache, VARINT } from "../../remote/wire/spi.ts";
import type { DirectoryChange, DirectoryPage, DirectoryRequest } from "../directory/entry.ts";
import type { MemberRecord } from "../membership/member.ts";
import { CHANGES_MAX } from "./limits.ts";
import { decodeRecord, encodeRecord, fixed32, text } from "./records.ts";
import type { Writer } from "./writer.ts";

/** What one node asks another about its actors, and the answer. */
export interface DirectoryMessage {
  /** Which cluster it is for. */
  readonly cluster: number;
  /** Who sends. */
  readonly sender: MemberRecord;
  /** What it wants: the changes since a version, or those changes. */
  readonly body:
    | { readonly kind: "request" } & DirectoryRequest
    | { readonly kind: "page"; readonly page: DirectoryPage };
}

/** Writes the fields of a message. */
export function writeDirectory(writer: Writer, { cluster, sender, body }: DirectoryMessage): void {
  writer.fixed32(1, cluster);
  writer.bytes(2, encodeRecord(sender));
  if (body.kind === "request") {
    return writer.message(3, () => {
      writer.uint(1, body.uid);
      writer.uint(2, body.since);
      writer.uint(3, body.compacted);
    });
  }
  const { uid, since, version, changes, compacted } = body.page;
  writer.message(4, () => {
    writer.uint(1, uid);
    writer.uint(2, since);
    writer.uint(3, version);
    for (const { name, actorType, entryUid, reason } of changes) {
      writer.message(4, () => {
        writer.string(1, name);
        writer.string(2, actorType ?? "");
        writer.uint(3, entryUid);
        writer.bool(4, actorType === undefined);
        writer.string(5, reason);
      });
    }
    writer.uint(5, compacted);
  });
}

/** Reads the fields of a message. */
export function readDirectory(reader: Reader, strings: StringCache): DirectoryMessage {
  let cluster = 0;
  let sender: MemberRecord | undefined;
  let body: DirectoryMessage["body"] | undefined;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | FIXED32)) cluster = fixed32(reader, tag);
    else if ((tag & 7) !== DELIMITED) reader.skip(tag);
    else {
      const start = reader.delimited();
      const field = tag >>> 3;
      if (field === 2) sender = decodeRecord(reader, start, reader.at, strings);
      else if (field === 3) body = readRequest(new Reader(reader.bytes, start, reader.at));
      else if (field === 4) body = readPage(new Reader(reader.bytes, start, reader.at), strings);
    }
  }
  if (sender === undefined || body === undefined) throw malformed("a message about the directory is incomplete");
  return { cluster, sender, body };
}

function readRequest(reader: Reader): DirectoryMessage["body"] {
  let [uid, since, compacted] = [0, 0, 0];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | VARINT)) uid = reader.count();
    else if (tag === (2 << 3 | VARINT)) since = reader.count();
    else if (tag === (3 << 3 | VARINT)) compacted = reader.count();
    else reader.skip(tag);
  }
  return { kind: "request", uid, since, compacted };
}

function readPage(reader: Reader, strings: StringCache): DirectoryMessage["body"] {
  let [uid, since, version, compacted] = [0, 0, 0, 0];
  const changes: DirectoryChange[] = [];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | VARINT)) uid = reader.count();
    else if (tag === (2 << 3 | VARINT)) since = reader.count();
    else if (tag === (3 << 3 | VARINT)) version = reader.count();
    else if (tag === (5 << 3 | VARINT)) compacted = reader.count();
    else if (tag === (4 << 3 | DELIMITED)) {
      if (changes.length === CHANGES_MAX) throw malformed(`a page has more than ${CHANGES_MAX} changes`);
      const start = reader.delimited();
      changes.push(readChange(new Reader(reader.bytes, start, reader.at), strings));
    } else reader.skip(tag);
  }
  return { kind: "page", page: { uid, since, version, changes, compacted } };
}

function readChange(reader: Reader, strings: StringCache): DirectoryChange {
  let [name, actorType, entryUid, isRemoved, reason] = ["", "", 0, false, ""];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | DELIMITED)) name = text(reader, strings);
    else if (tag === (2 << 3 | DELIMITED)) actorType = text(reader, strings);
    else if (tag === (3 << 3 | VARINT)) entryUid = reader.count();
    else if (tag === (4 << 3 | VARINT)) isRemoved = reader.uint() !== 0;
    else if (tag === (5 << 3 | DELIMITED)) reason = text(reader, strings);
    else reader.skip(tag);
  }
  if (name === "") throw malformed("an entry of the directory has no name");
  // Half an answer to both questions would be read in two ways.
  return isRemoved ? { name, actorType: undefined, entryUid: 0, reason } : { name, actorType, entryUid, reason: "" };
}
