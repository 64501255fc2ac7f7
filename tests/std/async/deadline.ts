import { abortable } from "./abortable.ts";

/** Options of {@linkcode deadline}. */
export interface DeadlineOptions {
  /** Ends the wait early; the promise then rejects with the reason of this signal. */
  signal?: AbortSignal;
}

/**
 * Settles as `p` does, unless `ms` milliseconds pass first: then rejects with a `DOMException` named `TimeoutError`.
 *
 * The timer is cleared when `p` settles, so that a test with leak sanitizers may use it.
 */
export async function deadline<T>(p: Promise<T>, ms: number, options: DeadlineOptions = {}): Promise<T> {
  const controller = new AbortController();
  const expire = (): void => controller.abort(new DOMException("Signal timed out.", "TimeoutError"));
  const timer = setTimeout(expire, ms);
  const signals = [controller.signal];
  if (options.signal) signals.push(options.signal);
  try {
    return await abortable(p, AbortSignal.any(signals));
  } finally {
    clearTimeout(timer);
  }
}
