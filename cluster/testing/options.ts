/**
 * What a simulation is told.
 * @module
 */

import type { MembershipConfig, Preset } from "../membership/config.ts";
import type { NodeStatus } from "../membership/member.ts";
import type { SimulatedNetworkOptions } from "./network.ts";

/** What a simulation is made of. */
export interface ClusterSimulatorOptions {
  /** How many nodes there are at first: `node-1` and so on. */
  readonly nodes: number;
  /** Where all choices come from. */
  readonly seed: number;
  /**
   * The knobs of membership.
   *
   * @default {"lan"}
   */
  readonly preset?: Preset;
  /** Other values of some knobs. */
  readonly tuning?: Partial<MembershipConfig>;
  /**
   * How the network treats packets.
   *
   * @default {0.2 to 1 ms on the way, and no packet lost, doubled or out of order}
   */
  readonly network?: Partial<SimulatedNetworkOptions>;
  /**
   * Whether the nodes know each other from the start; otherwise all join through the first.
   *
   * @default {true}
   */
  readonly isFormed?: boolean;
  /**
   * Lines of the trace that are kept.
   *
   * @default {1000}
   */
  readonly traceMax?: number;
  /**
   * Whether healthy members that are taken for down are only counted, and do not end the simulation.
   *
   * @default {false}
   */
  readonly countsFalseDowns?: boolean;
  /**
   * Ms after a fault in which its victims may still be taken for down.
   *
   * @default {60_000}
   */
  readonly graceMs?: number;
}

/** How a process ends. */
export interface CrashOptions {
  /**
   * `true`: only the process ends, and its host says so: connections break, and the port refuses. `false`: the host is
   * gone, too, and whoever talks to it hears nothing.
   */
  readonly isFast: boolean;
}

/** How a node starts. */
export interface StartOptions {
  /**
   * The name of the node.
   *
   * @default {the name of the host}
   */
  readonly id?: string;
  /** The hosts that it joins through. */
  readonly seeds: readonly string[];
}

/** Which packets a fault of the network concerns. */
export interface PartitionOptions {
  /**
   * Only those from the first group to the second.
   *
   * @default {false}
   */
  readonly isOneWay?: boolean;
}

/** What is registered. */
export interface RegisterActorOptions {
  /**
   * What kind of actor it is.
   *
   * @default {"actor"}
   */
  readonly actorType?: string;
  /**
   * Whether others may have the name too.
   *
   * @default {false}
   */
  readonly group?: boolean;
}

/** What a node believes of a member, or says of itself. */
export interface SimulatedMember {
  /** The name of the node. */
  readonly id: string;
  /** Which start of it. */
  readonly uid: number;
  /** Where it is reached. */
  readonly addr: string;
  /** How often it has contradicted. */
  readonly incarnation: number;
  /** Its health. */
  readonly status: NodeStatus;
  /** How often its actors have changed. */
  readonly version: number;
}

/** An actor that a node can find. */
export interface SimulatedEntry {
  /** The name of the actor. */
  readonly name: string;
  /** The node that hosts it. */
  readonly node: string;
  /** Which start of that. */
  readonly uid: number;
  /** What kind of actor it is. */
  readonly actorType: string;
  /** What decides who wins a name; 0 in a group. */
  readonly entryUid: number;
}

/** A node, to look at it. */
export interface SimulatedNode {
  /** What it says of itself. */
  readonly self: SimulatedMember;
  /** What it believes of all others. */
  readonly members: readonly SimulatedMember[];
  /** How far it trusts itself: 0 is healthy. */
  readonly health: number;
  /** How many pieces of news it passes on. */
  readonly newsSize: number;
  /** What it believes of one. */
  member(id: string): SimulatedMember | undefined;
  /** Where it would send messages for a name and a key. */
  lookup(name: string, key: string): SimulatedEntry | undefined;
  /** All who host a name. */
  hosts(name: string): SimulatedEntry[];
  /** All entries of its directory. */
  entries(): IterableIterator<SimulatedEntry>;
}

/** What a node has told, changes of status apart. */
export interface SimulatedEvent {
  /** What it is. */
  readonly kind: "appeared" | "gone" | "name-lost" | "conflict" | "refused" | "rejected";
  /** The name of the actor or of the node, or an address. */
  readonly about: string;
  /** The node of an actor that appeared or that won a name; otherwise the reason. */
  readonly detail: string;
}
