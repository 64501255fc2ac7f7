/**
 * Whether the peer is still there, without a look at the clock for every frame.
 * @module
 */

/** What is to be done at a beat: nothing, ask the peer, tell it that this side is there, or give it up. */
export type Beat = "quiet" | "ping" | "pong" | "lost";

/**
 * Counts beats. A beat in which nothing was heard asks the peer, who answers at once; after a number of them in a row
 * it is lost. Each side does so at its own pace, so that they need not agree on one.
 */
export class Heartbeat {
  readonly #silentMax: number;
  #hasHeard = false;
  #silent = 0;
  #stuck = 0;

  /** Creates a heartbeat that gives up after so many silent beats. */
  constructor(silentMax: number) {
    this.#silentMax = silentMax;
  }

  /** A whole frame came in. A part of one is no sign of life: anybody can send a byte now and then. */
  heard(): void {
    this.#hasHeard = true;
  }

  /**
   * A beat. While nothing is read on purpose, silence means nothing; but the peer, who gets no answers, must hear us.
   * One that takes nothing of what waits for it is as good as gone, whatever it says.
   */
  beat({ isListening, isStuck }: { readonly isListening: boolean; readonly isStuck: boolean }): Beat {
    const hasHeard = this.#hasHeard || !isListening;
    this.#hasHeard = false;
    this.#silent = hasHeard ? 0 : this.#silent + 1;
    this.#stuck = isStuck ? this.#stuck + 1 : 0;
    if (Math.max(this.#silent, this.#stuck) >= this.#silentMax) return "lost";
    if (!hasHeard) return "ping";
    return isListening ? "quiet" : "pong";
  }
}
