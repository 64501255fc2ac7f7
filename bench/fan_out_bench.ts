/**
 * Fan-out: one message to each of a thousand actors, and a reply from each, over and over.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { compare, expectHandled, times } from "./compare.ts";
import { Counter } from "./counter.ts";
import { Floor } from "./floor.ts";

const ACTORS = 1_000;
const ROUNDS = times(100);

compare({
  name: `fan-out: ${ACTORS} actors, a tell to each`,
  operations: ACTORS * ROUNDS,
  floor: async () => {
    const floors = Array.from({ length: ACTORS }, () => new Floor<object>());
    for (let n = 0; n < ROUNDS; n++) await Promise.all(floors.map((floor) => floor.doSend({ type: "tick", n })));
    for (const floor of floors) expectHandled(await floor.send({ type: "count" }), ROUNDS + 1);
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addrs = Array.from({ length: ACTORS }, () => system.spawn(() => new Counter()));
    for (let n = 0; n < ROUNDS; n++) await Promise.all(addrs.map((addr) => addr.doSend({ type: "tick", n })));
    for (const addr of addrs) expectHandled(await addr.send({ type: "count" }), ROUNDS + 1);
  },
});

compare({
  name: `fan-out: ${ACTORS} actors, an ask to each`,
  operations: ACTORS * ROUNDS,
  floor: async () => {
    const floors = Array.from({ length: ACTORS }, () => new Floor<object>());
    for (let n = 1; n <= ROUNDS; n++) {
      const replies = await Promise.all(floors.map((floor) => floor.send({ type: "count" })));
      for (const handled of replies) expectHandled(handled, n);
    }
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addrs = Array.from({ length: ACTORS }, () => system.spawn(() => new Counter()));
    for (let n = 1; n <= ROUNDS; n++) {
      const replies = await Promise.all(addrs.map((addr) => addr.send({ type: "count" })));
      for (const handled of replies) expectHandled(handled, n);
    }
  },
});
