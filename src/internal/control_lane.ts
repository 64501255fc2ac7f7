/**
 * The control lane: what an actor must do before its next message. It has no bound and refuses nothing, because all
 * that can be in it is one stop, one suspension and the failures of its own children.
 * @module
 */

import type { StopReason } from "../watch.ts";
import type { Suspension } from "./suspension.ts";

/** Whether a failure is why an actor ended. */
export function isFailure(reason: StopReason): boolean {
  return reason === "failed" || reason === "restart-limit" || reason === "escalated";
}

/** A stop that was requested. */
export interface StopRequest {
  /** Why. */
  reason: StopReason;
  /** What was thrown, where a failure is the reason. */
  error: unknown;
  /** Whether what is queued is handled first. */
  drain: boolean;
}

/** What is to be done next. */
export type Order =
  | { readonly kind: "recover"; readonly error: unknown }
  | { readonly kind: "end"; readonly stop: StopRequest }
  | { readonly kind: "rest"; readonly suspension: Suspension };

/** The orders of one actor. */
export class ControlLane {
  /** The stop, once one was requested. */
  stop: StopRequest | undefined;
  /** The suspension that is under way. */
  suspension: Suspension | undefined;
  readonly #failures: unknown[] = [];

  /** Adds a failure of the actor itself, or one that a child escalated. */
  fail(error: unknown): void {
    this.#failures.push(error);
  }

  /** The failure that nobody has answered yet; `undefined` may have been thrown, hence the object. */
  takeFailure(): { readonly error: unknown } | undefined {
    return this.#failures.length === 0 ? undefined : { error: this.#failures.shift() };
  }

  /** The incarnation ended: what failed in it is answered by that. */
  forgetFailures(): void {
    this.#failures.length = 0;
  }

  /** Adds a stop: the first reason counts, and a stop that does not drain overrules one that does. */
  requestStop(reason: StopReason, drain: boolean): StopRequest {
    if (this.stop === undefined) this.stop = { reason, error: undefined, drain };
    else this.stop.drain &&= drain;
    return this.stop;
  }

  /** What comes first, with `queued` messages still waiting. */
  next(queued: number): Order | undefined {
    const failure = this.takeFailure();
    if (failure !== undefined) return { kind: "recover", error: failure.error };
    const { stop, suspension } = this;
    if (stop !== undefined && (!stop.drain || queued === 0)) return { kind: "end", stop };
    return suspension === undefined ? undefined : { kind: "rest", suspension };
  }
}
