import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { cinema } from "../../../proto/gen/envelope.js";
import { CONTROLS, decodeEnvelope, type Envelope, FAULT_CODES } from "../../../remote/wire/envelope.ts";
import { encodeRoute, FrameWriter } from "../../../remote/wire/frame_writer.ts";
import { StringCache } from "../../../remote/wire/string_cache.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { envelopeOf, framesOf, fromHex, randomEnvelope, readFrames } from "../../support/frames.ts";
import { forSeeds } from "../../support/seeded.ts";

const permissions = "none";
const decode = (hex: string): Envelope => {
  const bytes = fromHex(hex);
  return decodeEnvelope({ bytes, start: 0, end: bytes.length, isOwned: false }, new StringCache());
};

Deno.test({
  name: "an envelope comes back as it was sent, whichever of its fields are there",
  permissions,
  async fn() {
    await forSeeds(500, (random) => {
      const sent = Array.from({ length: 3 }, () => randomEnvelope(random));
      assertEquals(readFrames([framesOf(...sent)]), sent);
    });
  },
});

Deno.test({
  name: "the generated code of protobufjs reads what is written here, and writes what is read here",
  permissions,
  async fn() {
    await forSeeds(300, (random) => {
      // The generated code has no handshake as bytes, and no number above 2^53.
      const { handshake: _, ...envelope } = randomEnvelope(random);
      if (typeof envelope.correlationId === "bigint") envelope.correlationId = 1;
      const fields = {
        ...envelope,
        fault: envelope.fault && { ...envelope.fault, code: FAULT_CODES.indexOf(envelope.fault.code) },
        control: CONTROLS.indexOf(envelope.control),
      };
      const theirs = cinema.Envelope.encode(fields as cinema.IEnvelope).finish();
      const [ours] = readFrames([new Uint8Array([0, 0, theirs.length >> 8, theirs.length, ...theirs])]);
      assertEquals(ours, envelopeOf(envelope));
      const read = cinema.Envelope.decode(framesOf(envelope).subarray(4));
      for (
        const key of ["messageType", "senderNode", "targetActor", "isResponse", "deadlineMs", "traceparent"] as const
      ) {
        assertEquals(read[key], envelope[key]);
      }
      assertEquals(new Uint8Array(read.payload), envelope.payload);
      assertEquals(Number(read.correlationId), envelope.correlationId);
      assertEquals(read.fault?.message ?? undefined, envelope.fault?.message);
      assertEquals(Number(read.fault?.sequence ?? 0), envelope.fault?.sequence ?? 0);
      assertEquals(Number(read.credit?.bytes ?? 0), envelope.credit?.bytes ?? 0);
      assertEquals(read.control, CONTROLS.indexOf(envelope.control));
    });
  },
});

Deno.test({
  name: "the fast ways of the writer write the same frames as the slow one",
  permissions,
  fn() {
    const payload = new Uint8Array([1, 2, 3]);
    const writer = new FrameWriter();
    writer.appendMessage(encodeRoute("calc.Add", "calculator"), payload, 7, 5_000);
    writer.appendMessage(encodeRoute("calc.Add", "calculator"), new Uint8Array(0), 0, 0);
    writer.appendMessage(encodeRoute("calc.Add", "calculator"), payload, 8, 1, "00-trace");
    writer.appendReply(2n ** 64n - 1n, payload);
    const route = { messageType: "calc.Add", targetActor: "calculator" };
    assertEquals(
      writer.take(),
      framesOf({ ...route, payload, correlationId: 7, deadlineMs: 5_000 }, route, {
        ...route,
        payload,
        correlationId: 8,
        deadlineMs: 1,
        traceparent: "00-trace",
      }, {
        correlationId: 2n ** 64n - 1n,
        payload,
        isResponse: true,
      }),
    );
  },
});

Deno.test({
  name: "names are decoded by way of the cache, and a trace, which never comes twice, is not",
  permissions,
  fn() {
    class Watched extends StringCache {
      readonly decoded: string[] = [];
      override decode(bytes: Uint8Array, start: number, end: number): string {
        const text = super.decode(bytes, start, end);
        this.decoded.push(text);
        return text;
      }
    }
    const strings = new Watched();
    const bytes = framesOf({ messageType: "calc.Add", targetActor: "calculator", traceparent: "00-trace" });
    const envelope = decodeEnvelope({ bytes, start: 4, end: bytes.length, isOwned: false }, strings);
    assertEquals(envelope.traceparent, "00-trace");
    assertEquals(strings.decoded, ["calc.Add", "calculator"]);
  },
});

Deno.test({
  name: "what was taken from the writer stays as it is until it is given back",
  permissions,
  fn() {
    const writer = new FrameWriter();
    writer.append({ messageType: "first" });
    const first = writer.take();
    const kept = first.slice();
    for (let n = 0; n < 1_000; n++) writer.append({ messageType: "second", payload: new Uint8Array(100) });
    const second = writer.take();
    assertEquals(first, kept);
    writer.recycle(first);
    writer.append({ messageType: "third" });
    assertEquals(readFrames([writer.take()])[0]?.messageType, "third");
    assertEquals(readFrames([second]).length, 1_000);
    writer.recycle(new Uint8Array(1_000_000));
    assertEquals([writer.take().length, writer.length], [0, 0]);
  },
});

Deno.test({
  name: "a payload that comes in a buffer to be used again is a copy, and one that does not is a view",
  permissions,
  fn() {
    for (const size of [1, 64, 500, 5_000]) {
      const bytes = framesOf({ payload: new Uint8Array(size).fill(7) });
      const frame = { bytes, start: 4, end: bytes.length };
      const copy = decodeEnvelope({ ...frame, isOwned: false }, new StringCache()).payload;
      const view = decodeEnvelope({ ...frame, isOwned: true }, new StringCache()).payload;
      assertNotStrictEquals(copy.buffer, bytes.buffer);
      assertEquals(view.buffer, bytes.buffer);
      bytes.fill(9);
      assertEquals(copy, new Uint8Array(size).fill(7));
    }
  },
});

Deno.test({
  name: "names that differ are never taken for each other, however many there are",
  permissions,
  fn() {
    const strings = new StringCache();
    const encoder = new TextEncoder();
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 5_000; n++) {
        const bytes = encoder.encode(`name-${n}`);
        assertEquals(strings.decode(bytes, 0, bytes.length), `name-${n}`);
      }
    }
  },
});

Deno.test({
  name: "a code or a word of a later version reads as none that is known",
  permissions,
  fn() {
    assertEquals(decode("82010308e807").fault?.code, "unspecified");
    assertEquals(decode("a80163").control, "none");
  },
});

Deno.test({
  name: "what is no envelope is refused: cut off, of the wrong kind, or too large for what it counts",
  permissions,
  fn() {
    const wrong = {
      "a field that is cut off": "1205aabb",
      "a length beyond the frame": "0affffffff0f",
      "a tag that is cut off": "ff",
      "a field of the wrong kind": "0801",
      "a fault of the wrong kind": "8001 05",
      "a code of the wrong kind in a fault": "8201 02 0a00",
      "a sequence beyond 2^53": `8201 0b 28 ffffffffffffffffff01`,
      "credit beyond 2^53": `8a01 0b 08 ffffffffffffffffff01`,
      "groups without end": "7b".repeat(200),
    };
    for (const [what, hex] of Object.entries(wrong)) {
      const error = assertThrows(() => decode(hex), WireError);
      assert(error.code === "malformed", what);
    }
  },
});
