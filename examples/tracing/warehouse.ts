/**
 * The node that has the stock. `main.ts` starts it, and says where traces and metrics go; it ends when the shop has
 * left.
 *
 * @module
 */

import { Actor, ActorSystem, type Addr, type Context, type Message } from "@cinema/cinema";
import { ClusterNode } from "@cinema/cinema/cluster";
import { startTelemetry } from "@cinema/cinema/telemetry";
import { type Reserve, StockProtocol } from "./messages.ts";

interface Price extends Message<number> {
  readonly type: "price";
  readonly item: string;
}

class PriceList extends Actor<Price> {
  price({ item }: Price): number {
    return 100 * item.length;
  }
}

class Stock extends Actor<Reserve> {
  #prices!: Addr<Price>;

  override started(ctx: Context<Reserve>): void {
    this.#prices = ctx.spawnChild(() => new PriceList());
  }

  async reserve({ item }: Reserve, ctx: Context<Reserve>): Promise<number> {
    await ctx.sleep(5); // a look at the shelf
    return await this.#prices.send({ type: "price", item });
  }
}

/** Nobody waits longer than this for a shop that never comes. */
const PATIENCE_MS = 20_000;

startTelemetry(); // before anything that it is to hear of
await using system = new ActorSystem();
await using node = new ClusterNode("warehouse", "127.0.0.1:0");
const events = node.events;
node.register("stock", system.spawn(() => new Stock()), StockProtocol);
await node.join([]);
console.log(node.addr);

const patience = setTimeout(() => Deno.exit(1), PATIENCE_MS);
for await (const event of events) if (event.kind === "left") break;
clearTimeout(patience);
