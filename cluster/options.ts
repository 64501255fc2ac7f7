/**
 * How a node of a cluster is set up.
 * @module
 */

import type { BindOptions } from "../remote/mod.ts";
import type { MembershipConfig, Preset } from "./membership/config.ts";

/** Options of a {@linkcode ClusterNode}; those of connections are as for `RemoteServer` and `RemoteClient`. */
export interface ClusterNodeOptions
  extends Pick<BindOptions, "key" | "tls" | "transport" | "insecure" | "frameBytesMax" | "clock" | "random"> {
  /**
   * The name of the cluster: nodes of different ones do not talk.
   *
   * @default {"default"}
   */
  readonly clusterName?: string;
  /**
   * What others are told to reach this node at, as `"host:port"`, where that is not where it listens: in a container,
   * or behind a translated address. A node that listens on every host (`"0.0.0.0"`) must say it.
   *
   * @default {the address of the node}
   */
  readonly advertise?: string;
  /**
   * How fast and how patient: `"local"` for processes of one machine, `"lan"` for one data centre, `"wan"` for several.
   *
   * @default {"lan"}
   */
  readonly preset?: Preset;
  /** Single knobs in place of those of the preset. */
  readonly tuning?: Partial<MembershipConfig>;
  /**
   * Ms that an ask may take where it names no `timeout` of its own.
   *
   * @default {5_000}
   */
  readonly askTimeout?: number;
  /**
   * Actors that this node may register, and entries of others that it takes.
   *
   * @default {250_000}
   */
  readonly maxEntries?: number;
}

/** Options of {@linkcode ClusterNode.join}. */
export interface JoinOptions {
  /** Gives up when it aborts: the join rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How often to gossip and how patient to be, in the words of Cinema-rs. */
export interface GossipOptions {
  /** Ms between two rounds of gossip. */
  readonly interval: number;
  /** Ms without any sign of life after which a member is suspect; after twice that it is down. */
  readonly suspectTimeout: number;
}

/** Options of {@linkcode ClusterNode.startCompatServer}. */
export interface CompatOptions {
  /**
   * Addresses of nodes of Cinema-rs that run already.
   *
   * @default {[]}
   */
  readonly seeds?: readonly string[];
  /**
   * Where to listen.
   *
   * @default {the host of the node}
   */
  readonly hostname?: string;
  /**
   * What Cinema-rs nodes are told to reach this node at, as `"host:port"`.
   *
   * @default {the address where it listens}
   */
  readonly advertise?: string;
  /**
   * Whether an address that others can reach may be used, although such nodes prove nothing.
   *
   * @default {false}
   */
  readonly insecure?: boolean;
  /**
   * Ms between two exchanges of gossip with each of them.
   *
   * @default {1_000}
   */
  readonly interval?: number;
  /**
   * Ms without a sign of life after which one of them is suspect; after twice that it is down.
   *
   * @default {10_000}
   */
  readonly suspectTimeout?: number;
}

/** Options of a registration. */
export interface RegisterOptions {
  /**
   * Whether other nodes may register the same name, so that together they are a group.
   *
   * @default {false}
   */
  readonly group?: boolean;
  /**
   * What kind of actor it is, for people.
   *
   * @default {"actor"}
   */
  readonly actorType?: string;
}

/** Options of {@linkcode ClusterNode.waitForActor}. */
export interface WaitOptions {
  /**
   * So many nodes must have an actor of the name: a group has several.
   *
   * @default {1}
   */
  readonly count?: number | undefined;
  /** Ends the wait when it aborts: it rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}
