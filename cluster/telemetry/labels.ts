/**
 * Attributes that come from outside: they may be long, and of a few different ones there may be many. Both are bounded.
 * @module
 */

import { keepEnd, keepStart } from "../../src/spi.ts";

/**
 * Characters of an id, of the name of a class and of a type of message that are told: as many as the observer shows.
 */
export const NAME_CHARS_MAX = 500;

/** What stands for all that have no place of their own. */
export const OTHER = "other";

/** Keeps something for each of the first labels that it is asked for, and one thing for all others. */
export class Labels<T> {
  readonly #max: number;
  readonly #make: (label: string) => T;
  readonly #known: Map<string, T> = new Map();
  #other: T | undefined;

  /** Creates no labels yet; there will be `max` at most, and the one of all others. */
  constructor(max: number, make: (label: string) => T) {
    this.#max = max;
    this.#make = make;
  }

  /** What is kept for a label. */
  of(label: string): T {
    const known = this.#known.get(label);
    if (known !== undefined) return known;
    // One that has the name of the others is one of them: two with the same attributes would hide each other.
    if (label === OTHER || this.#known.size >= this.#max) return this.#other ??= this.#make(OTHER);
    const made = this.#make(label);
    this.#known.set(label, made);
    return made;
  }

  /** All that is kept. */
  *all(): Generator<T, void> {
    yield* this.#known.values();
    if (this.#other !== undefined) yield this.#other;
  }
}

/** A type of message, or the name of a class, from its start. */
export function nameText(name: string): string {
  return keepStart(name, NAME_CHARS_MAX);
}

/** An id. Where it is too long its start is missing: its end tells it from its siblings. */
export function idText(id: string): string {
  return keepEnd(id, NAME_CHARS_MAX);
}
