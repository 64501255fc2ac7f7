/**
 * What comes out of the core of a node.
 * @module
 */

import type { Location } from "./directory/entry.ts";
import type { MemberEvent } from "./membership/messages.ts";
import type { ClusterMessage } from "./wire/cluster_codec.ts";

/** What happened. */
export type CoreEvent =
  | Exclude<MemberEvent, { kind: "version" }>
  /**
   * After a `synced` of a join, or later: the actors of the members alive then are known, or were waited for long
   * enough.
   */
  | { readonly kind: "caught-up" }
  /** An actor can be found. */
  | { readonly kind: "appeared"; readonly location: Location }
  /** It cannot any more; `reason` is what its node said, or `"node-down"`. */
  | { readonly kind: "gone"; readonly location: Location; readonly reason: string }
  /** Another node has the name of an actor of this node: whoever looks it up gets that one. */
  | { readonly kind: "name-lost"; readonly name: string; readonly winner: Location };

/** What the node wants done; `isBulk` where a message may be large, so that it must not delay a probe. */
export type CoreEffect =
  | { readonly kind: "send"; readonly addr: string; readonly message: ClusterMessage; readonly isBulk: boolean }
  | { readonly kind: "event"; readonly event: CoreEvent };
