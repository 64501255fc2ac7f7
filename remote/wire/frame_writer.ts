/**
 * Encodes envelopes as frames into a buffer to send.
 * @module
 */

import { type Control, CONTROLS, type Credit, type Envelope, type Fault, FAULT_CODES, NOTHING } from "./envelope.ts";
import { DELIMITED, VARINT } from "./reader.ts";

const UTF8 = new TextEncoder();
const HEADER_BYTES = 4;

/** What an empty buffer begins with: a connection that is idle should keep little. */
const BUFFER_BYTES_MIN = 4_096;
/** A larger buffer is not used again: whoever once sent a large frame should not keep its memory. */
const BUFFER_BYTES_KEPT = 262_144;

/** The name of a message and of its actor, encoded once for all messages that go there. */
export interface EncodedRoute {
  /** What the message is called on the wire. */
  readonly messageType: string;
  /** The name of the actor. */
  readonly targetActor: string;
  /** The field with the name of the message. */
  readonly head: Uint8Array;
  /** The field with the name of the actor. */
  readonly tail: Uint8Array;
  /** The bytes of both. */
  readonly length: number;
}

/** Encodes a route. */
export function encodeRoute(messageType: string, targetActor: string): EncodedRoute {
  const writer = new FrameWriter();
  writer.text(1, messageType);
  const head = writer.take().slice();
  writer.text(5, targetActor);
  const tail = writer.take().slice();
  return { messageType, targetActor, head, tail, length: head.length + tail.length };
}

/** See the module. Fields are written in ascending order, as other implementations do. */
export class FrameWriter {
  /** How many bytes wait to be taken. */
  length = 0;
  /** How many frames were appended, ever. */
  frames = 0;
  #bytes: Uint8Array = NOTHING;
  #spare: Uint8Array | undefined;

  /** Appends a frame of any kind. */
  append(envelope: Partial<Envelope>): void {
    const { payload = NOTHING, handshake } = envelope;
    const start = this.#begin(payload.length + (handshake?.length ?? 0));
    this.text(1, envelope.messageType);
    if (payload.length > 0) this.blob(2, payload);
    if (envelope.correlationId !== undefined && envelope.correlationId !== 0) this.uint(3, envelope.correlationId);
    this.text(4, envelope.senderNode);
    this.text(5, envelope.targetActor);
    if (envelope.isResponse) this.uint(6, 1);
    if (envelope.fault !== undefined) this.#nested(16, () => this.#fault(envelope.fault!));
    if (envelope.credit !== undefined) this.#nested(17, () => this.#credit(envelope.credit!));
    if (envelope.deadlineMs) this.uint(18, envelope.deadlineMs);
    this.text(19, envelope.traceparent);
    if (handshake !== undefined) this.blob(20, handshake);
    if (envelope.control !== undefined) this.#word(21, CONTROLS.indexOf(envelope.control as Control));
    this.#end(start);
  }

  /**
   * Appends a message; a tell has the correlation id 0, and no deadline is 0. An empty `traceparent` takes no bytes.
   */
  appendMessage(
    { head, tail, length }: EncodedRoute,
    payload: Uint8Array,
    correlationId: number,
    deadlineMs: number,
    traceparent = "",
  ): void {
    const start = this.#begin(payload.length + length);
    this.#raw(head);
    if (payload.length > 0) this.blob(2, payload);
    if (correlationId !== 0) this.uint(3, correlationId);
    this.#raw(tail);
    if (deadlineMs !== 0) this.uint(18, deadlineMs);
    if (traceparent !== "") this.text(19, traceparent);
    this.#end(start);
  }

  /** Appends a reply. */
  appendReply(correlationId: number | bigint, payload: Uint8Array): void {
    const start = this.#begin(payload.length);
    if (payload.length > 0) this.blob(2, payload);
    if (correlationId !== 0) this.uint(3, correlationId);
    this.uint(6, 1);
    this.#end(start);
  }

  /** Takes out what was appended. It stays as it is until it is given back by {@linkcode FrameWriter.recycle}. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length);
    this.#bytes = this.#spare ?? NOTHING;
    this.#spare = undefined;
    this.length = 0;
    return taken;
  }

  /** Gives back what was taken: its memory is used again. */
  recycle(taken: Uint8Array): void {
    const { buffer } = taken;
    if (buffer.byteLength <= BUFFER_BYTES_KEPT && buffer.byteLength > 0) this.#spare = new Uint8Array(buffer);
  }

  /** Writes a text field, unless the text is empty. */
  text(field: number, text: string | undefined): void {
    if (text !== undefined && text !== "") this.blob(field, UTF8.encode(text));
  }

  /** Writes a field of bytes. */
  blob(field: number, bytes: Uint8Array): void {
    this.#reserve(bytes.length + 16);
    this.#varint(field << 3 | DELIMITED);
    this.#varint(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Writes a number field. */
  uint(field: number, value: number | bigint): void {
    this.#reserve(16);
    this.#varint(field << 3 | VARINT);
    if (typeof value === "bigint") this.#bigVarint(value);
    else this.#varint(value);
  }

  #word(field: number, value: number): void {
    if (value > 0) this.uint(field, value);
  }

  #fault({ code, message, name, detail, sequence }: Fault): void {
    this.#word(1, FAULT_CODES.indexOf(code));
    this.text(2, message);
    this.text(3, name);
    this.text(4, detail);
    this.#word(5, sequence);
  }

  #credit({ accepted, messages, bytes }: Credit): void {
    this.#word(1, accepted);
    this.#word(2, messages);
    this.#word(3, bytes);
  }

  /** Writes a message within the message, whose length is known only afterwards. */
  #nested(field: number, write: () => void): void {
    const start = this.length;
    write();
    const inner = this.#bytes.slice(start, this.length);
    this.length = start;
    this.blob(field, inner);
  }

  #begin(bytes: number): number {
    this.#reserve(HEADER_BYTES + bytes + 64);
    const start = this.length;
    this.length += HEADER_BYTES;
    return start;
  }

  #end(start: number): void {
    this.frames++;
    const length = this.length - start - HEADER_BYTES;
    const bytes = this.#bytes;
    bytes[start] = length >>> 24;
    bytes[start + 1] = length >>> 16;
    bytes[start + 2] = length >>> 8;
    bytes[start + 3] = length;
  }

  #raw(bytes: Uint8Array): void {
    // Routes are short: a loop is faster than set() for them.
    const target = this.#bytes;
    let at = this.length;
    for (let i = 0; i < bytes.length; i++) target[at++] = bytes[i]!;
    this.length = at;
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    while (rest > 0x7F) {
      bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    bytes[this.length++] = rest;
  }

  #bigVarint(value: bigint): void {
    let rest = value;
    for (; rest > 0x7Fn; rest >>= 7n) this.#bytes[this.length++] = Number(rest & 0x7Fn) | 0x80;
    this.#bytes[this.length++] = Number(rest);
  }

  #reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(BUFFER_BYTES_MIN, needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }
}
