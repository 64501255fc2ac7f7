/**
 * The registry: one name space per system.
 * @module
 */

import { NameTakenError } from "./errors.ts";
import type { Cell } from "./internal/cell.ts";

/** Names of living actors. An entry vanishes in the turn in which its actor ends. */
export class Registry {
  readonly #cells: Map<string, Cell> = new Map();
  readonly #names: Map<Cell, Set<string>> = new Map();

  /** Gives `cell` a name; throws when a living other one holds it. */
  register(name: string, cell: Cell): void {
    const holder = this.lookup(name);
    if (holder === cell) return;
    if (holder !== undefined) throw new NameTakenError(`Cannot register "${name}": ${holder.id} holds that name`);
    if (!cell.isAlive) throw new TypeError(`Cannot register "${name}": ${cell.id} has ended or is stopping`);
    this.unregister(name);
    this.#cells.set(name, cell);
    const names = this.#names.get(cell);
    if (names === undefined) this.#names.set(cell, new Set([name]));
    else names.add(name);
  }

  /** The living actor of that name. */
  lookup(name: string): Cell | undefined {
    const cell = this.#cells.get(name);
    return cell?.isAlive ? cell : undefined;
  }

  /** Frees a name; false when nobody held it. */
  unregister(name: string): boolean {
    const cell = this.#cells.get(name);
    if (cell === undefined) return false;
    this.#cells.delete(name);
    const names = this.#names.get(cell)!;
    names.delete(name);
    if (names.size === 0) this.#names.delete(cell);
    return true;
  }

  /** Frees the names of an actor that ended, and never those that another one holds by now. */
  forget(cell: Cell): void {
    for (const name of this.#names.get(cell) ?? []) this.#cells.delete(name);
    this.#names.delete(cell);
  }
}
