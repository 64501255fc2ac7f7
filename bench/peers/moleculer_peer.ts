/**
 * Moleculer: services of one broker, without a transporter.
 *
 * @module
 */

import { ServiceBroker, type ServiceSchema } from "moleculer";
import { type Gauge, Tally } from "./gauge.ts";
import { type Cast, type Peer, type Stage, sum } from "./peer.ts";

/** As in its guide: `emit` an event to tell, `call` an action to ask; services are made before the broker starts. */
export const peer: Peer = {
  name: "moleculer",
  use: "local services, each emit awaited, call",
  actorsMax: 500,
  async open() {
    const broker = new ServiceBroker({ logger: false });
    const stage = new MoleculerStage(broker);
    await broker.start();
    return stage;
  },
};

function counter(name: string, tally: Tally): ServiceSchema {
  return {
    name,
    actions: { count: tally.add },
    events: {
      [`${name}.tick`](): void {
        tally.add();
      },
    },
  };
}

class MoleculerStage implements Stage {
  readonly #brokers: ServiceBroker[];
  readonly #broker: ServiceBroker;
  readonly #tally = new Tally();

  constructor(broker: ServiceBroker) {
    this.#broker = broker;
    this.#brokers = [broker];
    broker.createService(counter("counter", this.#tally));
  }

  async tell(count: number): Promise<number> {
    const all = this.#tally.after(count);
    // Four times as fast as a burst that nobody awaits.
    for (let n = 0; n < count; n++) await this.#broker.emit("counter.tick", { n });
    return await all;
  }

  async askInTurn(count: number): Promise<number> {
    let handled = 0;
    for (let n = 0; n < count; n++) handled = await this.#broker.call<number>("counter.count");
    return handled;
  }

  async askAtOnce(count: number, atATime: number): Promise<number> {
    let handled = 0;
    for (let n = 0; n < count; n += atATime) {
      const answers = Array.from({ length: atATime }, () => this.#broker.call<number>("counter.count"));
      handled = (await Promise.all(answers)).at(-1)!;
    }
    return handled;
  }

  async spawn(count: number): Promise<Cast> {
    const broker = new ServiceBroker({ logger: false });
    this.#brokers.push(broker);
    const names = Array.from({ length: count }, (_, i) => `counter-${i}`);
    const services = names.map((name) => broker.createService(counter(name, new Tally())));
    await broker.start();
    return {
      askEach: async () => sum(await Promise.all(names.map((name) => broker.call<number>(`${name}.count`)))),
      stop: async () => {
        await Promise.all(services.map((service) => broker.destroyService(service)));
      },
    };
  }

  flood(count: number, gauge: Gauge): void {
    const flow = async () => {
      const broker = new ServiceBroker({ logger: false });
      this.#brokers.push(broker);
      broker.createService({
        name: "holder",
        events: { "holder.tick": gauge.handle },
      });
      await broker.start();
      await Promise.all(Array.from({ length: count }, (_, n) => broker.emit("holder.tick", { n }).then(gauge.accept)));
    };
    flow().catch((error) => console.error("The flood has failed", error));
  }

  async close(): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.stop()));
  }
}
