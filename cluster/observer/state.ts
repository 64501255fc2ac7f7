/**
 * What the observer's page shows: one value, made anew for each look, that says everything.
 * @module
 */

import type { ActorStatus } from "../../src/spi.ts";
import type { NodeStatus } from "../mod.ts";

/** One actor, and those below it. */
export interface ActorState {
  /** Its place in the tree, as in `addr.id`; `…` stands for the start of one of more than 500 characters. */
  readonly id: string;
  /** The last part of its id. */
  readonly label: string;
  /** The name of the class of its first incarnation. */
  readonly className: string;
  /** What it is doing. */
  readonly status: ActorStatus;
  /** Messages in its mailbox; ticks of timers, items of streams and notices count as well. */
  readonly queued: number;
  /**
   * The room in its mailbox that is taken, in the unit of its strategy: messages, or bytes, or whatever its `size`
   * gives.
   */
  readonly used: number;
  /**
   * The high-water mark of its mailbox, in the same unit: it is full where `used` has reached it. `null` where it has
   * none.
   */
  readonly capacity: number | null;
  /** Senders that wait for room. */
  readonly waiting: number;
  /** Messages that were taken out of its mailbox since it was spawned; ticks, items and notices count as well. */
  readonly handled: number;
  /** The same each second, since the last look; `0` where it was not seen then. */
  readonly handledPerSecond: number;
  /** How often it has restarted. */
  readonly restarts: number;
  /** Ms for which the promise of its current handler or hook has been waited for; `null` where none is. */
  readonly busyMs: number | null;
  /**
   * Its last failure since the observer was made; `null` where there was none, or 1,000 others have failed since. It
   * goes by the id.
   */
  readonly lastFailure: FailureState | null;
  /** Its children, in order of spawning: 200 at most, and 1,000 actors at 32 levels in all. */
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
  /** What was thrown, as text: the first 1,000 characters, without the stack. */
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
  /** Its name. */
  readonly id: string;
  /** Where others reach it, as `"host:port"`. */
  readonly addr: string;
  /** How it is, as far as the node knows that serves the page. */
  readonly status: NodeStatus;
  /**
   * Since when it is so, in Unix ms; `null` where it was so before the observer was made, or many others have changed
   * since.
   */
  readonly since: number | null;
  /** Whether it is the node that serves the page. */
  readonly isSelf: boolean;
  /**
   * Ms that its last answer to a probe of this node took; `null` where there was none, it is gone, or it is this node.
   */
  readonly roundTripMs: number | null;
}

/** A name in the directory. */
export interface EntryState {
  /** The name. */
  readonly name: string;
  /** The id of the node where the actor lives. */
  readonly node: string;
  /** What kind of actor it is, for people. */
  readonly actorType: string;
}

/** The cluster, as this node sees it. */
export interface ClusterState {
  /** The name of the cluster. */
  readonly name: string;
  /** The id of the node that serves the page. */
  readonly self: string;
  /**
   * All nodes that are known, by id, those that are gone included; 1,000 at most, where those that are not well go
   * first.
   */
  readonly members: readonly MemberState[];
  /** How many members are left out. */
  readonly membersOmitted: number;
  /** The names in the directory, those of this node first; 1,000 at most. */
  readonly directory: readonly EntryState[];
  /** How many entries are left out. */
  readonly directoryOmitted: number;
}

/** Everything that the page shows. */
export interface ObserverState {
  /** When it was made, in Unix ms. */
  readonly at: number;
  /** Ms since the last look; `0` at the first one. Within less than 250 ms all figures "each second" are `0`. */
  readonly elapsedMs: number;
  /** The figures of the whole system. */
  readonly system: {
    /** What the operator calls it. */
    readonly name: string;
    /** Actors that live. */
    readonly actors: number;
    /** Messages in the mailboxes of the actors that are shown. */
    readonly queued: number;
    /**
     * Turns of all actors each second, since the last look: messages, and also ticks, stream items, starts and ends.
     */
    readonly handledPerSecond: number;
    /** Failures since the observer was made. */
    readonly failures: number;
    /** Restarts since the observer was made. */
    readonly restarts: number;
    /** Dead letters since the observer was made, those to other nodes of the cluster included. */
    readonly deadLetters: number;
    /**
     * Ms by which a timer was late at most since the last look: how long the event loop was held up. `0` without
     * `/events`.
     */
    readonly lagMs: number;
  };
  /** The top-level actors. */
  readonly actors: readonly ActorState[];
  /** How many top-level actors are left out. */
  readonly actorsOmitted: number;
  /** The latest first; 100 at most. */
  readonly deadLetters: readonly DeadLetterState[];
  /** The latest first; 100 at most. */
  readonly failures: readonly FailureState[];
  /** `null` where the process is in no cluster. */
  readonly cluster: ClusterState | null;
}

/** The data of `event: end`, after which a stream of events has no more. */
export interface ObserverEnd {
  /**
   * What has ended: the system, which `/state` and the last `event: state` show as it was then; or only the observer.
   */
  readonly reason: "system" | "observer";
}
