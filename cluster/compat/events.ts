/**
 * What a node learns about the nodes of a Cinema-rs cluster.
 * @module
 */

import type { NodeStatus } from "./gossip_codec.ts";

/** A node of a Cinema-rs cluster. */
export interface Peer {
  /** Its name. */
  readonly id: string;
  /** Where it is reached, as `host:port`. */
  readonly addr: string;
  /** How often that address has changed. */
  readonly moves: number;
  /** Whether it was heard lately. */
  readonly status: NodeStatus;
}

/**
 * Something that happened:
 *
 * - `"status"`: a peer is seen otherwise than before; `before` is undefined for one that is new;
 * - `"actor"`: the actor `name` is at the peer `node` now; at none where that is undefined;
 * - `"rejected"`: what came from `addr` was not taken, or in part; `reason` says why;
 * - `"unreachable"`: nobody answers at the address `addr` that this node was told to ask, for `error`. It keeps trying.
 *
 * What would be the same again is told once a minute.
 */
export type CompatEvent =
  | {
    readonly kind: "status";
    readonly id: string;
    readonly addr: string;
    readonly status: NodeStatus;
    readonly before: NodeStatus | undefined;
  }
  | { readonly kind: "actor"; readonly name: string; readonly node: string | undefined }
  | { readonly kind: "rejected"; readonly addr: string; readonly reason: string }
  | { readonly kind: "unreachable"; readonly addr: string; readonly error: unknown };
