/**
 * A page that shows what the actors of a process, and its cluster, are doing.
 *
 * ```ts
 * import { ActorSystem } from "@cinema/cinema";
 * import { observer } from "@cinema/cinema/observer";
 *
 * await using system = new ActorSystem();
 * const page = observer(system);
 * await using _server = Deno.serve({ hostname: "127.0.0.1", port: 0 }, page); // usually a fixed port, for your browser
 * using _streams = page; // ends before the server, which would wait for whoever still looks
 * ```
 *
 * @module
 */
export type { ActorStatus } from "../../src/spi.ts";
export type { ObserverRequestInfo } from "./access.ts";
export { type Observer, observer, type ObserverOptions } from "./observer.ts";
export type {
  ActorState,
  ClusterState,
  DeadLetterState,
  EntryState,
  FailureState,
  MemberState,
  ObserverEnd,
  ObserverState,
} from "./state.ts";
