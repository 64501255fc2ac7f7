// @ts-check
/**
 * Small helpers around the DOM. All text goes in as text, and nothing is touched that has not changed: so markup in a
 * name stays text, and selections, scroll positions and focus stay where they are.
 * @module
 */

/**
 * Makes an HTML element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function html(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Makes an SVG element.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** What shows one of the symbols of the page, and lets it be changed. */
export class Icon {
  /** @readonly */
  node = svg("svg", { class: "icon", "aria-hidden": "true" });
  #use = svg("use");

  /** @param {string} [name] */
  constructor(name) {
    this.node.append(this.#use);
    if (name !== undefined) this.show(name);
  }

  /** @param {string} name */
  show(name) {
    setAttribute(this.#use, "href", `#i-${name}`);
  }
}

/**
 * The element with an id, which the page always has.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}`);
  return found;
}

/**
 * Makes `text` the text of a node, in place: a selection in it survives when the text is the same.
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  const { firstChild } = node;
  if (firstChild instanceof Text && firstChild.nextSibling === null) {
    if (firstChild.data !== text) firstChild.data = text;
  } else if (node.textContent !== text) node.textContent = text;
}

/**
 * Sets an attribute, or takes it away where the value is `null`.
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/**
 * Shows or hides an element.
 * @param {Element} element
 * @param {boolean} isShown
 */
export function show(element, isShown) {
  setAttribute(element, "hidden", isShown ? null : "");
}

/**
 * What shows one item of a list.
 * @template Item
 * @typedef {{ readonly node: Element, update(item: Item): void }} View
 */

/**
 * The children of an element, one for each item: an item that stays keeps its node.
 * @template Item
 * @template {View<Item>} [V=View<Item>]
 */
export class KeyedList {
  #parent;
  #keyOf;
  #create;
  /** @type {Map<string, V>} */
  #views = new Map();

  /**
   * @param {Element} parent
   * @param {(item: Item) => string} keyOf
   * @param {() => V} create
   */
  constructor(parent, keyOf, create) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#create = create;
  }

  /**
   * The view of an item, where it has one.
   * @param {string} key
   */
  view(key) {
    return this.#views.get(key);
  }

  /** All views, from top to bottom. */
  views() {
    return this.#views.values();
  }

  /** @param {readonly Item[]} items */
  update(items) {
    const keys = this.#keysOf(items);
    /** @type {Map<string, V>} */
    const views = new Map();
    for (const key of keys) views.set(key, this.#views.get(key) ?? this.#create());
    for (const [key, { node }] of this.#views) if (!views.has(key)) node.remove();
    this.#views = views;
    let cursor = this.#parent.firstElementChild;
    for (const [index, item] of items.entries()) {
      const view = views.get(keys[index] ?? "");
      if (view === undefined) continue;
      view.update(item);
      // Where one has moved down, it is passed over rather than that all others move up: its turn comes.
      if (cursor?.nextElementSibling === view.node) cursor = view.node;
      if (view.node === cursor) cursor = cursor.nextElementSibling;
      else place(this.#parent, view.node, cursor);
    }
  }

  /**
   * Keys, made unique. Of equal ones the last is the first: new items come in at the top, and the old keep theirs.
   * @param {readonly Item[]} items
   */
  #keysOf(items) {
    /** @type {Map<string, number>} */
    const seen = new Map();
    return items.map(this.#keyOf).reverse().map((key) => {
      const count = seen.get(key) ?? 0;
      seen.set(key, count + 1);
      return count === 0 ? key : `${key}\n${count}`;
    }).reverse();
  }
}

/**
 * Puts a node before another. Where the browser can move it without taking it out, it keeps its focus and its state.
 * @param {Element} parent
 * @param {Element} node
 * @param {Element | null} before
 */
function place(parent, node, before) {
  if (node.parentNode === parent && "moveBefore" in parent && typeof parent.moveBefore === "function") {
    parent.moveBefore(node, before);
  } else parent.insertBefore(node, before);
}
