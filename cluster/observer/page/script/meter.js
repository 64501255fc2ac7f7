// @ts-check
/**
 * How full a mailbox is, as a bar and as text.
 * @module
 */

/** @import { ActorState } from "../../state.ts" */

import { html, setAttribute, setText } from "./dom.js";
import { count, plural } from "./format.js";
import { fullness, mailboxText } from "./trouble.js";

/** The bar of one mailbox. */
export class Meter {
  #fill = html("span", { class: "meter-fill" });
  #bar = html("span", { class: "meter-bar", "aria-hidden": "true" }, this.#fill);
  #text = html("span", { class: "meter-text" }, "");
  #waiting = html("span", { class: "meter-waiting" }, "");
  /** @readonly */
  node = html("span", { class: "meter" }, this.#bar, this.#waiting, this.#text);

  /** @param {ActorState} actor */
  update(actor) {
    const { waiting } = actor;
    const full = fullness(actor);
    const level = full === null || full < 0.8 ? "calm" : full < 1 ? "high" : "full";
    setAttribute(this.node, "data-level", level);
    setAttribute(this.#bar, "data-unbounded", full === null ? "" : null);
    const width = `${Math.round((full ?? 0) * 100)}%`;
    if (this.#fill.style.width !== width) this.#fill.style.width = width;
    setText(this.#text, mailboxText(actor));
    setText(this.#waiting, waiting === 0 ? "" : `${count(waiting)} wait`);
    setAttribute(this.#waiting, "title", waiting === 0 ? null : plural(waiting, "sender waits", "senders wait"));
  }
}
