import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  type ClusterContent,
  type Gossip,
  NODE_STATUSES,
  readClusterMessage,
  writeGossip,
} from "../../cluster/compat/gossip_codec.ts";
import { type MemberRecord, STATUSES } from "../../cluster/membership/member.ts";
import type { Body, Packet, Update } from "../../cluster/membership/messages.ts";
import { ClusterCodec, type ClusterMessage } from "../../cluster/wire/cluster_codec.ts";
import type { DirectoryMessage } from "../../cluster/wire/directory_codec.ts";
import { Writer } from "../../cluster/wire/writer.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import { WireError } from "../../remote/wire/wire_error.ts";
import { toHex } from "../support/frames.ts";
import { anyFields } from "./frames.ts";
import { anyBytes, anyCount, anyText, anyWord, type Property, property } from "./property.ts";

const anyAddress = fc.tuple(
  fc.constantFrom("127.0.0.1", "[::1]", "[fe80::1]", "node-1.example.org", "größe.example"),
  fc.integer({ min: 1, max: 65_535 }),
).map(([host, port]) => `${host}:${port}`);

const recordFields = {
  id: anyText(255, 1),
  uid: anyCount(),
  addr: anyAddress,
  incarnation: anyCount(),
  status: fc.constantFrom(...STATUSES),
  version: anyCount(),
};

/** Any record of a member. */
export const anyRecord: fc.Arbitrary<MemberRecord> = fc.record(recordFields);

/** Any piece of news. */
export const anyUpdate: fc.Arbitrary<Update> = fc.record({
  ...recordFields,
  from: anyText(60),
  isRefused: fc.boolean(),
});

const target = fc.record({ id: anyText(60), uid: anyCount() });

/** Any body of a packet. */
export const anyBody: fc.Arbitrary<Body> = fc.oneof(
  fc.record({ kind: fc.constant("ping" as const), sequence: anyCount(), target }),
  fc.record({ kind: fc.constantFrom("ack" as const, "nack" as const), sequence: anyCount() }),
  fc.record({ kind: fc.constant("ping-req" as const), sequence: anyCount(), target, addr: anyAddress }),
  fc.record({ kind: fc.constant("gossip" as const) }),
  fc.record({ kind: fc.constant("digest" as const), digest: anyWord(), isJoin: fc.boolean() }),
  fc.record({
    kind: fc.constant("state" as const),
    records: fc.array(anyRecord, { maxLength: 4 }),
    wantsReply: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("refusal" as const),
    code: fc.constantFrom("cluster" as const, "id-taken" as const),
    message: anyText(255),
  }),
);

const anyPacket: fc.Arbitrary<Packet> = fc.record({
  cluster: anyWord(),
  sender: anyRecord,
  body: anyBody,
  updates: fc.array(anyUpdate, { maxLength: 4 }),
});

const anyChange = fc.oneof(
  fc.record({ name: anyText(255, 1), actorType: anyText(255), entryUid: anyCount(), reason: fc.constant("") }),
  fc.record({
    name: anyText(255, 1),
    actorType: fc.constant(undefined),
    entryUid: fc.constant(0),
    reason: anyText(255),
  }),
);

const anyDirectoryMessage: fc.Arbitrary<DirectoryMessage> = fc.record({
  cluster: anyWord(),
  sender: anyRecord,
  body: fc.oneof(
    fc.record({ kind: fc.constant("request" as const), uid: anyCount(), since: anyCount(), compacted: anyCount() }),
    fc.record({
      kind: fc.constant("page" as const),
      page: fc.record({
        uid: anyCount(),
        since: anyCount(),
        version: anyCount(),
        changes: fc.array(anyChange, { maxLength: 5 }),
        compacted: anyCount(),
      }),
    }),
  ),
});

/** Any message of the cluster. */
export const anyMessage: fc.Arbitrary<ClusterMessage> = fc.oneof(
  anyPacket.map((packet) => ({ kind: "packet" as const, packet })),
  anyDirectoryMessage.map((message) => ({ kind: "directory" as const, message })),
);

