// @ts-check
/**
 * The latest failures and dead letters.
 * @module
 */

/** @import { DeadLetterState, FailureState, ObserverState } from "../../state.ts" */
/** @import { Column } from "./tables.js" */

import { byId, html, setAttribute, setText } from "./dom.js";
import { count, dateAndTime, plural, timeOrDay } from "./format.js";
import { drawLines, Table } from "./tables.js";

/** Both tables. */
export class Logs {
  #failures;
  #letters;
  /** When what is shown was so. */
  #now = 0;

  /** @param {(id: string) => void} onActor Called when somebody wants to see an actor in the tree. */
  constructor(onActor) {
    /** @type {Column<{ at: number, id: string }>} */
    const when = {
      title: "When",
      name: "when",
      text: ({ at }) => timeOrDay(at, this.#now),
      hint: ({ at }) => dateAndTime(at),
    };
    /** @type {Column<{ at: number, id: string }>} */
    const who = {
      title: "Actor",
      name: "who",
      text: ({ id }) => id,
      draw: (cell, { id }) => drawActor(cell, id, onActor),
    };
    /** @type {ConstructorParameters<typeof Table<FailureState>>[0]} */
    const failures = {
      name: "failures",
      caption: "Latest failures, the newest first",
      empty: "No failures. What an actor throws appears here, with the actor that threw it.",
      keyOf: ({ at, id, error }) => `${at}\n${id}\n${error}`,
      columns: [when, who, {
        title: "Error",
        name: "error",
        text: ({ error }) => error,
        draw: (cell, { error }) => drawLines(cell, error),
      }],
    };
    /** @type {ConstructorParameters<typeof Table<DeadLetterState>>[0]} */
    const letters = {
      name: "letters",
      caption: "Latest dead letters, the newest first",
      empty: "No dead letters. Messages that nobody handled appear here, with the reason.",
      keyOf: ({ at, id, type, reason }) => `${at}\n${id}\n${type}\n${reason}`,
      columns: [
        when,
        who,
        {
          title: "Message",
          name: "message",
          text: ({ type }) => type,
          draw: (cell, { type }) => drawLines(cell, type),
        },
        {
          title: "Reason",
          name: "reason",
          text: ({ reason }) => reason,
          draw: (cell, { reason }) => drawLines(cell, reason),
        },
      ],
    };
    this.#failures = new Table(failures);
    this.#letters = new Table(letters);
    byId("failures-body").append(this.#failures.node);
    byId("letters-body").append(this.#letters.node);
  }

  /** @param {ObserverState} state */
  update({ at, failures, deadLetters, system }) {
    this.#now = at;
    this.#failures.update(failures);
    this.#letters.update(deadLetters);
    const restarts = system.restarts === 0 ? "" : `, ${plural(system.restarts, "restart")}`;
    setText(byId("failures-note"), noteOf(failures.length, system.failures) + restarts);
    setText(byId("letters-note"), noteOf(deadLetters.length, system.deadLetters));
  }
}

/**
 * @param {number} shown
 * @param {number} all
 */
function noteOf(shown, all) {
  if (all === 0) return "";
  return shown < all ? `latest ${count(shown)} of ${count(all)}` : count(all);
}

/**
 * A button that shows the actor in the tree.
 * @param {HTMLElement} cell
 * @param {string} id
 * @param {(id: string) => void} onActor
 */
function drawActor(cell, id, onActor) {
  let button = cell.querySelector("button");
  if (button === null) {
    button = html("button", { type: "button", class: "link" });
    button.addEventListener("click", () => onActor(button?.dataset["actor"] ?? ""));
    cell.replaceChildren(button);
  }
  if (button.dataset["actor"] === id) return;
  button.dataset["actor"] = id;
  // Where there is no room for all of it, the end is shown: it tells more.
  const start = id.lastIndexOf("/") + 1;
  button.replaceChildren(html("span", { class: "path" }, id.slice(0, start)), html("span", {}, id.slice(start)));
  setAttribute(button, "aria-label", `Show ${id} in the tree`);
}
