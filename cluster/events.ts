/**
 * What happens in a cluster, as this node sees it.
 * @module
 */

import type { AnyMessage, Outcome } from "../mod.ts";
import type { NodeStatus } from "./membership/member.ts";

/** A node of the cluster. */
export interface ClusterMember {
  /** Its name. */
  readonly id: string;
  /** Where others reach it, as `"host:port"`. */
  readonly addr: string;
  /** How it is, as far as this node knows. */
  readonly status: NodeStatus;
  /**
   * In `members` of a node: ms that the last answer to a probe of this node took. It is missing where there was none
   * yet, for members that are gone, for this node itself, for nodes of Cinema-rs, and in events.
   */
  readonly roundTripMs?: number;
}

/** An actor that can be found in the cluster. */
export interface ActorLocation {
  /** The name that it is registered under. */
  readonly name: string;
  /** The node that it lives on. */
  readonly node: string;
  /** What kind of actor it is, for people. */
  readonly actorType: string;
}

/**
 * Something that happened; `kind` says what:
 *
 * - `"up"`, `"suspect"`, `"down"`, `"left"`: that is the status of `member` now, which was another before. `"down"`
 *   need not come after `"suspect"`: where others have made sure that a process has died, this node believes them at
 *   once;
 * - `"joined"`: this node has become a member, by way of `seed`;
 * - `"unreachable"`: the seed at `addr` cannot be reached, for `error`; it is tried again in `retryInMs` ms;
 * - `"refused"`: the node at `addr` does not talk to this one, because of `message`;
 * - `"conflict"`: two nodes at different addresses have one id: `known` is believed, `other` is not. It is told again
 *   as long as both are heard;
 * - `"rejected"`: what came from `addr` was not believed or made no sense, for `reason`; or it is a message of a
 *   Cinema-rs node that was not handled, which over there is silence;
 * - `"registered"`, `"unregistered"`: the actor `name` can be found on `node`, or cannot any more;
 * - `"name-lost"`: another node, `winner`, has the name of an actor of this node: the actor lives on, but whoever looks
 *   the name up gets the other;
 * - `"dead-letter"`: `message`, which was for the actor `target`, was not handled as far as is known: `outcome` says
 *   what is known, and `error` why;
 * - `"missed"`: this subscriber was too slow, and the oldest `count` events it had not read are lost.
 */
export type ClusterEvent =
  | { readonly kind: NodeStatus; readonly member: ClusterMember }
  | { readonly kind: "joined"; readonly seed: string }
  | { readonly kind: "unreachable"; readonly addr: string; readonly error: unknown; readonly retryInMs: number }
  | { readonly kind: "refused"; readonly addr: string; readonly message: string }
  | { readonly kind: "conflict"; readonly known: ClusterMember; readonly other: ClusterMember }
  | { readonly kind: "rejected"; readonly addr: string; readonly reason: string }
  | { readonly kind: "registered"; readonly name: string; readonly node: string; readonly actorType: string }
  | { readonly kind: "unregistered"; readonly name: string; readonly node: string; readonly reason: string }
  | { readonly kind: "name-lost"; readonly name: string; readonly winner: string }
  | {
    readonly kind: "dead-letter";
    readonly target: string;
    readonly message: AnyMessage;
    readonly outcome: Outcome;
    readonly error: unknown;
  }
  | { readonly kind: "missed"; readonly count: number };
