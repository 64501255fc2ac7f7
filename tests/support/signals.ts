/** An abort signal that knows how many listeners it has, so that a test sees a leak. */
export class CountingSignal {
  readonly #controller: AbortController = new AbortController();
  /** The signal to pass on. */
  readonly signal: AbortSignal = this.#controller.signal;
  /** How many listeners it has. */
  listeners = 0;

  constructor() {
    const { signal } = this;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>) => (this.listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (this.listeners--, remove(...args));
  }

  /** Aborts. */
  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }
}

/** How a promise ended by now: its value, its error, or `"pending"`. */
export function watch(promise: Promise<unknown>): { ended: unknown } {
  const state: { ended: unknown } = { ended: "pending" };
  promise.then((value) => state.ended = value, (error) => state.ended = error);
  return state;
}
