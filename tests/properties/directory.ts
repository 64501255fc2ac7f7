import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import * as fc from "fast-check";
import { Directory } from "../../cluster/directory/directory.ts";
import type { AppliedChange, DirectoryPage, Location } from "../../cluster/directory/entry.ts";
import { OwnEntries } from "../../cluster/directory/own_entries.ts";
import { SeededRandom } from "../../src/testing/mod.ts";
import { knownLocations, ownLocations } from "../support/cluster_records.ts";
import { type Property, property } from "./property.ts";

const NODES = ["node-1", "node-2", "node-3"];

const anyStep = fc.oneof(
  { weight: 7, arbitrary: fc.record({ set: fc.nat(8), type: fc.nat(2), isGroup: fc.boolean(), node: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ take: fc.nat(8), node: fc.nat(2) }) },
  // Many that come and go: it makes a node forget what was taken away long ago.
  { weight: 1, arbitrary: fc.record({ churn: fc.constantFrom(3, 700, 1_500), node: fc.nat(2) }) },
  // Many that stay: more than one page holds.
  { weight: 1, arbitrary: fc.record({ fill: fc.constantFrom(5, 1_200), node: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ empty: fc.constant(true), node: fc.nat(2) }) },
  { weight: 6, arbitrary: fc.record({ ask: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ follows: fc.nat(2) }) },
  // Pages arrive in any order, some twice and some never.
  { weight: 6, arbitrary: fc.record({ arrives: fc.nat(), isKept: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ restarts: fc.nat(2), isHeardOf: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ dies: fc.nat(2) }) },
);

type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

const anyScript = fc.array(anyStep, { maxLength: 40, size: "max" });

interface Owner {
  uid: number;
  own: OwnEntries;
}

