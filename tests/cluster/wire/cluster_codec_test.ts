import { assert, assertEquals, assertThrows } from "@std/assert";
import protobuf from "protobufjs";
import type { Packet } from "../../../cluster/membership/messages.ts";
import { ClusterCodec } from "../../../cluster/wire/cluster_codec.ts";
import { RECORDS_MAX } from "../../../cluster/wire/limits.ts";
import { encodeRecord } from "../../../cluster/wire/records.ts";
import { Writer } from "../../../cluster/wire/writer.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { KINDS, packetFields, packetOf, randomPacket, recordOf, updateOf } from "../../support/cluster_records.ts";
import { fromHex, toHex } from "../../support/frames.ts";
import { forSeeds } from "../../support/seeded.ts";

const permissions = "none";
const schema = await Deno.readTextFile(new URL("../../../proto/cluster.proto", import.meta.url));
const ClusterMessage = protobuf.parse(schema).root.lookupType("cinema.ClusterMessage");

/** What the codec makes of a packet that it wrote itself. */
function roundTrip(packet: Packet): Packet {
  const codec = new ClusterCodec();
  return packetIn(codec.decode(codec.encodePacket(packet)));
}

function packetIn(message: ReturnType<ClusterCodec["decode"]>): Packet {
  assert(message?.kind === "packet");
  return message.packet;
}

/** A `ClusterMessage` with a packet of these fields, written by `write`. */
function packetBytes(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  writer.message(16, () => {
    writer.bytes(2, encodeRecord(recordOf()));
    write(writer);
  });
  return writer.finish();
}

function refusal(bytes: Uint8Array): string {
  const error = assertThrows(() => new ClusterCodec().decode(bytes), WireError);
  assertEquals(error.code, "malformed");
  return error.message;
}

for (const kind of KINDS) {
  Deno.test({
    name: `a ${kind} comes back as it was sent, with all that rides on it`,
    permissions,
    async fn() {
      await forSeeds(150, (random) => {
        const packet = randomPacket(random, kind);
        assertEquals(roundTrip(packet), packet);
      });
    },
  });

  Deno.test({
    name: `a ${kind} is the same bytes as protobufjs makes of cluster.proto, and is read from those`,
    permissions,
    async fn() {
      const codec = new ClusterCodec();
      await forSeeds(100, (random) => {
        const packet = randomPacket(random, kind);
        const fields = packetFields(packet);
        assertEquals(ClusterMessage.verify(fields), null);
        const theirs = new Uint8Array(ClusterMessage.encode(fields).finish());
        assertEquals(toHex(codec.encodePacket(packet)), toHex(theirs));
        assertEquals(packetIn(codec.decode(theirs)), packet);
        const read = ClusterMessage.decode(codec.encodePacket(packet));
        assertEquals(ClusterMessage.toObject(read, { longs: Number, arrays: true }), fields);
      });
    },
  });
}

Deno.test({
  name: "a suspicion keeps who suspects and why; a sender and the records of a state carry neither",
  permissions,
  fn() {
    const news = updateOf({ status: "suspect", from: "node-2", isRefused: true });
    const packet = packetOf({
      sender: news,
      updates: [news],
      body: { kind: "state", records: [news], wantsReply: true },
    });
    const { from: _, isRefused: __, ...record } = news;
    assertEquals(roundTrip(packet), {
      ...packet,
      sender: record,
      updates: [news],
      body: { kind: "state", records: [record], wantsReply: true },
    });
  },
});

Deno.test({
  name: "a codec writes each packet afresh: what it wrote before stays as it is",
  permissions,
  fn() {
    const codec = new ClusterCodec();
    const first = codec.encodePacket(packetOf({ updates: Array(100).fill(updateOf()) }));
    const kept = first.slice();
    const second = codec.encodePacket(packetOf({ cluster: 8 }));
    assertEquals(first, kept);
    assertEquals(packetIn(codec.decode(second)), packetOf({ cluster: 8 }));
  },
});

Deno.test({
  name: "a line for people is cut at 255 characters, so that a long one is not lost as a whole",
  permissions,
  fn() {
    const body = { kind: "refusal", code: "cluster", message: "m".repeat(1_000) } as const;
    assertEquals(roundTrip(packetOf({ body })).body, { ...body, message: "m".repeat(255) });
  },
});

