import { inspect } from "node:util";
import { AssertionError } from "./assertion_error.ts";

/** Fails unless `actualValue > lowerBound`. */
export function assertGreater<T>(actualValue: T, lowerBound: T, msg?: string): void {
  if (!(actualValue > lowerBound)) refuse(actualValue, ">", lowerBound, msg);
}

/** Fails unless `actualValue >= lowerBound`. */
export function assertGreaterOrEqual<T>(actualValue: T, lowerBound: T, msg?: string): void {
  if (!(actualValue >= lowerBound)) refuse(actualValue, ">=", lowerBound, msg);
}

/** Fails unless `actualValue < upperBound`. */
export function assertLess<T>(actualValue: T, upperBound: T, msg?: string): void {
  if (!(actualValue < upperBound)) refuse(actualValue, "<", upperBound, msg);
}

/** Fails unless `actualValue <= upperBound`. */
export function assertLessOrEqual<T>(actualValue: T, upperBound: T, msg?: string): void {
  if (!(actualValue <= upperBound)) refuse(actualValue, "<=", upperBound, msg);
}

function refuse(actual: unknown, operator: string, bound: unknown, msg: string | undefined): never {
  throw new AssertionError(msg ?? `Expect ${inspect(actual)} ${operator} ${inspect(bound)}`);
}
