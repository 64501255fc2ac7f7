/**
 * Dissemination: which news ride on the next packets, and how often.
 * @module
 */

/** A piece of news about a member, as it travels. */
export interface Rumor<T> {
  /** What it is about: newer news about the same replaces it. */
  readonly about: string;
  /** What it says. */
  readonly value: T;
  /** How many bytes it takes. */
  readonly bytes: number;
}

interface Entry<T> extends Rumor<T> {
  sent: number;
}

/**
 * How often a node passes a piece of news on: `mult * ceil(log10(n + 1))`. That many times reach everybody with high
 * probability (SWIM, section 4.1: infection-style dissemination in a time that grows with log n).
 */
export function retransmitLimit(mult: number, members: number): number {
  return mult * Math.ceil(Math.log10(members + 1));
}

/** News that are on their way: those that were sent least often go first. */
export class Dissemination<T> {
  readonly #max: number;
  readonly #entries: Map<string, Entry<T>> = new Map();

  /** Creates it without news. Beyond `max` pieces of news the oldest make way. */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many pieces of news are under way. */
  get size(): number {
    return this.#entries.size;
  }

  /** Starts to spread a piece of news, in place of older ones about the same. */
  add({ about, value, bytes }: Rumor<T>): void {
    this.#entries.delete(about);
    this.#entries.set(about, { about, value, bytes, sent: 0 });
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value!);
  }

  /** Spreads it no longer. */
  delete(about: string): void {
    this.#entries.delete(about);
  }

  /** What is spread about something. */
  about(about: string): T | undefined {
    return this.#entries.get(about)?.value;
  }

  /** Takes up to `bytesMax` bytes of news for one packet, each up to `limit` times in all. */
  take(bytesMax: number, limit: number): T[] {
    if (this.#entries.size === 0) return [];
    // The newest are at the end of the map: among equals they go first.
    const order = [...this.#entries.values()].reverse().sort((a, b) => a.sent - b.sent);
    const taken: T[] = [];
    let left = bytesMax;
    for (const entry of order) {
      if (entry.bytes > left) continue;
      left -= entry.bytes;
      taken.push(entry.value);
      if (++entry.sent >= limit) this.#entries.delete(entry.about);
    }
    return taken;
  }
}
