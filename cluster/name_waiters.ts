/**
 * Who waits for an actor to be registered.
 * @module
 */

/** Those who wait, by the name that they wait for. */
export class NameWaiters<T> {
  readonly #waiters: Map<string, Set<PromiseWithResolvers<T>>> = new Map();
  #closed: { readonly reason: unknown } | undefined;

  /** Waits for a name; rejects with the reason of `signal` when that aborts first, and with that of a close. */
  async wait(name: string, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw this.#closed.reason;
    const waiter = Promise.withResolvers<T>();
    const waiters = this.#waiters.get(name) ?? new Set();
    this.#waiters.set(name, waiters.add(waiter));
    const abort = () => waiter.reject(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await waiter.promise;
    } finally {
      signal?.removeEventListener("abort", abort);
      waiters.delete(waiter);
      if (waiters.size === 0 && this.#waiters.get(name) === waiters) this.#waiters.delete(name);
    }
  }

  /** A name is there. */
  found(name: string, value: T): void {
    for (const waiter of this.#waiters.get(name) ?? []) waiter.resolve(value);
  }

  /** Nobody will find anything any more. */
  close(reason: unknown): void {
    this.#closed = { reason };
    for (const waiters of this.#waiters.values()) for (const waiter of waiters) waiter.reject(reason);
  }
}
