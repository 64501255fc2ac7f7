/**
 * The node that sells. `main.ts` starts it, with the address of the warehouse; it takes one order and ends.
 *
 * @module
 */

import { Actor, ActorSystem, type Context, type Message } from "@cinema/cinema";
import { ClusterClient, ClusterNode, type ClusterRemoteAddr } from "@cinema/cinema/cluster";
import { startTelemetry } from "@cinema/cinema/telemetry";
import { type Reserve, StockProtocol } from "./messages.ts";

interface Order extends Message<number> {
  readonly type: "order";
  readonly items: readonly string[];
}

interface Charge extends Message {
  readonly type: "charge";
  readonly cents: number;
}

class Cashier extends Actor<Charge> {
  charge(_: Charge, ctx: Context<Charge>): Promise<void> {
    return ctx.sleep(2); // a word with the bank
  }
}

class Counter extends Actor<Order> {
  readonly #stock: ClusterRemoteAddr<Reserve>;

  constructor(stock: ClusterRemoteAddr<Reserve>) {
    super();
    this.#stock = stock;
  }

  async order({ items }: Order): Promise<number> {
    let total = 0;
    for (const item of items) total += await this.#stock.send({ type: "reserve", item });
    await cashier.send({ type: "charge", cents: total });
    return total;
  }
}

startTelemetry(); // before anything that it is to hear of
await using system = new ActorSystem();
await using node = new ClusterNode("shop", "127.0.0.1:0");
await node.join([Deno.args[0] ?? ""]);
const stock = new ClusterClient(node).remoteAddr("stock", StockProtocol);
const cashier = system.spawn(() => new Cashier());
const counter = system.spawn(() => new Counter(stock));
const total = await counter.send({ type: "order", items: ["tea", "honey"] });
console.log(`sold for ${total / 100}`);
