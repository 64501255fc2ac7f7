/**
 * Who waits for an actor to be registered.
 * @module
 */

/** Somebody who waits. */
interface Waiter<T> extends PromiseWithResolvers<T> {
  readonly count: number;
}

/** Those who wait, by the name that they wait for. */
export class NameWaiters<T> {
  readonly #waiters: Map<string, Set<Waiter<T>>> = new Map();
  #closed: { readonly reason: unknown } | undefined;

  /**
   * Waits until `count` nodes have a name; rejects with the reason of `signal` when that aborts first, and with that of
   * a close.
   */
  async wait(name: string, count: number, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw this.#closed.reason;
    const waiter = { ...Promise.withResolvers<T>(), count };
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

  /** A name is there; `countOf` says on how many nodes, and is asked only where somebody waits. */
  found(name: string, value: T, countOf: () => number): void {
    const waiters = this.#waiters.get(name);
    if (waiters === undefined) return;
    const count = countOf();
    for (const waiter of waiters) if (waiter.count <= count) waiter.resolve(value);
  }

  /** Nobody will find anything any more. */
  close(reason: unknown): void {
    this.#closed = { reason };
    for (const waiters of this.#waiters.values()) for (const waiter of waiters) waiter.reject(reason);
  }
}
