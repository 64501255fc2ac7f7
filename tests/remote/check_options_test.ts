import { assertThrows } from "@std/assert";
import { checkOptions } from "../../remote/check_options.ts";

Deno.test("checkOptions() names the option that is wrong, and what it must be", () => {
  for (const wrong of [-1, NaN, "5" as unknown as number]) {
    assertThrows(() => checkOptions("connect", { askTimeout: wrong }), RangeError, `askTimeout ${wrong}`);
    assertThrows(() => checkOptions("listen", { maxConnections: wrong }), RangeError, "maxConnections");
  }
  assertThrows(() => checkOptions("listen", { maxAsks: 0 }), RangeError, "a number > 0");
  for (const frameBytesMax of [0, 4_095, 2 ** 32]) {
    assertThrows(() => checkOptions("connect", { frameBytesMax }), RangeError, "between 4096 and 4294967295");
  }
  assertThrows(() => checkOptions("listen", { key: "x", compat: "cinema-rs-0.1" }), TypeError, "key and compat");
  assertThrows(() => checkOptions("connect", { key: "x".repeat(31) }), RangeError, "Cannot use a key of 31 bytes");
  assertThrows(() => checkOptions("listen", { key: [] }), TypeError, "empty list of keys");
  checkOptions("listen", { key: ["x".repeat(32), new Uint8Array(32)] });
  checkOptions("connect", { askTimeout: Infinity, maxWaiting: 0, frameBytesMax: 4_096 });
});
