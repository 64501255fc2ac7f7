import { assertEquals } from "@std/assert";
import { PRESETS } from "../../../cluster/membership/config.ts";
import { newsMax } from "../../../cluster/testing/views.ts";
import { memberOf } from "../../support/members.ts";

Deno.test({
  name:
    "newsMax allows one piece of news about each node, and more about one that is suspected: each who says so is one",
  permissions: "none",
  fn() {
    const [b, c] = [memberOf("b"), memberOf("c")];
    assertEquals(newsMax([], PRESETS.lan), 1);
    assertEquals(newsMax([b, { ...c, status: "down" }], PRESETS.lan), 3);
    assertEquals(newsMax([b, { ...c, status: "suspect" }], PRESETS.lan), 9);
    assertEquals(newsMax([{ ...c, status: "suspect" }], { ...PRESETS.lan, suspicionMult: 1 }), 6);
  },
});
