import nodeAssert from "node:assert";
import { inspect } from "node:util";
import { AssertionError, suffix } from "./assertion_error.ts";
import { equal } from "./equal.ts";

// deno-lint-ignore no-explicit-any -- A class may take any arguments; the real signatures say so too.
type AnyClass = abstract new (...args: any[]) => any;

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Fails unless `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is false | 0 | "" | 0n | null | undefined {
  if (expr) throw new AssertionError(msg);
}

/** Fails unless the two values are equal in depth, as {@linkcode equal} sees it. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(`Values are not equal${suffix(msg)}\n${difference(actual, expected)}`);
}

/** Fails when the two values are equal in depth, as {@linkcode equal} sees it. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${inspect(actual)} not to be: ${inspect(expected)}${suffix(msg)}`,
  );
}

/** Fails unless the two values are the same, as `Object.is` sees it. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const detail = equal(actual, expected)
    ? `Values have the same structure but are not reference-equal${suffix(msg)}\n${inspect(actual)}`
    : `Values are not strictly equal${suffix(msg)}\n${difference(actual, expected)}`;
  throw new AssertionError(detail);
}

/** Fails when the two values are the same, as `Object.is` sees it. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(`Expected "actual" to not be strictly equal to: ${inspect(actual)}${suffix(msg)}`);
}

/** Fails unless the two numbers differ by at most `tolerance` (one part in ten million of `expected` if not said). */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const apart = Math.abs(expected - actual);
  if (apart <= allowed) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to be close to "${expected}": delta "${apart}" is greater than "${allowed}"` +
      suffix(msg),
  );
}

/** Fails when `actual` is `null` or `undefined`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(`Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`);
}

/** Fails unless `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T extends AnyClass>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  const found = typeof actual === "object" && actual !== null ? actual.constructor?.name : typeof actual;
  throw new AssertionError(
    msg || `Expected object to be an instance of "${expectedType.name}" but was "${found ?? "Object"}".`,
  );
}

/** Fails when `actual` is an instance of `unexpectedType`. */
export function assertNotInstanceOf<A, T>(
  actual: A,
  // deno-lint-ignore no-explicit-any -- As above.
  unexpectedType: abstract new (...args: any[]) => T,
  msg?: string,
): asserts actual is Exclude<A, T> {
  if (!(actual instanceof unexpectedType)) return;
  throw new AssertionError(`Expected object to not be an instance of "${unexpectedType.name}"${suffix(msg)}`);
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(`Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`);
}

/** Fails unless `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`);
}

/** Fails unless `actual` has, in depth, every property of `expected`; it may have more. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- The real signature: any object will do.
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  if (includes(actual, expected)) return;
  throw new AssertionError(`Values do not match${suffix(msg)}\n${difference(actual, expected)}`);
}

/** Fails always. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}

/** Fails when a line is reached that no path should lead to. */
export function unreachable(msg?: string): never {
  throw new AssertionError(`Unreachable${suffix(msg)}`);
}

function includes(actual: unknown, expected: unknown): boolean {
  if (!isRecord(actual) || !isRecord(expected)) return equal(actual, expected);
  return Reflect.ownKeys(expected).every((key) => key in actual && includes(actual[key], expected[key]));
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return !(value instanceof Set || value instanceof Map || value instanceof Date || value instanceof RegExp);
}

/** The two values side by side, as `node:assert` shows them. */
function difference(actual: unknown, expected: unknown): string {
  return new nodeAssert.AssertionError({ actual, expected, operator: "deepStrictEqual" }).message;
}
