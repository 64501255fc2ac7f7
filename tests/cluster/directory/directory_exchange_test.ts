// Any interleaving of changes at their owner and of pages to others, over a network that loses, repeats and reorders.

import { assert, assertEquals, assertGreater } from "@std/assert";
import { Directory } from "../../../cluster/directory/directory.ts";
import type { DirectoryPage } from "../../../cluster/directory/entry.ts";
import { OwnEntries } from "../../../cluster/directory/own_entries.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";
import { catchUp, knownLocations, ownLocations } from "../../support/cluster_records.ts";
import { forSeeds, type Seeded } from "../../support/seeded.ts";

const permissions = "none";

/** One owner, three that follow it, and a network between them that loses, repeats and reorders. */
class Exchange {
  readonly own: OwnEntries = new OwnEntries(new SeededRandom(1), 1_000_000);
  readonly readers: Directory[] = [1, 2, 3].map(() => new Directory(10_000));
  readonly #random: Seeded;
  readonly #underWay: { to: Directory; page: DirectoryPage }[] = [];
  restarts = 0;

  constructor(random: Seeded) {
    this.#random = random;
  }

  step(): void {
    const { own, readers } = this;
    const random = this.#random;
    const reader = random.pick(readers);
    switch (random.below(8)) {
      case 0:
      case 1:
        return this.#change();
      case 2:
        // The node could not be reached for a while.
        if (random.below(10) === 0) reader.remove("a");
        return;
      case 3:
      case 4: {
        const { since, compacted } = reader.requestOf("a", 5);
        const page = own.page(5, since, compacted);
        if (page === undefined) return;
        if (since > 0 && page.since === 0) this.restarts++;
        this.#underWay.push({ to: reader, page });
        return;
      }
      default: {
        const at = random.below(this.#underWay.length);
        const letter = this.#underWay[at];
        if (letter === undefined) return;
        // One in four comes twice, or later than another, and one in eight never.
        if (random.below(4) > 0) this.#underWay.splice(at, 1);
        if (random.below(8) > 0) letter.to.take("a", letter.page);
      }
    }
  }

  /** A burst of changes: now and then so many that history is forgotten. */
  #change(): void {
    const random = this.#random;
    const names = random.pick([3, 30, 3_000]);
    for (let n = random.pick([1, 20, 2_500]); n > 0; n--) {
      const name = `n${random.below(names)}`;
      if (random.below(2) === 0) this.own.delete(name, random.pick(["stopped", "failed"]));
      else this.own.set(name, random.pick(["A", "B"]), random.below(4) === 0);
    }
  }

  /** The network is whole again. */
  settle(): void {
    for (const { to, page } of this.#underWay) to.take("a", page);
    for (const reader of this.readers) {
      catchUp(reader, "a", 5, this.own);
      assertEquals(knownLocations(reader, "a"), ownLocations(this.own, "a", 5));
      assertEquals(reader.size, this.own.size);
      assertEquals([...reader.entries()].length, this.own.size);
    }
  }
}

Deno.test({
  name: "whatever the order of changes at a node and of pages to others, all end with the same entries",
  permissions,
  async fn() {
    let restarts = 0;
    await forSeeds(40, (random) => {
      const exchange = new Exchange(random);
      for (let n = 0; n < 150; n++) exchange.step();
      exchange.settle();
      restarts += exchange.restarts;
    });
    // Otherwise the rarest case was not among them.
    assertGreater(restarts, 20);
  },
});

Deno.test({
  name: "what take tells adds up: whoever only listens knows the same entries",
  permissions,
  async fn() {
    await forSeeds(20, (random) => {
      const exchange = new Exchange(random);
      const directory = exchange.readers[0]!;
      const heard: Map<string, string> = new Map();
      const take = directory.take.bind(directory);
      directory.take = (node, page) => {
        const changes = take(node, page);
        for (const { name, before, reason } of changes) {
          assert(before?.actorType === heard.get(name), name);
          if (reason === "") heard.set(name, directory.lookup(name)[0]!.actorType);
          else heard.delete(name);
        }
        assertEquals(new Set(changes.map(({ name }) => name)).size, changes.length);
        return changes;
      };
      const remove = directory.remove.bind(directory);
      directory.remove = (node) => {
        const gone = remove(node);
        for (const { name } of gone) heard.delete(name);
        return gone;
      };
      for (let n = 0; n < 100; n++) exchange.step();
      exchange.settle();
      const known = [...heard].sort(([a], [b]) => a < b ? -1 : 1);
      assertEquals(known, ownLocations(exchange.own, "a", 5).map(({ name, actorType }) => [name, actorType]));
    });
  },
});
