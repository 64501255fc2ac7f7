// @ts-check
/**
 * How the members of a cluster are, taken together.
 * @module
 */

/** @import { ClusterState, MemberState } from "../../state.ts" */

import { count, span } from "./format.js";

const URGENCY = { down: 0, suspect: 1, up: 2, left: 3 };

/**
 * Who has left is not missed: `all` does not count it.
 * @param {ClusterState} cluster
 * @returns {{ up: number, all: number, bad: MemberState[] }} Of the bad ones those that are down come first.
 */
export function healthOf({ members, membersOmitted }) {
  const bad = members.filter(isBad).sort(byUrgency);
  const left = members.filter(({ status }) => status === "left").length;
  const all = members.length - left + membersOmitted;
  return { up: all - bad.length, all, bad };
}

/** Whether somebody should look after it. @param {MemberState} member */
export function isBad({ status }) {
  return status === "down" || status === "suspect";
}

/**
 * Sorts the worst first, and keeps the order of those that are equally well.
 * @param {MemberState} a
 * @param {MemberState} b
 */
export function byUrgency(a, b) {
  return URGENCY[a.status] - URGENCY[b.status];
}

/**
 * How many are what, as `1 down, 2 suspect`; empty where all is well.
 * @param {readonly MemberState[]} bad
 */
export function badText(bad) {
  const down = bad.filter(({ status }) => status === "down").length;
  const parts = [down > 0 ? `${count(down)} down` : "", bad.length > down ? `${count(bad.length - down)} suspect` : ""];
  return parts.filter((part) => part !== "").join(", ");
}

/**
 * The status of a member, and for how long it has not been well.
 * @param {MemberState} member
 * @param {number} now Unix ms
 */
export function statusText(member, now) {
  const { status, since } = member;
  return isBad(member) && since !== null ? `${status} ${span(now - since)}` : status;
}
