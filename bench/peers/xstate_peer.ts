/**
 * XState 5: an actor that runs a state machine.
 *
 * @module
 */

import { type Actor, assign, createActor, setup, waitFor } from "xstate";
import type { Gauge } from "./gauge.ts";
import { type Cast, type Peer, type Stage, sum } from "./peer.ts";

/** As in its guide: `send` an event; what came of it is in the snapshot that `waitFor` waits for. */
export const peer: Peer = {
  name: "xstate",
  use: "machine, send, waitFor",
  open: () => Promise.resolve(new XstateStage()),
};

const counting = setup({
  types: {
    context: {} as { readonly handled: number },
    events: {} as { readonly type: "tick"; readonly n: number } | {
      readonly type: "count";
    },
  },
  actions: { count: assign({ handled: ({ context }) => context.handled + 1 }) },
});

const counter = counting.createMachine({
  context: { handled: 0 },
  on: { tick: { actions: "count" }, count: { actions: "count" } },
});

type Counter = Actor<typeof counter>;

/** It has no replies: an ask is an event, and the first snapshot in which that is handled. */
async function ask(actor: Counter): Promise<number> {
  const before = actor.getSnapshot().context.handled;
  actor.send({ type: "count" });
  const snapshot = await waitFor(actor, ({ context }) => context.handled > before);
  return snapshot.context.handled;
}

class XstateStage implements Stage {
  readonly #actor: Counter = createActor(counter).start();

  async tell(count: number): Promise<number> {
    const expected = this.#actor.getSnapshot().context.handled + count;
    for (let n = 0; n < count; n++) this.#actor.send({ type: "tick", n });
    const snapshot = await waitFor(this.#actor, ({ context }) => context.handled >= expected);
    return snapshot.context.handled;
  }

  async askInTurn(count: number): Promise<number> {
    let handled = 0;
    for (let n = 0; n < count; n++) handled = await ask(this.#actor);
    return handled;
  }

  async askAtOnce(count: number, atATime: number): Promise<number> {
    let handled = 0;
    for (let n = 0; n < count; n += atATime) {
      const answers = Array.from({ length: atATime }, () => ask(this.#actor));
      handled = (await Promise.all(answers)).at(-1)!;
    }
    return handled;
  }

  spawn(count: number): Promise<Cast> {
    const actors = Array.from({ length: count }, () => createActor(counter).start());
    return Promise.resolve({
      askEach: async () => sum(await Promise.all(actors.map(ask))),
      stop: () => {
        for (const actor of actors) actor.stop();
        return Promise.resolve();
      },
    });
  }

  flood(count: number, gauge: Gauge): void {
    const holder = setup({ actions: { hold: gauge.handle } }).createMachine({
      on: { tick: { actions: "hold" } },
    });
    const actor = createActor(holder).start();
    for (let n = 0; n < count; n++) {
      actor.send({ type: "tick" });
      gauge.accept();
    }
  }

  close(): Promise<void> {
    this.#actor.stop();
    return Promise.resolve();
  }
}
