// @ts-check
/**
 * Rows of the tree or of a table. Those in sight follow each state, and the others take turns: so a state costs as much
 * as a window shows, however many rows there are.
 * @module
 */

/** @import { View } from "./dom.js" */

import { KeyedList } from "./dom.js";

/**
 * What shows one row. A new one draws itself when it is updated, and waits for `draw` from then on.
 * @template Item
 * @typedef {View<Item> & { isInSight: boolean, draw(): void }} RowOf
 */

/**
 * How many rows out of sight are drawn with each state: they take turns, and of a thousand none is older than ten
 * seconds.
 */
const UNSEEN_ROWS = 100;
/** How far beyond the edges of what scrolls counts as in sight: whoever scrolls finds the rows drawn. */
const MARGIN = "50% 0px";

/**
 * The rows.
 * @template Item
 * @template {RowOf<Item>} [V=RowOf<Item>]
 */
export class RowList {
  /** @type {KeyedList<Item, V>} */
  #list;
  /** @type {WeakMap<Element, V>} */
  #viewOf = new WeakMap();
  /** Tells which rows are in sight, without a look at the layout in the middle of a state. */
  #sight;
  /** Whose turn it is of the rows out of sight. */
  #turn = 0;

  /**
   * @param {{ body: Element, scroll: Element, keyOf: (item: Item) => string, create: () => V }} options `scroll`
   * scrolls them.
   */
  constructor({ body, scroll, keyOf, create }) {
    this.#list = new KeyedList(body, keyOf, () => this.#watched(create()));
    this.#sight = new IntersectionObserver((entries) => this.#see(entries), { root: scroll, rootMargin: MARGIN });
    // On paper there is nothing out of sight.
    addEventListener("beforeprint", () => this.#draw(Infinity));
  }

  /** The view of a row, where it has one. @param {string} key */
  view(key) {
    return this.#list.view(key);
  }

  /** @param {readonly Item[]} items */
  update(items) {
    this.#list.update(items);
    this.#draw(UNSEEN_ROWS);
  }

  /** @param {V} view */
  #watched(view) {
    this.#viewOf.set(view.node, view);
    this.#sight.observe(view.node);
    return view;
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #see(entries) {
    for (const { target, isIntersecting } of entries) {
      const view = this.#viewOf.get(target);
      if (view === undefined) continue;
      view.isInSight = isIntersecting;
      if (isIntersecting) view.draw();
    }
  }

  /**
   * Draws the rows that are in sight, and some of the others.
   * @param {number} unseenMax
   */
  #draw(unseenMax) {
    const views = [...this.#list.views()];
    for (const view of views) if (view.isInSight) view.draw();
    const others = Math.min(unseenMax, views.length);
    for (let i = 0; i < others; i++) views[(this.#turn + i) % views.length]?.draw();
    this.#turn = views.length === 0 ? 0 : (this.#turn + others) % views.length;
  }
}
