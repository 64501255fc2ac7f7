/**
 * Asks whose handler has returned and whose answer comes later.
 * @module
 */

import { HandlerAbandonedError } from "../message_errors.ts";
import type { Ask } from "./ask.ts";
import type { Cell } from "./cell.ts";

// Not a field of a cell: few actors answer late, and no other must be larger for it. An ask leaves its set when it is
// settled, whoever settles it, so a set holds only what somebody waits for.
const open = new WeakMap<Cell, Set<Ask>>();

/** Keeps an ask until it is settled, or the incarnation ends, and says so. */
export function holdOpen(cell: Cell, ask: Ask, settled: () => void): void {
  let asks = open.get(cell);
  if (asks === undefined) open.set(cell, asks = new Set());
  const kept = asks.add(ask);
  ask.place = {
    leave: () => {
      kept.delete(ask);
      settled();
    },
  };
}

/** The incarnation has ended: nobody is left to answer. */
export function failOpenAsks(cell: Cell): void {
  const asks = open.get(cell);
  if (asks === undefined) return;
  open.delete(cell);
  const { id: target } = cell;
  for (const ask of asks) {
    const { messageType } = ask;
    const text = `Cannot answer "${messageType}": ${target} has ended or restarted before it settled its LateReply`;
    ask.fail(new HandlerAbandonedError(text, { target, messageType }));
  }
}

/** The error of a handler, or of a late reply, that ended with the reason of the signal. */
export function gaveUpError(target: string, messageType: string): HandlerAbandonedError {
  const text = `Cannot answer "${messageType}": its handler gave up, because ${target} was to end`;
  return new HandlerAbandonedError(text, { target, messageType });
}

/** How many asks an actor has promised to answer: tests see by it that none is kept for longer. */
export function openAsksOf(cell: Cell): number {
  return open.get(cell)?.size ?? 0;
}
