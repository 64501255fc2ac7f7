import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import protobuf from "protobufjs";
import { type MemberRecord, STATUSES } from "../../../cluster/membership/member.ts";
import type { Update } from "../../../cluster/membership/messages.ts";
import { parseAddress } from "../../../cluster/address.ts";
import { checkAddress, decodeRecord, decodeUpdate, encodeRecord, fixed32 } from "../../../cluster/wire/records.ts";
import { Reader, StringCache } from "../../../remote/spi.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { nodeInfo, randomRecord, randomUpdate, recordOf, updateOf } from "../../support/cluster_records.ts";
import { fromHex, readFrames, toHex } from "../../support/frames.ts";
import { forSeeds } from "../../support/seeded.ts";

const permissions = "none";
const schema = await Deno.readTextFile(new URL("../../../proto/cluster.proto", import.meta.url));
const { root } = protobuf.parse(schema);
const NodeInfo = root.lookupType("cinema.NodeInfo");

function update(bytes: Uint8Array): Update {
  return decodeUpdate(new Reader(bytes, 0, bytes.length), 0, bytes.length, new StringCache());
}

function record(bytes: Uint8Array): MemberRecord {
  return decodeRecord(new Reader(bytes, 0, bytes.length), 0, bytes.length, new StringCache());
}

/** A record as protobufjs writes it, with these fields in place of good ones. */
function bytesOf(fields: Record<string, unknown>): Uint8Array {
  return new Uint8Array(NodeInfo.encode({ id: "a", addr: "b:1", ...fields }).finish());
}

function refusal(bytes: Uint8Array): string {
  return assertThrows(() => update(bytes), WireError).message;
}

Deno.test({
  name: "a record and a piece of news come back as they were",
  permissions,
  async fn() {
    await forSeeds(300, (random) => {
      const [plain, news] = [randomRecord(random), randomUpdate(random)];
      assertEquals(record(encodeRecord(plain)), plain);
      assertEquals(update(encodeRecord(plain)), { ...plain, from: "", isRefused: false });
      assertEquals(update(encodeRecord(news)), news);
      const { from: _, isRefused: __, ...rest } = news;
      assertEquals(record(encodeRecord(news)), rest);
    });
  },
});

Deno.test({
  name: "a record is the same bytes as protobufjs makes of NodeInfo, and is read from those",
  permissions,
  async fn() {
    await forSeeds(200, (random) => {
      for (const one of [randomRecord(random), randomUpdate(random)]) {
        const theirs = new Uint8Array(NodeInfo.encode(nodeInfo(one)).finish());
        assertEquals(toHex(encodeRecord(one)), toHex(theirs));
        assertEquals(update(theirs), updateOf(one));
        assertEquals(NodeInfo.toObject(NodeInfo.decode(encodeRecord(one)), { longs: Number }), nodeInfo(one));
      }
    });
  },
});

Deno.test({
  name: "a record is encoded once, and one that is equal but another by itself",
  permissions,
  fn() {
    const [one, other] = [recordOf(), recordOf()];
    const bytes = encodeRecord(one);
    encodeRecord(updateOf({ id: "between" }));
    assertStrictEquals(encodeRecord(one), bytes);
    assertNotStrictEquals(encodeRecord(other), bytes);
    assertEquals(encodeRecord(other), bytes);
    assertEquals(record(bytes), one);
  },
});

Deno.test({
  name: "every status has its number, and one that nobody knows counts as down",
  permissions,
  fn() {
    for (const [number, status] of STATUSES.entries()) {
      assertEquals(record(encodeRecord(recordOf({ status }))).status, status);
      assertEquals(record(bytesOf({ status: number })).status, status);
    }
    const { values } = root.lookupEnum("cinema.NodeStatus");
    assertEquals(Object.keys(values).map((name) => name.toLowerCase()), [...STATUSES]);
    for (const status of [4, 99, 2 ** 31 - 1, -1]) assertEquals(record(bytesOf({ status })).status, "down");
  },
});

