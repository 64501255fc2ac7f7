// @ts-check
/**
 * The page: hands each state to its parts.
 * @module
 */

/** @import { ObserverState } from "../../state.ts" */
/** @import { ConnectionStatus } from "./connection.js" */
/** @import { Order } from "./tree_model.js" */

import { Cluster } from "./cluster.js";
import { Connection } from "./connection.js";
import { Details } from "./details.js";
import { byId, Icon, setAttribute, setText } from "./dom.js";
import { Figures } from "./figures.js";
import { count } from "./format.js";
import { startHints } from "./glossary.js";
import { startKeys } from "./keys.js";
import { Logs } from "./logs.js";
import { News } from "./news.js";
import { connectionNews, Status } from "./status.js";
import { startTheme } from "./theme.js";
import { Tree } from "./tree.js";

/** The page as a whole. */
class Page {
  /** The newest state, also where it is not shown. @type {ObserverState | undefined} */
  #newest;
  /** What is shown. @type {ObserverState | undefined} */
  #shown;
  #isPaused = false;
  #figures = new Figures();
  #tree = new Tree((id) => this.#select(id));
  #details = new Details(() => this.#closeDetails());
  #cluster = new Cluster();
  #logs = new Logs((id) => this.#reveal(id));
  #news = new News();
  #status = new Status();
  /** @type {string | undefined} */
  #selected;

  start() {
    startTheme();
    startHints();
    startKeys({ pause: () => this.#pause(), filter: () => byId("filter").focus(), escape: () => this.#escape() });
    byId("pause").addEventListener("click", () => this.#pause());
    this.#startTools();
    this.#status.start();
    /** @type {ConnectionStatus} */
    let before = "connecting";
    const connection = new Connection((state) => this.#take(state), (status, reason) => {
      const line = connectionNews(before, status, reason);
      if (status !== before && line !== "") this.#news.tell(line);
      before = status;
      this.#status.become(status, reason);
    });
    connection.open();
  }

  #startTools() {
    const [filter, order, troubled] = [byId("filter"), byId("order"), byId("troubled")];
    filter.addEventListener("input", () => {
      if (filter instanceof HTMLInputElement) this.#tree.choose({ filter: filter.value });
    });
    order.addEventListener("change", () => {
      if (order instanceof HTMLSelectElement) this.#tree.choose({ order: /** @type {Order} */ (order.value) });
    });
    troubled.addEventListener("click", () => {
      const isOn = troubled.getAttribute("aria-pressed") !== "true";
      setAttribute(troubled, "aria-pressed", `${isOn}`);
      this.#tree.choose({ troubledOnly: isOn });
    });
  }

  /** @param {ObserverState} state */
  #take(state) {
    this.#newest = state;
    this.#status.came();
    this.#figures.sample(state);
    this.#details.sample(state);
    this.#news.update(state);
    if (!this.#isPaused) this.#show(state);
  }

  /** @param {ObserverState} state */
  #show(state) {
    this.#shown = state;
    this.#status.update(state);
    this.#tree.update(state);
    this.#figures.show(state, this.#tree.troubled);
    setText(byId("troubled-count"), count(this.#tree.troubled));
    setAttribute(byId("troubled"), "data-none", this.#tree.troubled === 0 ? "" : null);
    this.#details.update(state);
    this.#cluster.update(state);
    this.#logs.update(state);
  }

  #pause() {
    this.#isPaused = !this.#isPaused;
    const button = byId("pause");
    setAttribute(button, "aria-pressed", `${this.#isPaused}`);
    button.querySelector("svg")?.replaceWith(new Icon(this.#isPaused ? "resume" : "pause").node);
    setText(button.querySelector("span") ?? button, this.#isPaused ? "Resume" : "Pause");
    this.#status.pause(this.#isPaused);
    if (!this.#isPaused && this.#newest !== undefined) this.#show(this.#newest);
  }

  /** @param {string | undefined} id */
  #select(id) {
    this.#selected = id;
    this.#details.select(id);
    if (this.#shown === undefined) return;
    this.#details.sample(this.#shown);
    this.#details.update(this.#shown);
  }

  /** Shows an actor in the tree, whatever was chosen there. @param {string} id */
  #reveal(id) {
    const [filter, troubled] = [byId("filter"), byId("troubled")];
    if (filter instanceof HTMLInputElement) filter.value = "";
    setAttribute(troubled, "aria-pressed", "false");
    this.#tree.choose({ filter: "", troubledOnly: false });
    this.#tree.reveal(id);
  }

  /** The focus goes back to the row. */
  #closeDetails() {
    const id = this.#selected;
    this.#tree.select(undefined);
    if (id !== undefined) this.#tree.focus(id);
  }

  #escape() {
    const filter = byId("filter");
    if (filter === document.activeElement && filter instanceof HTMLInputElement && filter.value !== "") {
      filter.value = "";
      this.#tree.choose({ filter: "" });
    } else if (this.#selected !== undefined) this.#closeDetails();
  }
}

new Page().start();
