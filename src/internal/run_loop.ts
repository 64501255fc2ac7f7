/**
 * The loop of an actor from the moment when it has to wait for something.
 * @module
 */

import type { Cell } from "./cell.ts";
import type { Resumable } from "./fairness.ts";
import type { Instrument } from "./instrument.ts";

/** Looks at an empty mailbox, a microtask apart, before it reads the stream: a read costs ten times as much. */
const LINGER = 4;

/** How far a life went: to a promise, to the end of the budget of turns, or until there was nothing (more) to do. */
export type Outcome = Promise<void> | "exhausted" | "worked" | "idle";

/** What the loop runs: a life. */
export interface Runnable extends Resumable {
  /** Goes on as far as it can without waiting. */
  proceed(): Outcome;
  /** Parks, to be launched anew when something arrives; false when it is to wait at the stream. */
  park(): boolean;
}

/**
 * Does what can be done at once, and goes on in an async function only where there is something to wait for: one that
 * is never entered costs an idle actor neither time nor memory.
 */
export function resume(life: Runnable, cell: Cell): void {
  const { instrument } = cell.runtime;
  if (instrument === undefined) advance(life, cell);
  else advanceDetached(life, cell, instrument);
}

/**
 * This may be a microtask of whoever launched another actor: nothing here is a part of what that one does. It is a
 * function of its own because one that makes a closure pays for it also where it makes none.
 */
function advanceDetached(life: Runnable, cell: Cell, instrument: Instrument): void {
  instrument.detached(() => advance(life, cell));
}

function advance(life: Runnable, cell: Cell): void {
  try {
    const outcome = life.proceed();
    if (outcome === "exhausted") cell.runtime.fairness.pauseFor(life);
    else if (typeof outcome === "object" || !life.park()) run(life, cell, outcome);
  } catch (error) {
    breakOff(cell, error);
  }
}

/** Goes on after `outcome` until the actor has ended or parks. Never rejects: an actor whose loop breaks has failed. */
export async function run(life: Runnable, cell: Cell, outcome: Outcome): Promise<void> {
  try {
    for (let looks = 0;; outcome = life.proceed()) {
      if (outcome === "exhausted" || typeof outcome === "object") {
        await (outcome === "exhausted" ? cell.runtime.fairness.pause() : outcome);
        if (cell.terminated !== undefined) return;
        looks = 0;
        continue;
      }
      looks = outcome === "idle" ? looks + 1 : 0;
      if (looks < LINGER) {
        await undefined;
        continue;
      }
      if (life.park()) return;
      await cell.mailbox.read();
      looks = 0;
    }
  } catch (error) {
    breakOff(cell, error);
  }
}

/** The loop itself broke: nothing may wait for an actor, or live below one, that handles nothing any more. */
function breakOff(cell: Cell, error: unknown): void {
  cell.giveUp();
  cell.end("failed", error);
}
