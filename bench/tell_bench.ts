/**
 * Telling: what a message costs that wants no reply, awaited and in bursts, with one actor and with many.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { compare, expectHandled, times } from "./compare.ts";
import { Counter } from "./counter.ts";
import { Floor } from "./floor.ts";

/** Messages of one run, whatever number of actors they go to. */
const SENT = times(200_000, 200);
const BURST = times(100_000);
/** The rows of the original: messages to one actor, which is new each time. */
const SIZES = [100, 1_000, 10_000];
const ACTORS = 100;

compare({
  name: "tell: 1 actor, each doSend awaited",
  operations: SENT,
  floor: () => tellFloor(SENT),
  cinema: async () => {
    await using system = new ActorSystem();
    await tellActor(system, SENT);
  },
});

for (const size of SIZES.filter((size) => size <= SENT)) {
  compare({
    name: `tell: ${size} messages to a new actor, each doSend awaited`,
    operations: SENT,
    floor: async () => {
      for (let sent = 0; sent < SENT; sent += size) await tellFloor(size);
    },
    cinema: async () => {
      await using system = new ActorSystem();
      for (let sent = 0; sent < SENT; sent += size) await tellActor(system, size);
    },
  });
}

compare({
  name: "tell: 1 actor, a burst of trySend",
  operations: BURST,
  floor: async () => {
    const floor = new Floor<object>(BURST + 1);
    for (let n = 0; n < BURST; n++) floor.trySend({ type: "tick", n });
    expectHandled(await floor.send({ type: "count" }), BURST + 1);
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Counter(), { capacity: BURST + 1 });
    for (let n = 0; n < BURST; n++) addr.trySend({ type: "tick", n });
    expectHandled(await addr.send({ type: "count" }), BURST + 1);
  },
});

compare({
  name: `tell: ${ACTORS} actors, each with a sender that awaits doSend 1000 times`,
  operations: SENT,
  floor: async () => {
    for (let sent = 0; sent < SENT; sent += SENT / 2) {
      await Promise.all(Array.from({ length: ACTORS }, () => tellFloor(SENT / 2 / ACTORS)));
    }
  },
  cinema: async () => {
    await using system = new ActorSystem();
    for (let sent = 0; sent < SENT; sent += SENT / 2) {
      await Promise.all(Array.from({ length: ACTORS }, () => tellActor(system, SENT / 2 / ACTORS)));
    }
  },
});

async function tellFloor(messages: number): Promise<void> {
  const floor = new Floor<object>();
  for (let n = 0; n < messages; n++) await floor.doSend({ type: "tick", n });
  expectHandled(await floor.send({ type: "count" }), messages + 1);
}

async function tellActor(system: ActorSystem, messages: number): Promise<void> {
  const addr = system.spawn(() => new Counter());
  for (let n = 0; n < messages; n++) await addr.doSend({ type: "tick", n });
  expectHandled(await addr.send({ type: "count" }), messages + 1);
}
