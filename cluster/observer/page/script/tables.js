// @ts-check
/**
 * Plain tables: failures, dead letters, members and the directory.
 * @module
 */

/** @import { RowOf } from "./row_list.js" */

import { html, setAttribute, setText, show } from "./dom.js";
import { RowList } from "./row_list.js";

/**
 * One column: its title, a class for its cells, and what stands in a cell.
 * @template Item
 * @typedef {object} Column
 * @property {string} title
 * @property {string} name
 * @property {(item: Item) => string} text
 * @property {(item: Item) => string} [hint] The text that is shown for a while when the pointer rests; the text itself
 * otherwise.
 * @property {(cell: HTMLElement, item: Item) => void} [draw] Draws what is more than text.
 * @property {boolean} [isHead] Whether its cells name the row.
 */

/**
 * A table that scrolls where it is long, and says something useful where it is empty.
 * @template Item
 */
export class Table {
  #body = html("tbody");
  #scroll;
  #empty;
  #list;
  /** @readonly */
  node;

  /**
   * @param {{
   *   caption: string, empty: string, columns: readonly Column<Item>[], keyOf: (item: Item) => string, name: string,
   * }} options
   */
  constructor({ caption, empty, columns, keyOf, name }) {
    const heads = columns.map((column) => html("th", { scope: "col", class: `c-${column.name}` }, column.title));
    const head = html("thead", {}, html("tr", {}, ...heads));
    const table = html("table", { class: name }, html("caption", { class: "hidden" }, caption), head, this.#body);
    // What scrolls must be reached by the keyboard.
    this.#scroll = html("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
    this.#empty = html("p", { class: "empty" }, empty);
    this.node = html("div", { class: "table" }, this.#scroll, this.#empty);
    this.#list = new RowList({ body: this.#body, scroll: this.#scroll, keyOf, create: () => makeRow(columns) });
  }

  /** @param {readonly Item[]} items */
  update(items) {
    show(this.#scroll, items.length > 0);
    show(this.#empty, items.length === 0);
    this.#list.update(items);
  }
}

/**
 * @template Item
 * @param {readonly Column<Item>[]} columns
 * @returns {RowOf<Item>}
 */
function makeRow(columns) {
  const cells = columns.map(({ name, isHead = false }) =>
    isHead ? html("th", { scope: "row", class: `c-${name}` }, "") : html("td", { class: `c-${name}` }, "")
  );
  /** @type {Item | undefined} */
  let shown;
  return {
    node: html("tr", {}, ...cells),
    isInSight: false,
    update(item) {
      const isNew = shown === undefined;
      shown = item;
      if (isNew) this.draw();
    },
    draw() {
      const item = shown;
      if (item === undefined) return;
      for (const [index, { text, hint = text, draw }] of columns.entries()) {
        const cell = cells[index];
        if (cell === undefined) continue;
        if (draw === undefined) setText(cell, text(item));
        else draw(cell, item);
        setAttribute(cell, "title", hint(item));
      }
    },
  };
}

/**
 * Draws a text of a few lines, in the direction of its script.
 * @param {HTMLElement} cell
 * @param {string} text
 */
export function drawLines(cell, text) {
  if (cell.firstElementChild === null) cell.replaceChildren(html("div", { class: "lines", dir: "auto" }, ""));
  setText(cell.firstElementChild ?? cell, text);
}
