// @ts-check
/**
 * One row of the tree of actors.
 * @module
 */

/** @import { Row } from "./tree_model.js" */

import { html, Icon, setAttribute, setText, show } from "./dom.js";
import { ago, count, plural, rate } from "./format.js";
import { Meter } from "./meter.js";
import { isRecent } from "./trouble.js";

/** One row. */
export class RowView {
  #chevron = html("span", { class: "chevron", "aria-hidden": "true" }, new Icon("chevron").node);
  #label = html("span", { class: "label" }, "");
  #className = html("span", { class: "class-name" }, "");
  #below = html("span", { class: "below" }, "");
  #flag = html("span", { class: "flag" }, new Icon("warning").node, html("span", { class: "hidden" }, " troubled"));
  #actor = html("span", { role: "gridcell", class: "c-actor" });
  #stateIcon = new Icon();
  #stateText = html("span", { class: "state-text" }, "");
  #state = html("span", { role: "gridcell", class: "c-state" }, this.#stateIcon.node, this.#stateText);
  #meter = new Meter();
  #mailbox = html("span", { role: "gridcell", class: "c-mailbox" }, this.#meter.node);
  #rate = html("span", { role: "gridcell", class: "c-rate number" }, "");
  #restarts = html("span", { role: "gridcell", class: "c-restarts number" }, "");
  #failureAge = html("span", { class: "failure-age" }, "");
  #failureText = html("span", { class: "failure-text", dir: "auto" }, "");
  #failure = html("span", { role: "gridcell", class: "c-failure" }, this.#failureAge, this.#failureText);
  /** @readonly */
  node = html("div", { role: "row", class: "row", tabindex: "-1" });
  /** @type {Row | undefined} */
  #row;
  /** What the figures were drawn of. @type {Row | undefined} */
  #drawn;
  /** Whether somebody may see it: then its figures are drawn with each state. */
  isInSight = false;

  constructor() {
    this.#actor.append(this.#chevron, this.#label, this.#className, this.#below, this.#flag);
    this.node.append(this.#actor, this.#state, this.#mailbox, this.#rate, this.#restarts, this.#failure);
  }

  /**
   * Puts it at its place in the tree. A new one is drawn at once; otherwise that waits for {@link draw}.
   * @param {Row} row
   */
  update(row) {
    const before = this.#row;
    this.#row = row;
    if (before === undefined || !isSamePlace(before, row)) this.#place(row);
    if (before === undefined) this.draw();
  }

  /** Draws what it has not drawn yet. */
  draw() {
    const row = this.#row;
    if (row === undefined || row === this.#drawn) return;
    this.#drawn = row;
    if (row.actor === null) this.#showOmitted(row.omitted);
    else this.#showActor(row, row.actor);
  }

  /** @param {Row} row */
  #place(row) {
    const { node } = this;
    node.dataset["key"] = row.key;
    setAttribute(node, "aria-level", `${row.level}`);
    setAttribute(node, "aria-posinset", `${row.position}`);
    setAttribute(node, "aria-setsize", `${row.siblings}`);
    setAttribute(node, "aria-expanded", row.isBranch ? `${row.isOpen}` : null);
    node.style.setProperty("--indent", `${row.level - 1}`);
    node.classList.toggle("context", row.isContext);
  }

  /** @param {number} omitted */
  #showOmitted(omitted) {
    this.node.classList.add("omitted");
    setText(this.#label, `${plural(omitted, "more actor", "more actors")}, not shown here`);
    for (const cell of [this.#state, this.#mailbox, this.#rate, this.#restarts, this.#failure]) cell.remove();
    for (const part of [this.#className, this.#below, this.#flag]) part.remove();
    this.#actor.setAttribute("aria-colspan", "6");
  }

  /**
   * @param {Row} row
   * @param {NonNullable<Row["actor"]>} actor
   */
  #showActor(row, actor) {
    setText(this.#label, actor.label);
    setText(this.#className, actor.className);
    setAttribute(this.#actor, "title", actor.id);
    const isFolded = row.isBranch && !row.isOpen;
    setText(this.#below, isFolded ? belowText(row) : "");
    this.#below.classList.toggle("alarming", isFolded && row.troubledBelow > 0);
    show(this.#flag, row.troubles.length > 0);
    setAttribute(this.#flag, "title", row.troubles.length > 0 ? row.troubles.join(" ") : null);
    this.#stateIcon.show(actor.status);
    setText(this.#stateText, actor.status);
    setAttribute(this.#state, "data-status", actor.status);
    this.#meter.update(actor);
    setText(this.#rate, rate(actor.handledPerSecond));
    this.#rate.classList.toggle("zero", actor.handledPerSecond === 0);
    setText(this.#restarts, count(actor.restarts));
    this.#restarts.classList.toggle("zero", actor.restarts === 0);
    this.#showFailure(actor.lastFailure, row.now);
  }

  /**
   * @param {NonNullable<Row["actor"]>["lastFailure"]} failure
   * @param {number} now
   */
  #showFailure(failure, now) {
    setText(this.#failureAge, failure === null ? "" : ago(now - failure.at));
    this.#failureAge.classList.toggle("recent", isRecent(failure, now));
    setText(this.#failureText, failure?.error ?? "");
    setAttribute(this.#failure, "title", failure?.error ?? null);
  }
}

/** @param {Row} row */
function belowText({ below, troubledBelow }) {
  return troubledBelow === 0 ? `${count(below)} below` : `${count(below)} below, ${count(troubledBelow)} troubled`;
}

/**
 * Whether two rows are at the same place, and look the same there.
 * @param {Row} a
 * @param {Row} b
 */
function isSamePlace(a, b) {
  return a.key === b.key && a.level === b.level && a.position === b.position && a.siblings === b.siblings &&
    a.isBranch === b.isBranch && a.isOpen === b.isOpen && a.isContext === b.isContext;
}
