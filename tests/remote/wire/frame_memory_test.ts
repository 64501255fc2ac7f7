import { assertEquals, assertLess } from "@std/assert";
import { FrameDecoder } from "../../../remote/wire/frame.ts";

Deno.test({
  name: "FrameDecoder keeps next to nothing of a frame of which only the header has come",
  permissions: "none",
  fn() {
    const before = Deno.memoryUsage().external;
    // 64 connections, each with the largest frame: 1 GiB, if a header were believed.
    const decoders = Array.from({ length: 64 }, () => new FrameDecoder(16_777_216));
    for (const decoder of decoders) {
      decoder.push(new Uint8Array([1, 0, 0, 0, 8]));
      assertEquals([decoder.next(), decoder.buffered], [false, 5]);
    }
    assertLess(Deno.memoryUsage().external - before, 1_048_576);
  },
});
