import { assertEquals } from "@std/assert";
import { copyOf, keepEnd, keepStart } from "../../../src/internal/short_text.ts";

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

pure(
  "keepStart() and keepEnd() keep so many characters, the ellipsis among them, and leave alone what is short",
  () => {
    assertEquals([keepStart("abcde", 5), keepEnd("abcde", 5)], ["abcde", "abcde"]);
    assertEquals([keepStart("abcdef", 5), keepEnd("abcdef", 5)], ["abcd…", "…cdef"]);
  },
);

pure("copyOf() gives the same text, whatever is in it", () => {
  for (const text of ["", "plain", 'with "quotes" and \\', "\u0000\n\u2028", "half of a pair: \ud83d", "😀"]) {
    assertEquals(copyOf(text), text);
  }
});
