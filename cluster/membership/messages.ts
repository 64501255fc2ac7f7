/**
 * What goes into the membership machine and what comes out.
 * @module
 */

import type { MemberRecord } from "./member.ts";

/** News about a member. */
export interface Update extends MemberRecord {
  /** For a suspicion: who suspects. Otherwise empty. */
  readonly from: string;
  /** For a suspicion: whether who suspects found the port closed. */
  readonly isRefused: boolean;
}

/** Which member of which start is meant. */
export interface Identity {
  /** The name of the node. */
  readonly id: string;
  /** Which start of it. */
  readonly uid: number;
}

/** What a packet asks or says, beside the news that ride on it. */
export type Body =
  /** Are you there, if you are who I think? */
  | { readonly kind: "ping"; readonly sequence: number; readonly target: Identity }
  /** I am. */
  | { readonly kind: "ack"; readonly sequence: number }
  /** Ask this one for me whether it is there. */
  | { readonly kind: "ping-req"; readonly sequence: number; readonly target: Identity; readonly addr: string }
  /** I asked, and had no answer in time. */
  | { readonly kind: "nack"; readonly sequence: number }
  /** Only news. */
  | { readonly kind: "gossip" }
  /** This is the digest of what I know; `isJoin` where everything is wanted at once. */
  | { readonly kind: "digest"; readonly digest: number; readonly isJoin: boolean }
  /** Mine differs: this is everything I know; `wantsReply` asks for what I lack. */
  | { readonly kind: "state"; readonly records: readonly MemberRecord[]; readonly wantsReply: boolean }
  /** I do not talk to you, and this is why. */
  | { readonly kind: "refusal"; readonly code: RefusalCode; readonly message: string };

/** Why a node does not talk to another. */
export type RefusalCode = "cluster" | "id-taken";

/** What one node sends another. */
export interface Packet {
  /** Which cluster it is for: {@linkcode clusterTag} of its name. */
  readonly cluster: number;
  /** Who sends. */
  readonly sender: MemberRecord;
  /** What it wants. */
  readonly body: Body;
  /** The news that ride on it. */
  readonly updates: readonly Update[];
}

/** What happened, for people and for whoever depends on a member. */
export type MemberEvent =
  /** The status of a member has changed. `left` and `down` end it, and it may be up again later. */
  | { readonly kind: "status"; readonly member: MemberRecord; readonly before: MemberRecord | undefined }
  /** The version of its directory has. */
  | { readonly kind: "version"; readonly member: MemberRecord }
  /** Another node, at another address, has the id of this one or of another member. */
  | { readonly kind: "conflict"; readonly known: MemberRecord; readonly other: MemberRecord }
  /** Another node refused to talk to this one. */
  | { readonly kind: "refused"; readonly addr: string; readonly code: RefusalCode; readonly message: string }
  /** This node has compared its state with another: it has joined. */
  | { readonly kind: "synced"; readonly addr: string }
  /** A packet or a record was not believed. */
  | { readonly kind: "rejected"; readonly addr: string; readonly reason: string };

/** What the machine wants done. */
export type Effect =
  /** Send this; `isBulk` where it may be large, so that it must not delay a probe. */
  | { readonly kind: "send"; readonly addr: string; readonly packet: Packet; readonly isBulk: boolean }
  /** Tell whoever listens. */
  | { readonly kind: "event"; readonly event: MemberEvent };

/** Whether a packet compares states, which may be large, or refuses to: it must not delay a probe. */
export function isBulk({ kind }: Body): boolean {
  return kind === "digest" || kind === "state" || kind === "refusal";
}

/** At most so many bytes of a record beside its texts: tags, lengths and numbers. */
const RECORD_BYTES = 48;

/** How many bytes a piece of news takes in a packet at most. */
export function bytesOf({ id, addr, from }: Update): number {
  return RECORD_BYTES + utf8Length(id) + utf8Length(addr) + utf8Length(from);
}

/** Without encoding it: this is asked for all news. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) bytes++;
    // Both halves of a surrogate pair are two bytes each.
    if (unit >= 0x800 && (unit < 0xD800 || unit > 0xDFFF)) bytes++;
  }
  return bytes;
}

/** The version of what nodes say to each other; nodes of different ones form no cluster. */
export const PROTOCOL_VERSION = 1;

/** What stands for the name of a cluster and the version in each packet: the FNV-1a hash of both. */
export function clusterTag(name: string): number {
  return fnv1a(`${PROTOCOL_VERSION}:${name}`);
}

/** The 32-bit FNV-1a hash of a text. */
export function fnv1a(text: string): number {
  let hash = 0x811C9DC5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
