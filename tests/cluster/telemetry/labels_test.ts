import { assertEquals, assertStrictEquals } from "@std/assert";
import { Labels } from "../../../cluster/telemetry/labels.ts";

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
  },
});
