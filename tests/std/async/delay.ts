/** Options of {@linkcode delay}. */
export interface DelayOptions {
  /** Ends the delay early; the promise then rejects with the reason of this signal. */
  signal?: AbortSignal;
  /**
   * Whether the pending delay keeps the process alive.
   *
   * @default {true}
   */
  persistent?: boolean;
}

/** Resolves after `ms` milliseconds, or rejects with the reason of `options.signal` when that aborts first. */
export function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  const { signal, persistent = true } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    signal?.removeEventListener("abort", onAbort);
    resolve();
  }, ms);
  function onAbort(): void {
    clearTimeout(timer);
    reject(signal?.reason);
  }
  signal?.addEventListener("abort", onAbort, { once: true });
  if (!persistent) Deno.unrefTimer(timer);
  return promise;
}
