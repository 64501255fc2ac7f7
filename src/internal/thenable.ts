/**
 * Results of handlers that may have to be waited for.
 * @module
 */

/** Whether `value` is a promise or behaves as one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  return typeof (value as { then?: unknown }).then === "function";
}

/** Calls `run` and, once that has returned, thrown or settled, `next`; returns what `run` did, to be waited for. */
export function runThen(run: () => unknown, next: () => void): unknown {
  let result: unknown;
  let isPending = false;
  try {
    result = run();
    isPending = isThenable(result);
  } finally {
    if (!isPending) next();
  }
  if (!isPending) return result;
  // A `then` of the user's own must run only once, so what goes on from here is a real promise.
  const settled = Promise.resolve(result as PromiseLike<unknown>);
  settled.then(next, next);
  return settled;
}
