/**
 * The floor as a contender: the least that any bounded actor must do.
 *
 * @module
 */

import { Floor } from "../floor.ts";
import { type Cast, type Peer, type Stage, sum } from "./peer.ts";

/** A bounded array queue with one promise for each send. It cannot stop and does not restart. */
export const peer: Peer = {
  name: "floor",
  use: "bounded array queue, each doSend awaited",
  open: () => Promise.resolve(new FloorStage()),
};

class FloorStage implements Stage {
  readonly #floor = new Floor<object>();

  async tell(count: number): Promise<number> {
    const last = count - 1;
    for (let n = 0; n < last; n++) await this.#floor.doSend({ type: "tick", n });
    return await this.#floor.send({ type: "count" });
  }

  async askInTurn(count: number): Promise<number> {
    let handled = 0;
    for (let n = 0; n < count; n++) handled = await this.#floor.send({ type: "count" });
    return handled;
  }

  async askAtOnce(count: number, atATime: number): Promise<number> {
    let handled = 0;
    for (let n = 0; n < count; n += atATime) {
      const answers = Array.from({ length: atATime }, () => this.#floor.send({ type: "count" }));
      handled = (await Promise.all(answers)).at(-1)!;
    }
    return handled;
  }

  spawn(count: number): Promise<Cast> {
    const floors = Array.from({ length: count }, () => new Floor<object>());
    return Promise.resolve({
      askEach: async () => sum(await Promise.all(floors.map((floor) => floor.send({ type: "count" })))),
      stop: () => Promise.resolve(),
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
