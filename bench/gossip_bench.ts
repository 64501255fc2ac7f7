/**
 * Gossip without a network: what a node does to tell all members that it knows, to take what another tells, and to send
 * the packet that it really sends each second. Times are for each member, those of the ping for each packet.
 *
 * @module
 */

import type { Core } from "../cluster/core.ts";
import type { MemberRecord } from "../cluster/membership/member.ts";
import type { Packet, Update } from "../cluster/membership/messages.ts";
import { ClusterCodec } from "../cluster/wire/cluster_codec.ts";
import { encodeRecord } from "../cluster/wire/records.ts";
import { CLUSTER, coreOf, coreWith, encode, packetFrom, recordsOf, sent, SIZES } from "./cluster_cores.ts";
import { compare, expectHandled, type Side, times } from "./compare.ts";

/** How many members one run tells or takes in all; those that nobody knows yet are made before each run. */
const MEMBERS = times(50_000, 100);
const NEW_MEMBERS = times(10_000, 100);
/** How many packets one run encodes. */
const PACKETS = times(20_000);
/** News on a ping while something happens. */
const NEWS = 3;

warmUp();
for (const size of SIZES) {
  createGossip(size);
  mergeGossip(size);
}
ping();

/** Or the first figures would be those of code that is not compiled yet. */
function warmUp(): void {
  const records = recordsOf(SIZES[0]!);
  const [core, codec, bytes] = [coreWith(records), new ClusterCodec(), stateOf(records)];
  const question = packetFrom(records[0]!, { kind: "digest", digest: 0, isJoin: true });
  for (let told = 0; told < MEMBERS; told++) {
    core.receive(codec.decode(bytes)!, 0);
    encode(sent(core.receive(question, 0))[0]!, codec);
  }
}

/** From the question of another node to the bytes of the answer. */
function createGossip(size: number): void {
  const records = recordsOf(size);
  const encoded = records.map(encodeRecord);
  const buffer = new Uint8Array(encoded.reduce((sum, bytes) => sum + bytes.length, 0));
  const floor = (members: number): Side => () => {
    let bytes = 0;
    for (let told = 0; told < members; told += size) {
      let at = 0;
      for (const record of encoded) {
        buffer.set(record, at);
        at += record.length;
      }
      bytes += buffer.slice().length;
    }
    expectHandled(bytes, members / size * buffer.length);
    return Promise.resolve();
  };
  const codec = new ClusterCodec();
  const question = packetFrom(records[0]!, { kind: "digest", digest: 0, isJoin: true });
  const tell = (core: Core) => {
    const [state] = sent(core.receive(question, 0));
    return encode(state!, codec).length > buffer.length ? size : 0;
  };

  const same = coreWith(records);
  compare({
    name: `gossip: create, ${size} nodes, nothing changed (floor: copy encoded records)`,
    operations: MEMBERS,
    floor: floor(MEMBERS),
    cinema: () => {
      let told = 0;
      for (let asked = 0; asked < MEMBERS; asked += size) told += tell(same);
      expectHandled(told, MEMBERS);
      return Promise.resolve();
    },
  });

  let fresh: Core[] = [];
  compare({
    name: `gossip: create, ${size} nodes, all changed (floor: copy encoded records)`,
    operations: NEW_MEMBERS,
    floor: floor(NEW_MEMBERS),
    prepare: () => {
      fresh = Array.from({ length: NEW_MEMBERS / size }, () => coreWith(copyOf(records)));
    },
    cinema: () => {
      expectHandled(fresh.reduce((told, core) => told + tell(core), 0), NEW_MEMBERS);
      return Promise.resolve();
    },
  });
}

