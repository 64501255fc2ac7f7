/**
 * The entries of the directory, and who wins a name.
 * @module
 */

import { NAME_MAX } from "./limits.ts";

/** Where an actor lives. */
export interface Location {
  /** The name of the actor. */
  readonly name: string;
  /** The node that hosts it. */
  readonly node: string;
  /** Which start of that node. */
  readonly uid: number;
  /** What kind of actor it is, for people. */
  readonly actorType: string;
  /**
   * A random number, made when the actor was registered: it decides who wins a name. 0 where many may share the name.
   */
  readonly entryUid: number;
}

/** A change of the directory of one node. */
export interface DirectoryChange {
  /** The name. */
  readonly name: string;
  /** The kind of the actor that has it now; undefined where it was taken away. */
  readonly actorType: string | undefined;
  /** See {@linkcode Location.entryUid}. */
  readonly entryUid: number;
  /** Why it was taken away, as "stopped" or "failed"; empty for an entry that is there. */
  readonly reason: string;
}

/** What a page has changed for one name. */
export interface AppliedChange {
  /** The name. */
  readonly name: string;
  /** What was known of it here before; undefined where it is new. */
  readonly before: Location | undefined;
  /** Why it was taken away; empty for an entry that is there now. */
  readonly reason: string;
}

/** A part of what a node says about its own actors. */
export interface DirectoryPage {
  /** Which start of the node. */
  readonly uid: number;
  /** The version that it continues; 0 for the beginning. */
  readonly since: number;
  /** The version that it reaches. */
  readonly version: number;
  /** What changed between both. */
  readonly changes: readonly DirectoryChange[];
  /** Up to this version the node has forgotten what was taken away. */
  readonly compacted: number;
}

/** From where on the entries of a node are wanted. */
export interface DirectoryRequest {
  /** Which start of the node. */
  readonly uid: number;
  /** The version up to which they are known. */
  readonly since: number;
  /**
   * What {@linkcode DirectoryPage.compacted} was when the asker began at 0: what had been forgotten by then it never
   * heard of.
   */
  readonly compacted: number;
}

/** Whether a text can be the name of an actor. Half of a surrogate pair would arrive as another name. */
export function isRegistrable(name: string): boolean {
  return typeof name === "string" && name !== "" && name.length <= NAME_MAX && name.isWellFormed();
}

/** Whether `a` wins a name against `b`: the highest entry uid, then the highest node id. No clock plays a part. */
export function wins(a: Location, b: Location): boolean {
  return a.entryUid === b.entryUid ? a.node > b.node : a.entryUid > b.entryUid;
}

/** Who has a name when several claim it; undefined when nobody does. */
export function winnerOf(claims: readonly Location[]): Location | undefined {
  return claims.reduce<Location | undefined>(
    (best, one) => best === undefined || wins(one, best) ? one : best,
    undefined,
  );
}
