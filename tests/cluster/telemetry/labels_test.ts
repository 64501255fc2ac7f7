import { assertEquals, assertStrictEquals } from "@std/assert";
import { idText, Labels, NAME_CHARS_MAX, nameText } from "../../../cluster/telemetry/labels.ts";

Deno.test({
  name: "Labels keeps one thing for each of the first labels, and one for all others",
  permissions: "none",
  fn() {
    const labels = new Labels(2, (label) => ({ label }));
    assertEquals([...labels.all()], []);
    const [a, b] = [labels.of("a"), labels.of("b")];
    assertEquals([labels.of("c"), labels.of("d")], [{ label: "other" }, { label: "other" }]);
    assertStrictEquals(labels.of("c"), labels.of("d"));
    assertStrictEquals(labels.of("a"), a);
    assertEquals([...labels.all()], [a, b, { label: "other" }]);
    const named = new Labels(2, (label) => ({ label }));
    assertStrictEquals(named.of("other"), (named.of("a"), named.of("b"), named.of("c")));
    assertEquals([...named.all()].map(({ label }) => label), ["a", "b", "other"]);
  },
});

Deno.test({
  name: "a long name is told from its start, and a long id by its end",
  permissions: "none",
  fn() {
    const fits = "x".repeat(NAME_CHARS_MAX);
    assertEquals([nameText(fits), idText(fits)], [fits, fits]);
    assertEquals(nameText(`a${fits}`), `a${"x".repeat(NAME_CHARS_MAX - 2)}…`);
    assertEquals(idText(`${fits}z`), `…${"x".repeat(NAME_CHARS_MAX - 2)}z`);
  },
});
