import { assertEquals } from "@std/assert";
import { ERROR_CHARS_MAX, NAME_CHARS_MAX } from "../../../cluster/observer/limits.ts";
import { errorText, idText, nameText } from "../../../cluster/observer/shown_text.ts";

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

pure("errorText shows whatever was thrown", () => {
  const thrown = [new RangeError("too far"), "a string", undefined, null, 7n, Symbol("why"), { a: 1 }];
  const shown = ["RangeError: too far", "a string", "undefined", "null", "7", "Symbol(why)", "[object Object]"];
  assertEquals(thrown.map(errorText), shown);
});

pure("errorText of what has no text says so", () => {
  const hostile = {
    toString(): string {
      throw new Error("no");
    },
  };
  const none = "(what was thrown cannot be shown)";
  assertEquals([errorText(hostile), errorText(Object.create(null)), errorText({ toString: () => ({}) })], [
    none,
    none,
    none,
  ]);
});

pure("errorText cuts what is long, and only that", () => {
  assertEquals(errorText("x".repeat(ERROR_CHARS_MAX)), "x".repeat(ERROR_CHARS_MAX));
  const cut = errorText("x".repeat(ERROR_CHARS_MAX + 1));
  assertEquals([cut.length, cut.endsWith("x…")], [ERROR_CHARS_MAX, true]);
});

pure("nameText keeps the start of a long name, and takes the name of a class that is no text", () => {
  assertEquals([nameText("Store"), nameText({ a: 1 }), nameText(undefined)], ["Store", "object", "undefined"]);
  const cut = nameText(`A${"x".repeat(NAME_CHARS_MAX)}`);
  assertEquals([cut.length, cut.startsWith("Axx"), cut.endsWith("x…")], [NAME_CHARS_MAX, true, true]);
  assertEquals(nameText("x".repeat(NAME_CHARS_MAX)).length, NAME_CHARS_MAX);
});

pure("idText keeps the end of a long id, by which its siblings differ", () => {
  const long = "x".repeat(NAME_CHARS_MAX);
  const [one, two] = [idText(`/${long}/one`), idText(`/${long}/two`)];
  assertEquals([one.length, one.startsWith("…x"), one.endsWith("x/one"), one === two], [
    NAME_CHARS_MAX,
    true,
    true,
    false,
  ]);
  assertEquals(idText("/a/b"), "/a/b");
});
