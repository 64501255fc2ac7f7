/**
 * What the observer's page shows: one value, made anew for each look, that says everything.
 * @module
 */

import type { NodeStatus } from "../mod.ts";

/** What an actor is doing. */
export type ActorStatus = "starting" | "idle" | "busy" | "restarting" | "stopping";

/** One actor, and those below it. */
export interface ActorState {
  /** Its place in the tree, as in `addr.id`. */
  readonly id: string;
  /** The last part of its id. */
  readonly label: string;
  /** The name of its class. */
  readonly className: string;
  /** What it is doing. */
  readonly status: ActorStatus;
  /** Messages in its mailbox. */
  readonly queued: number;
  /** The high-water mark of its mailbox, in the unit of its strategy; `null` where it has none. */
  readonly capacity: number | null;
  /** Senders that wait for room. */
  readonly waiting: number;
  /** Messages that were taken out of its mailbox since it was spawned. */
  readonly handled: number;
  /** The same each second, since the last look. */
  readonly handledPerSecond: number;
  /** How often it has restarted. */
  readonly restarts: number;
  /** Ms for which its current handler has been running; `null` where none waits. */
  readonly busyMs: number | null;
  /** Its last failure that was seen. */
  readonly lastFailure: FailureState | null;
  /** Its children, in order of spawning; no more than the bound. */
  readonly children: readonly ActorState[];
  /** How many of its children are left out. */
  readonly omitted: number;
}

/** A failure of an actor. */
export interface FailureState {
  /** When, in Unix ms. */
  readonly at: number;
  /** The actor. */
  readonly id: string;
  /** What was thrown, as text. */
  readonly error: string;
}

/** A message that was not handled. */
export interface DeadLetterState {
  /** When, in Unix ms. */
  readonly at: number;
  /** The actor that it was for. */
  readonly id: string;
  /** The type of the message. Never what is in it: that may be a secret. */
  readonly type: string;
  /** Why, as in `DeadLetterReason`, or what is known of a message to another node. */
  readonly reason: string;
}

/** A node of the cluster. */
export interface MemberState {
  readonly id: string;
  readonly addr: string;
  readonly status: NodeStatus;
  /** Whether it is the node that serves the page. */
  readonly isSelf: boolean;
  /** Ms of its last answer to a probe of this node; `null` where there was none yet. */
  readonly roundTripMs: number | null;
}

/** A name in the directory. */
export interface EntryState {
  readonly name: string;
  readonly node: string;
  readonly actorType: string;
}

/** The cluster, as this node sees it. */
export interface ClusterState {
  readonly name: string;
  readonly self: string;
  readonly members: readonly MemberState[];
  /** How many members are left out. */
  readonly membersOmitted: number;
  readonly directory: readonly EntryState[];
  /** How many entries are left out. */
  readonly directoryOmitted: number;
}

/** Everything that the page shows. */
export interface ObserverState {
  /** When it was made, in Unix ms. */
  readonly at: number;
  /** Ms since the last look. */
  readonly elapsedMs: number;
  readonly system: {
    /** What the operator calls it. */
    readonly name: string;
    /** Actors that live. */
    readonly actors: number;
    /** Messages in all mailboxes that were looked at. */
    readonly queued: number;
    /** Turns of actors each second, since the last look. */
    readonly handledPerSecond: number;
    /** Since the observer was made. */
    readonly failures: number;
    /** Since the observer was made. */
    readonly restarts: number;
    /** Since the observer was made. */
    readonly deadLetters: number;
    /** Ms by which a timer was late at most since the last look: how long the event loop was held up. */
    readonly lagMs: number;
  };
  /** The top-level actors. */
  readonly actors: readonly ActorState[];
  /** How many top-level actors are left out. */
  readonly actorsOmitted: number;
  /** The latest first; no more than the bound. */
  readonly deadLetters: readonly DeadLetterState[];
  /** The latest first; no more than the bound. */
  readonly failures: readonly FailureState[];
  /** `null` where the process is in no cluster. */
  readonly cluster: ClusterState | null;
}
