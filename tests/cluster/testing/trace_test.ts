import { assertEquals, assertStringIncludes } from "@std/assert";
import { SimulationError, Trace } from "../../../cluster/testing/trace.ts";

Deno.test({
  name: "Trace keeps the last lines, and puts into words only those that are read",
  permissions: "none",
  fn() {
    const trace = new Trace(3);
    let asked = 0;
    for (let i = 0; i < 10; i++) trace.add(i, () => (asked++, `line ${i}`));
    assertEquals(asked, 0);
    assertEquals(trace.text().split("\n").map((line) => line.trim()), [7, 8, 9].map((i) => `${i}.000 ms  line ${i}`));
    assertEquals(asked, 3);
    assertEquals(new Trace(0).isOn, false);
    assertEquals(new Trace(5).text(), "");
  },
});

Deno.test({
  name: "SimulationError shows the end of a long trace and keeps all of it",
  permissions: "none",
  fn() {
    const trace = Array.from({ length: 100 }, (_, i) => `line ${i}`).join("\n");
    const error = new SimulationError("node-1 is wrong", 5, trace);
    assertStringIncludes(error.message, "node-1 is wrong (seed 5)\n");
    assertEquals(error.message.includes("line 99"), true);
    assertEquals(error.message.includes("line 59\n"), false);
    assertEquals([error.trace, error.name], [trace, "SimulationError"]);
  },
});
