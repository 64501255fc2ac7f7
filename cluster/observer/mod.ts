/**
 * A page that shows what the actors of a process, and its cluster, are doing.
 * @module
 */
export type {
  ActorState,
  ActorStatus,
  ClusterState,
  DeadLetterState,
  EntryState,
  FailureState,
  MemberState,
  ObserverState,
} from "./state.ts";