/** Any gossip of the original, as bytes and as what they mean. */
export const anyGossip: fc.Arbitrary<{ readonly gossip: Gossip; readonly bytes: Uint8Array }> = fc.record({
  members: fc.array(
    fc.record({ id: anyText(40), addr: anyText(40), status: fc.constantFrom(...NODE_STATUSES) }),
    { maxLength: 5 },
  ),
  actors: fc.array(fc.record({ actorId: anyText(40), nodeId: anyText(40), actorType: anyText(40) }), { maxLength: 5 }),
}).map((gossip) => {
  const writer = new Writer();
  writeGossip(writer, gossip);
  return { gossip, bytes: writer.finish() };
});

const shared = new ClusterCodec();

/** The bytes of a message. */
export function encoded(message: ClusterMessage, codec: ClusterCodec = shared): Uint8Array<ArrayBuffer> {
  return message.kind === "packet" ? codec.encodePacket(message.packet) : codec.encodeDirectory(message.message);
}

/** A message within a message, and so on: the fields from the outside in. */
function within(path: readonly number[], bytes: Uint8Array): Uint8Array {
  return path.reduceRight<Uint8Array>((inner, field) => {
    const writer = new Writer();
    writer.bytes(field, inner);
    return writer.finish();
  }, bytes);
}

const PLACES = [[], [16], [16, 2], [16, 3], [16, 4], [16, 6], [16, 9], [16, 9, 1], [17], [17, 3], [17, 4], [17, 4, 4]];

/** A good message to which something was done, fields in a place where fields are read, and bytes. */
const anyInput: fc.Arbitrary<Uint8Array> = fc.oneof(
  anyBytes(80),
  fc.tuple(fc.constantFrom(...PLACES), anyFields).map(([path, fields]) => within(path, fields)),
  fc.tuple(anyMessage, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })).map(
    ([message, damage]) => {
      const bytes = encoded(message);
      for (const [at, value] of damage) bytes[at % bytes.length] = value;
      return bytes;
    },
  ),
  fc.tuple(anyMessage, fc.nat()).map(([message, at]) => {
    const bytes = encoded(message);
    return bytes.subarray(0, at % bytes.length);
  }),
  fc.tuple(anyMessage, anyMessage).map(([one, other]) => new Uint8Array([...encoded(one), ...encoded(other)])),
);

/** What is read, or why it is refused; everything but a `WireError` comes out. */
function outcome<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    assert(error instanceof WireError, String(error));
    return error.message;
  }
}

function gossip(bytes: Uint8Array): ClusterContent | string {
  return outcome(() => readClusterMessage(bytes, new StringCache()));
}

/** The laws of what nodes say to each other, as bytes. */
export const CLUSTER_MESSAGES: readonly Property[] = [
  property(
    "what a node says arrives as it was said, whatever was said before",
    300,
    fc.array(anyMessage, { minLength: 1, maxLength: 5 }),
    (messages) => {
      const [writing, reading] = [new ClusterCodec(), new ClusterCodec()];
      for (const message of messages) assertEquals(reading.decode(encoded(message, writing)), message);
    },
  ),
  property(
    "whatever comes from another node is a message that can be passed on, or a WireError",
    2_000,
    anyInput,
    (bytes) => {
      const message = outcome(() => shared.decode(bytes));
      if (message === undefined || typeof message === "string") return;
      assertEquals(shared.decode(encoded(message)), message, toHex(bytes));
    },
  ),
  property(
    "a codec that has seen anything reads what a new one reads",
    500,
    fc.array(anyInput, { maxLength: 6 }),
    (inputs) => {
      const used = new ClusterCodec();
      for (const bytes of inputs) {
        assertEquals(outcome(() => used.decode(bytes)), outcome(() => new ClusterCodec().decode(bytes)));
      }
    },
  ),
  property(
    "gossip of the original comes back as it was said",
    300,
    anyGossip,
    ({ gossip: said, bytes }) => assertEquals(gossip(bytes), { kind: "gossip", gossip: said }),
  ),
  property(
    "gossip of the original is read or refused, and what was read can be said again",
    1_500,
    fc.oneof(
      anyBytes(80),
      fc.tuple(fc.constantFrom([], [2], [2, 1], [2, 2]), anyFields).map(([path, fields]) => within(path, fields)),
    ),
    (bytes) => {
      const content = gossip(bytes);
      if (typeof content !== "object" || content.kind !== "gossip") return;
      const writer = new Writer();
      writeGossip(writer, content.gossip);
      assertEquals(gossip(writer.finish()), content);
    },
  ),
];
