// @ts-check
/**
 * How fresh the page is: the words beside its title, the banner, and the title of its tab.
 * @module
 */

/** @import { ObserverState } from "../../state.ts" */
/** @import { ConnectionStatus } from "./connection.js" */

import { byId, setAttribute, setText, show } from "./dom.js";
import { span, timeOfDay } from "./format.js";
import { badText, healthOf } from "./members.js";

/** What an end means that has no other reason. */
const SYSTEM_ENDED = "The system has ended.";

/** The status of the page. */
export class Status {
  #pill = byId("connection");
  #text = byId("connection-text");
  #banner = byId("banner");
  #bannerText = byId("banner-text");
  /** @type {ConnectionStatus} */
  #status = "connecting";
  #reason = "";
  /** When the last state came: the clock of the server may be another. */
  #cameAt = 0;
  #came = 0;
  #pausedAt = 0;
  #isPaused = false;

  /** Keeps the ages right while nothing comes. */
  start() {
    setInterval(() => this.#render(), 1_000);
  }

  /**
   * @param {ConnectionStatus} status
   * @param {string} reason
   */
  become(status, reason) {
    this.#status = status;
    this.#reason = reason;
    this.#render();
  }

  /** @param {boolean} isPaused */
  pause(isPaused) {
    this.#isPaused = isPaused;
    this.#pausedAt = performance.now();
    this.#render();
  }

  /** A state has come. */
  came() {
    this.#cameAt = Date.now();
    this.#came = performance.now();
  }

  /** @param {ObserverState} state */
  update({ system, cluster }) {
    setText(byId("system-name"), system.name);
    const bad = cluster === null ? "" : badText(healthOf(cluster).bad);
    const title = `${bad && `(${bad}) `}${system.name} · Observer`;
    if (document.title !== title) document.title = title;
  }

  #render() {
    const shown = this.#isPaused && this.#status === "live" ? "paused" : this.#status;
    setAttribute(this.#pill, "data-status", shown);
    setText(this.#text, this.#pillText(shown));
    const banner = this.#bannerTextOf();
    show(this.#banner, banner !== "");
    if (banner !== "") setText(this.#bannerText, banner);
  }

  /** @param {ConnectionStatus | "paused"} shown */
  #pillText(shown) {
    if (shown === "paused") return `Paused for ${span(performance.now() - this.#pausedAt)}`;
    return { connecting: "Connecting", live: "Live", lost: "Connection lost", ended: "Ended" }[shown];
  }

  #bannerTextOf() {
    if (this.#status !== "lost" && this.#status !== "ended") return "";
    const age = span(performance.now() - this.#came);
    const since = this.#came === 0
      ? "Nothing has come yet."
      : `What you see is from ${timeOfDay(this.#cameAt)}, ${age} ago.`;
    if (this.#status === "ended") {
      return `${this.#reason || SYSTEM_ENDED} ${since} A new one at this address will show up by itself.`;
    }
    return ["The connection is lost.", this.#reason, since, "Trying again by itself."].filter(Boolean).join(" ");
  }
}

/**
 * What is to be said aloud when the connection changes.
 * @param {ConnectionStatus} before
 * @param {ConnectionStatus} after
 * @param {string} reason
 */
export function connectionNews(before, after, reason) {
  if (after === "lost" && before === "live") return "The connection is lost. Trying again.";
  if (after === "ended") return reason || SYSTEM_ENDED;
  return after === "live" && before !== "connecting" ? "The connection is back." : "";
}
