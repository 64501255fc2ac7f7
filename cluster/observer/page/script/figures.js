// @ts-check
/**
 * The key figures at the top of the page, each with a small picture of its last two minutes.
 * @module
 */

/** @import { ObserverState } from "../../state.ts" */

import { byId, html, setText } from "./dom.js";
import { count, duration, plural, rate } from "./format.js";
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
    this.node = html("div", { class: "figure" }, head, value, html("p", {}, this.#note), this.#spark.node);
  }

  get peak() {
    return this.#history.peak;
  }

  /** @param {number} value */
  sample(value) {
    this.#history.add(value);
    this.#spark.update(this.#history, this.#floor);
  }

  /** @param {{ value: string, unit?: string, note: string, isAlarming?: boolean }} texts */
  show({ value, unit = "", note, isAlarming = false }) {
    setText(this.#value, value);
    setText(this.#unit, unit);
    setText(this.#note, note);
    this.node.classList.toggle("alarming", isAlarming);
  }
}

/** The figures. */
export class Figures {
  #actors = new Figure("Actors", 1);
  #handled = new Figure("Throughput", 1);
  #queued = new Figure("Queued", 10);
  #lag = new Figure("Event-loop lag", 20);
  #failures = new Figure("Failures", 1);
  #letters = new Figure("Dead letters", 1);
  /** @type {ObserverState["system"] | undefined} */
  #before;

  constructor() {
    const all = [this.#actors, this.#handled, this.#queued, this.#lag, this.#failures, this.#letters];
    byId("figures").append(...all.map(({ node }) => node));
  }

  /**
   * Remembers a state for the small pictures; also one that is not shown, because the page is paused.
   * @param {ObserverState} state
   */
  sample({ system }) {
    const before = this.#before ?? system;
    this.#before = system;
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
  show({ system }, troubled) {
    const { actors, handledPerSecond, queued, lagMs, failures, restarts, deadLetters } = system;
    this.#actors.show({ value: count(actors), note: troubled === 0 ? "none troubled" : `${count(troubled)} troubled` });
    this.#handled.show({ value: rate(handledPerSecond), unit: "/ s", note: `peak ${rate(this.#handled.peak)}` });
    this.#queued.show({ value: count(queued), note: `peak ${count(this.#queued.peak)}` });
    const [value = "", unit = ""] = duration(lagMs).split(" ");
    const isSlow = lagMs > LAG_HIGH_MS;
    const lagNote = `peak ${duration(this.#lag.peak)}`;
    this.#lag.show({ value, unit, note: isSlow ? `held up; ${lagNote}` : lagNote, isAlarming: isSlow });
    const isFailing = this.#failures.peak > 0;
    this.#failures.show({ value: count(failures), note: plural(restarts, "restart"), isAlarming: isFailing });
    const rise = this.#letters.peak;
    this.#letters.show({
      value: count(deadLetters),
      note: rise === 0 ? "none lately" : `up to ${count(rise)} / s lately`,
    });
  }
}
