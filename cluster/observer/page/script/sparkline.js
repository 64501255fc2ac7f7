// @ts-check
/**
 * The last values of a figure, and a small picture of them.
 * @module
 */

import { setAttribute, svg } from "./dom.js";

/** How many values are kept: two minutes, at one a second. More would be finer than the picture can show. */
const HISTORY_MAX = 120;

const SPARK_WIDTH = 120;
const SPARK_HEIGHT = 28;

/** The last values of one figure. */
export class History {
  /** @type {number[]} */
  #values = [];

  /** @param {number} value */
  add(value) {
    this.#values.push(value);
    if (this.#values.length > HISTORY_MAX) this.#values.shift();
  }

  /** The oldest first. */
  get values() {
    return this.#values;
  }

  /** The largest of them; 0 where there is none. */
  get peak() {
    return Math.max(0, ...this.#values);
  }
}

/** The picture. What it shows stands beside it as text, so it is hidden from screen readers. */
export class Sparkline {
  #area = svg("path", { class: "spark-area" });
  #line = svg("path", { class: "spark-line" });
  /** @readonly */
  node = svg(
    "svg",
    {
      class: "spark",
      viewBox: `0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    this.#area,
    this.#line,
  );

  /**
   * @param {History} history
   * @param {number} [floor] The scale is never finer than this: noise around zero shall look like nothing.
   */
  update(history, floor = 1) {
    const { values, peak } = history;
    this.node.classList.toggle("flat", peak === 0);
    const top = Math.max(peak, floor);
    const step = SPARK_WIDTH / (HISTORY_MAX - 1);
    // The newest is at the right edge: a short history grows in from there.
    const start = HISTORY_MAX - values.length;
    const points = values.map((value, i) => {
      const y = SPARK_HEIGHT - 1.5 - value / top * (SPARK_HEIGHT - 3);
      return `${((start + i) * step).toFixed(1)} ${y.toFixed(1)}`;
    });
    const line = points.length < 3 ? "" : `M${points.join("L")}`;
    setAttribute(this.#line, "d", line);
    setAttribute(this.#area, "d", line && `${line}V${SPARK_HEIGHT}H${(start * step).toFixed(1)}Z`);
  }
}
