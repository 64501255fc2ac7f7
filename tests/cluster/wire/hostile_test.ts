// What nobody in their right mind would send: it is decoded or refused with a `WireError`, and nothing else comes out.

import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { ClusterCodec } from "../../../cluster/wire/cluster_codec.ts";
import { Writer } from "../../../cluster/wire/writer.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { KINDS, packetOf, randomDirectoryMessage, randomPacket } from "../../support/cluster_records.ts";
import { fromHex, toHex } from "../../support/frames.ts";
import { forSeeds, Seeded } from "../../support/seeded.ts";

const permissions = "none";

/** Whether the bytes were decoded; anything but a refusal is an error that names them. */
function isDecoded(codec: ClusterCodec, bytes: Uint8Array): boolean {
  try {
    codec.decode(bytes);
    return true;
  } catch (cause) {
    if (cause instanceof WireError) return false;
    throw new Error(`Failed with ${toHex(bytes)}`, { cause });
  }
}

/** Bytes within a message within a message: the fields from the outside in. */
function inside(fields: readonly number[], bytes: Uint8Array): Uint8Array {
  const writer = new Writer();
  return fields.reduceRight<Uint8Array>((inner, field) => {
    writer.clear();
    writer.bytes(field, inner);
    return writer.finish();
  }, bytes);
}

/** One message of every kind. */
function corpusOf(random: Seeded): Uint8Array[] {
  const codec = new ClusterCodec();
  return [
    ...KINDS.map((kind) => codec.encodePacket(randomPacket(random, kind))),
    codec.encodeDirectory(randomDirectoryMessage(random)),
  ];
}

Deno.test({
  name: "a message that is cut off anywhere is refused",
  permissions,
  async fn() {
    const codec = new ClusterCodec();
    await forSeeds(5, (random) => {
      for (const bytes of corpusOf(random)) {
        for (let length = 1; length < bytes.length; length++) {
          assert(!isDecoded(codec, bytes.subarray(0, length)), `${length} of ${bytes.length}`);
        }
        assert(isDecoded(codec, bytes));
      }
    });
  },
});

Deno.test({
  name: "a message whose inside is cut off is decoded or refused",
  permissions,
  async fn() {
    const codec = new ClusterCodec();
    await forSeeds(5, (random) => {
      for (const whole of corpusOf(random)) {
        const field = whole[0]! === 0x82 ? 16 : 17;
        // Behind the tag of two bytes and the length.
        const content = whole.subarray(2 + (whole.length < 131 ? 1 : 2));
        for (let length = 0; length < content.length; length++) {
          isDecoded(codec, inside([field], content.subarray(0, length)));
        }
      }
    });
  },
});

/** Random bytes, or a good message to which something was done. */
function damaged(random: Seeded, corpus: readonly Uint8Array[]): Uint8Array {
  const bytes = random.pick(corpus).slice();
  const noise = Uint8Array.from({ length: random.below(60) }, () => random.below(256));
  switch (random.below(5)) {
    case 0:
      return noise;
    case 1: {
      // A true beginning, and nonsense in it.
      return new Uint8Array([random.pick([0x82, 0x8a]), 1, noise.length, ...noise]);
    }
    case 2:
      for (let n = 1 + random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
    case 3: {
      // The frame stays whole; what it holds does not.
      const at = Math.min(4 + random.below(bytes.length), bytes.length - 1);
      bytes[at] = bytes[at]! ^ (1 << random.below(8));
      return bytes;
    }
    default:
      return new Uint8Array([...bytes, ...random.pick(corpus).subarray(0, random.below(30))]);
  }
}

Deno.test({
  name: "20,000 damaged messages are decoded or refused, and a good one is read as what it is after all of them",
  permissions,
  fn() {
    const random = new Seeded(4);
    const codec = new ClusterCodec();
    const corpus = Array.from({ length: 20 }, () => corpusOf(random)).flat();
    const good = randomPacket(random, "state");
    const goodBytes = codec.encodePacket(good);
    let decoded = 0;
    for (let n = 0; n < 20_000; n++) {
      if (isDecoded(codec, damaged(random, corpus))) decoded++;
      if (n % 1_000 === 0) assertEquals(codec.decode(goodBytes), { kind: "packet", packet: good });
    }
    // Both happened: otherwise the damage was too great or too small to find anything.
    assertGreater(decoded, 2_000);
    assertLess(decoded, 18_000);
  },
});

Deno.test({
  name: "whatever is decoded can be encoded again, and means the same",
  permissions,
  fn() {
    const random = new Seeded(5);
    const codec = new ClusterCodec();
    const corpus = Array.from({ length: 20 }, () => corpusOf(random)).flat();
    let checked = 0;
    for (let n = 0; n < 5_000; n++) {
      const bytes = damaged(random, corpus);
      if (!isDecoded(codec, bytes)) continue;
      const message = codec.decode(bytes);
      if (message === undefined) continue;
      const again = message.kind === "packet"
        ? codec.encodePacket(message.packet)
        : codec.encodeDirectory(message.message);
      assertEquals(codec.decode(again), message, toHex(bytes));
      checked++;
    }
    assertGreater(checked, 500);
  },
});

Deno.test({
  name: "a length beyond the message is refused before anything is made for it, in every message",
  permissions,
  fn() {
    const codec = new ClusterCodec();
    // The packet, a piece of news, a ping, a state and its records; the directory, a request, a page and its changes.
    const paths = [[], [16], [16, 3], [16, 4], [16, 9], [16, 9, 1], [17], [17, 2], [17, 4], [17, 4, 4]];
    // 4 GiB, 2^63 and 2^64 - 1 bytes, in a field of texts or messages.
    for (const length of ["ffffffff0f", "80808080808080808001", "ffffffffffffffffff01"]) {
      for (const path of paths) {
        const bytes = inside(path, fromHex(`0a${length}`));
        assertThrows(() => codec.decode(bytes), WireError, "a field is cut off", path.join());
      }
    }
  },
});

Deno.test({
  name: "a million empty records, pieces of news or changes are refused at the first",
  permissions,
  fn() {
    const codec = new ClusterCodec();
    const million = (tag: number) => Uint8Array.from({ length: 2_000_000 }, (_, i) => i % 2 === 0 ? tag : 0);
    const cases = [
      [inside([16], million(0x1a)), "a member has no name"],
      [inside([16, 9], million(0x0a)), "a member has no name"],
      [inside([17, 4], million(0x22)), "an entry of the directory has no name"],
    ] as const;
    for (const [bytes, why] of cases) assertThrows(() => codec.decode(bytes), WireError, why);
  },
});

Deno.test({
  name: "names in any number are each read as themselves: the cache of texts mistakes none for another",
  permissions,
  fn() {
    const codec = new ClusterCodec();
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 3_000; n++) {
        const packet = packetOf({ body: { kind: "ping", sequence: n, target: { id: `node-${n}`, uid: n } } });
        assertEquals(codec.decode(codec.encodePacket(packet)), { kind: "packet", packet });
      }
    }
  },
});

Deno.test({
  name: "groups that lie deep within each other are refused, not followed",
  permissions,
  fn() {
    const codec = new ClusterCodec();
    const deep = fromHex("7b".repeat(1_000_000));
    assertThrows(() => codec.decode(deep), WireError, "groups lie more than 100 deep");
    for (const path of [[16], [16, 3], [16, 4], [16, 9], [17], [17, 3], [17, 4, 4]]) {
      assertThrows(() => codec.decode(inside(path, deep)), WireError, "groups lie more than 100 deep", path.join());
    }
  },
});
