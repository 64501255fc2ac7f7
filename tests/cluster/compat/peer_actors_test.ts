import { assertEquals } from "@std/assert";
import { type PeerActor, PeerActors } from "../../../cluster/compat/peer_actors.ts";
import { forSeeds } from "../../support/seeded.ts";

const actor = (name: string, actorType = "Store"): PeerActor => ({ name, actorType });

Deno.test({
  name: "an actor is found at the peer that claims it, until that does not name it any more",
  permissions: "none",
  fn() {
    const actors = new PeerActors();
    assertEquals(actors.take("node-1", [actor("a"), actor("b")], true), [
      { name: "a", node: "node-1" },
      { name: "b", node: "node-1" },
    ]);
    assertEquals(actors.lookup("a"), { node: "node-1", actorType: "Store" });
    assertEquals(actors.take("node-1", [actor("a", "Shop")], true), [{ name: "b", node: undefined }]);
    assertEquals([actors.lookup("a")?.actorType, actors.lookup("b"), actors.size], ["Shop", undefined, 1]);
  },
});

Deno.test({
  name: "what is incomplete adds actors and takes none away",
  permissions: "none",
  fn() {
    const actors = new PeerActors();
    actors.take("node-1", [actor("a")], true);
    assertEquals(actors.take("node-1", [actor("b")], false), [{ name: "b", node: "node-1" }]);
    assertEquals(actors.lookup("a")?.node, "node-1");
  },
});

Deno.test({
  name: "a name stays with the first peer that claimed it, and goes to the next one when that has gone",
  permissions: "none",
  fn() {
    const actors = new PeerActors();
    actors.take("node-2", [actor("a")], true);
    assertEquals(actors.take("node-1", [actor("a")], true), []);
    assertEquals(actors.take("node-2", [actor("a", "Shop")], true), []);
    assertEquals(actors.lookup("a"), { node: "node-2", actorType: "Shop" });
    actors.take("node-3", [actor("a")], true);
    assertEquals(actors.drop("node-3"), []);
    assertEquals(actors.drop("node-2"), [{ name: "a", node: "node-1" }]);
    assertEquals(actors.take("node-2", [actor("a")], true), []);
    assertEquals(actors.drop("node-1"), [{ name: "a", node: "node-2" }]);
    assertEquals(actors.drop("node-1"), []);
    assertEquals(actors.drop("node-2"), [{ name: "a", node: undefined }]);
    assertEquals(actors.size, 0);
  },
});

Deno.test({
  name: "there are no more claims than may be, and room that was given back is used",
  permissions: "none",
  fn() {
    const actors = new PeerActors(2);
    assertEquals(actors.take("node-1", [actor("a"), actor("b"), actor("c")], true).length, 2);
    assertEquals(actors.take("node-2", [actor("a")], true), []);
    assertEquals([actors.size, actors.lookup("c")], [2, undefined]);
    actors.drop("node-1");
    assertEquals(actors.lookup("a"), undefined);
    assertEquals(actors.take("node-2", [actor("a"), actor("a")], true), [{ name: "a", node: "node-2" }]);
    assertEquals(actors.size, 1);
  },
});

Deno.test({
  name: "the changes that are told add up to what is found",
  permissions: "none",
  async fn() {
    await forSeeds(200, (random) => {
      const actors = new PeerActors(12);
      const told = new Map<string, string>();
      for (let step = 0; step < 60; step++) {
        const node = `node-${random.below(4)}`;
        const names = Array.from({ length: random.below(6) }, () => actor(`actor-${random.below(8)}`));
        const changes = random.below(4) === 0 ? actors.drop(node) : actors.take(node, names, random.below(2) === 0);
        for (const { name, node } of changes) node === undefined ? told.delete(name) : told.set(name, node);
        for (let i = 0; i < 8; i++) assertEquals(actors.lookup(`actor-${i}`)?.node, told.get(`actor-${i}`));
      }
      for (let i = 0; i < 4; i++) actors.drop(`node-${i}`);
      assertEquals(actors.size, 0);
    });
  },
});
