import { inspect } from "node:util";
import { AssertionError, suffix } from "./assertion_error.ts";

// deno-lint-ignore no-explicit-any -- Constructors of errors take whatever they like; the real signature says so too.
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Fails unless `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless `fn` throws an instance of `ErrorClass` whose message includes `msgIncludes`; returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const expected = expectation(classOrMsg, msgIncludes, msg);
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
    checkError(error, "thrown", expected);
    return thrown;
  }
  throw new AssertionError(`Expected function to throw${suffix(expected.msg)}`);
}

/** Fails unless `fn` returns a promise that rejects; resolves with the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Fails unless the promise of `fn` rejects with an instance of `ErrorClass` whose message includes `msgIncludes`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const expected = expectation(classOrMsg, msgIncludes, msg);
  const promise = callForPromise(fn, expected.msg);
  try {
    await promise;
  } catch (error) {
    checkError(error, "rejected", expected);
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(expected.msg)}`);
}

interface Expectation {
  readonly errorClass: ErrorClass<Error> | undefined;
  readonly msgIncludes: string | undefined;
  readonly msg: string | undefined;
}

function expectation(
  classOrMsg: ErrorClass<Error> | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): Expectation {
  if (typeof classOrMsg === "string") return { errorClass: undefined, msgIncludes: undefined, msg: classOrMsg };
  return { errorClass: classOrMsg, msgIncludes, msg };
}

/** A function that throws, or answers at once, has not rejected: that is a failure of its own. */
function callForPromise(fn: () => PromiseLike<unknown>, msg: string | undefined): PromiseLike<unknown> {
  let promise: unknown;
  try {
    promise = fn();
  } catch (cause) {
    throw new AssertionError(`Function throws when expected to reject${suffix(msg)}`, { cause });
  }
  if (typeof promise === "object" && promise !== null && "then" in promise && typeof promise.then === "function") {
    return promise as PromiseLike<unknown>;
  }
  throw new AssertionError(`Function throws when expected to reject${suffix(msg)}`);
}

function checkError(error: unknown, verb: string, { errorClass, msgIncludes, msg }: Expectation): void {
  if (errorClass === undefined) return;
  if (!(error instanceof Error)) throw new AssertionError(`A non-Error object was ${verb}${suffix(msg)}`);
  if (!(error instanceof errorClass)) {
    const found = (error as Error).constructor.name;
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", but was "${found}"${suffix(msg)}\n${inspect(error)}`,
      { cause: error },
    );
  }
  if (msgIncludes !== undefined && !error.message.includes(msgIncludes)) {
    throw new AssertionError(
      `Expected error message to include ${inspect(msgIncludes)}, but got ${inspect(error.message)}${suffix(msg)}`,
      { cause: error },
    );
  }
}
