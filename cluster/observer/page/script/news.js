// @ts-check
/**
 * What screen readers announce by themselves: only what somebody would look up for.
 * @module
 */

/** @import { ObserverState } from "../../state.ts" */

import { byId, html } from "./dom.js";
import { plural } from "./format.js";

/** Failures may come in floods: they are told together, and not more often than this. */
const FAILURES_PAUSE_MS = 10_000;
/** Old news is taken away, so that nobody finds it there later. */
const LINES_MAX = 5;

/** Tells what has changed between two states. */
export class News {
  #node = byId("news");
  /** @type {ObserverState | undefined} */
  #before;
  #failuresTold = 0;
  #failuresToldAt = -Infinity;

  /** @param {ObserverState} state */
  update(state) {
    const before = this.#before;
    this.#before = state;
    if (before === undefined || state.system.failures < this.#failuresTold) {
      this.#failuresTold = state.system.failures;
    }
    if (before === undefined) return;
    for (const line of changesOf(before, state)) this.tell(line);
    this.#tellFailures(state);
  }

  /** @param {string} line */
  tell(line) {
    this.#node.append(html("span", {}, `${line} `));
    while (this.#node.childElementCount > LINES_MAX) this.#node.firstElementChild?.remove();
  }

  /** @param {ObserverState} state */
  #tellFailures({ at, system, failures }) {
    const fresh = system.failures - this.#failuresTold;
    if (fresh <= 0 || at - this.#failuresToldAt < FAILURES_PAUSE_MS) return;
    this.#failuresTold = system.failures;
    this.#failuresToldAt = at;
    const [last] = failures;
    this.tell(`${plural(fresh, "new failure")}${last === undefined ? "" : `, the last of ${last.id}: ${last.error}`}.`);
  }
}

/**
 * Who is not what it was.
 * @param {ObserverState} before
 * @param {ObserverState} after
 */
function changesOf(before, after) {
  const known = new Map(before.cluster?.members.map(({ id, status }) => [id, status]));
  const changed = after.cluster?.members.filter(({ id, status }) => known.has(id) && known.get(id) !== status) ?? [];
  return changed.map(({ id, status }) => `Node ${id} is ${status === "left" ? "gone: it has left" : status}.`);
}
