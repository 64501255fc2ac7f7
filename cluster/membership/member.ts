/**
 * What is known of a member, and which of two records of it counts.
 * @module
 */

/** The words about a member's health, in the order in which they override each other at one incarnation. */
export const STATUSES: readonly NodeStatus[] = ["up", "suspect", "down", "left"];

/**
 * The health of a member:
 *
 * - `"up"`: it answers;
 * - `"suspect"`: it did not answer, and has some time left to say that it lives;
 * - `"down"`: it cannot be reached; its actors are gone from the directory. It may come back;
 * - `"left"`: it said goodbye.
 */
export type NodeStatus = "up" | "suspect" | "down" | "left";

/**
 * One record of a member. Records of one member are ordered, and every node keeps the highest: so all of them agree in
 * the end, whatever the order in which they hear.
 */
export interface MemberRecord {
  /** The name of the node. */
  readonly id: string;
  /** Which start of that node: a random number, made anew with each start. */
  readonly uid: number;
  /** Where others reach it, as `"host:port"`. */
  readonly addr: string;
  /** Raised by the member itself, and nobody else, to contradict what is said of it (SWIM, section 4.2). */
  readonly incarnation: number;
  /** What is said of it. */
  readonly status: NodeStatus;
  /** The version of its directory: how many changes it has seen. Only the member itself raises it. */
  readonly version: number;
}

/**
 * Whether `update` overrides `known`, two records of the same id: first the uid counts, then the incarnation, then the
 * status (SWIM, section 4.2, the table of "suspect" and "alive"; a higher incarnation also overrides "down", so that a
 * member that was only unreachable can come back).
 *
 * The version of the directory plays no part: it is merged by itself, see {@linkcode withVersion}.
 */
export function overrides(update: MemberRecord, known: MemberRecord): boolean {
  if (update.uid !== known.uid) return update.uid > known.uid;
  if (update.incarnation !== known.incarnation) return update.incarnation > known.incarnation;
  return rank(update.status) > rank(known.status);
}

/** Whether others should still count on it. */
export function isAlive({ status }: MemberRecord): boolean {
  return status === "up" || status === "suspect";
}

/**
 * The record with the higher of both versions, where both are of one uid and incarnation. The member raises its
 * incarnation to contradict a version that it never had, so what an older incarnation says does not count.
 */
export function withVersion(record: MemberRecord, other: MemberRecord): MemberRecord {
  if (other.uid !== record.uid || other.incarnation !== record.incarnation) return record;
  if (other.version <= record.version) return record;
  return { ...record, version: other.version };
}

function rank(status: NodeStatus): number {
  return STATUSES.indexOf(status);
}