Deno.test({
  name: "what a later version has added is passed over, in every message",
  permissions,
  fn() {
    // A varint, a text, and a group, of fields that nobody has.
    const unknown = (writer: Writer) => {
      writer.uint(1_000, 5);
      writer.string(1_001, "later");
    };
    const bytes = packetBytes((writer) => {
      unknown(writer);
      writer.message(3, () => {
        writer.string(1, "node-2");
        unknown(writer);
        writer.string(2, "127.0.0.1:7002");
      });
      writer.message(8, () => {
        unknown(writer);
        writer.fixed32(1, 77);
        writer.uint(2, 5);
      });
      writer.message(11, () => unknown(writer));
    });
    const message = new Uint8Array([...fromHex("9a0601ff"), ...bytes, ...fromHex("7b0801 7c")]);
    const packet = packetIn(new ClusterCodec().decode(message));
    assertEquals(packet.updates, [updateOf({ id: "node-2", addr: "127.0.0.1:7002", uid: 0 })]);
    assertEquals(packet.body, { kind: "digest", digest: 77, isJoin: true });
  },
});

Deno.test({
  name:
    "a message of an unknown kind is none, a body of an unknown kind only news, as is a refusal for an unknown cause",
  permissions,
  fn() {
    const codec = new ClusterCodec();
    for (const hex of ["", "0a020800", "1200", "92010401020304"]) assertEquals(codec.decode(fromHex(hex)), undefined);
    const later = packetBytes((writer) => writer.message(12, () => writer.uint(1, 3)));
    assertEquals(packetIn(codec.decode(later)).body, { kind: "gossip" });
    const cause = packetBytes((writer) => writer.message(10, () => writer.uint(1, 9)));
    assertEquals(packetIn(codec.decode(cause)).body, { kind: "gossip" });
  },
});

Deno.test({
  name: "a packet is refused as a whole where a part of it is missing or out of its bounds",
  permissions,
  fn() {
    const long = "x".repeat(256);
    const wrong: Record<string, (writer: Writer) => void> = {
      "has more than 64 bits": (writer) => writer.bytes(5, fromHex("08ffffffffffffffffff7f")),
      "is too large": (writer) => writer.bytes(4, fromHex("0880808080808080 10")),
      "9007199254740993 is too large": (writer) => writer.bytes(7, fromHex("08818080808080 8010")),
      "the limit is 255 characters": (writer) => writer.message(4, () => writer.string(2, long)),
      "a member has no name": (writer) => writer.bytes(3, new Uint8Array(0)),
      'the address "" is not': (writer) => writer.message(6, () => writer.uint(1, 1)),
      'the address "host" is not': (writer) => writer.message(6, () => writer.string(4, "host")),
      "it is no UTF-8": (writer) => writer.bytes(10, fromHex("08011201ff")),
    };
    for (const [what, write] of Object.entries(wrong)) {
      const message = refusal(packetBytes(write));
      assert(message.includes(what), `${what}: ${message}`);
    }
    assert(refusal(fromHex("820100")).includes("a packet has no sender"));
  },
});

Deno.test({
  name: "2^53 - 1 is read exactly, and 2^53 is refused, in every number of a packet",
  permissions,
  fn() {
    const max = Number.MAX_SAFE_INTEGER;
    const packet = packetOf({
      sender: recordOf({ uid: max, incarnation: max, version: max }),
      body: { kind: "ping", sequence: max, target: { id: "a", uid: max } },
    });
    assertEquals(roundTrip(packet), packet);
    const bytes = new ClusterCodec().encodePacket(packet);
    let refused = 0;
    // 2^53 - 1 is ff ff ff ff ff ff ff 0f; 2^53 is 80 80 80 80 80 80 80 10.
    for (let at = 0; at + 8 <= bytes.length; at++) {
      if (toHex(bytes.subarray(at, at + 8)) !== "ffffffffffffff0f") continue;
      const larger = bytes.slice();
      larger.set(fromHex("8080808080808010"), at);
      assert(refusal(larger).includes("9007199254740992 is too large"));
      refused++;
    }
    assertEquals(refused, 5);
  },
});

Deno.test({
  name: "a packet holds so many records and no more, in its news and in a state",
  permissions,
  fn() {
    const record = encodeRecord(recordOf({ id: "a", addr: "b:1" }));
    const news = (count: number) =>
      packetBytes((writer) => {
        for (let n = 0; n < count; n++) writer.bytes(3, record);
      });
    const state = (count: number) =>
      packetBytes((writer) =>
        writer.message(9, () => {
          for (let n = 0; n < count; n++) writer.bytes(1, record);
        })
      );
    for (const write of [news, state]) {
      const { updates, body } = packetIn(new ClusterCodec().decode(write(RECORDS_MAX)));
      assertEquals(updates.length + (body.kind === "state" ? body.records.length : 0), RECORDS_MAX);
      assert(refusal(write(RECORDS_MAX + 1)).includes("more than 65536 records"));
    }
  },
});
