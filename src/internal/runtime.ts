/**
 * What all cells of a system share.
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Events } from "../events.ts";
import type { Registry } from "../registry.ts";
import type { ActorSystem } from "../system.ts";
import type { Terminated } from "../watch.ts";
import type { Children } from "./children.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Fairness } from "./fairness.ts";
import type { Instrument } from "./instrument.ts";

/** The inside of a system. */
export interface Runtime {
  /** The public face. */
  readonly system: ActorSystem;
  /** The time. */
  readonly clock: Clock;
  /** The time, for timers of actors, of which there may be very many. */
  readonly timers: Clock;
  /** The deadlines of asks and waits. */
  readonly deadlines: Deadlines;
  /** The turns that are left before the event loop has its turn. */
  readonly fairness: Fairness;
  /** What happened. */
  readonly events: Events;
  /** Who hears of messages and actors for traces and metrics: taken when the system was created. */
  readonly instrument: Instrument | undefined;
  /** The names. */
  readonly registry: Registry;
  /** The top-level actors. */
  readonly topLevel: Children;
  /** Ms that an ask may take. */
  readonly askTimeoutMs: number;
  /** Whether a shutdown ran out of time: nobody is waited for any more. */
  isForced: boolean;
  /** How many cells have not ended. */
  living: number;
  /** Numbers the actors that have no name. */
  nextSerial(): number;
  /** An actor, top-level or not, ended by a failure that nobody else hears of. */
  unobserved(notice: Terminated): void;
}
