import { assertEquals } from "@std/assert";
import { CATCH_UP_MAX_MS, Fetches, RETRY_MS, type Wanted } from "../../../cluster/directory/fetches.ts";

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const WANTED: readonly Wanted[] = [{ id: "a", uid: 1, version: 3 }, { id: "b", uid: 2, version: 5 }];

pure("a node that was asked is due again after a while, until there is nothing more to hear from it", () => {
  const fetches = new Fetches();
  assertEquals([fetches.nextAt, fetches.due(1e9), fetches.has("a")], [Infinity, [], false]);
  fetches.start("a", 100);
  fetches.start("b", 50);
  assertEquals([fetches.has("a"), fetches.nextAt], [true, 50 + RETRY_MS]);
  assertEquals([fetches.due(49 + RETRY_MS), fetches.due(50 + RETRY_MS)], [[], ["b"]]);
  fetches.start("b", 200);
  assertEquals(fetches.due(200 + RETRY_MS), ["a", "b"]);
  fetches.stop("a");
  assertEquals([fetches.has("a"), fetches.due(200 + RETRY_MS)], [false, ["b"]]);
});

pure("a newcomer has caught up once all is known that an answer spoke of, whatever becomes of it later", () => {
  const fetches = new Fetches();
  const known = new Set<string>();
  const hasCaughtUp = (now: number) => fetches.hasCaughtUp(({ id, version }) => known.has(`${id}${version}`), now);
  fetches.synced(WANTED, 0); // not after a join
  assertEquals([hasCaughtUp(0), fetches.nextAt], [false, Infinity]);
  fetches.join(true);
  assertEquals(hasCaughtUp(1e9), false);
  fetches.synced(WANTED, 10);
  assertEquals([hasCaughtUp(20), fetches.nextAt], [false, 10 + CATCH_UP_MAX_MS]);
  known.add("a3");
  assertEquals(hasCaughtUp(30), false);
  known.delete("a3");
  known.add("b5");
  assertEquals([hasCaughtUp(40), hasCaughtUp(40), fetches.nextAt], [true, false, Infinity]);
});

pure("a newcomer waits only so long, and not at all for a join that was given up", () => {
  const fetches = new Fetches();
  fetches.join(true);
  fetches.synced(WANTED, 10);
  assertEquals(fetches.hasCaughtUp(() => false, 9 + CATCH_UP_MAX_MS), false);
  assertEquals(fetches.hasCaughtUp(() => false, 10 + CATCH_UP_MAX_MS), true);
  fetches.join(true);
  fetches.synced(WANTED, 10);
  fetches.join(false);
  assertEquals([fetches.hasCaughtUp(() => true, 1e9), fetches.nextAt], [false, Infinity]);
  fetches.join(true);
  fetches.synced([], 10);
  assertEquals(fetches.hasCaughtUp(() => false, 10), true);
});

pure(
  "each answer to a newcomer counts, also when it had caught up with an earlier one, and none makes it wait longer",
  () => {
    const fetches = new Fetches();
    const isKnown = ({ id }: Wanted) => id !== "b";
    fetches.join(true);
    fetches.synced([], 10); // a seed that starts itself
    assertEquals(fetches.hasCaughtUp(isKnown, 10), true);
    fetches.synced(WANTED, 20); // one that runs
    assertEquals([fetches.hasCaughtUp(isKnown, 30), fetches.nextAt], [false, 20 + CATCH_UP_MAX_MS]);
    fetches.synced(WANTED, 1_000);
    assertEquals([fetches.hasCaughtUp(isKnown, 1_000), fetches.nextAt], [false, 20 + CATCH_UP_MAX_MS]);
    assertEquals(fetches.hasCaughtUp(isKnown, 20 + CATCH_UP_MAX_MS), true);
  },
);
