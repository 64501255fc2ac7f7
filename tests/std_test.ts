// The stand-ins under tests/std/ must behave as the packages they stand for: every other test trusts them.

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotInstanceOf,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
  unreachable,
} from "@std/assert";
import { abortable, deadline, delay } from "@std/async";
import { TextLineStream, toLines, toText } from "@std/streams";

class Named {
  readonly name = "n";
}

const loop: { self?: unknown } = {};
loop.self = loop;
const sameLoop: { self?: unknown } = {};
sameLoop.self = sameLoop;

Deno.test("equal() compares in depth", () => {
  const pairs: [unknown, unknown][] = [
    [NaN, NaN],
    [0, -0],
    [[1, [2]], [1, [2]]],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }],
    [Object.create(null), {}],
    [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]])],
    [new Set([1, 2]), new Set([2, 1])],
    [new Date(5), new Date(5)],
    [/a/g, /a/g],
    [new Uint8Array([1]), new Uint8Array([1])],
    [loop, sameLoop],
  ];
  for (const [a, b] of pairs) assertStrictEquals(equal(a, b), true, Deno.inspect([a, b]));
});

Deno.test("equal() tells apart what differs", () => {
  const pairs: [unknown, unknown][] = [
    [1, "1"],
    [1, 1n],
    [null, undefined],
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [[1, 2], [2, 1]],
    [new Named(), { name: "n" }],
    [new Map([[1, 1]]), new Map([[1, 2]])],
    [new Set([{ a: 1 }]), new Set([{ a: 2 }])],
    [new Error("a"), new Error("b")],
    [new Uint8Array([1]), new Uint8Array([2])],
    [() => 1, () => 1],
  ];
  for (const [a, b] of pairs) assertStrictEquals(equal(a, b), false, Deno.inspect([a, b]));
});

Deno.test("an assertion that holds does nothing", () => {
  assert(1);
  assertFalse("");
  assertEquals({ a: [1] }, { a: [1] });
  assertNotEquals<unknown>(1, 2);
  assertStrictEquals(NaN, NaN);
  assertNotStrictEquals({}, {});
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertExists(0);
  assertInstanceOf(new Named(), Named);
  assertNotInstanceOf({}, Named);
  assertStringIncludes("actor", "act");
  assertMatch("actor", /^act/);
  assertObjectMatch({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } });
  assertGreater(2, 1);
  assertGreaterOrEqual(2, 2);
  assertLess(1, 2);
  assertLessOrEqual(2, 2);
});

Deno.test("an assertion that does not hold throws AssertionError", () => {
  const failing: (() => void)[] = [
    () => assert(0),
    () => assertFalse(1),
    () => assertEquals({ a: [1] }, { a: [2] }),
    () => assertNotEquals([1], [1]),
    () => assertStrictEquals({}, {}),
    () => assertNotStrictEquals(1, 1),
    () => assertAlmostEquals(0.1, 0.2),
    () => assertExists(null),
    () => assertInstanceOf({}, Named),
    () => assertNotInstanceOf(new Named(), Named),
    () => assertStringIncludes("actor", "x"),
    () => assertMatch("actor", /x/),
    () => assertObjectMatch({ a: 1 }, { b: undefined }),
    () => assertGreater(1, 1),
    () => assertGreaterOrEqual(1, NaN),
    () => assertLess(1, 1),
    () => assertLessOrEqual(2, 1),
    () => fail(),
    () => unreachable(),
  ];
  for (const run of failing) assertThrows(run, AssertionError);
});

Deno.test("assertThrows() returns the error and checks its class and message", () => {
  const error = new RangeError("too far");
  const throwing = (): never => {
    throw error;
  };
  assertStrictEquals(assertThrows(throwing, RangeError, "far"), error);
  assertThrows(() => assertThrows(() => 1), AssertionError, "Expected function to throw");
  assertThrows(() => assertThrows(throwing, TypeError), AssertionError, "RangeError");
  assertThrows(() => assertThrows(throwing, RangeError, "near"), AssertionError, "near");
});

Deno.test("assertRejects() returns the reason and refuses what does not reject", async () => {
  const error = new RangeError("too far");
  assertStrictEquals(await assertRejects(() => Promise.reject(error), RangeError, "far"), error);
  await assertRejects(() => assertRejects(() => Promise.resolve()), AssertionError, "Expected function to reject");
  await assertRejects(() => assertRejects(() => Promise.reject(error), TypeError), AssertionError);
  const throwing = (): never => {
    throw error;
  };
  await assertRejects(() => assertRejects(throwing), AssertionError, "Function throws when expected to reject");
});

Deno.test("delay() waits, and ends early when its signal aborts", async () => {
  await delay(1);
  const controller = new AbortController();
  const waiting = delay(60_000, { signal: controller.signal });
  controller.abort(new RangeError("enough"));
  await assertRejects(() => waiting, RangeError, "enough");
  await assertRejects(() => delay(1, { signal: AbortSignal.abort() }), DOMException);
});

Deno.test("deadline() settles in time or rejects with TimeoutError", async () => {
  assertEquals(await deadline(Promise.resolve(5), 60_000), 5);
  await assertRejects(() => deadline(Promise.reject(new RangeError("no")), 60_000), RangeError);
  const never = Promise.withResolvers<void>().promise;
  assertEquals((await assertRejects(() => deadline(never, 1), DOMException)).name, "TimeoutError");
  await assertRejects(() => deadline(never, 60_000, { signal: AbortSignal.abort() }), DOMException);
  await assertRejects(() => abortable(never, AbortSignal.abort(new RangeError("no"))), RangeError);
});

async function linesOf(chunks: string[], options?: { allowCR: boolean }): Promise<string[]> {
  return await Array.fromAsync(ReadableStream.from(chunks).pipeThrough(new TextLineStream(options)));
}

Deno.test("TextLineStream splits at LF and CRLF, wherever the chunks end", async () => {
  assertEquals(await linesOf(["a\nb\r\nc"]), ["a", "b", "c"]);
  assertEquals(await linesOf(["a", "b\r", "\nc\r", "d\n\n"]), ["ab", "c\rd", ""]);
  assertEquals(await linesOf([..."one\r\ntwo\n"]), ["one", "two"]);
  assertEquals(await linesOf([]), []);
  assertEquals(await linesOf(["a\r"]), ["a\r"]);
});

Deno.test("TextLineStream splits at CR too when allowed", async () => {
  assertEquals(await linesOf(["a\rb\r\nc\nd\r"], { allowCR: true }), ["a", "b", "c", "d"]);
  assertEquals(await linesOf(["a\r", "\nb\r", "c"], { allowCR: true }), ["a", "b", "c"]);
});

Deno.test("toText() and toLines() decode bytes across chunks", async () => {
  const bytes = [...new TextEncoder().encode("hé\nho")].map((byte) => new Uint8Array([byte]));
  assertEquals(await toText(ReadableStream.from(bytes)), "hé\nho");
  assertEquals(await toText(ReadableStream.from(["a", "b"])), "ab");
  assertEquals(await Array.fromAsync(toLines(ReadableStream.from(bytes))), ["hé", "ho"]);
});
