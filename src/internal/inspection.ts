/**
 * Looking into a running system, for those who show it: what its actors do, without touching them.
 * @module
 */

import type { AnyAddr } from "../addr.ts";
import type { SystemEvent, Trouble, TroubleListener } from "../events.ts";
import { type ActorSystem, runtimeOf } from "../system.ts";
import { markOf } from "../mailbox.ts";
import type { Cell } from "./cell.ts";
import type { Children } from "./children.ts";
import type { Runtime } from "./runtime.ts";

/**
 * What an actor is doing:
 *
 * - `"starting"`: its `started` has not settled, and no message is handled yet;
 * - `"idle"`: it has nothing to do;
 * - `"busy"`: a handler or hook has not settled, or messages are queued;
 * - `"restarting"`: it has failed, and waits for its back-off or its siblings, or its `started` has not settled yet;
 * - `"stopping"`: a stop was requested; it takes no messages, but may still handle those that it has.
 */
export type ActorStatus = "starting" | "idle" | "busy" | "restarting" | "stopping";

/** What can be seen of one actor at one moment. */
export interface ActorView {
  /** Its address, the same at every look. */
  readonly addr: AnyAddr;
  /** The last part of its id. */
  readonly label: string;
  /** The class of its first actor. */
  readonly className: string;
  /** What it is doing. */
  readonly status: ActorStatus;
  /** Messages and turns of the runtime in its mailbox. */
  readonly queued: number;
  /** The room in its mailbox that is taken, in the unit of its strategy. */
  readonly used: number;
  /** The high-water mark of its mailbox, in the unit of its strategy; it may be `Infinity`. */
  readonly capacity: number;
  /** Senders that wait for room. */
  readonly waiting: number;
  /** Messages and turns of the runtime that were taken out of its mailbox so far. */
  readonly taken: number;
  /** How often it began anew. */
  readonly restarts: number;
  /** Ms for which a promise of a handler or hook has been waited for; undefined where none is. */
  readonly busyMs: number | undefined;
  /** How many children it has. */
  readonly childCount: number;
}

/** A look into a system. Nothing is read until it is asked for, and nothing of what it gives changes later. */
export class Inspection {
  readonly #runtime: Runtime;
  readonly #cells: WeakMap<ActorView, Cell> = new WeakMap();

  /** Looks into `system`. */
  constructor(system: ActorSystem) {
    this.#runtime = runtimeOf(system);
  }

  /** How many actors live. */
  get living(): number {
    return this.#runtime.living;
  }

  /** How many turns all actors have taken so far. */
  get turns(): number {
    return this.#runtime.fairness.turns;
  }

  /** How many top-level actors live. */
  get topLevelCount(): number {
    return this.#runtime.topLevel.size;
  }

  /** The first `count` top-level actors, in order of spawning. */
  topLevel(count: number): ActorView[] {
    return this.#views(this.#runtime.topLevel, count);
  }

  /** The first `count` children of an actor, in order of spawning; those that it has now. */
  children(view: ActorView, count: number): ActorView[] {
    return this.#views(this.#cells.get(view)?.childrenIfAny, count);
  }

  /** Hears of troubles, from now until the system ends. That makes no failure observed. */
  listenForTroubles(listener: TroubleListener<Trouble>): Disposable {
    return this.#runtime.events.listenForTroubles(listener as TroubleListener<SystemEvent>);
  }

  #views(children: Children | undefined, count: number): ActorView[] {
    return children?.first(count).map((cell) => {
      const view = viewOf(cell);
      this.#cells.set(view, cell);
      return view;
    }) ?? [];
  }
}

function viewOf(cell: Cell): ActorView {
  const { addr, label, className, busyMs, queued, mailboxIfAny, childrenIfAny } = cell;
  return {
    addr,
    label,
    className,
    status: statusOf(cell),
    queued,
    used: mailboxIfAny?.used ?? 0,
    capacity: markOf(cell.options),
    waiting: mailboxIfAny?.waiting ?? 0,
    taken: mailboxIfAny?.taken ?? 0,
    restarts: cell.life.restarts,
    busyMs,
    childCount: childrenIfAny?.size ?? 0,
  };
}

function statusOf({ isAlive, life, busyMs, queued }: Cell): ActorStatus {
  if (!isAlive) return "stopping";
  if (life.stage !== "running") return life.stage;
  return busyMs !== undefined || queued > 0 ? "busy" : "idle";
}
