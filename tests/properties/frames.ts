import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import * as fc from "fast-check";
import { cinema } from "../../proto/gen/envelope.js";
import { CONTROLS, decodeEnvelope, type Envelope, FAULT_CODES } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { FrameWriter } from "../../remote/wire/frame_writer.ts";
import { decodeHandshake, encodeHandshake, type HandshakeMessage } from "../../remote/wire/handshake_codec.ts";
import { Reader } from "../../remote/wire/reader.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import { WireError } from "../../remote/wire/wire_error.ts";
import { envelopeOf, framesOf, toHex } from "../support/frames.ts";
import { anyBytes, anyCount, anyCuts, anyText, anyWord, cutInto, type Property, property } from "./property.ts";

const LIMIT = 4_096;

/** Any envelope. */
export const anyEnvelope: fc.Arbitrary<Envelope> = fc.record({
  messageType: anyText(100),
  payload: anyBytes(300),
  correlationId: fc.oneof(anyCount(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n })),
  senderNode: anyText(40),
  targetActor: anyText(40),
  isResponse: fc.boolean(),
  fault: fc.option(
    fc.record({
      code: fc.constantFrom(...FAULT_CODES),
      message: anyText(80),
      name: anyText(20),
      detail: anyText(20),
      sequence: anyCount(),
    }),
    { nil: undefined },
  ),
  credit: fc.option(fc.record({ accepted: anyCount(), messages: anyCount(), bytes: anyCount() }), { nil: undefined }),
  deadlineMs: anyWord(),
  traceparent: anyText(60),
  handshake: fc.option(anyBytes(60), { nil: undefined }),
  control: fc.constantFrom(...CONTROLS),
}).map(envelopeOf);

/** What a decoder has made of a stream: the envelopes, and why it stopped. */
interface Read {
  readonly envelopes: Envelope[];
  readonly error: string;
}

/** Reads a stream; everything but a `WireError` comes out. Of a frame no more is kept than has come. */
function read(pieces: readonly Uint8Array[], strings: StringCache = new StringCache()): Read {
  const decoder = new FrameDecoder(LIMIT);
  const envelopes: Envelope[] = [];
  try {
    for (const piece of pieces) {
      decoder.push(piece);
      while (decoder.next()) envelopes.push(decodeEnvelope(decoder, strings));
      assertLessOrEqual(decoder.buffered, LIMIT + 4);
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { envelopes, error: `${error.code}: ${error.message}` };
  }
  return { envelopes, error: "" };
}

/** Fields as they might be, or might have been once: a tag of any number and kind, and something behind it. */
export const anyFields: fc.Arbitrary<Uint8Array> = fc.array(
  fc.tuple(
    fc.oneof(fc.integer({ min: 1, max: 22 }), fc.integer({ min: 1, max: 2_000 })),
    fc.nat(7),
    fc.oneof(
      fc.uint8Array({ maxLength: 12 }).map((bytes) => new Uint8Array([bytes.length, ...bytes])),
      fc.uint8Array({ maxLength: 12 }),
    ),
  ),
  { maxLength: 12, size: "max" },
).map((fields) =>
  Uint8Array.from(
    fields.flatMap(([field, kind, bytes]) => {
      const tag = field * 8 + kind;
      return [...(tag < 128 ? [tag] : [tag % 128 + 128, tag >> 7]), ...bytes];
    }),
  )
);

/** Bytes as a frame. */
function framed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array([0, 0, bytes.length >> 8, bytes.length & 255, ...bytes]);
}

/** A frame with anything in it, a true length in front of it. */
export const anyFrame: fc.Arbitrary<Uint8Array> = fc.oneof(anyFields, anyBytes(80)).map(framed);

/** Streams from the sound to the senseless: frames, frames with damage, and bytes. */
const anyStream: fc.Arbitrary<Uint8Array> = fc.oneof(
  anyBytes(200),
  fc.array(fc.oneof(anyFrame, anyEnvelope.map((envelope) => framesOf(envelope))), { maxLength: 6 })
    .map((frames) => new Uint8Array(frames.flatMap((frame) => [...frame]))),
  fc.tuple(anyEnvelope, fc.array(fc.tuple(fc.nat(1_000), fc.nat(255)), { minLength: 1, maxLength: 4 })).map(
    ([envelope, damage]) => {
      const bytes = framesOf(envelope, { messageType: "next" }).slice();
      for (const [at, value] of damage) bytes[at % bytes.length] = value;
      return bytes;
    },
  ),
);

/** Any step of a handshake that both sides may take. */
export const anyHandshake: fc.Arbitrary<HandshakeMessage> = fc.oneof(
  fc.record({
    step: fc.constant("hello" as const),
    versionMin: anyWord(),
    versionMax: anyWord(),
    node: anyText(60, 1),
    uid: anyText(60, 1),
    epoch: anyWord(),
    frameBytesMax: anyWord(),
    nonce: fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ minLength: 32, maxLength: 32 })),
    keyIds: fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }), { maxLength: 16 }),
  }),
  fc.record({
    step: fc.constant("welcome" as const),
    version: anyWord(),
    node: anyText(60, 1),
    uid: anyText(60, 1),
    frameBytesMax: anyWord(),
    windowMessages: anyWord(),
    windowBytes: anyWord(),
  }),
  fc.record({
    step: fc.constant("refusal" as const),
    code: fc.constantFrom("unspecified" as const, "version", "key", "no-key", "epoch", "connections", "closing"),
    message: anyText(255),
  }),
);

