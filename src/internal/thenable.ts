/**
 * Whether a handler's result must be waited for.
 * @module
 */

/** Whether `value` is a promise or behaves as one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  return typeof (value as { then?: unknown }).then === "function";
}
