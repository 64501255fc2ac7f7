/**
 * What a simulation is told.
 * @module
 */

import type { MembershipConfig, Preset } from "../membership/config.ts";
import type { SimulatedNetworkOptions } from "./network.ts";

/** What a simulation is made of. */
export interface ClusterSimulatorOptions {
  /** How many nodes there are at first: `node-1` and so on. */
  readonly nodes: number;
  /** Where all choices come from. */
  readonly seed: number;
  /** The knobs of membership. @default {"lan"} */
  readonly preset?: Preset;
  /** Other values of some knobs. */
  readonly config?: Partial<MembershipConfig>;
  /** How the network treats packets. */
  readonly network?: Partial<SimulatedNetworkOptions>;
  /** Whether the nodes know each other from the start; otherwise all join through the first. @default {true} */
  readonly isFormed?: boolean;
  /** Lines of the trace that are kept. @default {1000} */
  readonly traceMax?: number;
  /** Whether healthy members that are taken for down are only counted, and do not end the simulation. @default {false} */
  readonly countsFalseDowns?: boolean;
  /** Ms after a fault in which its victims may still be taken for down. @default {60_000} */
  readonly graceMs?: number;
}

/** How a process ends. */
export interface CrashOptions {
  /** Whether the host goes on, so that its connections break and its port is closed; otherwise nothing comes back. */
  readonly isFast: boolean;
}

/** How a node starts. */
export interface StartOptions {
  /** The name of the node; that of the host unless told otherwise. */
  readonly id?: string;
  /** The hosts that it joins through. */
  readonly seeds: readonly string[];
}

/** Which packets a fault of the network concerns. */
export interface PartitionOptions {
  /** Only those from the first group to the second. @default {false} */
  readonly isOneWay?: boolean;
}

/** What is registered. */
export interface RegisterOptions {
  /** What kind of actor it is. @default {"Actor"} */
  readonly actorType?: string;
  /** Whether others may have the name too. @default {false} */
  readonly isGroup?: boolean;
}
