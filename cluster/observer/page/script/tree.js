// @ts-check
/**
 * The tree of actors: a treegrid whose rows stay where they are while their figures change.
 * @module
 */

/** @import { ObserverState } from "../../state.ts" */
/** @import { Order, Row } from "./tree_model.js" */

import { byId, setAttribute, setText, show } from "./dom.js";
import { count, plural } from "./format.js";
import { RowList } from "./row_list.js";
import { treeRows } from "./tree_model.js";
import { RowView } from "./tree_row.js";

/** How far Page Up and Page Down go, in rows. */
const PAGE_ROWS = 12;
/** Ms that rows keep their order: of rows that change places all the time nobody reads one, and to move them costs. */
const SORT_MS = 5_000;

/** The tree. */
export class Tree {
  #scroll = byId("tree-scroll");
  #body = byId("rows");
  /** @type {RowList<Row, RowView>} */
  #list = new RowList({
    body: this.#body,
    scroll: this.#scroll,
    keyOf: ({ key }) => key,
    create: () => new RowView(),
  });
  #onSelect;
  /** @type {ObserverState | undefined} */
  #state;
  /** @type {Row[]} */
  #rows = [];
  /** The row that Tab leads to. @type {string | undefined} */
  #current;
  /** @type {string | undefined} */
  #selected;
  #filter = "";
  #troubledOnly = false;
  /** @type {Order} */
  #order = "spawned";
  /** What the rows are in order of. @type {Map<string, number>} */
  #ranks = new Map();
  /** What they will be in order of next. @type {Map<string, number>} */
  #peaks = new Map();
  /** When they were put in order, in Unix ms. */
  #rankedAt = 0;
  /** What was opened and closed in the whole tree. @type {Map<string, boolean>} */
  #opened = new Map();
  /** The same in a narrowed one, where all is open at first. @type {Map<string, boolean>} */
  #openedNarrowed = new Map();

  /** @param {(id: string | undefined) => void} onSelect */
  constructor(onSelect) {
    this.#onSelect = onSelect;
    byId("tree").addEventListener("keydown", (event) => this.#press(event));
    // Skip links and clicks beside the rows lead to the tree itself: it hands the focus on.
    byId("tree").addEventListener("focus", () => this.#focus(this.#indexOfCurrent()));
    this.#body.addEventListener("click", (event) => this.#click(event));
    this.#body.addEventListener("focusin", ({ target }) => {
      const key = rowKeyOf(target);
      if (key !== undefined) this.#makeCurrent(key);
    });
  }

  /** How many actors are troubled. */
  troubled = 0;

  /** Whether a filter is set. */
  get #isNarrowed() {
    return this.#filter.trim() !== "" || this.#troubledOnly;
  }

  /** @param {ObserverState} state */
  update(state) {
    this.#state = state;
    // The clock of the server may be set back.
    if (Math.abs(state.at - this.#rankedAt) >= SORT_MS) {
      [this.#ranks, this.#peaks] = [this.#peaks, new Map()];
      this.#rankedAt = state.at;
    }
    this.#render();
  }

  /** @param {{ filter?: string, troubledOnly?: boolean, order?: Order }} choice */
  choose({ filter, troubledOnly, order }) {
    this.#filter = filter ?? this.#filter;
    this.#troubledOnly = troubledOnly ?? this.#troubledOnly;
    this.#order = order ?? this.#order;
    [this.#ranks, this.#peaks] = [new Map(), new Map()];
    this.#openedNarrowed.clear();
    this.#render();
  }

  /** @param {string | undefined} id */
  select(id) {
    this.#selected = id;
    this.#render();
    this.#onSelect(id);
  }

  /** Moves the focus to the row of an actor, when it is there. @param {string} id */
  focus(id) {
    const index = this.#rows.findIndex(({ key }) => key === id);
    if (index >= 0) this.#focus(index);
  }

  /** Opens what is above an actor, and moves the focus there. @param {string} id */
  reveal(id) {
    for (let end = id.lastIndexOf("/"); end > 0; end = id.lastIndexOf("/", end - 1)) {
      this.#openedHere.set(id.slice(0, end), true);
    }
    this.select(id);
    this.focus(id);
  }

  get #openedHere() {
    return this.#isNarrowed ? this.#openedNarrowed : this.#opened;
  }

  #render() {
    if (this.#state === undefined) return;
    const focused = rowKeyOf(document.activeElement);
    const focusedIndex = focused === undefined ? -1 : this.#rows.findIndex(({ key }) => key === focused);
    const choice = {
      filter: this.#filter,
      troubledOnly: this.#troubledOnly,
      order: this.#order,
      opened: this.#openedHere,
      ranks: this.#ranks,
      peaks: this.#peaks,
    };
    const { rows, seen, troubled, fitting } = treeRows(this.#state, choice);
    this.#rows = rows;
    this.troubled = troubled;
    this.#updateInPlace(focused !== undefined && this.#order !== "spawned");
    if (!rows.some(({ key }) => key === this.#current)) this.#current = undefined;
    this.#markRows();
    // Whoever was in a row that is gone goes on in the one that has taken its place.
    if (focused !== undefined && rowKeyOf(document.activeElement) !== focused) {
      const index = rows.findIndex(({ key }) => key === focused);
      this.#focus(index >= 0 ? index : Math.min(focusedIndex, rows.length - 1), false);
    }
    this.#showEmpty(fitting, Math.max(0, this.#state.system.actors - seen));
  }

  /**
   * Brings the rows up to date. Where the one with the focus may move, the browser would scroll to where it goes.
   * @param {boolean} isHeld
   */
  #updateInPlace(isHeld) {
    const { scrollTop } = this.#scroll;
    this.#list.update(this.#rows);
    if (isHeld && this.#scroll.scrollTop !== scrollTop) this.#scroll.scrollTop = scrollTop;
  }

  /** Marks the selected row, and the one that Tab leads to. */
  #markRows() {
    const current = this.#rows[this.#indexOfCurrent()]?.key;
    for (const { key } of this.#rows) {
      const node = this.#list.view(key)?.node;
      if (node === undefined) continue;
      setAttribute(node, "tabindex", key === current ? "0" : "-1");
      setAttribute(node, "aria-selected", key === this.#selected ? "true" : null);
    }
  }

  /**
   * @param {number} fitting
   * @param {number} unseen How many actors the state leaves out: nobody knows whether they would fit.
   */
  #showEmpty(fitting, unseen) {
    const { actors = 0 } = this.#state?.system ?? {};
    const empty = byId("tree-empty");
    const left = unseen === 0 ? "" : `${plural(unseen, "more actor")} not looked at`;
    show(empty, this.#rows.length === 0);
    if (this.#rows.length === 0) setText(empty, this.#emptyText(actors) + (left && ` ${left}.`));
    const shown = `${count(fitting)} of ${count(actors - unseen)}`;
    setText(byId("actors-note"), this.#isNarrowed ? shown + (left && `, ${left}`) : "");
  }

  /** @param {number} actors */
  #emptyText(actors) {
    if (actors === 0) return "No actors. Each actor that is spawned appears here, below the one that spawned it.";
    if (this.#filter.trim() === "") return "All is well: no actor has failed lately, is stuck, or has a full mailbox.";
    const among = this.#troubledOnly ? "troubled actor" : "actor";
    return `No ${among} has “${this.#filter.trim()}” in its name, its class or its state. Esc clears the filter.`;
  }

  #indexOfCurrent() {
    const index = this.#rows.findIndex(({ key }) => key === this.#current);
    return index >= 0 ? index : 0;
  }

  /** @param {string} key */
  #makeCurrent(key) {
    this.#current = key;
    this.#markRows();
  }

  /**
   * @param {number} index
   * @param {boolean} [isFollowed] Whether it is scrolled into sight: not where the rows have moved by themselves.
   */
  #focus(index, isFollowed = true) {
    const row = this.#rows[Math.max(0, Math.min(index, this.#rows.length - 1))];
    const view = row && this.#list.view(row.key);
    if (view === undefined) return;
    // What is read aloud now shall be true now.
    view.draw();
    const { node } = view;
    node.focus({ preventScroll: true });
    if (isFollowed) node.scrollIntoView({ block: "nearest" });
  }

  /** @param {MouseEvent} event */
  #click({ target }) {
    const row = this.#rows.find(({ key }) => key === rowKeyOf(target));
    if (row === undefined) return;
    // Who marks text does not want to select a row.
    if (document.getSelection()?.type === "Range") return;
    if (target instanceof Element && target.closest(".chevron") !== null) this.#open(row, !row.isOpen);
    else if (row.actor !== null) this.select(row.key === this.#selected ? undefined : row.key);
  }

  /**
   * @param {Row} row
   * @param {boolean} isOpen
   */
  #open(row, isOpen) {
    if (!row.isBranch) return;
    this.#openedHere.set(row.key, isOpen);
    this.#render();
  }

  /** Opens all branches that have the same parent. @param {Row} row */
  #openSiblings(row) {
    for (const { parent, key, isBranch } of this.#rows) {
      if (parent === row.parent && isBranch) this.#openedHere.set(key, true);
    }
    this.#render();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const index = this.#rows.findIndex(({ key }) => key === rowKeyOf(event.target));
    const row = this.#rows[index];
    if (row === undefined || !this.#act(event.key, row, index)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * Does what a key means; returns whether it means anything.
   * @param {string} key
   * @param {Row} row
   * @param {number} index
   */
  #act(key, row, index) {
    if (key === "ArrowDown") this.#focus(index + 1);
    else if (key === "ArrowUp") this.#focus(index - 1);
    else if (key === "PageDown") this.#focus(index + PAGE_ROWS);
    else if (key === "PageUp") this.#focus(index - PAGE_ROWS);
    else if (key === "Home") this.#focus(0);
    else if (key === "End") this.#focus(this.#rows.length - 1);
    else if (key === "ArrowRight" && row.isBranch && !row.isOpen) this.#open(row, true);
    else if (key === "ArrowRight" && row.isBranch) this.#focus(index + 1);
    else if (key === "ArrowLeft" && row.isOpen) this.#open(row, false);
    else if (key === "ArrowLeft" && row.parent !== null) this.focus(row.parent);
    else if (key === "*") this.#openSiblings(row);
    else if (key === "Enter" || key === " ") {
      this.select(row.actor === null || row.key === this.#selected ? undefined : row.key);
    } else return false;
    return true;
  }
}

/**
 * The key of the row that something is in.
 * @param {EventTarget | null} target
 */
function rowKeyOf(target) {
  const row = target instanceof Element ? target.closest("#rows > [role=row]") : null;
  return row instanceof HTMLElement ? row.dataset["key"] : undefined;
}
