/**
 * What went wrong since the observer was made. This is kept also while nobody looks.
 * @module
 */

import { copyOf, type Trouble, type TroubleListener, typeOf, unixMs } from "../../src/spi.ts";
import { DEAD_LETTERS_MAX, FAILED_ACTORS_MAX, FAILURES_MAX } from "./limits.ts";
import { Recent } from "./recent.ts";
import { errorText, idText, nameText } from "./shown_text.ts";
import type { DeadLetterState, FailureState } from "./state.ts";

/** Listens for troubles and keeps them as text: no actor, message or error is kept alive by it. */
export class Troubles implements TroubleListener<Trouble> {
  /** The latest dead letters. */
  readonly deadLetters: Recent<DeadLetterState> = new Recent(DEAD_LETTERS_MAX);
  /** The latest failures. */
  readonly failures: Recent<FailureState> = new Recent(FAILURES_MAX);
  /** How many restarts there were. */
  restarts = 0;
  readonly #lastFailures: Map<string, FailureState> = new Map();
  readonly #ended: () => void;

  /** Keeps nothing yet; `ended` is called when the system has ended. */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

  /** The last failure of the actor that has this id, or of one that had it before. */
  lastFailureOf(id: string): FailureState | undefined {
    return this.#lastFailures.get(id);
  }

  /** See {@linkcode TroubleListener}. */
  heard(trouble: Trouble): void {
    if (trouble.kind === "restarted") this.restarts++;
    else if (trouble.kind === "dead-letter") this.lost(trouble.addr.id, trouble.message, trouble.reason);
    else if (trouble.kind === "failed") this.#failed(copyOf(idText(trouble.addr.id)), trouble.error);
  }

  /** See {@linkcode TroubleListener}. */
  closed(): void {
    this.#ended();
  }

  /** A message to `target` was not handled. */
  lost(target: string, message: unknown, reason: string): void {
    this.deadLetters.add({ at: unixMs(), id: idText(target), type: nameText(typeOf(message)), reason });
  }

  #failed(id: string, error: unknown): void {
    const failure = { at: unixMs(), id, error: copyOf(errorText(error)) };
    this.failures.add(failure);
    // Whoever failed last stands last, so that the oldest goes first.
    this.#lastFailures.delete(id);
    this.#lastFailures.set(id, failure);
    if (this.#lastFailures.size > FAILED_ACTORS_MAX) {
      this.#lastFailures.delete(this.#lastFailures.keys().next().value!);
    }
  }
}
