/**
 * Finds out what a contender does with messages that come faster than they are handled, rather than believing what is
 * said of it: how many handlers of one actor run at once, and how many messages are taken before a sender has to wait.
 *
 * @module
 */

/** So many turns of the event loop without a change, and nothing is on its way any more. */
const QUIET_TURNS = 50;

/** A handler that does not end before it is told to, and that counts how often it was entered. */
export class Gauge {
  readonly #gate = Promise.withResolvers<void>();
  readonly #all = Promise.withResolvers<void>();
  readonly #expected: number;
  #accepted = 0;
  #entered = 0;
  #handled = 0;

  /** Creates one for so many messages. */
  constructor(expected: number) {
    this.#expected = expected;
  }

  /** Handles a message. */
  readonly handle = async (): Promise<void> => {
    this.#entered++;
    await this.#gate.promise;
    if (++this.#handled === this.#expected) this.#all.resolve();
  };

  /** Counts a message whose sender may go on. */
  readonly accept = (): void => {
    this.#accepted++;
  };

  /** Reads both figures when nothing moves any more, then lets the handlers end and waits until all is handled. */
  async read(): Promise<Reading> {
    await this.#quiet();
    const atOnce = this.#entered;
    // Where a send resolves with the end of the handler, what has been entered was taken too.
    const taken = Math.max(this.#accepted, this.#entered);
    this.#gate.resolve();
    await this.#all.promise;
    return { atOnce, taken };
  }

  async #quiet(): Promise<void> {
    let before = -1;
    for (let turns = 0; turns < QUIET_TURNS; turns++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (this.#accepted + this.#entered !== before) turns = 0;
      before = this.#accepted + this.#entered;
    }
  }
}

/** What a gauge has found. */
export interface Reading {
  /** How many handlers of one actor ran at once. */
  readonly atOnce: number;
  /** How many messages were taken while none was finished. */
  readonly taken: number;
}

/** Counts what is handled; for a contender whose actor has no other way to say that it has handled all. */
export class Tally {
  #handled = 0;
  #expected = Infinity;
  #reached = Promise.withResolvers<number>();

  /** Counts one, and returns how much it is by now. */
  readonly add = (): number => {
    if (++this.#handled === this.#expected) {
      this.#reached.resolve(this.#handled);
    }
    return this.#handled;
  };

  /** Resolves when so much more has been counted, with how much that is in all. */
  after(more: number): Promise<number> {
    this.#expected = this.#handled + more;
    this.#reached = Promise.withResolvers();
    return this.#reached.promise;
  }
}
