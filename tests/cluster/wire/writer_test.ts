import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import protobuf from "protobufjs";
import { Writer } from "../../../cluster/wire/writer.ts";
import { toHex } from "../../support/frames.ts";
import { forSeeds } from "../../support/seeded.ts";

const permissions = "none";

/** The same field as the writer of protobufjs writes it. */
function theirBytes(write: (writer: protobuf.Writer) => void): Uint8Array {
  const writer = protobuf.Writer.create();
  write(writer);
  return writer.finish();
}

function ourBytes(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return writer.finish();
}

const theirs = (write: (writer: protobuf.Writer) => void): string => toHex(theirBytes(write));
const ours = (write: (writer: Writer) => void): string => toHex(ourBytes(write));

/** Long bytes are compared without being printed. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

Deno.test({
  name: "Writer writes numbers as protobufjs does, up to the largest safe one",
  permissions,
  async fn() {
    const edges = Array.from({ length: 53 }, (_, i) => [2 ** i - 1, 2 ** i, 2 ** i + 1]).flat();
    for (const value of [...edges, Number.MAX_SAFE_INTEGER].filter((value) => value > 0)) {
      assertEquals(ours((w) => w.uint(1, value)), theirs((w) => w.uint32(8).uint64(value)), `${value}`);
    }
    await forSeeds(300, (random) => {
      const [field, value] = [1 + random.below(2_000), 1 + Math.floor(random.next() * 2 ** random.below(53))];
      assertEquals(ours((w) => w.uint(field, value)), theirs((w) => w.uint32(field * 8).uint64(value)));
      const word = 1 + random.below(2 ** 32 - 1);
      assertEquals(ours((w) => w.fixed32(field, word)), theirs((w) => w.uint32(field * 8 + 5).fixed32(word)));
    });
    assertEquals(ours((w) => w.fixed32(1, 2 ** 32 - 1)), "0dffffffff");
  },
});

Deno.test({
  name:
    "Writer writes texts and bytes of any length as protobufjs does: where a length takes a byte more, and beyond its buffer",
  permissions,
  fn() {
    const lengths = [1, 2, 126, 127, 128, 129, 400, 511, 512, 513, 16_383, 16_384, 16_385, 2_097_151, 2_097_152];
    for (const length of lengths) {
      for (const one of ["x", "é", "€"].slice(0, length > 20_000 ? 1 : 3)) {
        const text = one.repeat(length);
        const expected = theirBytes((w) => w.uint32(26).string(text));
        assert(isSame(ourBytes((w) => w.string(3, text)), expected), `${one} x ${length}`);
      }
      const bytes = new Uint8Array(length).fill(7);
      const expected = theirBytes((w) => w.uint32(26).bytes(bytes));
      assert(isSame(ourBytes((w) => w.bytes(3, bytes)), expected), `${length} bytes`);
    }
    assertEquals(ours((w) => w.string(1, "😀 актёр")), theirs((w) => w.uint32(10).string("😀 актёр")));
    // A half of a pair cannot be written; what stands in its place is UTF-8.
    assertEquals(ours((w) => w.string(1, "\ud83d")), "0a03efbfbd");
  },
});

Deno.test({
  name: "Writer leaves out what is the default of its field, but never a message or bytes",
  permissions,
  fn() {
    assertEquals(
      ours((w) => {
        w.uint(1, 0);
        w.bool(2, false);
        w.fixed32(3, 0);
        w.string(4, "");
      }),
      "",
    );
    assertEquals(ours((w) => w.message(1, () => {})), "0a00");
    assertEquals(ours((w) => w.bytes(1, new Uint8Array(0))), "0a00");
    assertEquals(ours((w) => w.bool(2, true)), "1001");
  },
});

Deno.test({
  name: "Writer nests messages, also where the lengths of several take more bytes at once",
  permissions,
  fn() {
    for (const length of [0, 1, 120, 121, 123, 124, 125, 126, 127, 128, 16_370, 16_380, 16_384, 100_000]) {
      const text = "x".repeat(length);
      const expected = theirBytes((w) => {
        w.uint32(10).fork().uint32(8).uint32(1).uint32(18).fork();
        if (length > 0) w.uint32(26).string(text);
        w.ldelim().uint32(24).uint32(5).ldelim().uint32(16).uint32(9);
      });
      const found = ourBytes((w) => {
        w.message(1, () => {
          w.uint(1, 1);
          w.message(2, () => w.string(3, text));
          w.uint(3, 5);
        });
        w.uint(2, 9);
      });
      assert(isSame(found, expected), `${length}`);
    }
  },
});

Deno.test({
  name: "Writer hands out copies, and starts again when it is cleared",
  permissions,
  fn() {
    const writer = new Writer();
    writer.string(1, "first");
    const first = writer.finish();
    assertEquals(writer.length, first.length);
    writer.clear();
    assertEquals([writer.length, writer.finish().length], [0, 0]);
    writer.string(1, "other");
    assertEquals([toHex(first), toHex(writer.finish())], ["0a056669727374", "0a056f74686572"]);
    assertNotStrictEquals(writer.finish().buffer, writer.finish().buffer);
  },
});
