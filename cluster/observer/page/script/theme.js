// @ts-check
/**
 * Light, dark, or what the system says; remembered by the browser.
 * @module
 */

import { byId } from "./dom.js";

const STORED = "cinema-observer-theme";

/** Shows the remembered theme, and follows the switch. */
export function startTheme() {
  const chosen = recall();
  apply(chosen);
  const radios = byId("theme").querySelectorAll("input");
  for (const radio of radios) radio.checked = radio.value === chosen;
  byId("theme").addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    apply(target.value);
    remember(target.value);
  });
}

/** @param {string} theme */
function apply(theme) {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

function recall() {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system"; // The browser keeps nothing for this page: then it starts as the system says.
  }
}

/** @param {string} theme */
function remember(theme) {
  try {
    localStorage.setItem(STORED, theme);
  } catch {
    // The same: it holds until the page is left.
  }
}
