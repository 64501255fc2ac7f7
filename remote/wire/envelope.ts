/**
 * The envelope: what one frame holds.
 *
 * Decoded and encoded by hand, because every message passes here: the generated code of protobufjs takes 1.4 times as
 * long for 64 bytes and 3 to 4 times for 1 KB and more, whose payloads it copies more often. The tests hold one against
 * the other.
 * @module
 */

import { DELIMITED, malformed, Reader, VARINT } from "./reader.ts";
import { copyOf } from "./slab.ts";
import { decodeUtf8, type StringCache } from "./string_cache.ts";

/** Why a message was not handled or failed, by its number on the wire. */
export const FAULT_CODES = [
  "unspecified",
  "failed",
  "rejected",
  "closed",
  "full",
  "unhandled",
  "refused",
  "abandoned",
  "no-such-actor",
  "no-such-message",
  "timeout",
  "reply-refused",
  "busy",
] as const;

/** Why a message was not handled or failed. A code of a later version reads as `"unspecified"`. */
export type FaultCode = typeof FAULT_CODES[number];

/** A message was not handled, or failed. */
export interface Fault {
  /** Why. */
  readonly code: FaultCode;
  /** The same for people, in one line. */
  readonly message: string;
  /** The class of what was thrown. */
  readonly name: string;
  /** The detail of a rejection, as JSON. */
  readonly detail: string;
  /** For a tell: which, counted from 1 for each target. */
  readonly sequence: number;
}

/** What was taken of the messages for one target, and how many may be sent, counted from the start of the session. */
export interface Credit {
  /** Messages that are settled. */
  readonly accepted: number;
  /** Messages that may have been sent. */
  readonly messages: number;
  /** Bytes of payload that may have been sent. */
  readonly bytes: number;
}

/** The words of control, by their number on the wire. */
export const CONTROLS = ["none", "ping", "pong", "cancel", "goodbye"] as const;

/** A word about the connection itself. One of a later version reads as `"none"`. */
export type Control = typeof CONTROLS[number];

/**
 * Bytes of the longest name that is taken: of a message, a node, an actor or a trace. Those of ours have 255
 * characters; what is said in bytes of payload alone has a window, so names must not be a way around it.
 */
export const NAME_BYTES_MAX = 1_024;

/** The bytes of a field that is not there. */
export const NOTHING: Uint8Array = new Uint8Array(0);

/** One frame; `proto/envelope.proto` says what its fields mean. What is not there has the default of its field. */
export class Envelope {
  messageType = "";
  payload: Uint8Array = NOTHING;
  /** A number where that holds it, so that each of 64 bits comes back as it was. */
  correlationId: number | bigint = 0;
  senderNode = "";
  targetActor = "";
  isResponse = false;
  fault: Fault | undefined = undefined;
  credit: Credit | undefined = undefined;
  deadlineMs = 0;
  traceparent = "";
  /** The encoded step of a handshake. */
  handshake: Uint8Array | undefined = undefined;
  control: Control = "none";
}

/** Where a frame lies. */
export interface FrameRange {
  /** The bytes that hold it. */
  readonly bytes: Uint8Array;
  /** Where it begins. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** Whether the bytes may be kept; otherwise the payload is copied. */
  readonly isOwned: boolean;
}

/**
 * Decodes a frame. Fields that are not known are passed over, and the last one of a kind counts.
 *
 * @throws {WireError} When it is no envelope.
 */
export function decodeEnvelope(frame: FrameRange, strings: StringCache): Envelope {
  const envelope = new Envelope();
  const { bytes } = frame;
  const reader = new Reader(bytes, frame.start, frame.end);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 1 << 3 | DELIMITED:
        envelope.messageType = nameOf(reader, strings);
        break;
      case 2 << 3 | DELIMITED:
        envelope.payload = part(frame, reader.delimited(), reader.at);
        break;
      case 3 << 3 | VARINT:
        envelope.correlationId = reader.uint();
        break;
      case 4 << 3 | DELIMITED:
        envelope.senderNode = nameOf(reader, strings);
        break;
      case 5 << 3 | DELIMITED:
        envelope.targetActor = nameOf(reader, strings);
        break;
      case 6 << 3 | VARINT:
        envelope.isResponse = reader.uint() !== 0;
        break;
      default:
        decodeOurs(envelope, frame, { reader, tag, strings });
    }
  }
  return envelope;
}

