import { assert, assertEquals, assertFalse } from "@std/assert";
import { isRegistrable, type Location, winnerOf, wins } from "../../../cluster/directory/entry.ts";
import { locationOf } from "../../support/cluster_records.ts";
import { forSeeds } from "../../support/seeded.ts";

const permissions = "none";

Deno.test({
  name: "isRegistrable takes 1 to 255 whole characters",
  permissions,
  fn() {
    for (const name of ["a", "bank/eu 1", "€".repeat(255), "😀"]) assert(isRegistrable(name), name);
    for (const name of ["", "x".repeat(256), "half \ud83d", 7 as unknown as string]) {
      assertFalse(isRegistrable(name), String(name));
    }
  },
});

Deno.test({
  name: "wins decides by the entry uid, and by the node id where that is equal",
  permissions,
  fn() {
    const [low, high] = [locationOf({ entryUid: 1, node: "z" }), locationOf({ entryUid: 2, node: "a" })];
    assert(wins(high, low) && !wins(low, high));
    const [a, b] = [locationOf({ node: "a" }), locationOf({ node: "b" })];
    assert(wins(b, a) && !wins(a, b));
    assertFalse(wins(a, a));
  },
});

Deno.test({
  name: "winnerOf takes no notice of starts, of types, and of how late a claim was made",
  permissions,
  fn() {
    const claims = [
      locationOf({ node: "a", uid: 9, entryUid: 5, actorType: "Z" }),
      locationOf({ node: "b", uid: 1, entryUid: 6, actorType: "A" }),
    ];
    assertEquals(winnerOf(claims)?.node, "b");
    assertEquals(winnerOf(claims.toReversed())?.node, "b");
  },
});

Deno.test({
  name: "winnerOf finds the same winner in whatever order the claims come",
  permissions,
  async fn() {
    await forSeeds(200, (random) => {
      const claims: Location[] = Array.from({ length: 1 + random.below(6) }, (_, i) => {
        return locationOf({ node: `node-${i}`, entryUid: random.below(4) });
      });
      const best = Math.max(...claims.map(({ entryUid }) => entryUid));
      const expected = claims.filter(({ entryUid }) => entryUid === best).at(-1);
      for (let n = 0; n < 10; n++) {
        const shuffled = claims.map((claim) => ({ claim, at: random.next() })).sort((a, b) => a.at - b.at);
        assertEquals(winnerOf(shuffled.map(({ claim }) => claim)), expected);
      }
    });
  },
});

Deno.test({
  name: "winnerOf lets an actor of its own win against a group, and nobody win where nobody claims",
  permissions,
  fn() {
    const group = ["x", "y"].map((node) => locationOf({ node, entryUid: 0 }));
    assertEquals(winnerOf([...group, locationOf({ node: "a", entryUid: 1 })])?.node, "a");
    assertEquals(winnerOf(group)?.node, "y");
    assertEquals(winnerOf([]), undefined);
  },
});