Deno.test({
  name: "checkAddress takes host:port, and refuses what nobody could connect to",
  permissions,
  fn() {
    for (const addr of ["a:1", "127.0.0.1:7001", "[::1]:65535", "node.example.org:080"]) {
      assert(parseAddress(addr).port > 0);
      assertEquals(checkAddress(addr), addr);
      assertEquals(record(bytesOf({ addr })).addr, addr);
    }
    const wrong = ["", ":", "host", "host:", ":7001", "host:0", "host:65536", "host:-1", "host:1e3", "host: 1", "a:1x"];
    for (
      const addr of [
        ...wrong,
        "host:0x10",
        "host:1.5",
        "host:٣",
        "a b:1",
        "::1:7001",
        "[::1:7001",
        "a:1\n",
        `host:${"9".repeat(200)}`,
      ]
    ) {
      assertThrows(() => checkAddress(addr), WireError, `the address "${addr}" is not "host:port"`);
      assertThrows(() => record(bytesOf({ addr })), WireError);
    }
  },
});

Deno.test({
  name: "a record without a name or an address is refused, as are texts that are too long",
  permissions,
  fn() {
    assert(refusal(bytesOf({ id: "" })).includes("a member has no name"));
    assert(refusal(new Uint8Array(0)).includes("a member has no name"));
    assert(refusal(fromHex("0a0161")).includes('the address "" is not "host:port"'));
    const long = "x".repeat(256);
    for (const fields of [{ id: long }, { addr: `${long}:1` }, { from: long }, { id: "€".repeat(256) }]) {
      assert(refusal(bytesOf(fields)).includes("the limit is 255 characters"));
    }
    // What is far too long is not decoded at all, whatever is in it.
    const noText = new Uint8Array(4_000_000).fill(0xFF);
    noText.set([0x0a, 0x80, 0x89, 0x7a]);
    assert(refusal(noText.subarray(0, 4 + 0x1e8480)).includes("of 2000000 bytes is too long"));
    for (const id of ["x".repeat(255), "€".repeat(255), "😀".repeat(127)]) {
      assertEquals(record(bytesOf({ id })).id, id);
    }
  },
});

Deno.test({
  name: "a number of a record may be 2^53 - 1, and no more",
  permissions,
  fn() {
    for (const field of ["uid", "incarnation", "version"] as const) {
      assertEquals(record(bytesOf({ [field]: 2 ** 53 - 1 }))[field], 2 ** 53 - 1);
      assert(refusal(bytesOf({ [field]: 2 ** 53 })).includes("is too large"));
    }
  },
});

Deno.test({
  name: "unknown fields of a record are passed over, and so are known ones of another kind",
  permissions,
  fn() {
    const good = toHex(bytesOf({ uid: 7 }));
    for (const unknown of ["2005", "2a0178", "350a0b0c0d", "3901020304 05060708", "3b0805 3c", "0801", "8201020102"]) {
      assertEquals(record(fromHex(unknown + good)), recordOf({ id: "a", addr: "b:1", uid: 7 }));
      assertEquals(record(fromHex(good + unknown)), recordOf({ id: "a", addr: "b:1", uid: 7 }));
    }
  },
});

Deno.test({
  name: "a record ends where it ends: what lies behind it is not read",
  permissions,
  fn() {
    const bytes = bytesOf({ uid: 7 });
    const more = new Uint8Array([9, 9, ...bytes, ...bytesOf({ id: "other" })]);
    const reader = new Reader(more, 0, more.length);
    assertEquals(decodeRecord(reader, 2, 2 + bytes.length, new StringCache()).id, "a");
    assertThrows(() => decodeRecord(reader, 2, 1 + bytes.length, new StringCache()), WireError);
  },
});

Deno.test({
  name: "fixed32 reads 32 bits without a sign, and refuses fewer",
  permissions,
  fn() {
    for (const [hex, value] of [["00000000", 0], ["01020304", 0x04030201], ["ffffffff", 2 ** 32 - 1]] as const) {
      const reader = new Reader(fromHex(hex), 0, 4);
      assertEquals([fixed32(reader, 0x0d), reader.at], [value, 4]);
    }
    assertThrows(() => fixed32(new Reader(fromHex("0102030405"), 0, 3), 0x0d), WireError);
  },
});

