/**
 * The tree of actors as a state: level by level, no more than the bounds.
 * @module
 */

import type { ActorView, Inspection } from "../../src/spi.ts";
import { ACTORS_MAX, CHILDREN_MAX, DEPTH_MAX } from "./limits.ts";
import { idText, nameText } from "./shown_text.ts";
import type { ActorState, FailureState } from "./state.ts";

/** What is shown of the actors. */
export interface Tree {
  /** The top-level actors, with those below them. */
  readonly actors: ActorState[];
  /** How many top-level actors are left out. */
  readonly omitted: number;
  /** Messages in the mailboxes of those that are shown. */
  readonly queued: number;
}

/** What a tree needs to know besides. */
export interface TreeOptions {
  /** Messages each second that an actor has handled since the last look. */
  readonly rateOf: (view: ActorView) => number;
  /** The last failure of the actor of an id. */
  readonly lastFailureOf: (id: string) => FailureState | undefined;
}

/** An actor whose children come later: the levels above have the room first. */
type Open = ActorState & { readonly children: ActorState[]; omitted: number };

/** Makes the tree as it is now. */
export function treeOf(inspection: Inspection, options: TreeOptions): Tree {
  let left = ACTORS_MAX;
  let queued = 0;
  const show = (view: ActorView): Open => {
    left--;
    queued += view.queued;
    return stateOf(view, options);
  };
  const roots = inspection.topLevel(CHILDREN_MAX).map((view) => ({ view, state: show(view) }));
  let level = roots;
  for (let depth = 1; depth < DEPTH_MAX && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { view, state } of level) {
      const shown = view.childCount === 0 ? [] : inspection.children(view, Math.min(left, CHILDREN_MAX));
      for (const child of shown) {
        const below = show(child);
        state.children.push(below);
        next.push({ view: child, state: below });
      }
      state.omitted -= shown.length;
    }
    level = next;
  }
  return { actors: roots.map(({ state }) => state), omitted: inspection.topLevelCount - roots.length, queued };
}

function stateOf(view: ActorView, { rateOf, lastFailureOf }: TreeOptions): Open {
  const { addr, label, className, status, queued, used, capacity, waiting, taken, restarts, busyMs, childCount } = view;
  const id = idText(addr.id);
  return {
    id,
    label: nameText(label),
    className: nameText(className),
    status,
    queued,
    used,
    capacity: capacity === Infinity ? null : capacity,
    waiting,
    handled: taken,
    handledPerSecond: rateOf(view),
    restarts,
    busyMs: busyMs === undefined ? null : Math.round(busyMs),
    lastFailure: lastFailureOf(id) ?? null,
    children: [],
    omitted: childCount,
  };
}
