/**
 * The envelope: what it costs to encode a message as a frame and to decode it again, without a network. The floor
 * copies the payload into a buffer and out again, which is what every message must suffer; the generated code of
 * protobufjs is beside it.
 *
 * @module
 */

import { cinema } from "../proto/gen/envelope.js";
import { decodeEnvelope } from "../remote/wire/envelope.ts";
import { encodeRoute, FrameWriter } from "../remote/wire/frame_writer.ts";
import { StringCache } from "../remote/wire/string_cache.ts";
import { compare, expectHandled, times } from "./compare.ts";

const SIZES: readonly [name: string, bytes: number, count: number][] = [
  ["64 B", 64, 200_000],
  ["1 KB", 1_024, 200_000],
  ["16 KB", 16_384, 50_000],
  ["256 KB", 262_144, 2_000],
];
const HEADER_BYTES = 4;
const route = encodeRoute("calc.Add", "calculator");

for (const [name, bytes, iterations] of SIZES) {
  const count = times(iterations);
  const payload = new Uint8Array(bytes).fill(7);
  const buffer = new Uint8Array(bytes);
  // A frame of that size spans several reads and is gathered in a buffer of its own, which is not copied again.
  const isOwned = bytes > 65_536;

  const floor = () => {
    let handled = 0;
    for (let n = 0; n < count; n++) {
      buffer.set(payload);
      const copy = isOwned ? buffer.subarray(0) : buffer.slice();
      if (copy.length === bytes) handled++;
    }
    expectHandled(handled, count);
    return Promise.resolve();
  };

  compare({
    name: `envelope: encode and decode ${name} (floor: copy in and out)`,
    operations: count,
    floor,
    cinema: () => {
      const writer = new FrameWriter();
      const strings = new StringCache();
      let handled = 0;
      for (let n = 1; n <= count; n++) {
        writer.appendMessage(route, payload, n, 5_000);
        const frame = writer.take();
        const envelope = decodeEnvelope({ bytes: frame, start: HEADER_BYTES, end: frame.length, isOwned }, strings);
        if (envelope.payload.length === bytes && envelope.correlationId === n) handled++;
        writer.recycle(frame);
      }
      expectHandled(handled, count);
      return Promise.resolve();
    },
  });

  compare({
    name: `envelope: encode and decode ${name} with generated code (floor: copy in and out)`,
    operations: count,
    floor,
    cinema: () => {
      let handled = 0;
      for (let n = 1; n <= count; n++) {
        const fields = {
          messageType: "calc.Add",
          payload,
          correlationId: n,
          targetActor: "calculator",
          deadlineMs: 5_000,
        };
        const envelope = cinema.Envelope.decode(cinema.Envelope.encode(fields).finish());
        if (envelope.payload.length === bytes) handled++;
      }
      expectHandled(handled, count);
      return Promise.resolve();
    },
  });
}