interface Position {
  readonly reader: Reader;
  readonly tag: number;
  readonly strings: StringCache;
}

/** The fields from 16 on. */
function decodeOurs(envelope: Envelope, frame: FrameRange, { reader, tag, strings }: Position): void {
  const { bytes } = frame;
  switch (tag) {
    case 16 << 3 | DELIMITED:
      envelope.fault = decodeFault(new Reader(bytes, reader.delimited(), reader.at), strings);
      break;
    case 17 << 3 | DELIMITED:
      envelope.credit = decodeCredit(new Reader(bytes, reader.delimited(), reader.at));
      break;
    case 18 << 3 | VARINT:
      envelope.deadlineMs = reader.uint32();
      break;
    case 19 << 3 | DELIMITED:
      envelope.traceparent = traceOf(reader);
      break;
    case 20 << 3 | DELIMITED:
      envelope.handshake = part(frame, reader.delimited(), reader.at);
      break;
    case 21 << 3 | VARINT:
      envelope.control = CONTROLS[reader.uint32()] ?? "none";
      break;
    default:
      if (KNOWN.has(tag >>> 3)) throw malformed(`field ${tag >>> 3} is of the wrong kind`);
      reader.skip(tag);
  }
}

const KNOWN = new Set([1, 2, 3, 4, 5, 6, 16, 17, 18, 19, 20, 21]);

/** A name; one that is too long is not even decoded. */
function nameOf(reader: Reader, strings: StringCache): string {
  const start = nameAt(reader);
  return strings.decode(reader.bytes, start, reader.at);
}

/** A trace. Each is another text, so none is worth a place among the names. */
function traceOf(reader: Reader): string {
  const start = nameAt(reader);
  return decodeUtf8(reader.bytes.subarray(start, reader.at));
}

/** Passes over a name and returns where it begins. */
function nameAt(reader: Reader): number {
  const start = reader.delimited();
  const length = reader.at - start;
  if (length <= NAME_BYTES_MAX) return start;
  throw malformed(`a name of ${length} bytes is too long: the limit is ${NAME_BYTES_MAX}`);
}

/** A part of a frame: a view where that may be kept, otherwise a copy. */
function part({ bytes, isOwned }: FrameRange, start: number, end: number): Uint8Array {
  if (start === end) return NOTHING;
  return isOwned ? bytes.subarray(start, end) : copyOf(bytes, start, end);
}

function decodeFault(reader: Reader, strings: StringCache): Fault {
  const fault = { code: "unspecified" as FaultCode, message: "", name: "", detail: "", sequence: 0 };
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | VARINT)) fault.code = FAULT_CODES[reader.uint32()] ?? "unspecified";
    else if (tag === (2 << 3 | DELIMITED)) fault.message = strings.decode(reader.bytes, reader.delimited(), reader.at);
    else if (tag === (3 << 3 | DELIMITED)) fault.name = strings.decode(reader.bytes, reader.delimited(), reader.at);
    else if (tag === (4 << 3 | DELIMITED)) fault.detail = strings.decode(reader.bytes, reader.delimited(), reader.at);
    else if (tag === (5 << 3 | VARINT)) fault.sequence = reader.count();
    else if (tag >>> 3 <= 5) throw malformed(`field ${tag >>> 3} of a fault is of the wrong kind`);
    else reader.skip(tag);
  }
  return fault;
}

function decodeCredit(reader: Reader): Credit {
  const credit = { accepted: 0, messages: 0, bytes: 0 };
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | VARINT)) credit.accepted = reader.count();
    else if (tag === (2 << 3 | VARINT)) credit.messages = reader.count();
    else if (tag === (3 << 3 | VARINT)) credit.bytes = reader.count();
    else if (tag >>> 3 <= 3) throw malformed(`field ${tag >>> 3} of a credit is of the wrong kind`);
    else reader.skip(tag);
  }
  return credit;
}