/** Nodes that change their entries, and one that follows them, through pages that go astray. */
class Trial {
  readonly #entriesMax: number;
  readonly #directory: Directory;
  readonly #owners: Owner[];
  readonly #underWay: { readonly node: number; readonly page: DirectoryPage }[] = [];
  // Nodes that started again without a word about it.
  readonly #unheard: Set<number> = new Set();
  // What one knows who hears nothing but the changes.
  readonly #heard: Map<string, Location> = new Map();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
    this.#directory = new Directory(entriesMax);
    this.#owners = NODES.map((_, n) => ({ uid: 1, own: new OwnEntries(new SeededRandom(n), 100_000) }));
  }

  step(step: Step): void {
    if ("set" in step) this.#own(step.node).set(`name-${step.set}`, `Type${step.type}`, step.isGroup);
    else if ("take" in step) this.#own(step.node).delete(`name-${step.take}`, "stopped");
    else if ("churn" in step) this.#churn(this.#own(step.node), step.churn);
    else if ("fill" in step) {
      for (let n = 0; n < step.fill; n++) {
        this.#own(step.node).set(`many-${n}`, "Many", true);
      }
    } else if ("empty" in step) {
      for (const name of [...this.#own(step.node).names()]) this.#own(step.node).delete(name, "");
    } else if ("ask" in step) this.#ask(step.ask);
    else if ("follows" in step) this.#catchUp(step.follows);
    else if ("arrives" in step) this.#arrives(step.arrives, step.isKept);
    else if ("restarts" in step) this.#restart(step.restarts, step.isHeardOf);
    else this.#forget(step.dies);
    this.#check();
  }

  /** Everybody is asked until there is nothing new; what is late still arrives in between. */
  settle(): void {
    for (const n of this.#unheard) this.#forget(n);
    for (let round = 0; round < 4; round++) {
      for (const n of NODES.keys()) this.#catchUp(n);
      this.#arrives(round, true);
    }
    for (const n of NODES.keys()) this.#catchUp(n);
    this.#check(true);
    const all = this.#owners.map(({ own, uid }, n) => ownLocations(own, NODES[n]!, uid));
    const total = all.reduce((sum, { length }) => sum + length, 0);
    for (const [n, node] of NODES.entries()) {
      const known = knownLocations(this.#directory, node);
      if (total <= this.#entriesMax * 7 / 8) assertEquals(known, all[n]);
      // Where not all have room, those that are known are true all the same.
      const own = new Map(all[n]!.map((location) => [location.name, location]));
      for (const location of known) assertEquals(location, own.get(location.name));
    }
    if (total > this.#entriesMax) assertGreater(this.#directory.size, this.#entriesMax * 7 / 8 - 1);
  }

  #own(n: number): OwnEntries {
    return this.#owners[n]!.own;
  }

  #churn(own: OwnEntries, times: number): void {
    for (let n = 0; n < times; n++) {
      own.set(`guest-${n}`, "Guest", false);
      own.delete(`guest-${n}`, "stopped");
    }
  }

  #ask(n: number): void {
    const { own, uid } = this.#owners[n]!;
    const { since, compacted } = this.#directory.requestOf(NODES[n]!, uid);
    const page = own.page(uid, since, compacted);
    if (page !== undefined) this.#underWay.push({ node: n, page });
  }

  #arrives(which: number, isKept: boolean): void {
    if (this.#underWay.length === 0) return;
    const at = which % this.#underWay.length;
    const { node, page } = this.#underWay[at]!;
    if (!isKept) this.#underWay.splice(at, 1);
    // Pages of an earlier start are not even looked at.
    if (page.uid === this.#owners[node]!.uid) this.#take(node, page);
  }

  #take(n: number, page: DirectoryPage): void {
    this.#apply(NODES[n]!, this.#directory.take(NODES[n]!, page));
  }

  #apply(node: string, changes: readonly AppliedChange[]): void {
    const known = new Map(knownLocations(this.#directory, node).map((location) => [location.name, location]));
    for (const { name, before, reason } of changes) {
      const key = `${node} ${name}`;
      assertEquals(this.#heard.get(key), before, "what was there before is what was told last");
      const location = known.get(name);
      assertEquals(location === undefined, reason !== "", "there is a reason where it is gone, and only there");
      if (location === undefined) this.#heard.delete(key);
      else this.#heard.set(key, location);
    }
  }

  /** The follower may hear of it first by a page of the new start. */
  #restart(n: number, isHeardOf: boolean): void {
    const owner = this.#owners[n]!;
    owner.uid++;
    if (isHeardOf) this.#forget(n);
    else this.#unheard.add(n);
    owner.own = new OwnEntries(new SeededRandom(owner.uid), 100_000);
  }

  #forget(n: number): void {
    for (const { name } of this.#directory.remove(NODES[n]!)) assert(this.#heard.delete(`${NODES[n]} ${name}`));
  }

  #catchUp(n: number): void {
    const { own, uid } = this.#owners[n]!;
    const node = NODES[n]!;
    for (let asked = 0;; asked++) {
      assertLessOrEqual(asked, 100, "it asks for ever");
      const { since, compacted } = this.#directory.requestOf(node, uid);
      const page = own.page(uid, since, compacted);
      if (page === undefined) break;
      this.#take(n, page);
      this.#check();
    }
    // Where an earlier start is still known, it has nothing that the new one would take the place of.
    if (own.version > 0) assertEquals(this.#directory.versionOf(node, uid), own.version);
  }

  #check(isAll = false): void {
    assertLessOrEqual(this.#directory.size, this.#entriesMax);
    assertEquals(this.#directory.size, this.#heard.size);
    // Of many, one by one only at the end.
    if (this.#heard.size > 100 && !isAll) return;
    const all = [...this.#directory.entries()];
    assertEquals(all.length, this.#directory.size);
    assertEquals(new Map(all.map((location) => [`${location.node} ${location.name}`, location])), this.#heard);
  }
}

/** The law of those who follow what others have. */
export const DIRECTORY: readonly Property[] = [
  property(
    "whatever pages are late, doubled or lost, who asks again knows all entries in the end, and hears of each change once",
    80,
    fc.tuple(fc.constantFrom(4, 8, 8, 12, 1_500, 100_000), anyScript),
    ([entriesMax, steps]) => {
      const trial = new Trial(entriesMax);
      for (const step of steps) trial.step(step);
      trial.settle();
    },
  ),
];
