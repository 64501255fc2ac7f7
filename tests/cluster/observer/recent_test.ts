import { assertEquals } from "@std/assert";
import { Recent } from "../../../cluster/observer/recent.ts";

Deno.test({
  name: "Recent keeps the latest, no more than its bound, and counts all",
  permissions: "none",
  fn() {
    const recent = new Recent<number>(3);
    const lists: number[][] = [];
    for (let n = 0; n <= 7; n++) {
      lists.push(recent.list());
      recent.add(n);
    }
    assertEquals(lists, [[], [0], [1, 0], [2, 1, 0], [3, 2, 1], [4, 3, 2], [5, 4, 3], [6, 5, 4]]);
    assertEquals([recent.list(), recent.total], [[7, 6, 5], 8]);
  },
});
