/**
 * What users are told of what happens in the core.
 * @module
 */

import type { CoreEvent } from "./core_event.ts";
import type { Location } from "./directory/entry.ts";
import type { ActorLocation, ClusterEvent, ClusterMember } from "./events.ts";
import { isAlive, type MemberRecord, overrides } from "./membership/member.ts";

/** What users see of a member. */
export function memberOf({ id, addr, status }: MemberRecord, roundTripMs?: number): ClusterMember {
  return roundTripMs === undefined ? { id, addr, status } : { id, addr, status, roundTripMs };
}

/** What users see of an actor. */
export function actorOf({ name, node, actorType }: Location): ActorLocation {
  return { name, node, actorType };
}

/** The event for users; undefined where it is none of their business. */
export function eventOf(event: CoreEvent): ClusterEvent | undefined {
  switch (event.kind) {
    case "status": {
      const { member, before } = event;
      // Somebody who was gone before this node came is no news.
      if (before === undefined && !isAlive(member)) return undefined;
      // It was named, and has now been heard.
      if (before?.uid === 0 && before.status === member.status) return undefined;
      return { kind: member.status, member: memberOf(member) };
    }
    case "conflict": {
      // The one that was known first may lose: both are records of one id, and the higher of them is kept.
      const [known, other] = overrides(event.other, event.known)
        ? [event.other, event.known]
        : [event.known, event.other];
      return { kind: "conflict", known: memberOf(known), other: memberOf(other) };
    }
    case "refused":
      return { kind: "refused", addr: event.addr, message: event.message };
    case "rejected":
      return { kind: "rejected", addr: event.addr, reason: event.reason };
    case "appeared":
      return { kind: "registered", ...actorOf(event.location) };
    case "gone": {
      const { name, node } = event.location;
      return { kind: "unregistered", name, node, reason: event.reason };
    }
    case "name-lost":
      return { kind: "name-lost", name: event.name, winner: event.winner.node };
    case "synced":
    case "caught-up":
      return undefined;
  }
}
