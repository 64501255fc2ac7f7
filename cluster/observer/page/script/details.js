// @ts-check
/**
 * Everything that is known of the selected actor, below the tree.
 * @module
 */

/** @import { ActorState, ObserverState } from "../../state.ts" */

import { byId, html, Icon, setText, show } from "./dom.js";
import { ago, count, duration, plural, rate, timeOfDay } from "./format.js";
import { History, Sparkline } from "./sparkline.js";
import { mailboxText, troublesOf } from "./trouble.js";

/** The details. */
export class Details {
  #panel = byId("details");
  #id = html("h3", { class: "details-id" }, "");
  #close = html(
    "button",
    { type: "button", class: "quiet", "aria-label": "Close the details" },
    new Icon("close").node,
  );
  #className = html("span", { class: "class-name" }, "");
  #troubles = html("p", { class: "details-troubles" }, "");
  #figures = html("dl", { class: "details-figures" });
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();
  #failure = html("div", { class: "details-failure" });
  #failureTitle = html("h4", {}, "");
  #failureText = html("pre", { tabindex: "0", dir: "auto", "aria-label": "What was thrown" }, "");
  #rates = new History();
  #queues = new History();
  #rateSpark = new Sparkline();
  #queueSpark = new Sparkline();
  /** @type {string | undefined} */
  #selected;
  /** The actor that the figures are of. @type {string | undefined} */
  #drawn;

  /** @param {() => void} onClose */
  constructor(onClose) {
    this.#close.addEventListener("click", onClose);
    this.#failure.append(this.#failureTitle, this.#failureText);
    const head = html("header", { class: "details-head" }, this.#id, this.#className, this.#close);
    // What was thrown is what somebody came for: it is not to be scrolled to.
    this.#panel.append(head, this.#troubles, this.#failure, this.#figures);
    for (const name of ["State", "Mailbox", "Waiting", "Per second", "Handled", "Restarts", "Children"]) {
      const value = html("dd", {}, "");
      this.#values.set(name, value);
      this.#figures.append(html("div", {}, html("dt", {}, name), value));
    }
    this.#values.get("Per second")?.after(this.#rateSpark.node);
    this.#values.get("Mailbox")?.after(this.#queueSpark.node);
  }

  /** @param {string | undefined} id */
  select(id) {
    this.#selected = id;
    [this.#rates, this.#queues] = [new History(), new History()];
  }

  /**
   * Remembers a state for the small pictures; also one that is not shown, because the page is paused.
   * @param {ObserverState} state
   */
  sample(state) {
    const actor = this.#selected === undefined ? undefined : findActor(state.actors, this.#selected);
    if (actor === undefined) return;
    this.#rates.add(actor.handledPerSecond);
    this.#queues.add(actor.used);
    this.#rateSpark.update(this.#rates);
    this.#queueSpark.update(this.#queues, actor.capacity ?? 1);
  }

  /** @param {ObserverState} state */
  update(state) {
    show(this.#panel, this.#selected !== undefined);
    if (this.#selected === undefined) return;
    setText(this.#id, this.#selected);
    const actor = findActor(state.actors, this.#selected);
    this.#panel.classList.toggle("gone", actor === undefined);
    if (actor === undefined) this.#showGone(this.#selected, state);
    else this.#show(actor, state.at);
  }

  /**
   * Shows what is left of an actor: what was seen of it, and its failure.
   * @param {string} id
   * @param {ObserverState} state
   */
  #showGone(id, { at, failures }) {
    setText(this.#troubles, "It has ended, or is not among those that are shown.");
    const isSeen = this.#drawn === id;
    show(this.#figures, isSeen);
    if (!isSeen) setText(this.#className, "");
    const failure = failures.find((failure) => failure.id === id);
    if (failure !== undefined || !isSeen) this.#showFailure(failure ?? null, at);
  }

  /**
   * @param {ActorState} actor
   * @param {number} now
   */
  #show(actor, now) {
    const { capacity, busyMs, children, omitted, lastFailure } = actor;
    this.#drawn = actor.id;
    show(this.#figures, true);
    setText(this.#className, actor.className);
    setText(this.#troubles, troublesOf(actor, now).join(" "));
    const texts = {
      "State": busyMs === null ? actor.status : `${actor.status}, ${duration(busyMs)}`,
      "Mailbox": capacity === null ? `${count(actor.queued)}, no limit` : mailboxText(actor),
      "Waiting": plural(actor.waiting, "sender"),
      "Per second": rate(actor.handledPerSecond),
      "Handled": count(actor.handled),
      "Restarts": count(actor.restarts),
      "Children": count(children.length + omitted),
    };
    for (const [name, text] of Object.entries(texts)) setText(this.#values.get(name) ?? this.#figures, text);
    this.#showFailure(lastFailure, now);
  }

  /**
   * @param {ActorState["lastFailure"]} failure
   * @param {number} now
   */
  #showFailure(failure, now) {
    show(this.#failure, failure !== null);
    if (failure === null) return;
    setText(this.#failureTitle, `Last failure, ${timeOfDay(failure.at)}, ${ago(now - failure.at)}`);
    setText(this.#failureText, failure.error);
  }
}

/**
 * @param {readonly ActorState[]} actors
 * @param {string} id
 * @returns {ActorState | undefined}
 */
function findActor(actors, id) {
  for (const actor of actors) {
    const found = actor.id === id ? actor : findActor(actor.children, id);
    if (found !== undefined) return found;
  }
  return undefined;
}
