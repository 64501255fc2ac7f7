// @ts-check
/**
 * The key figures at the top of the page, each with a small picture of its last two minutes.
 * @module
 */

/** @import { ObserverState } from "../../state.ts" */

import { byId, html, setAttribute, setText, show } from "./dom.js";
import { ago, count, duration, rate } from "./format.js";
import { hintOf } from "./glossary.js";
import { badText, healthOf, statusText } from "./members.js";
import { History, Sparkline } from "./sparkline.js";

/** An event loop that is held up longer than this is felt. */
const LAG_HIGH_MS = 100;

/** One figure. */
class Figure {
  #value = html("span", { class: "figure-value" }, "");
  #unit = html("span", { class: "figure-unit" }, "");
  #note = html("span", { class: "figure-note" }, "");
  #spark = new Sparkline();
  #history = new History();
  #floor;
  /** @readonly */
  node;

  /**
   * @param {string} title
   * @param {number} floor
   */
  constructor(title, floor) {
    this.#floor = floor;
    const head = html("h2", { class: "figure-title" }, title);
    const value = html("p", {}, this.#value, this.#unit);
    this.node = html(
      "div",
      { class: "figure", title: hintOf(title) },
      head,
      value,
      html("p", {}, this.#note),
      this.#spark.node,
    );
  }

  get peak() {
    return this.#history.peak;
  }

  /** @param {number} value */
  sample(value) {
    this.#history.add(value);
    this.#spark.update(this.#history, this.#floor);
  }

  /** @param {{ value: string, unit?: string, note: string, level?: "calm" | "warning" | "alarming" }} texts */
  show({ value, unit = "", note, level = "calm" }) {
    setText(this.#value, value);
    setText(this.#unit, unit);
    setText(this.#note, note);
    setAttribute(this.node, "data-level", level);
  }
}

/** The figures. */
export class Figures {
  #nodes = new Figure("Nodes", 1);
  #actors = new Figure("Actors", 1);
  #handled = new Figure("Throughput", 1);
  #queued = new Figure("Queued", 10);
  #lag = new Figure("Event-loop lag", 20);
  #failures = new Figure("Failures", 1);
  #letters = new Figure("Dead letters", 1);
  /** @type {ObserverState["system"] | undefined} */
  #before;

  constructor() {
    this.#nodes.node.classList.add("nodes-figure");
    const all = [this.#nodes, this.#actors, this.#handled, this.#queued, this.#lag, this.#failures, this.#letters];
    byId("figures").append(...all.map(({ node }) => node));
  }

  /**
   * Remembers a state for the small pictures; also one that is not shown, because the page is paused.
   * @param {ObserverState} state
   */
  sample({ system, cluster }) {
    const before = this.#before ?? system;
    this.#before = system;
    if (cluster !== null) this.#nodes.sample(healthOf(cluster).up);
    this.#actors.sample(system.actors);
    this.#handled.sample(system.handledPerSecond);
    this.#queued.sample(system.queued);
    this.#lag.sample(system.lagMs);
    // A system that was started anew counts from zero.
    this.#failures.sample(Math.max(0, system.failures - before.failures));
    this.#letters.sample(Math.max(0, system.deadLetters - before.deadLetters));
  }

  /**
   * @param {ObserverState} state
   * @param {number} troubled
   */
  show(state, troubled) {
    const { actors, handledPerSecond, queued, lagMs, failures, deadLetters } = state.system;
    this.#showNodes(state);
    this.#actors.show({ value: count(actors), note: troubled === 0 ? "none troubled" : `${count(troubled)} troubled` });
    this.#handled.show({
      value: rate(handledPerSecond),
      unit: "/ s",
      note: `peak ${rate(this.#handled.peak)} in 2 min`,
    });
    this.#queued.show({ value: count(queued), note: `peak ${count(this.#queued.peak)} in 2 min` });
    const [value = "", unit = ""] = duration(lagMs).split(" ");
    const peak = duration(this.#lag.peak);
    const isSlow = lagMs > LAG_HIGH_MS;
    const lagNote = isSlow ? `held up, peak ${peak}` : `peak ${peak} in 2 min`;
    this.#lag.show({ value, unit, note: lagNote, level: isSlow ? "alarming" : "calm" });
    const [failure] = state.failures;
    this.#failures.show({
      value: count(failures),
      note: failure === undefined ? "none" : `last ${ago(state.at - failure.at)}`,
      level: this.#failures.peak > 0 ? "alarming" : "calm",
    });
    const [letter] = state.deadLetters;
    const lettersNote = letter === undefined ? "none" : `last ${ago(state.at - letter.at)}`;
    this.#letters.show({ value: count(deadLetters), note: lettersNote });
  }

  /** @param {ObserverState} state */
  #showNodes({ at, cluster }) {
    show(this.#nodes.node, cluster !== null);
    if (cluster === null) return;
    const { up, all, bad } = healthOf(cluster);
    const [worst] = bad;
    const only = bad.length === 1 && worst !== undefined ? `${statusText(worst, at)}: ${worst.id}` : badText(bad);
    this.#nodes.show({
      value: count(up),
      unit: `of ${count(all)} up`,
      note: worst === undefined ? "all is well" : only,
      level: worst === undefined ? "calm" : worst.status === "down" ? "alarming" : "warning",
    });
  }
}
