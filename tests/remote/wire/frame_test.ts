import { assert, assertEquals, assertThrows } from "@std/assert";
import { FrameDecoder } from "../../../remote/wire/frame.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { cut, framesOf, randomEnvelope, readFrames } from "../../support/frames.ts";
import { forSeeds } from "../../support/seeded.ts";

const permissions = "none";

Deno.test({
  name: "FrameDecoder finds the same frames one byte at a time, cut anywhere, and all at once",
  permissions,
  async fn() {
    await forSeeds(50, (random) => {
      const sent = Array.from({ length: 1 + random.below(10) }, () => randomEnvelope(random, 9_000));
      const bytes = framesOf(...sent);
      assertEquals(readFrames([bytes]), sent);
      assertEquals(readFrames(cut(bytes, random, 5_000)), sent);
      assertEquals(readFrames(cut(bytes, random, 1)), sent);
    });
  },
});

Deno.test({
  name: "FrameDecoder does not copy a frame that lies whole within a chunk, and owns one that does not",
  permissions,
  fn() {
    const decoder = new FrameDecoder(100);
    const chunk = new Uint8Array([0, 0, 0, 2, 7, 8, 0, 0, 0, 3, 1]);
    decoder.push(chunk);
    assert(decoder.next());
    assertEquals([decoder.bytes === chunk, decoder.start, decoder.end, decoder.isOwned], [true, 4, 6, false]);
    assertEquals([decoder.next(), decoder.buffered], [false, 5]);
    chunk.fill(99);
    decoder.push(new Uint8Array([2, 3]));
    assert(decoder.next());
    assertEquals([decoder.bytes.slice(decoder.start, decoder.end), decoder.isOwned], [new Uint8Array([1, 2, 3]), true]);
    assertEquals([decoder.next(), decoder.buffered], [false, 0]);
  },
});

Deno.test({
  name: "FrameDecoder refuses a header above its limit before anything is kept, however the header is cut",
  permissions,
  fn() {
    for (const pieces of [[[0xFF, 0xFF, 0xFF, 0xFF]], [[0xFF], [0xFF, 0xFF], [0xFF]], [[0, 0, 0, 11]]]) {
      const decoder = new FrameDecoder(10);
      const error = assertThrows(() => {
        for (const piece of pieces) {
          decoder.push(new Uint8Array(piece));
          decoder.next();
        }
      }, WireError);
      assertEquals(error.code, "frame-too-large");
    }
    const exact = new FrameDecoder(10);
    exact.push(new Uint8Array([0, 0, 0, 10, ...new Uint8Array(10)]));
    assert(exact.next());
  },
});

Deno.test({
  name: "FrameDecoder keeps no more of an unfinished frame than twice of what has come",
  permissions,
  fn() {
    const decoder = new FrameDecoder(2 ** 30);
    decoder.push(new Uint8Array([0x3F, 0xFF, 0xFF, 0xFF]));
    decoder.next();
    const before = Deno.memoryUsage().external;
    decoder.push(new Uint8Array(100_000));
    assertEquals(decoder.next(), false);
    assertEquals(decoder.buffered, 100_004);
    assert(Deno.memoryUsage().external - before < 1_000_000);
  },
});

Deno.test({
  name: "FrameDecoder.rest() takes out what came behind the last frame",
  permissions,
  fn() {
    const decoder = new FrameDecoder(10);
    decoder.push(new Uint8Array([0, 0, 0, 1, 7, 1, 2, 3]));
    assert(decoder.next());
    assertEquals(decoder.rest(), new Uint8Array([1, 2, 3]));
    assertEquals([decoder.next(), decoder.buffered], [false, 0]);
  },
});