/** From the bytes of another node to the view that has taken them in. */
function mergeGossip(size: number): void {
  const records = recordsOf(size);
  const codec = new ClusterCodec();
  const bytes = stateOf(records);
  const comparison = (members: number) => ({
    operations: members,
    floor: () => {
      let taken = 0;
      while (taken < members) {
        const view = new Map<string, MemberRecord>();
        for (const record of records) view.set(record.id, record);
        taken += view.size;
      }
      expectHandled(taken, members);
      return Promise.resolve();
    },
  });
  const merge = (core: Core, bytes: Uint8Array) => {
    core.receive(codec.decode(bytes)!, 0);
    return core.members.length;
  };

  const same = coreWith(records);
  compare({
    ...comparison(MEMBERS),
    name: `gossip: merge, ${size} nodes, nothing new (floor: put records into a map)`,
    cinema: () => {
      let taken = 0;
      for (let told = 0; told < MEMBERS; told += size) taken += merge(same, bytes);
      expectHandled(taken, MEMBERS);
      return Promise.resolve();
    },
  });

  // Nobody has decoded these either.
  let joining: { core: Core; bytes: Uint8Array }[] = [];
  compare({
    ...comparison(NEW_MEMBERS),
    name: `gossip: merge, ${size} nodes, all new (floor: put records into a map)`,
    prepare: () => {
      joining = Array.from({ length: NEW_MEMBERS / size }, () => ({
        core: coreOf("self"),
        bytes: stateOf(recordsOf(size)),
      }));
    },
    cinema: () => {
      expectHandled(joining.reduce((taken, { core, bytes }) => taken + merge(core, bytes), 0), NEW_MEMBERS);
      return Promise.resolve();
    },
  });

  const decode = (bytes: Uint8Array) => {
    const message = codec.decode(bytes);
    const isState = message?.kind === "packet" && message.packet.body.kind === "state";
    return isState ? message.packet.body.records.length : 0;
  };
  compare({
    ...comparison(MEMBERS),
    name: `gossip: only decode, ${size} nodes, nothing new (floor: put records into a map)`,
    cinema: () => {
      let decoded = 0;
      for (let told = 0; told < MEMBERS; told += size) decoded += decode(bytes);
      expectHandled(decoded, MEMBERS);
      return Promise.resolve();
    },
  });
}

/** All that a node knows, as bytes. */
function stateOf(records: readonly MemberRecord[]): Uint8Array {
  return encode(packetFrom(records[0]!, { kind: "state", records, wantsReply: false }));
}

/** The packet of each second, which does not grow with the cluster. */
function ping(): void {
  const [sender, target, ...about] = recordsOf(2 + NEWS) as [MemberRecord, MemberRecord, ...MemberRecord[]];
  const updates: Update[] = about.map((record) => ({ ...record, from: "node-1", isRefused: false }));
  const codec = new ClusterCodec();
  for (const news of [[], updates]) {
    const packetOf = (sequence: number): Packet => {
      return { cluster: CLUSTER, sender, body: { kind: "ping", sequence, target }, updates: news };
    };
    const encoded = codec.encodePacket(packetOf(1));
    compare({
      name: `gossip: encode and decode a ping with ${news.length} news (floor: copy its bytes in and out)`,
      operations: PACKETS,
      floor: () => {
        const buffer = new Uint8Array(encoded.length);
        let copied = 0;
        for (let i = 0; i < PACKETS; i++) {
          buffer.set(encoded);
          if (buffer.slice().length === encoded.length) copied++;
        }
        expectHandled(copied, PACKETS);
        return Promise.resolve();
      },
      cinema: () => {
        let read = 0;
        for (let i = 1; i <= PACKETS; i++) {
          const message = codec.decode(codec.encodePacket(packetOf(i)));
          if (message?.kind !== "packet" || message.packet.body.kind !== "ping") continue;
          if (message.packet.body.sequence === i && message.packet.updates.length === news.length) read++;
        }
        expectHandled(read, PACKETS);
        return Promise.resolve();
      },
    });
  }
}

/** The same, as if they had just been heard: nobody has encoded them yet. */
function copyOf(records: readonly MemberRecord[]): MemberRecord[] {
  return records.map((record) => ({ ...record }));
}
