/**
 * Telling: what a message costs that wants no reply, awaited and in bursts, with one actor and with many.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { compare, expectHandled } from "./compare.ts";
import { Counter } from "./counter.ts";
import { Floor } from "./floor.ts";

const SENT = 200_000;
const BURST = 100_000;

compare({
  name: "tell: 1 actor, each doSend awaited",
  operations: SENT,
  floor: async () => {
    const floor = new Floor<object>();
    for (let n = 0; n < SENT; n++) await floor.doSend({ type: "tick", n });
    expectHandled(await floor.send({ type: "count" }), SENT + 1);
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Counter());
    for (let n = 0; n < SENT; n++) await addr.doSend({ type: "tick", n });
    expectHandled(await addr.send({ type: "count" }), SENT + 1);
  },
});

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
  name: "tell: 100 actors, each with a sender that awaits doSend",
  operations: SENT,
  floor: async () => {
    await Promise.all(Array.from({ length: 100 }, async () => {
      const floor = new Floor<object>();
      for (let n = 0; n < SENT / 100; n++) await floor.doSend({ type: "tick", n });
      expectHandled(await floor.send({ type: "count" }), SENT / 100 + 1);
    }));
  },
  cinema: async () => {
    await using system = new ActorSystem();
    await Promise.all(Array.from({ length: 100 }, async () => {
      const addr = system.spawn(() => new Counter());
      for (let n = 0; n < SENT / 100; n++) await addr.doSend({ type: "tick", n });
      expectHandled(await addr.send({ type: "count" }), SENT / 100 + 1);
    }));
  },
});
