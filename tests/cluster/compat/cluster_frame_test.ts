import { assert, assertEquals } from "@std/assert";
import { type ClusterFrame, ClusterFrameWriter, decodeClusterFrame } from "../../../cluster/compat/cluster_frame.ts";
import { FrameDecoder, StringCache } from "../../../remote/spi.ts";
import { fromHex, toHex } from "../../support/frames.ts";
import { readRustFrame, rustFrame } from "../../support/rust_node.ts";
import { CAPTURED } from "./captured.ts";

function decode(bytes: Uint8Array): ClusterFrame {
  const decoder = new FrameDecoder(16_777_216);
  decoder.push(bytes);
  assert(decoder.next());
  return decodeClusterFrame(decoder, new StringCache());
}

function encode({ sender, isResponse, content }: ClusterFrame): Uint8Array {
  const writer = new ClusterFrameWriter(sender, isResponse);
  if (content?.kind === "gossip") writer.appendGossip(content.gossip);
  else writer.appendEnvelope(content!.bytes);
  return writer.take();
}

Deno.test({
  name: "every frame that two nodes of the original were seen to send is written byte for byte by ours",
  permissions: "none",
  fn() {
    assertEquals(CAPTURED.length, 32);
    for (const { from, bytes } of CAPTURED) {
      const frame = decode(bytes);
      assertEquals(frame.sender, from);
      assertEquals(toHex(encode(frame)), toHex(bytes));
    }
  },
});

Deno.test({
  name: "the scripted node of the tests writes those frames byte for byte too",
  permissions: "none",
  fn() {
    for (const { bytes } of CAPTURED) assertEquals(toHex(rustFrame(readRustFrame(bytes.subarray(4)))), toHex(bytes));
  },
});

Deno.test({
  name: "the type of a cluster frame counts for nothing, and an empty frame holds nothing",
  permissions: "none",
  fn() {
    // The payload of an empty gossip, in a frame of the type "t".
    assertEquals(decode(fromHex("00000007 0a0174 12021200")).content, {
      kind: "gossip",
      gossip: { members: [], actors: [] },
    });
    assertEquals(decode(fromHex("00000000")), { sender: "", isResponse: false, content: undefined });
  },
});

Deno.test({
  name: "frames of any size follow each other, and what was taken stays as it is",
  permissions: "none",
  fn() {
    const writer = new ClusterFrameWriter("node-1", false);
    const sizes = [0, 1, 300_000, 2, 70_000];
    for (const size of sizes) writer.appendEnvelope(new Uint8Array(size).fill(size % 251));
    const taken = writer.take();
    const before = taken.slice();
    writer.appendEnvelope(new Uint8Array(1_000).fill(9));
    assertEquals(toHex(writer.take().subarray(-1)), "31");
    assertEquals(taken, before);
    const decoder = new FrameDecoder(16_777_216);
    decoder.push(taken);
    const found: number[] = [];
    while (decoder.next()) {
      const { content } = decodeClusterFrame(decoder, new StringCache());
      assert(content?.kind === "envelope");
      assert(content.bytes.every((byte) => byte === content.bytes.length % 251));
      found.push(content.bytes.length);
    }
    assertEquals(found, sizes);
  },
});
