import { assertEquals } from "@std/assert";
import type { Location } from "../../../cluster/directory/entry.ts";
import { LostNames } from "../../../cluster/directory/lost_names.ts";

function at(node: string, entryUid: number): Location {
  return { name: "leader", node, uid: 1, actorType: "Leader", entryUid };
}

Deno.test({
  name: "LostNames tells once of each winner, and again when the name was won back or given up in between",
  permissions: "none",
  fn() {
    const lost = new LostNames();
    const own = at("node-1", 5);
    const asked = [undefined, at("node-2", 4), at("node-2", 6), at("node-2", 6), at("node-3", 7), at("node-2", 4)];
    assertEquals(asked.map((winner) => lost.isNews(own, winner)), [false, false, true, false, true, false]);
    assertEquals(lost.isNews(own, at("node-3", 7)), true);
    lost.forget("leader");
    assertEquals(lost.isNews(own, at("node-3", 7)), true);
  },
});

Deno.test({
  name: "LostNames knows that the name of a group is never lost",
  permissions: "none",
  fn() {
    assertEquals(new LostNames().isNews(at("node-1", 0), at("node-2", 6)), false);
  },
});
