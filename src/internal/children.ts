/**
 * The children of an actor, or the top level of a system.
 * @module
 */

import { NameTakenError } from "../errors.ts";
import type { Cell } from "./cell.ts";

/** Living cells in order of spawning, with unique labels. */
export class Children {
  /** The one that is being ended, while their parent ends them one after the other. */
  ending: Cell | undefined;
  readonly #cells: Set<Cell> = new Set();
  #names: Set<string> | undefined;

  /** How many there are. */
  get size(): number {
    return this.#cells.size;
  }

  /** Makes sure that a label is well formed and free. */
  checkName(name: string): void {
    if (typeof name !== "string" || name === "" || name.includes("/")) {
      throw new TypeError(`Cannot use "${name}" as a name: it must be a string, not empty and without "/"`);
    }
    if (!this.#names?.has(name)) return;
    const isStopping = this.list().some((cell) => cell.options.name === name && !cell.isAlive);
    const holder = isStopping ? "a sibling that is stopping still" : "a living sibling";
    throw new NameTakenError(`Cannot spawn "${name}": ${holder} has that name`);
  }

  /** Adds a cell behind the others. */
  add(cell: Cell, name: string | undefined): void {
    this.#cells.add(cell);
    if (name !== undefined) (this.#names ??= new Set()).add(name);
  }

  /** Removes a cell that ended. */
  remove(cell: Cell, name: string | undefined): void {
    this.#cells.delete(cell);
    if (name !== undefined) this.#names?.delete(name);
  }

  /** The living cells in order of spawning. */
  list(): Cell[] {
    return [...this.#cells];
  }

  /** The first `count` of them: of a million, a few cost little. */
  first(count: number): Cell[] {
    const first: Cell[] = [];
    for (const cell of this.#cells) {
      if (first.length >= count) break;
      first.push(cell);
    }
    return first;
  }
}
