/**
 * Cinema as a contender.
 *
 * @module
 */

import { Actor, ActorSystem, type Addr, type Message, SupervisorStrategy } from "../../mod.ts";
import type { Gauge } from "./gauge.ts";
import { type Cast, type Peer, type Stage, sum } from "./peer.ts";

/** As it is without options: a mailbox of 256 messages, deadlines, fairness. */
export const peer: Peer = {
  name: "Cinema",
  use: "each doSend awaited",
  open: () => Promise.resolve(new CinemaStage()),
};

interface Tick extends Message {
  readonly type: "tick";
  readonly n: number;
}

interface Count extends Message<number> {
  readonly type: "count";
}

interface Crash extends Message {
  readonly type: "crash";
}

interface Hold extends Message {
  readonly type: "hold";
}

class Counter extends Actor<Tick | Count> {
  #handled = 0;

  tick(_: Tick): void {
    this.#handled++;
  }

  count(): number {
    return ++this.#handled;
  }
}

/** Fails when it is told to. */
class Fragile extends Actor<Crash | Count> {
  #handled = 0;

  crash(): void {
    throw new Error("crash");
  }

  count(): number {
    return ++this.#handled;
  }
}

/** Does not finish before the gauge lets it. */
class Holder extends Actor<Hold> {
  readonly #gauge: Gauge;

  constructor(gauge: Gauge) {
    super();
    this.#gauge = gauge;
  }

  hold(): Promise<void> {
    return this.#gauge.handle();
  }
}

class CinemaStage implements Stage {
  readonly #system = new ActorSystem();
  readonly #addr: Addr<Tick | Count> = this.#system.spawn(() => new Counter());

  async tell(count: number): Promise<number> {
    const last = count - 1;
    for (let n = 0; n < last; n++) await this.#addr.doSend({ type: "tick", n });
    return await this.#addr.send({ type: "count" });
  }

  async askInTurn(count: number): Promise<number> {
    let handled = 0;
    for (let n = 0; n < count; n++) handled = await this.#addr.send({ type: "count" });
    return handled;
  }

  async askAtOnce(count: number, atATime: number): Promise<number> {
    let handled = 0;
    for (let n = 0; n < count; n += atATime) {
      const answers = Array.from({ length: atATime }, () => this.#addr.send({ type: "count" }));
      handled = (await Promise.all(answers)).at(-1)!;
    }
    return handled;
  }

  spawn(count: number): Promise<Cast> {
    const addrs = Array.from({ length: count }, () => this.#system.spawn(() => new Counter()));
    return Promise.resolve({
      askEach: async () => sum(await Promise.all(addrs.map((addr) => addr.send({ type: "count" })))),
      stop: async () => {
        await Promise.all(addrs.map((addr) => this.#system.stop(addr)));
      },
    });
  }

  async restart(count: number, lap: () => void): Promise<number> {
    const strategy = SupervisorStrategy.restart(Infinity, 1_000);
    const addr = this.#system.spawn(() => new Fragile(), { strategy });
    let answers = 0;
    for (let n = 0; n < count; n++) {
      await addr.doSend({ type: "crash" });
      answers += await addr.send({ type: "count" });
      lap();
    }
    await this.#system.stop(addr);
    return answers;
  }

  flood(count: number, gauge: Gauge): void {
    const addr = this.#system.spawn(() => new Holder(gauge));
    const sent = Array.from({ length: count }, () => addr.doSend({ type: "hold" }).then(gauge.accept));
    Promise.all(sent).catch((error) => console.error("The flood has failed", error));
  }

  close(): Promise<void> {
    return this.#system.shutdown();
  }
}
