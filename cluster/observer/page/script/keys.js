// @ts-check
/**
 * Single keys that work everywhere on the page, unless they were switched off: who speaks to a browser may press them
 * by accident.
 * @module
 */

import { byId } from "./dom.js";

const STORED_KEYS = "cinema-observer-keys";

/**
 * Calls back at `p`, at the space bar and at `/`, where these mean nothing else.
 * @param {{ pause: () => void, filter: () => void, escape: () => void }} actions
 */
export function startKeys({ pause, filter, escape }) {
  const box = byId("single-keys");
  const isOn = () => !(box instanceof HTMLInputElement) || box.checked;
  if (box instanceof HTMLInputElement) rememberBox(box);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Escape") {
      // The browser closes the help: one press closes one thing.
      if (!byId("keys").matches(":popover-open")) escape();
      return;
    }
    if (!isOn() || isText(event.target)) return;
    if (event.key === "p" || event.key === "P" || event.key === " " && !isControl(event.target)) pause();
    else if (event.key === "/") filter();
    else return;
    event.preventDefault();
  });
}

/** @param {HTMLInputElement} box */
function rememberBox(box) {
  try {
    box.checked = localStorage.getItem(STORED_KEYS) !== "off";
    box.addEventListener("change", () => localStorage.setItem(STORED_KEYS, box.checked ? "on" : "off"));
  } catch {
    // The browser keeps nothing for this page: then it holds until the page is left.
  }
}

/** Whether a key is written there. @param {EventTarget | null} target */
function isText(target) {
  return target instanceof Element && target.matches("input:not([type=radio], [type=checkbox]), select, textarea");
}

/** Whether the space bar means something there. @param {EventTarget | null} target */
function isControl(target) {
  return target instanceof Element &&
    target.closest("button, input, select, summary, a, [role=row], [tabindex='0']") !== null;
}
