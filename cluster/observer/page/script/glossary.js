// @ts-check
/**
 * What the figures mean: the help of the page says it, and the same text is shown where the pointer rests.
 * @module
 */

import { byId } from "./dom.js";

/**
 * The explanation of a title; empty where it needs none.
 * @param {string} title
 */
export function hintOf(title) {
  const term = [...byId("glossary").querySelectorAll("dt")].find(({ textContent }) => textContent === title);
  return (term?.nextElementSibling?.textContent ?? "").replaceAll(/\s+/g, " ").trim();
}

/** Gives the columns of the tree their explanations. */
export function startHints() {
  for (const head of document.querySelectorAll(".tree-head [role=columnheader]")) {
    const hint = hintOf(head.textContent ?? "");
    if (hint !== "") head.setAttribute("title", hint);
  }
}
