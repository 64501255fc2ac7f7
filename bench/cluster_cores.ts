/**
 * Nodes without io for the benchmarks: their cores, and what they say to each other as bytes.
 *
 * @module
 */

import { Core } from "../cluster/core.ts";
import type { CoreEffect } from "../cluster/core_event.ts";
import { PRESETS } from "../cluster/membership/config.ts";
import type { MemberRecord } from "../cluster/membership/member.ts";
import { type Body, clusterTag } from "../cluster/membership/messages.ts";
import { ClusterCodec, type ClusterMessage } from "../cluster/wire/cluster_codec.ts";
import { SeededRandom } from "../src/testing/mod.ts";

const NAME = "bench";

/** What stands for the name of the cluster in each packet. */
export const CLUSTER: number = clusterTag(NAME);

/** The sizes of cluster that the original was measured at. */
export const SIZES: readonly number[] = [10, 50, 100];

const ENTRIES_MAX = 200_000;
const UID_MAX = 2 ** 52;

const random = new SeededRandom(1);
const codec = new ClusterCodec();

/**
 * Members that are up, as they are on the wire of a real cluster: long uids, addresses of a network. None has an actor.
 */
export function recordsOf(count: number): MemberRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `node-${i + 1}`,
    uid: Math.floor(random.next() * UID_MAX),
    addr: `10.0.0.${i + 1}:7001`,
    incarnation: 3,
    status: "up",
    version: 0,
  }));
}

/** A node that knows nobody. */
export function coreOf(id: string): Core {
  const addr = `${id}:7001`;
  const uid = Math.floor(random.next() * UID_MAX);
  const options = { id, uid, addr, cluster: CLUSTER, clusterName: NAME, random, entriesMax: ENTRIES_MAX };
  return new Core({ ...options, config: PRESETS.lan }, 0);
}

/** A node that has been told these records and has passed on all its news. The first of them told it. */
export function coreWith(records: readonly MemberRecord[]): Core {
  const core = coreOf("self");
  const sender = records[0]!;
  core.receive(packetFrom(sender, { kind: "state", records, wantsReply: false }), 0);
  const ping = packetFrom(sender, { kind: "ping", sequence: 1, target: core.self });
  while (core.newsSize > 0) core.receive(ping, 0);
  return core;
}

/** What a member says. */
export function packetFrom(sender: MemberRecord, body: Body): ClusterMessage {
  return { kind: "packet", packet: { cluster: CLUSTER, sender, body, updates: [] } };
}

/** What is to be sent, as bytes. */
export function encode(message: ClusterMessage, by: ClusterCodec = codec): Uint8Array {
  return message.kind === "packet" ? by.encodePacket(message.packet) : by.encodeDirectory(message.message);
}

/** The messages among effects. */
export function sent(effects: readonly CoreEffect[]): ClusterMessage[] {
  return effects.flatMap((effect) => effect.kind === "send" ? [effect.message] : []);
}

/** Lets a node fetch all entries of another. */
export function fetchAll(reader: Core, owner: Core): void {
  let requests = askFor(reader, owner);
  while (requests.length > 0) {
    const pages = requests.flatMap((request) => sent(owner.receive(request, 0)));
    requests = pages.flatMap((page) => sent(reader.receive(page, 0)));
  }
}

/** Lets a node hear of another, and returns what it then asks it for. */
export function askFor(reader: Core, owner: Core): ClusterMessage[] {
  return sent(reader.receive(packetFrom(owner.self, { kind: "gossip" }), 0));
}
