import { assertEquals } from "@std/assert";
import { Directory } from "../../../cluster/directory/directory.ts";
import { knownLocations, pageOf, present } from "../../support/cluster_records.ts";

Deno.test({
  name: "a late page of an earlier start is ignored, also when its numbers would continue those of the later one",
  permissions: "none",
  fn() {
    const directory = new Directory(100);
    directory.take("n", pageOf({ uid: 1, version: 1, changes: [present("old")] }));
    directory.take("n", pageOf({ uid: 2, version: 1, changes: [present("new")] }));
    assertEquals(directory.take("n", pageOf({ uid: 1, since: 1, version: 2, changes: [present("late")] })), []);
    assertEquals(knownLocations(directory, "n").map(({ name, uid }) => [name, uid]), [["new", 2]]);
    assertEquals([directory.versionOf("n", 1), directory.versionOf("n", 2)], [0, 1]);
  },
});
