/**
 * What happens in the cluster, as lines for people.
 *
 * @module
 */

import type { ClusterEvent } from "@cinema/cinema/cluster";

/** The line for an event; undefined where it need not be shown. */
export function lineOf(event: ClusterEvent): string | undefined {
  switch (event.kind) {
    case "up":
    case "suspect":
    case "down":
      return `${event.member.id} (${event.member.addr}) is ${event.kind}`;
    case "left":
      return `${event.member.id} (${event.member.addr}) has left`;
    case "joined":
      return `joined by way of ${event.seed}`;
    case "unreachable":
      return `${event.addr} cannot be reached: trying again in ${event.retryInMs / 1_000} s`;
    case "registered":
      return `${event.name} is on ${event.node}`;
    case "unregistered":
      return `${event.name} is no longer on ${event.node}`;
    case "conflict":
      return `two nodes are called ${event.known.id}: ${event.known.addr} and ${event.other.addr}`;
    case "refused":
    case "rejected":
      return `${event.addr}: ${event.kind === "refused" ? event.message : event.reason}`;
    default:
      return undefined;
  }
}
