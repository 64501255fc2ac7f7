/**
 * What nodes say to each other, as bytes: `proto/cluster.proto` says what the fields mean.
 *
 * Coded by hand, because every probe passes here: the generated code of protobufjs takes four times as long for a ping,
 * whose two records it encodes anew each time.
 * @module
 */

import { DELIMITED, FIXED32, malformed, Reader, StringCache, VARINT } from "../../remote/wire/spi.ts";
import type { MemberRecord } from "../membership/member.ts";
import type { Body, Packet, RefusalCode, Update } from "../membership/messages.ts";
import { type DirectoryMessage, readDirectory, writeDirectory } from "./directory_codec.ts";
import { MESSAGE_MAX, RECORDS_MAX } from "./limits.ts";
import { checkAddress, decodeRecord, decodeUpdate, encodeRecord, fixed32, text } from "./records.ts";
import { Writer } from "./writer.ts";

/** What comes over the wire. */
export type ClusterMessage =
  | { readonly kind: "packet"; readonly packet: Packet }
  | { readonly kind: "directory"; readonly message: DirectoryMessage };

const PACKET = 16;
const DIRECTORY = 17;

const REFUSALS: readonly (RefusalCode | undefined)[] = [undefined, "cluster", "id-taken"];

/** Encodes and decodes what nodes say; it keeps the names that it has seen. */
export class ClusterCodec {
  readonly #writer: Writer = new Writer();
  readonly #strings: StringCache = new StringCache();

  /** Encodes a packet. */
  encodePacket(packet: Packet): Uint8Array<ArrayBuffer> {
    const writer = this.#writer;
    writer.clear();
    writer.message(PACKET, () => {
      writer.fixed32(1, packet.cluster);
      writer.bytes(2, encodeRecord(packet.sender));
      for (const update of packet.updates) writer.bytes(3, encodeRecord(update));
      writeBody(writer, packet.body);
    });
    return writer.finish();
  }

  /** Encodes a message about the directory. */
  encodeDirectory(message: DirectoryMessage): Uint8Array<ArrayBuffer> {
    const writer = this.#writer;
    writer.clear();
    writer.message(DIRECTORY, () => writeDirectory(writer, message));
    return writer.finish();
  }

  /**
   * Decodes what another node says; undefined for what a later version has added.
   *
   * @throws {WireError} When it makes no sense.
   */
  decode(bytes: Uint8Array): ClusterMessage | undefined {
    const reader = new Reader(bytes, 0, bytes.length);
    let message: ClusterMessage | undefined;
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === (PACKET << 3 | DELIMITED)) {
        const start = reader.delimited();
        message = { kind: "packet", packet: this.#packet(new Reader(bytes, start, reader.at)) };
      } else if (tag === (DIRECTORY << 3 | DELIMITED)) {
        const start = reader.delimited();
        message = { kind: "directory", message: readDirectory(new Reader(bytes, start, reader.at), this.#strings) };
      } else reader.skip(tag);
    }
    return message;
  }

  #packet(reader: Reader): Packet {
    let cluster = 0;
    let sender: MemberRecord | undefined;
    const updates: Update[] = [];
    let body: Body = { kind: "gossip" };
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === (1 << 3 | FIXED32)) cluster = fixed32(reader, tag);
      else if (tag >>> 3 > 10 || (tag & 7) !== DELIMITED) reader.skip(tag);
      else {
        const start = reader.delimited();
        const field = tag >>> 3;
        if (field === 2) sender = decodeRecord(reader, start, reader.at, this.#strings);
        else if (field === 3) {
          checkCount(updates);
          updates.push(decodeUpdate(reader, start, reader.at, this.#strings));
        } else if (field > 3) body = readBody(field, new Reader(reader.bytes, start, reader.at), this.#strings);
      }
    }
    if (sender === undefined) throw malformed("a packet has no sender");
    return { cluster, sender, body, updates };
  }
}

function writeBody(writer: Writer, body: Body): void {
  switch (body.kind) {
    case "ping":
      return writer.message(4, () => {
        writer.uint(1, body.sequence);
        writer.string(2, body.target.id);
        writer.uint(3, body.target.uid);
      });
    case "ack":
      return writer.message(5, () => writer.uint(1, body.sequence));
    case "ping-req":
      return writer.message(6, () => {
        writer.uint(1, body.sequence);
        writer.string(2, body.target.id);
        writer.uint(3, body.target.uid);
        writer.string(4, body.addr);
      });
    case "nack":
      return writer.message(7, () => writer.uint(1, body.sequence));
    case "digest":
      return writer.message(8, () => {
        writer.fixed32(1, body.digest);
        writer.bool(2, body.isJoin);
      });
    case "state":
      return writer.message(9, () => {
        for (const record of body.records) writer.bytes(1, encodeRecord(record));
        writer.bool(2, body.wantsReply);
      });
    case "refusal":
      return writer.message(10, () => {
        writer.uint(1, REFUSALS.indexOf(body.code));
        writer.string(2, body.message.slice(0, MESSAGE_MAX));
      });
    default:
  }
}

function readBody(field: number, reader: Reader, strings: StringCache): Body {
  if (field === 9) return readState(reader, strings);
  const { numbers, texts } = readFields(reader, strings);
  const sequence = numbers[1] ?? 0;
  const target = { id: texts[2] ?? "", uid: numbers[3] ?? 0 };
  switch (field) {
    case 4:
      return { kind: "ping", sequence, target };
    case 5:
      return { kind: "ack", sequence };
    case 6:
      return { kind: "ping-req", sequence, target, addr: checkAddress(texts[4] ?? "") };
    case 7:
      return { kind: "nack", sequence };
    case 8:
      return { kind: "digest", digest: sequence, isJoin: (numbers[2] ?? 0) > 0 };
    default: {
      const code = REFUSALS[sequence];
      return code === undefined ? { kind: "gossip" } : { kind: "refusal", code, message: texts[2] ?? "" };
    }
  }
}

function readState(reader: Reader, strings: StringCache): Body {
  const records: MemberRecord[] = [];
  let wantsReply = false;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | DELIMITED)) {
      checkCount(records);
      const start = reader.delimited();
      records.push(decodeRecord(reader, start, reader.at, strings));
    } else if (tag === (2 << 3 | VARINT)) wantsReply = reader.uint() !== 0;
    else reader.skip(tag);
  }
  return { kind: "state", records, wantsReply };
}

function checkCount(records: readonly MemberRecord[]): void {
  if (records.length === RECORDS_MAX) throw malformed(`a packet has more than ${RECORDS_MAX} records`);
}

/** The few fields of a small body, by their numbers. */
function readFields(reader: Reader, strings: StringCache): { numbers: number[]; texts: string[] } {
  const numbers: number[] = [];
  const texts: string[] = [];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field > 4) reader.skip(tag);
    else if ((tag & 7) === FIXED32) numbers[field] = fixed32(reader, tag);
    else if ((tag & 7) === DELIMITED) texts[field] = text(reader, strings);
    else if ((tag & 7) === VARINT) numbers[field] = reader.count();
    else reader.skip(tag);
  }
  return { numbers, texts };
}
