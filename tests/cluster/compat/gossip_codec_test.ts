import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { readClusterMessage, writeEnvelope, writeGossip } from "../../../cluster/compat/gossip_codec.ts";
import type { Gossip, NodeStatus } from "../../../cluster/compat/gossip_codec.ts";
import { GOSSIP_MEMBERS_MAX } from "../../../cluster/compat/limits.ts";
import { Writer } from "../../../cluster/wire/writer.ts";
import { WireError } from "../../../remote/mod.ts";
import { StringCache } from "../../../remote/spi.ts";
import { fromHex, toHex } from "../../support/frames.ts";
import { readRustFrame, rustFrame } from "../../support/rust_node.ts";
import { forSeeds, type Seeded } from "../../support/seeded.ts";

const read = (bytes: Uint8Array) => readClusterMessage(bytes, new StringCache());

function encode(gossip: Gossip): Uint8Array {
  const writer = new Writer();
  writeGossip(writer, gossip);
  return writer.finish();
}

function gossipIn(bytes: Uint8Array): Gossip {
  const content = read(bytes);
  assert(content?.kind === "gossip");
  return content.gossip;
}

const GOSSIP: Gossip = {
  members: [
    { id: "node-1", addr: "127.0.0.1:7001", status: "up" },
    { id: "node-2", addr: "127.0.0.1:7002", status: "suspect" },
    { id: "node-3", addr: "127.0.0.1:7003", status: "down" },
  ],
  actors: [{ actorId: "kv-store", nodeId: "node-1", actorType: "KVStore" }],
};

/** The payload of the captured frame "gossip". */
const GOSSIP_HEX =
  "126f0a180a066e6f64652d31120e3132372e302e302e313a373030310a1a0a066e6f64652d32120e3132372e302e302e313a" +
  "3730303218010a1a0a066e6f64652d33120e3132372e302e302e313a373030331802121b0a086b762d73746f726512066e6f64652d31" +
  "1a074b5653746f7265";

Deno.test({
  name: "the gossip of the original is written byte for byte, and read back",
  permissions: "none",
  fn() {
    assertEquals(toHex(encode(GOSSIP)), GOSSIP_HEX);
    assertEquals(gossipIn(fromHex(GOSSIP_HEX)), GOSSIP);
    assertEquals(toHex(encode({ members: [], actors: [] })), "1200");
    assertEquals(gossipIn(fromHex("1200")), { members: [], actors: [] });
  },
});

Deno.test({
  name: "a status that is not known counts as down, as in the original, be it 7 or -1",
  permissions: "none",
  fn() {
    const status = (hex: string) => gossipIn(fromHex(hex)).members[0]?.status;
    assertEquals(status("12020a00"), "up");
    assertEquals(status("12040a021807"), "down");
    assertEquals(status("120d0a0b18ffffffffffffffffff01"), "down");
    assertEquals(status("12040a021801"), "suspect");
  },
});

Deno.test({
  name: "of several contents the last one counts, fields of later versions are passed over, and nothing is nothing",
  permissions: "none",
  fn() {
    assertEquals(read(fromHex("12000a021801")), { kind: "envelope", bytes: fromHex("1801") });
    assertEquals(read(fromHex("0a0218011200")), { kind: "gossip", gossip: { members: [], actors: [] } });
    assertEquals(gossipIn(fromHex("8201 01 ff 1207 2a00 3801 a20100")), { members: [], actors: [] });
    assertEquals(read(new Uint8Array(0)), undefined);
    assertEquals(read(fromHex("82010101")), undefined);
  },
});

Deno.test({
  name: "an envelope within a cluster message comes out as it went in",
  permissions: "none",
  fn() {
    const writer = new Writer();
    for (const length of [0, 1, 127, 128, 70_000]) {
      writer.clear();
      const bytes = new Uint8Array(length).fill(7);
      writeEnvelope(writer, bytes);
      assertEquals(read(writer.finish()), { kind: "envelope", bytes });
    }
  },
});

function anyText(random: Seeded): string {
  return random.pick(["", "a", "node-1", "grüß €😀", "x".repeat(random.below(300))]);
}

function anyGossip(random: Seeded): Gossip {
  const text = () => anyText(random);
  const status = (): NodeStatus => random.pick(["up", "suspect", "down"]);
  return {
    members: Array.from({ length: random.below(6) }, () => ({ id: text(), addr: text(), status: status() })),
    actors: Array.from({ length: random.below(6) }, () => ({ actorId: text(), nodeId: text(), actorType: text() })),
  };
}

Deno.test({
  name: "gossip is the same bytes as another implementation of Protocol Buffers writes, and means the same to it",
  permissions: "none",
  async fn() {
    await forSeeds(300, (random) => {
      const gossip = anyGossip(random);
      const members = gossip.members.map(({ id, addr, status }) => ({
        id,
        addr,
        status: ["up", "suspect", "down"].indexOf(status),
      }));
      const frame = rustFrame({ senderNode: "", isResponse: false, gossip: { members, actors: [...gossip.actors] } });
      const ours = encode(gossip);
      // Behind the header, and the type and the length of the payload.
      assertEquals(toHex(frame.subarray(frame.length - ours.length)), toHex(ours));
      assertEquals(readRustFrame(frame.subarray(4)).gossip?.members, members);
      assertEquals(gossipIn(ours), gossip);
    });
  },
});

Deno.test({
  name: "bytes of any kind are a cluster message or a WireError, and nothing else",
  permissions: "none",
  async fn() {
    const valid = encode(GOSSIP);
    for (let length = 0; length < valid.length; length++) attempt(valid.subarray(0, length));
    await forSeeds(5_000, (random) => {
      const bytes = Uint8Array.from({ length: random.below(60) }, () => random.below(256));
      attempt(bytes);
      const bent = valid.slice();
      bent[random.below(bent.length)] = random.below(256);
      attempt(bent);
    });
    for (
      const hex of [
        "0801",
        "1001",
        "12020801",
        "12040a020801",
        "120412021001",
        "120a0affffffffffffffffff01",
        "12050a030a01ff",
      ]
    ) {
      assertThrows(() => read(fromHex(hex)), WireError);
    }
  },
});

function attempt(bytes: Uint8Array): void {
  try {
    read(bytes);
  } catch (error) {
    assertInstanceOf(error, WireError);
  }
}

Deno.test({
  name: "gossip that names more than is taken is cut, and says so",
  permissions: "none",
  fn() {
    const member = { id: "", addr: "", status: "up" } as const;
    const bytes = encode({ members: new Array(GOSSIP_MEMBERS_MAX + 1).fill(member), actors: GOSSIP.actors });
    const { members, actors, isCut } = gossipIn(bytes);
    assertEquals([members.length, actors, isCut], [GOSSIP_MEMBERS_MAX, GOSSIP.actors, true]);
    assertEquals(gossipIn(encode({ ...GOSSIP, isCut: true })).isCut, undefined);
  },
});
