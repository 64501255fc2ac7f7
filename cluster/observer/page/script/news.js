// @ts-check
/**
 * What screen readers announce by themselves: only what somebody would look up for.
 * @module
 */

/** @import { ObserverState } from "../../state.ts" */

import { byId, html } from "./dom.js";
import { count, plural } from "./format.js";

/** Failures may come in floods: they are told together, and not more often than this. */
const FAILURES_PAUSE_MS = 10_000;
/** Of what was thrown, characters that are told: it may be a document, and nobody listens for minutes. */
const TOLD_CHARS_MAX = 200;
/** Nodes that have become the same at once have names up to this many, and are counted above. */
const TOLD_NAMES_MAX = 3;
/** Old news is taken away, so that nobody finds it there later. */
const LINES_MAX = 5;

/** Tells what has changed between two states. */
export class News {
  #node = byId("news");
  /** @type {ObserverState | undefined} */
  #before;
  #failuresTold = 0;
  /** By the clock of the page: that of the server may be set back, and of a new server it is another. */
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
  #tellFailures({ system, failures }) {
    const fresh = system.failures - this.#failuresTold;
    const now = performance.now();
    if (fresh <= 0 || now - this.#failuresToldAt < FAILURES_PAUSE_MS) return;
    this.#failuresTold = system.failures;
    this.#failuresToldAt = now;
    const [last] = failures;
    const about = last === undefined ? "" : `, the last of ${last.id}: ${startOf(last.error)}`;
    this.tell(`${plural(fresh, "new failure")}${about}.`);
  }
}

/**
 * Who is not what it was. Of many at once it is said how many they are: of a line for each, most would be gone unheard.
 * @param {ObserverState} before
 * @param {ObserverState} after
 */
function changesOf(before, after) {
  const known = new Map(before.cluster?.members.map(({ id, status }) => [id, status]));
  const changed = after.cluster?.members.filter(({ id, status }) => known.has(id) && known.get(id) !== status) ?? [];
  return [...Map.groupBy(changed, ({ status }) => status)].flatMap(([status, members]) => {
    if (members.length > TOLD_NAMES_MAX) {
      return [`${count(members.length)} nodes are ${status === "left" ? "gone: they have left" : status}.`];
    }
    return members.map(({ id }) => `Node ${id} is ${status === "left" ? "gone: it has left" : status}.`);
  });
}

/** @param {string} error */
function startOf(error) {
  return error.length <= TOLD_CHARS_MAX ? error : `${error.slice(0, TOLD_CHARS_MAX)}…`;
}
