/**
 * Spawning: what an actor costs to start, one at a time and in groups, and to start and stop.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { compare, expectHandled, times } from "./compare.ts";
import { Counter } from "./counter.ts";
import { Floor } from "./floor.ts";

const ACTORS = times(20_000, 20);
/** The rows of the original: so many are spawned at once, and have started before the next ones are. */
const GROUPS = [1, 10, 100, 1_000];

// The systems are shut down outside of the measured run, so that this is the cost of spawning alone.
let spawned: ActorSystem[] = [];

async function shutdown(): Promise<void> {
  const systems = spawned;
  spawned = [];
  for (const system of systems) await system.shutdown();
}

for (const group of [...GROUPS, ACTORS].filter((group) => group <= ACTORS)) {
  compare({
    name: `spawn: ${group} at once`,
    operations: ACTORS,
    prepare: shutdown,
    floor: async () => {
      const floors: Floor<object>[] = [];
      for (let i = 0; i < ACTORS; i += group) {
        for (let n = 0; n < group; n++) floors.push(new Floor<object>());
        await undefined;
      }
      expectHandled(floors.length, ACTORS);
    },
    cinema: async () => {
      const system = new ActorSystem();
      for (let i = 0; i < ACTORS; i += group) {
        for (let n = 0; n < group; n++) system.spawn(() => new Counter());
        // In this microtask they start.
        await undefined;
      }
      expectHandled(system.actors.length, ACTORS);
      spawned.push(system);
    },
  });
}

compare({
  name: "spawn: start, first reply, stop",
  operations: ACTORS,
  prepare: shutdown,
  floor: async () => {
    const floors = Array.from({ length: ACTORS }, () => new Floor<object>());
    for (const floor of floors) expectHandled(await floor.send({ type: "count" }), 1);
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addrs = Array.from({ length: ACTORS }, () => system.spawn(() => new Counter()));
    for (const addr of addrs) expectHandled(await addr.send({ type: "count" }), 1);
  },
});
