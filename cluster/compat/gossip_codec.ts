/**
 * What nodes of Cinema-rs 0.1 say to each other, as bytes: fields 1 to 3 of each message, and nothing else.
 * @module
 */

import { DELIMITED, malformed, Reader, type StringCache, VARINT } from "../../remote/spi.ts";
import type { Writer } from "../wire/writer.ts";
import { ACTORS_MAX, GOSSIP_MEMBERS_MAX } from "./limits.ts";

/** What a node says about a node, by its number on the wire. */
export const NODE_STATUSES = ["up", "suspect", "down"] as const;

/** What a node says about a node. */
export type NodeStatus = typeof NODE_STATUSES[number];

/** A node, as another reports it. */
export interface NodeInfo {
  /** Its name. */
  readonly id: string;
  /** Where it says that it listens, as `host:port`. */
  readonly addr: string;
  /** How the reporter believes it to be. */
  readonly status: NodeStatus;
}

/** Where an actor lives, as a node reports it. */
export interface ActorLocation {
  /** Its name. */
  readonly actorId: string;
  /** The node that hosts it. */
  readonly nodeId: string;
  /** What kind of actor it is. */
  readonly actorType: string;
}

/** All that a node knows. */
export interface Gossip {
  /** The nodes, the sender first. */
  readonly members: readonly NodeInfo[];
  /** The actors, those of other nodes included. */
  readonly actors: readonly ActorLocation[];
  /** Whether it named more than is taken, so that what is missing proves nothing. */
  readonly isCut?: boolean;
}

/** What a frame of the cluster holds; undefined where it is nothing that is known here. */
export type ClusterContent =
  | { readonly kind: "envelope"; readonly bytes: Uint8Array }
  | { readonly kind: "gossip"; readonly gossip: Gossip }
  | undefined;

/** The fields of a `ClusterMessage`. */
const ENVELOPE = 1;
const GOSSIP = 2;

/** Writes a `ClusterMessage` that holds the encoded envelope of a message. */
export function writeEnvelope(writer: Writer, envelope: Uint8Array): void {
  writer.bytes(ENVELOPE, envelope);
}

/** Writes a `ClusterMessage` that holds gossip. */
export function writeGossip(writer: Writer, { members, actors }: Gossip): void {
  writer.message(GOSSIP, () => {
    for (const { id, addr, status } of members) {
      writer.message(1, () => {
        writer.string(1, id);
        writer.string(2, addr);
        writer.uint(3, NODE_STATUSES.indexOf(status));
      });
    }
    for (const { actorId, nodeId, actorType } of actors) {
      writer.message(2, () => {
        writer.string(1, actorId);
        writer.string(2, nodeId);
        writer.string(3, actorType);
      });
    }
  });
}

/**
 * Reads a `ClusterMessage`. Of several contents the last one counts.
 *
 * @throws {WireError} When it is none.
 */
export function readClusterMessage(bytes: Uint8Array, strings: StringCache): ClusterContent {
  const reader = new Reader(bytes, 0, bytes.length);
  let content: ClusterContent;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (ENVELOPE << 3 | DELIMITED)) {
      content = { kind: "envelope", bytes: bytes.subarray(reader.delimited(), reader.at) };
    } else if (tag === (GOSSIP << 3 | DELIMITED)) {
      content = { kind: "gossip", gossip: readGossip(nested(reader), strings) };
    } else skip(reader, tag, GOSSIP);
  }
  return content;
}

function readGossip(reader: Reader, strings: StringCache): Gossip {
  const members: NodeInfo[] = [];
  const actors: ActorLocation[] = [];
  let isCut = false;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | DELIMITED)) {
      const member = nested(reader);
      if (members.length < GOSSIP_MEMBERS_MAX) members.push(readNode(member, strings));
      else isCut = true;
    } else if (tag === (2 << 3 | DELIMITED)) {
      const actor = nested(reader);
      if (actors.length < ACTORS_MAX) actors.push(readActor(actor, strings));
      else isCut = true;
    } else skip(reader, tag, 2);
  }
  return isCut ? { members, actors, isCut } : { members, actors };
}

function readNode(reader: Reader, strings: StringCache): NodeInfo {
  let [id, addr, status]: [string, string, NodeStatus] = ["", "", "up"];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | DELIMITED)) id = text(reader, strings);
    else if (tag === (2 << 3 | DELIMITED)) addr = text(reader, strings);
    // What the original does with a number that it does not know.
    else if (tag === (3 << 3 | VARINT)) status = NODE_STATUSES[reader.uint32()] ?? "down";
    else skip(reader, tag, 3);
  }
  return { id, addr, status };
}

function readActor(reader: Reader, strings: StringCache): ActorLocation {
  let [actorId, nodeId, actorType] = ["", "", ""];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === (1 << 3 | DELIMITED)) actorId = text(reader, strings);
    else if (tag === (2 << 3 | DELIMITED)) nodeId = text(reader, strings);
    else if (tag === (3 << 3 | DELIMITED)) actorType = text(reader, strings);
    else skip(reader, tag, 3);
  }
  return { actorId, nodeId, actorType };
}

function nested(reader: Reader): Reader {
  const start = reader.delimited();
  return new Reader(reader.bytes, start, reader.at);
}

function text(reader: Reader, strings: StringCache): string {
  const start = reader.delimited();
  return strings.decode(reader.bytes, start, reader.at);
}

/** Passes over a field of a later version; one of this version must be of the right kind. */
function skip(reader: Reader, tag: number, fieldMax: number): void {
  if (tag >>> 3 <= fieldMax) throw malformed(`field ${tag >>> 3} of a cluster message is of the wrong kind`);
  reader.skip(tag);
}
