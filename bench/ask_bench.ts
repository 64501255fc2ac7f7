/**
 * Asking: what a reply costs, one after the other and in batches, from a handler that returns it and from one that
 * promises it.
 *
 * @module
 */

import { Actor, ActorSystem, type Message } from "@cinema/cinema";
import { compare, expectHandled, times } from "./compare.ts";
import { Counter } from "./counter.ts";
import { Floor } from "./floor.ts";

const ASKED = times(100_000, 100);
const BATCHES = [10, 100];

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

/** Asks how many were handled. */
interface Count extends Message<number> {
  readonly type: "count";
}

/** Waits before it answers, for what is there already: the cost is that of the promise alone. */
class AsyncCounter extends Actor<Count> {
  #handled = 0;

  async count(): Promise<number> {
    await undefined;
    return ++this.#handled;
  }
}

compare({
  name: "ask: one after the other, async handler (floor: a second promise)",
  operations: ASKED,
  floor: async () => {
    const floor = new Floor<object>();
    const wait = async (reply: number) => {
      await undefined;
      return reply;
    };
    let handled = 0;
    for (let i = 0; i < ASKED; i++) handled = await wait(await floor.send({ type: "count" }));
    expectHandled(handled, ASKED);
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new AsyncCounter());
    let handled = 0;
    for (let i = 0; i < ASKED; i++) handled = await addr.send({ type: "count" });
    expectHandled(handled, ASKED);
  },
});

for (const batch of BATCHES) {
  compare({
    name: `ask: ${batch} at a time`,
    operations: ASKED,
    floor: async () => {
      const floor = new Floor<object>();
      let handled = 0;
      for (let i = 0; i < ASKED; i += batch) {
        const replies = Array.from({ length: batch }, () => floor.send({ type: "count" }));
        handled = (await Promise.all(replies)).at(-1)!;
      }
      expectHandled(handled, ASKED);
    },
    cinema: async () => {
      await using system = new ActorSystem();
      const addr = system.spawn(() => new Counter());
      let handled = 0;
      for (let i = 0; i < ASKED; i += batch) {
        const replies = Array.from({ length: batch }, () => addr.send({ type: "count" }));
        handled = (await Promise.all(replies)).at(-1)!;
      }
      expectHandled(handled, ASKED);
    },
  });
}