/** The frame "gossip" of Cinema-rs 0.1: three members and an actor. */
const GOSSIP =
  "000000840a07636c75737465721271126f0a180a066e6f64652d31120e3132372e302e302e313a373030310a1a0a066e6f64652d32" +
  "120e3132372e302e302e313a3730303218010a1a0a066e6f64652d33120e3132372e302e302e313a373030331802121b0a086b762d7374" +
  "6f726512066e6f64652d311a074b5653746f726522066e6f64652d31";

/** The members of a frame of Cinema-rs, as bytes. */
function membersIn(hex: string): Uint8Array[] {
  const [{ payload } = { payload: new Uint8Array(0) }] = readFrames([fromHex(hex)]);
  const members: Uint8Array[] = [];
  const message = new Reader(payload, 0, payload.length);
  assertEquals(message.tag(), 2 << 3 | 2);
  const gossip = new Reader(payload, message.delimited(), message.at);
  while (gossip.at < gossip.end) {
    const tag = gossip.tag();
    const start = gossip.delimited();
    if (tag === (1 << 3 | 2)) members.push(payload.slice(start, gossip.at));
  }
  return members;
}

Deno.test({
  name: "a member of Cinema-rs is read as a record, and written byte for byte as Cinema-rs does",
  permissions,
  fn() {
    const found = membersIn(GOSSIP);
    const records = (["up", "suspect", "down"] as const).map((status, i) => {
      return recordOf({ id: `node-${i + 1}`, addr: `127.0.0.1:700${i + 1}`, status, uid: 0 });
    });
    assertEquals(found.map(record), records);
    assertEquals(records.map((one) => toHex(encodeRecord(one))), found.map(toHex));
  },
});

Deno.test({
  name: "cluster.proto reads and writes the gossip of Cinema-rs",
  permissions,
  fn() {
    const ClusterMessage = root.lookupType("cinema.ClusterMessage");
    const [{ payload } = { payload: new Uint8Array(0) }] = readFrames([fromHex(GOSSIP)]);
    const message = ClusterMessage.decode(payload);
    assertEquals(ClusterMessage.toObject(message, { defaults: false }), {
      gossip: {
        members: [
          { id: "node-1", addr: "127.0.0.1:7001" },
          { id: "node-2", addr: "127.0.0.1:7002", status: 1 },
          { id: "node-3", addr: "127.0.0.1:7003", status: 2 },
        ],
        actors: [{ actorId: "kv-store", nodeId: "node-1", actorType: "KVStore" }],
      },
    });
    assertEquals(toHex(ClusterMessage.encode(message).finish()), toHex(payload));
  },
});

/** All that was captured: it lies beside the repository where Cinema-rs was run, and nowhere else. */
async function readCapture(): Promise<string[][]> {
  try {
    const text = await Deno.readTextFile(new URL("../../../../shared/wire/cinema-rs-vectors.tsv", import.meta.url));
    return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split("\t"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

const capture = await readCapture();

Deno.test("every member in every captured gossip of Cinema-rs is read, and written byte for byte", () => {
  let members = 0;
  for (const [kind, name = "", hex = "", seen = ""] of capture) {
    if (!(kind === "frame" && name.startsWith("gossip")) && !(kind === "session" && seen.includes(" gossip "))) {
      continue;
    }
    for (const bytes of membersIn(hex)) {
      const { id, addr, status, ...ours } = record(bytes);
      assertEquals([toHex(encodeRecord({ id, addr, status, ...ours })), ours.uid], [toHex(bytes), 0], name);
      if (kind === "session") assert(seen.includes(`NodeInfo { id: "${id}", addr: "${addr}"`), name);
      members++;
    }
  }
  assert(capture.length === 0 || members > 20, `${members}`);
});
