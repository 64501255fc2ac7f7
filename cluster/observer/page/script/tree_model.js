// @ts-check
/**
 * Which rows the tree of actors has: a pure function of the state and of what was chosen.
 * @module
 */

/** @import { ActorState, ObserverState } from "../../state.ts" */

import { fullness, troublesOf } from "./trouble.js";

/**
 * @typedef {"spawned" | "busiest" | "fullest" | "restarts"} Order
 *
 * @typedef {object} Choice
 * @property {string} filter Words that a row must all have; the empty one fits all.
 * @property {boolean} troubledOnly
 * @property {Order} order
 * @property {ReadonlyMap<string, boolean>} opened Which branches somebody has opened or closed.
 * @property {Map<string, number>} ranks What the order goes by, for each actor: as long as that stays, the rows keep
 *   their order, whatever their figures do. Actors that are not in it are added.
 * @property {Map<string, number>} peaks The highest figure of each actor that was seen: the next ranks.
 *
 * @typedef {object} Row
 * @property {string} key
 * @property {string | null} parent The key of the row above it in the tree.
 * @property {ActorState | null} actor `null` for the row that says how many are left out.
 * @property {number} omitted
 * @property {number} level From 1.
 * @property {number} position Among its siblings, from 1.
 * @property {number} siblings
 * @property {boolean} isBranch
 * @property {boolean} isOpen
 * @property {boolean} isContext Whether it is shown only for what is below it.
 * @property {number} below How many actors are below it.
 * @property {readonly string[]} troubles
 * @property {number} troubledBelow
 * @property {number} now When the state was made, in Unix ms.
 */

/** A branch of more children starts closed: it would push everything else out of sight. */
const OPEN_CHILDREN_MAX = 24;

/** One actor with what was found out about it.
 * @typedef {object} Found
 * @property {ActorState} actor
 * @property {Found[]} children
 * @property {readonly string[]} troubles
 * @property {number} below
 * @property {number} troubledBelow
 * @property {boolean} fits
 * @property {boolean} isShown
 */

/**
 * The rows, from top to bottom, how many actors were looked at, and how many of them are troubled, or fit.
 * @param {ObserverState} state
 * @param {Choice} choice
 * @returns {{ rows: Row[], seen: number, troubled: number, fitting: number }}
 */
export function treeRows(state, choice) {
  const words = choice.filter.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const now = state.at;
  const isNarrowed = words.length > 0 || choice.troubledOnly;
  let seen = 0;
  let troubled = 0;
  let fitting = 0;
  /** @param {readonly ActorState[]} actors @returns {Found[]} */
  const find = (actors) =>
    actors.map((actor) => {
      const children = find(actor.children);
      const troubles = troublesOf(actor, now);
      seen++;
      if (troubles.length > 0) troubled++;
      const fits = (!choice.troubledOnly || troubles.length > 0) && hasWords(actor, words);
      if (fits) fitting++;
      return {
        actor,
        children,
        troubles,
        below: children.reduce((sum, { below }) => sum + below + 1, actor.omitted),
        troubledBelow: children.reduce((sum, child) => sum + child.troubledBelow + Math.sign(child.troubles.length), 0),
        fits,
        isShown: fits || children.some(({ isShown }) => isShown),
      };
    });
  /** @type {Row[]} */
  const rows = [];
  /** @param {readonly Found[]} found @param {string | null} parent @param {number} omitted @param {number} level */
  const add = (found, parent, omitted, level) => {
    const shown = sort(found.filter(({ isShown }) => isShown), choice);
    const left = isNarrowed ? 0 : omitted;
    const siblings = shown.length + Math.sign(left);
    for (const [index, item] of shown.entries()) {
      const { actor, children, troubles, below, troubledBelow, fits } = item;
      const key = actor.id;
      const isBranch = isNarrowed ? children.some(({ isShown }) => isShown) : below > 0;
      const isOpen = isBranch && (choice.opened.get(key) ?? (isNarrowed || children.length <= OPEN_CHILDREN_MAX));
      const place = { key, parent, level, position: index + 1, siblings, isBranch, isOpen, isContext: !fits };
      rows.push({ ...place, actor, omitted: 0, below, troubles, troubledBelow, now });
      if (isOpen) add(children, key, actor.omitted, level + 1);
    }
    if (left === 0) return;
    const key = `${parent ?? ""}\nmore`;
    const place = {
      key,
      parent,
      level,
      position: siblings,
      siblings,
      isBranch: false,
      isOpen: false,
      isContext: false,
    };
    rows.push({ ...place, actor: null, omitted, below: 0, troubles: [], troubledBelow: 0, now });
  };
  add(find(state.actors), null, state.actorsOmitted, 1);
  return { rows, seen, troubled, fitting };
}

/**
 * @param {ActorState} actor
 * @param {readonly string[]} words
 */
function hasWords({ id, className, status }, words) {
  if (words.length === 0) return true;
  const text = `${id} ${className} ${status}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/**
 * @param {Found[]} found
 * @param {Choice} choice
 */
function sort(found, { order, ranks, peaks }) {
  if (order === "spawned") return found;
  const weigh = { busiest: total, fullest: fullest, restarts: restarts }[order];
  for (const item of found) {
    const [id, weight] = [item.actor.id, weigh(item)];
    peaks.set(id, Math.max(weight, peaks.get(id) ?? 0));
    if (!ranks.has(id)) ranks.set(id, weight);
  }
  return found.sort((a, b) => (ranks.get(b.actor.id) ?? 0) - (ranks.get(a.actor.id) ?? 0));
}

/** @param {Found} item @returns {number} */
function total({ actor, children }) {
  return children.reduce((sum, child) => sum + total(child), actor.handledPerSecond);
}

/** @param {Found} item @returns {number} */
function fullest({ actor, children }) {
  return Math.max(fullness(actor) ?? 0, ...children.map(fullest));
}

/** @param {Found} item @returns {number} */
function restarts({ actor, children }) {
  return children.reduce((sum, child) => sum + restarts(child), actor.restarts);
}
