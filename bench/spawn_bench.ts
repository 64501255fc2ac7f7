/**
 * Spawning: what an actor costs to start, to start and stop, and to keep.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { compare, expectHandled } from "./compare.ts";
import { Counter } from "./counter.ts";
import { Floor } from "./floor.ts";

const ACTORS = 20_000;

// The systems are shut down outside of the measured run, so that this is the cost of spawning alone.
const spawned: ActorSystem[] = [];

compare({
  name: "spawn: start only",
  operations: ACTORS,
  floor: () => {
    const floors = Array.from({ length: ACTORS }, () => new Floor<object>());
    expectHandled(floors.length, ACTORS);
    return Promise.resolve();
  },
  cinema: () => {
    const system = new ActorSystem();
    for (let i = 0; i < ACTORS; i++) system.spawn(() => new Counter());
    expectHandled(system.actors.length, ACTORS);
    spawned.push(system);
    return Promise.resolve();
  },
});

compare({
  name: "spawn: start, first reply, stop",
  operations: ACTORS,
  floor: async () => {
    const floors = Array.from({ length: ACTORS }, () => new Floor<object>());
    for (const floor of floors) expectHandled(await floor.send({ type: "count" }), 1);
  },
  cinema: async () => {
    await Promise.all(spawned.splice(0).map((system) => system.shutdown()));
    await using system = new ActorSystem();
    const addrs = Array.from({ length: ACTORS }, () => system.spawn(() => new Counter()));
    for (const addr of addrs) expectHandled(await addr.send({ type: "count" }), 1);
  },
});
