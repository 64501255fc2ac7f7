// @ts-check
/**
 * What makes an actor one to look at.
 * @module
 */

/** @import { ActorState } from "../../state.ts" */

import { ago, count, duration, plural } from "./format.js";

/** A failure counts as news for a minute. */
const RECENT_MS = 60_000;
/** A mailbox that is fuller than this is about to make its senders wait. */
const FULL_SHARE = 0.8;
/** A handler that takes longer than this holds up whoever waits for the actor. */
const SLOW_MS = 1_000;

/**
 * Whether a failure is still news.
 * @param {ActorState["lastFailure"]} failure
 * @param {number} now Unix ms
 */
export function isRecent(failure, now) {
  return failure !== null && now - failure.at < RECENT_MS;
}

/**
 * How full a mailbox is, from 0 to 1; `null` where it has no mark.
 * @param {ActorState} actor
 */
export function fullness({ used, capacity }) {
  if (capacity === null) return null;
  return capacity <= 0 ? Number(used > 0) : Math.min(1, used / capacity);
}

/**
 * What is in a mailbox, and how much fits: in messages where it counts them, and otherwise in percent.
 * @param {ActorState} actor
 */
export function mailboxText(actor) {
  const { queued, used, capacity } = actor;
  if (capacity === null) return count(queued);
  return used === queued
    ? `${count(queued)} / ${count(capacity)}`
    : `${count(queued)}, ${Math.round((fullness(actor) ?? 0) * 100)} %`;
}

/**
 * The troubles of an actor, as sentences; none where it is well.
 * @param {ActorState} actor
 * @param {number} now Unix ms
 * @returns {string[]}
 */
export function troublesOf(actor, now) {
  const { status, waiting, busyMs, lastFailure } = actor;
  const troubles = [];
  const full = fullness(actor);
  if (status === "restarting") troubles.push("It is restarting.");
  if (lastFailure !== null && isRecent(lastFailure, now)) troubles.push(`It failed ${ago(now - lastFailure.at)}.`);
  if (waiting > 0) troubles.push(`${plural(waiting, "sender waits", "senders wait")} for room in its mailbox.`);
  else if (full !== null && full >= FULL_SHARE) troubles.push(`Its mailbox is ${Math.round(full * 100)} % full.`);
  if (busyMs !== null && busyMs > SLOW_MS) troubles.push(`Its handler has been running for ${duration(busyMs)}.`);
  return troubles;
}
