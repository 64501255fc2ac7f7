/**
 * Spawning: checks what the caller gave, so that a wrong option is an error of the caller and not of the actor.
 * @module
 */

import type { Factory } from "../actor.ts";
import { checkMailboxOptions } from "../mailbox.ts";
import type { AnyMessage } from "../message.ts";
import { SupervisorStrategy } from "../supervision.ts";
import type { SpawnOptions } from "../options.ts";
import { Cell } from "./cell.ts";
import type { Children } from "./children.ts";
import type { Runtime } from "./runtime.ts";

/** What actors that are spawned without options share, rather than have an empty object of 56 bytes each. */
export const DEFAULT_OPTIONS: SpawnOptions<AnyMessage> = Object.freeze({});

/** Creates a cell among its siblings. */
export function spawnCell(
  runtime: Runtime,
  parent: Cell | undefined,
  siblings: Children,
  factory: Factory<AnyMessage>,
  given: SpawnOptions<never>,
): Cell {
  if (typeof factory !== "function") {
    throw new TypeError("Cannot spawn: a factory is needed, a function that makes the actor, so that it can restart");
  }
  // A copy, because the caller may change the object for the next actor, and this one's name and bounds must not
  // change.
  const options = given === DEFAULT_OPTIONS ? given : { ...given };
  checkMailboxOptions(options);
  checkLifeOptions(options);
  if (options.name !== undefined) siblings.checkName(options.name);
  const cell = new Cell(runtime, parent, factory, options);
  siblings.add(cell, options.name);
  cell.begin();
  return cell;
}

function checkLifeOptions({ strategy, children, stopTimeout }: SpawnOptions<never>): void {
  if (strategy !== undefined && !(strategy instanceof SupervisorStrategy)) {
    throw new TypeError("Cannot spawn: strategy must be a SupervisorStrategy");
  }
  if (children !== undefined && !["one-for-one", "one-for-all", "rest-for-one"].includes(children)) {
    throw new TypeError(`Cannot spawn: "${children}" is no policy for children`);
  }
  if (stopTimeout !== undefined && (typeof stopTimeout !== "number" || !(stopTimeout >= 0))) {
    throw new RangeError(`Cannot wait ${stopTimeout} ms for a handler to stop: stopTimeout must be >= 0`);
  }
}
