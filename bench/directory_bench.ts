/**
 * The directory of actors without a network: lookups among 100,000 entries, registrations, and pages of 1,000 entries.
 * Times are for each entry. The floor is a map.
 *
 * @module
 */

import type { Core } from "../cluster/core.ts";
import type { Location } from "../cluster/directory/entry.ts";
import { ClusterCodec, type ClusterMessage } from "../cluster/wire/cluster_codec.ts";
import { SeededRandom } from "../src/testing/mod.ts";
import { askFor, coreOf, encode, fetchAll, sent } from "./cluster_cores.ts";
import { compare, expectHandled, times } from "./compare.ts";

const NODES = 10;
const ENTRIES = times(100_000, 1_000);
const PAGE = 1_000;
const ROUNDS = times(10);

lookup();
register();
tellPage();
takePage();

/** Names of actors, none twice. */
function namesOf(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}/account-${i}`);
}

/** A node that has registered actors. */
function ownerOf(id: string, names: readonly string[]): Core {
  const core = coreOf(id);
  for (const name of names) core.register(name, "Account", false, 0);
  return core;
}

/** What a map does with an entry. */
function insert(names: readonly string[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const entries = new Map<string, Location>();
    for (const name of names) entries.set(name, { name, node: "owner", uid: 1, actorType: "Account", entryUid: 1 });
    expectHandled(entries.size, names.length);
  }
  return Promise.resolve();
}

function lookup(): void {
  const core = coreOf("self");
  for (let i = 0; i < NODES; i++) fetchAll(core, ownerOf(`node-${i}`, namesOf(ENTRIES / NODES, `node-${i}`)));
  const all = new Map([...core.entries()].map((entry) => [entry.name, entry]));
  expectHandled(all.size, ENTRIES);
  const random = new SeededRandom(1);
  const names = [...all.keys()];
  const wanted = Array.from({ length: ENTRIES }, () => names[Math.floor(random.next() * ENTRIES)]!);
  compare({
    name: `directory: lookup, ${ENTRIES} entries (floor: look into a map)`,
    operations: ENTRIES,
    floor: () => {
      let found = 0;
      for (const name of wanted) if (all.get(name) !== undefined) found++;
      expectHandled(found, ENTRIES);
      return Promise.resolve();
    },
    cinema: () => {
      let found = 0;
      for (const name of wanted) if (core.lookup(name, "self") !== undefined) found++;
      expectHandled(found, ENTRIES);
      return Promise.resolve();
    },
  });
}

function register(): void {
  const names = namesOf(PAGE, "node");
  compare({
    name: `directory: register ${PAGE} names (floor: put them into a map)`,
    operations: PAGE * ROUNDS,
    floor: () => insert(names),
    cinema: () => {
      for (let round = 0; round < ROUNDS; round++) expectHandled(ownerOf("owner", names).ownSize, PAGE);
      return Promise.resolve();
    },
  });
}

/** From the request of another node to the bytes of the page. */
function tellPage(): void {
  const { owner, bytes } = pageOf();
  const [request] = askFor(coreOf("self"), owner);
  const codec = new ClusterCodec();
  compare({
    name: `directory: tell a page of ${PAGE} entries (floor: copy its bytes)`,
    operations: PAGE * ROUNDS,
    floor: () => {
      let copied = 0;
      for (let round = 0; round < ROUNDS; round++) copied += bytes.slice().length;
      expectHandled(copied, ROUNDS * bytes.length);
      return Promise.resolve();
    },
    cinema: () => {
      let told = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const [page] = sent(owner.receive(request!, 0));
        told += encode(page!, codec).length;
      }
      expectHandled(told, ROUNDS * bytes.length);
      return Promise.resolve();
    },
  });
}

/** From the bytes of another node to the directory that has taken them in. */
function takePage(): void {
  const { owner, bytes, names } = pageOf();
  const codec = new ClusterCodec();
  let readers: Core[] = [];
  compare({
    name: `directory: take a page of ${PAGE} entries (floor: put them into a map)`,
    operations: PAGE * ROUNDS,
    floor: () => insert(names),
    prepare: () => {
      readers = Array.from({ length: ROUNDS }, () => coreOf("self"));
      for (const reader of readers) askFor(reader, owner);
    },
    cinema: () => {
      for (const reader of readers) {
        const effects = reader.receive(codec.decode(bytes)!, 0);
        expectHandled(effects.filter(({ kind }) => kind === "event").length, PAGE);
      }
      return Promise.resolve();
    },
  });
}

/** A node with one page of entries, and that page as bytes. */
function pageOf(): { owner: Core; bytes: Uint8Array; names: readonly string[] } {
  const names = namesOf(PAGE, "node");
  const owner = ownerOf("owner", names);
  const [request] = askFor(coreOf("self"), owner) as [ClusterMessage];
  const [page] = sent(owner.receive(request, 0)) as [ClusterMessage];
  return { owner, bytes: encode(page), names };
}
