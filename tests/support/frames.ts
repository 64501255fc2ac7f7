import { CONTROLS, decodeEnvelope, Envelope, FAULT_CODES } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { FrameWriter } from "../../remote/wire/frame_writer.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import type { Seeded } from "./seeded.ts";

/** Bytes from hexadecimal digits; blanks do not count. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
}

/** Bytes as hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** An envelope with these fields. */
export function envelopeOf(fields: Partial<Envelope>): Envelope {
  return Object.assign(new Envelope(), fields);
}

/** One frame for each envelope, one behind the other. */
export function framesOf(...envelopes: readonly Partial<Envelope>[]): Uint8Array {
  const writer = new FrameWriter();
  for (const envelope of envelopes) writer.append(envelope);
  return writer.take();
}

/** Every envelope that the chunks hold. */
export function readFrames(chunks: Iterable<Uint8Array>, limit = 16_777_216): Envelope[] {
  const decoder = new FrameDecoder(limit);
  const strings = new StringCache();
  const found: Envelope[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    while (decoder.next()) found.push(decodeEnvelope(decoder, strings));
  }
  return found;
}

/** Cuts bytes at random places. */
export function cut(bytes: Uint8Array, random: Seeded, most: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(most);
    chunks.push(bytes.slice(at, at + length));
    at += length;
  }
  return chunks;
}

/** Any envelope: every field may be there or not. */
export function randomEnvelope(random: Seeded, payloadMax = 300): Envelope {
  const maybe = (): boolean => random.below(2) === 0;
  const text = (): string => random.pick(["", "a", "calc.Add", "grüß €😀", "x".repeat(random.below(200))]);
  const count = (): number => Math.floor(random.next() * 2 ** random.below(53));
  const bytes = (most: number): Uint8Array => Uint8Array.from({ length: random.below(most) }, () => random.below(256));
  const fault = { code: random.pick(FAULT_CODES), message: text(), name: text(), detail: text(), sequence: count() };
  return envelopeOf({
    messageType: text(),
    payload: bytes(payloadMax),
    correlationId: maybe() ? count() : random.pick([0, 2n ** 53n + 1n, 2n ** 64n - 1n]),
    senderNode: text(),
    targetActor: text(),
    isResponse: maybe(),
    ...(maybe() ? { fault } : {}),
    ...(maybe() ? { credit: { accepted: count(), messages: count(), bytes: count() } } : {}),
    deadlineMs: random.pick([0, 1, 5_000, 2 ** 32 - 1]),
    traceparent: text(),
    ...(maybe() ? { handshake: bytes(50) } : {}),
    control: random.pick(CONTROLS),
  });
}
