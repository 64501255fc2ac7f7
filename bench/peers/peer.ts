/**
 * What each contender implements: the same workloads, each written in the way that its own documentation recommends.
 *
 * @module
 */

import type { Gauge } from "./gauge.ts";

/** A library, the floor, or Cinema. */
export interface Peer {
  /** Its name; a package has that of `deno.json`. */
  readonly name: string;
  /** What of it is measured, in a few words. */
  readonly use: string;
  /** At most so many actors at a time, where more would take minutes. */
  readonly actorsMax?: number;
  /** Starts it, with one actor that counts what it handles. */
  open(): Promise<Stage>;
}

/** A contender that runs. It serves all rounds of one workload, as a system in use does. */
export interface Stage {
  /** Tells the actor so much. Resolves when all is handled, with how much the actor has counted since it started. */
  tell(count: number): Promise<number>;
  /** Asks the actor one after the other, and returns the last answer: how much it has counted since it started. */
  askInTurn(count: number): Promise<number>;
  /** The same, with so many asks under way at a time. */
  askAtOnce(count: number, atATime: number): Promise<number>;
  /** Starts so many actors that count. */
  spawn(count: number): Promise<Cast>;
  /**
   * Lets a new actor fail and asks it at once, so many times; calls `lap` after each answer. Returns the sum of the
   * answers, which is `count` when each came from fresh state. Missing where nothing restarts a failed actor.
   */
  restart?(count: number, lap: () => void): Promise<number>;
  /** Tells an actor whose handler is `gauge.handle` so much, and does not wait; calls `gauge.accept` for each sent. */
  flood?(count: number, gauge: Gauge): void;
  /** Ends everything. */
  close(): Promise<void>;
}

/** Actors that were started together. */
export interface Cast {
  /** Asks each actor once, all at a time, and returns the sum of the answers. */
  askEach(): Promise<number>;
  /** Stops each actor. */
  stop(): Promise<void>;
}

/** Adds up what has been answered. */
export function sum(answers: readonly number[]): number {
  return answers.reduce((total, answer) => total + answer, 0);
}
