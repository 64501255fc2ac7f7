/**
 * The registry: what it costs to find an actor by its name among many.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { compare, expectHandled, times } from "./compare.ts";
import { Counter } from "./counter.ts";

const LOOKUPS = times(1_000_000);

for (const names of [100, times(100_000)]) lookup(names);

function lookup(count: number): void {
  const names = Array.from({ length: count }, (_, i) => `actor-${i}`);
  const addrs = new Map<string, object>();
  // An idle actor holds nothing that has to be given back.
  const system = new ActorSystem();
  for (const name of names) {
    const addr = system.spawn(() => new Counter());
    system.register(name, addr);
    addrs.set(name, addr);
  }
  const find = (one: (name: string) => object | undefined) => {
    let found = 0;
    for (let i = 0; i < LOOKUPS; i++) if (one(names[i % count]!) !== undefined) found++;
    expectHandled(found, LOOKUPS);
    return Promise.resolve();
  };
  compare({
    name: `registry: lookup among ${count} names (floor: Map.get)`,
    operations: LOOKUPS,
    floor: () => find((name) => addrs.get(name)),
    cinema: () => find((name) => system.lookup(name, Counter)),
  });
}
