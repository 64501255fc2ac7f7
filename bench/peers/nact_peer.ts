/**
 * nact: functions from a state and a message to the next state.
 *
 * @module
 */

import { type ActorSystemRef, dispatch, query, type Ref, spawn, start, stop } from "nact";
import type { Gauge } from "./gauge.ts";
import { type Cast, type Peer, type Stage, sum } from "./peer.ts";

/** As in its guide: `dispatch` to tell, `query` with a time-out to ask, `onCrash` to supervise. */
export const peer: Peer = {
  name: "nact",
  use: "dispatch, query",
  open: () => Promise.resolve(new NactStage()),
};

const TIMEOUT_MS = 10_000;

/**
 * It tells asks apart by a random number of 32 bits. When two that are under way get the same one, one is never
 * answered: of 5,000 at a time that happens every 350th time. So no more than this are under way.
 */
const AT_A_TIME = 100;

type Told = { readonly type: "tick"; readonly n: number };
type Asked = { readonly type: "count"; readonly sender: Ref<number> };
type Crash = { readonly type: "crash" };

function counter(handled: number | undefined, message: Told | Asked | Crash): number {
  if (message.type === "crash") throw new Error("crash");
  const next = (handled ?? 0) + 1;
  if (message.type === "count") dispatch(message.sender, next);
  return next;
}

function ask(actor: Ref<Told | Asked | Crash>): Promise<number> {
  return query(actor, (sender: Ref<number>): Asked => ({ type: "count", sender }), TIMEOUT_MS);
}

class NactStage implements Stage {
  readonly #system: ActorSystemRef = start();
  readonly #actor = spawn(this.#system, counter, "counter");
  #asksAgain = 0;

  async tell(count: number): Promise<number> {
    const last = count - 1;
    for (let n = 0; n < last; n++) dispatch(this.#actor, { type: "tick", n });
    return await ask(this.#actor);
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
      try {
        handled = (await Promise.all(answers)).at(-1)!;
      } catch {
        // Even so an answer may be lost. All were handled, which one more ask proves; this round takes the time-out.
        handled = await ask(this.#actor);
        this.#asksAgain++;
      }
    }
    return handled - this.#asksAgain;
  }

  spawn(count: number): Promise<Cast> {
    const actors = Array.from({ length: count }, (_, i) => spawn(this.#system, counter, `counter-${i}`));
    return Promise.resolve({
      askEach: async () => {
        let total = 0;
        for (let n = 0; n < count; n += AT_A_TIME) {
          total += sum(await Promise.all(actors.slice(n, n + AT_A_TIME).map(ask)));
        }
        return total;
      },
      stop: () => {
        for (const actor of actors) stop(actor);
        return Promise.resolve();
      },
    });
  }

  async restart(count: number, lap: () => void): Promise<number> {
    const actor = spawn(this.#system, counter, "fragile", {
      initialState: 0,
      onCrash: (_message, _error, context) => context.reset,
    });
    let answers = 0;
    for (let n = 0; n < count; n++) {
      dispatch(actor, { type: "crash" });
      answers += await ask(actor);
      lap();
    }
    stop(actor);
    return answers;
  }

  flood(count: number, gauge: Gauge): void {
    const actor = spawn(
      this.#system,
      async (_state: undefined, _message: Told) => {
        await gauge.handle();
      },
      "holder",
    );
    for (let n = 0; n < count; n++) {
      dispatch(actor, { type: "tick", n });
      gauge.accept();
    }
  }

  close(): Promise<void> {
    stop(this.#system);
    return Promise.resolve();
  }
}