/** A number as it is written on the wire, in the plainest way. */
function varint(bytes: Uint8Array): bigint | undefined {
  let value = 0n;
  for (const [at, byte] of bytes.entries()) {
    value |= BigInt(byte & 127) << BigInt(7 * at);
    if (at === 9 && byte > 1) return undefined;
    if (byte < 128) return value;
  }
  return undefined;
}

/** What is read here and by the generated code, in one form. */
function agree(ours: Envelope, theirs: cinema.Envelope): void {
  for (const key of ["messageType", "senderNode", "targetActor", "isResponse", "deadlineMs", "traceparent"] as const) {
    assertEquals(ours[key], theirs[key], key);
  }
  assertEquals(ours.payload, new Uint8Array(theirs.payload));
  assertEquals(BigInt(ours.correlationId), BigInt(String(theirs.correlationId)));
  assertEquals(ours.control, CONTROLS[theirs.control] ?? "none");
  // Theirs is null where it is not there.
  const [fault, credit] = [theirs.fault ?? undefined, theirs.credit ?? undefined];
  assertEquals(ours.fault?.message, fault?.message);
  assertEquals(ours.fault?.code, fault && (FAULT_CODES[fault.code] ?? "unspecified"));
  assertEquals(ours.credit?.messages, credit && Number(String(credit.messages)));
}

/** The laws of frames, envelopes and handshakes. */
export const FRAMES: readonly Property[] = [
  property(
    "envelopes come back as they were sent, wherever the stream is cut",
    300,
    fc.tuple(fc.array(anyEnvelope, { maxLength: 5 }), anyCuts()),
    ([envelopes, cuts]) => {
      assertEquals(read(cutInto(framesOf(...envelopes), cuts)), { envelopes, error: "" });
    },
  ),
  property(
    "whatever comes, what is read and why it ends do not depend on where the stream is cut",
    1_500,
    fc.tuple(anyStream, anyCuts()),
    ([bytes, cuts]) => assertEquals(read(cutInto(bytes, cuts)), read([bytes])),
  ),
  property(
    "what was read before is no part of what is read next: the cache of texts changes nothing",
    500,
    fc.array(anyStream, { maxLength: 8, size: "max" }),
    (streams) => {
      const strings = new StringCache();
      for (const bytes of streams) assertEquals(read([bytes], strings), read([bytes]));
    },
  ),
  property(
    "an envelope that was read means the same to the generated code, and when it is written again",
    1_500,
    fc.oneof(anyFields, anyBytes(60)),
    (bytes) => {
      const [ours] = read([framed(bytes)]).envelopes;
      if (ours === undefined) return;
      assertEquals(read([framesOf(ours)]).envelopes, [ours], toHex(bytes));
      if (ours.handshake === undefined) agree(ours, cinema.Envelope.decode(bytes));
    },
  ),
  property(
    "a number is read as what its bytes say, or refused",
    1_000,
    fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.uint8Array({ min: 128, minLength: 6, maxLength: 11 }),
      // At the border: the tenth byte has one bit of 64 left.
      fc.tuple(fc.uint8Array({ min: 128, minLength: 6, maxLength: 9 }), fc.nat(3)).map(([bytes, last]) =>
        new Uint8Array([...bytes, last])
      ),
    ),
    (bytes) => {
      const expected = varint(bytes);
      let seen: bigint | undefined;
      try {
        seen = BigInt(new Reader(bytes, 0, bytes.length).uint());
      } catch (error) {
        assert(error instanceof WireError);
      }
      assertEquals(seen, expected);
    },
  ),
  property(
    "a writer gives what was appended, however often it is emptied and whatever memory is given back",
    300,
    fc.array(fc.tuple(anyEnvelope, fc.nat(3)), { maxLength: 12, size: "max" }),
    (steps) => {
      const writer = new FrameWriter();
      const seen: Envelope[] = [];
      for (const [envelope, dice] of steps) {
        writer.append(envelope);
        if (dice === 0) continue;
        const taken = writer.take();
        // While these bytes are on their way, others are appended and taken back.
        if (dice === 1) writer.append(envelopeOf({ messageType: "meanwhile", payload: new Uint8Array(3_000) }));
        seen.push(...read([taken]).envelopes);
        if (dice > 1) writer.recycle(taken);
      }
      seen.push(...read([writer.take()]).envelopes);
      const others = seen.filter(({ messageType }) => messageType !== "meanwhile");
      assertEquals(others, steps.map(([envelope]) => envelope));
    },
  ),
  property(
    "a step of a handshake comes back as it was sent",
    300,
    anyHandshake,
    (message) => assertEquals(decodeHandshake(encodeHandshake(message)), message),
  ),
  property(
    "bytes in the place of a handshake are a step of it or a WireError",
    1_500,
    fc.oneof(
      anyFields,
      anyBytes(80),
      fc.tuple(anyHandshake, fc.nat(), fc.nat(255)).map(([message, at, value]) => {
        const bytes = encodeHandshake(message);
        bytes[at % bytes.length] = value;
        return bytes;
      }),
    ),
    (bytes) => {
      try {
        const message = decodeHandshake(bytes);
        assertEquals(decodeHandshake(encodeHandshake(message)), message);
      } catch (error) {
        assert(error instanceof WireError, String(error));
      }
    },
  ),
];
