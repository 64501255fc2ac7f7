/**
 * Asking: what a reply costs, one after the other and a hundred at a time.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { compare, expectHandled } from "./compare.ts";
import { Counter } from "./counter.ts";
import { Floor } from "./floor.ts";

const ASKED = 100_000;
const PIPELINED = 100;

compare({
  name: "ask: one after the other",
  operations: ASKED,
  floor: async () => {
    const floor = new Floor<object>();
    let handled = 0;
    for (let i = 0; i < ASKED; i++) handled = await floor.send({ type: "count" });
    expectHandled(handled, ASKED);
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Counter());
    let handled = 0;
    for (let i = 0; i < ASKED; i++) handled = await addr.send({ type: "count" });
    expectHandled(handled, ASKED);
  },
});

compare({
  name: `ask: ${PIPELINED} at a time`,
  operations: ASKED,
  floor: async () => {
    const floor = new Floor<object>();
    let handled = 0;
    for (let i = 0; i < ASKED; i += PIPELINED) {
      const replies = Array.from({ length: PIPELINED }, () => floor.send({ type: "count" }));
      handled = (await Promise.all(replies)).at(-1)!;
    }
    expectHandled(handled, ASKED);
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Counter());
    let handled = 0;
    for (let i = 0; i < ASKED; i += PIPELINED) {
      const replies = Array.from({ length: PIPELINED }, () => addr.send({ type: "count" }));
      handled = (await Promise.all(replies)).at(-1)!;
    }
    expectHandled(handled, ASKED);
  },
});
