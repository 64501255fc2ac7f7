import { assert } from "@std/assert";
import { fuzz } from "./fuzz.ts";

Deno.test({
  name: "a million damaged frames give envelopes or a WireError, and nothing else",
  permissions: "none",
  fn() {
    const before = Deno.memoryUsage().external;
    const { refused, read } = fuzz(1_000_000, 20_261_124);
    assert(refused > 200_000 && read > 200_000, `${refused} were refused, ${read} were read`);
    assert(Deno.memoryUsage().external - before < 50_000_000);
  },
});
