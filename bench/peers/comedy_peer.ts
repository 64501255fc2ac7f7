/**
 * comedy: objects whose methods are messages, in its in-memory mode.
 *
 * @module
 */

import type { Actor, ActorRef } from "comedy";
import { type Gauge, Tally } from "./gauge.ts";
import { type Cast, type Peer, type Stage, sum } from "./peer.ts";

// It looks for a main script of Node.js to find the root of the project, unless it is told.
Deno.env.set("APP_ROOT_PATH", import.meta.dirname!);
const { createSystem } = await import("comedy");

/** As in its guide: `send` to tell, `sendAndReceive` to ask. Only what runs in another process is restarted. */
export const peer: Peer = {
  name: "comedy",
  use: "in-memory mode, send, sendAndReceive",
  actorsMax: 1_000,
  async open() {
    // Only a test is silent.
    const system = createSystem({ test: true });
    const root = await system.rootActor();
    const tally = new Tally();
    return new ComedyStage(root, tally, await root.createChild(counter(tally)), () => system.destroy());
  },
};

function counter(tally: Tally): object {
  return {
    tick(_: number): void {
      tally.add();
    },
    count: tally.add,
  };
}

function ask(actor: ActorRef): Promise<number> {
  return actor.sendAndReceive("count");
}

class ComedyStage implements Stage {
  readonly #root: Actor;
  readonly #tally: Tally;
  readonly #actor: ActorRef;
  readonly close: () => Promise<void>;

  constructor(root: Actor, tally: Tally, actor: ActorRef, close: () => Promise<void>) {
    this.#root = root;
    this.#tally = tally;
    this.#actor = actor;
    this.close = close;
  }

  async tell(count: number): Promise<number> {
    // An ask would overtake the tells, so the actor itself has to say when all are handled.
    const all = this.#tally.after(count);
    for (let n = 0; n < count; n++) this.#actor.send("tick", n);
    return await all;
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

  async spawn(count: number): Promise<Cast> {
    const made = Array.from({ length: count }, () => this.#root.createChild(counter(new Tally())));
    const actors = await Promise.all(made);
    return {
      askEach: async () => sum(await Promise.all(actors.map(ask))),
      stop: async () => {
        await Promise.all(actors.map((actor) => actor.destroy()));
      },
    };
  }

  flood(count: number, gauge: Gauge): void {
    const flow = async () => {
      const actor = await this.#root.createChild({ hold: gauge.handle });
      await Promise.all(Array.from({ length: count }, () => actor.send("hold").then(gauge.accept)));
    };
    flow().catch((error) => console.error("The flood has failed", error));
  }
}
