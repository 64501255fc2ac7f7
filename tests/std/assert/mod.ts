/**
 * A local stand-in for the functions of `@std/assert` that this project uses.
 *
 * `"links"` in `deno.json` puts it in the place of the real package, so that the tests also run where its registry
 * cannot be reached. Names, signatures and failures are those of version 1 of the real package (the wording of a diff
 * differs); nothing else of it is here. It is written for this project, shares no code with the original and is never
 * published.
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export { assertRejects, assertThrows } from "./errors.ts";
export { assertGreater, assertGreaterOrEqual, assertLess, assertLessOrEqual } from "./order.ts";
export {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertFalse,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertNotInstanceOf,
  assertNotStrictEquals,
  assertObjectMatch,
  assertStrictEquals,
  assertStringIncludes,
  fail,
  unreachable,
} from "./values.ts";
