/**
 * Restarting: from a message that makes a child fail to the first answer of its next incarnation. Both lie in the
 * mailbox when the child fails, so nothing but the restart is between them.
 *
 * @module
 */

import { Actor, ActorSystem, type Addr, type Context, type Message, SupervisorStrategy } from "@cinema/cinema";
import { compare, expectHandled, times } from "./compare.ts";
import { Floor } from "./floor.ts";

const RESTARTS = times(5_000);
const ERROR = new Error("fails on request");

/** Makes the child fail. */
interface Fail extends Message {
  readonly type: "fail";
}

/** Asks how many messages this incarnation has handled. */
interface Count extends Message<number> {
  readonly type: "count";
}

/** Fails on request. */
class Child extends Actor<Fail | Count> {
  #handled = 0;

  fail(): void {
    fail();
  }

  count(): number {
    return ++this.#handled;
  }
}

/** Asks for the child. */
interface Adopt extends Message<Addr<Fail | Count>> {
  readonly type: "adopt";
}

/** Has children that always restart. */
class Parent extends Actor<Adopt> {
  adopt(_: Adopt, ctx: Context<Adopt>): Addr<Fail | Count> {
    return ctx.spawnChild(() => new Child(), { strategy: SupervisorStrategy.restart(Infinity, 1_000) });
  }
}

function fail(): void {
  throw ERROR;
}

compare({
  name: "restart: a child, until its first answer, median (floor: throw, a new queue, its first answer)",
  operations: RESTARTS,
  median: true,
  floor: async (lap) => {
    let handled = 0;
    for (let i = 0; i < RESTARTS; i++) {
      try {
        fail();
      } catch {
        handled += await new Floor<object>().send({ type: "count" });
      }
      lap();
    }
    expectHandled(handled, RESTARTS);
  },
  cinema: async (lap) => {
    await using system = new ActorSystem();
    const child = await system.spawn(() => new Parent()).send({ type: "adopt" });
    let handled = 0;
    for (let i = 0; i < RESTARTS; i++) {
      child.trySend({ type: "fail" });
      // A new incarnation has handled nothing before: each answer is 1.
      handled += await child.send({ type: "count" });
      lap();
    }
    expectHandled(handled, RESTARTS);
  },
});
