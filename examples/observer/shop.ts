/**
 * A lively system: customers order, gateways charge and fail now and then, a ledger cannot always keep up.
 * @module
 */

import { Actor, type ActorSystem, type Addr, type Context, type Message, SupervisorStrategy } from "@cinema/cinema";
import { startSessions } from "./sessions.ts";
import { startStudio } from "./studio.ts";

interface Order extends Message {
  readonly type: "order";
  readonly cents: number;
}

interface Charge extends Message {
  readonly type: "charge";
  readonly cents: number;
}

/** How long a gateway takes, in ms. */
const CHARGE_MS = 8;
/** How many charges a gateway stands. */
const CHARGES_MAX = 240;

class Gateway extends Actor<Charge> {
  #charges: number;

  constructor(charges: number) {
    super();
    this.#charges = charges;
  }

  async charge(_: Charge, ctx: Context<Charge>): Promise<void> {
    await ctx.sleep(CHARGE_MS);
    if (++this.#charges >= CHARGES_MAX) throw new Error("The card processor answered 503 Service Unavailable");
  }
}

/** The first gateway has charged already, so that they do not all fail at once; those that come after it are new. */
function wornOnce(worn: number): () => Gateway {
  let charges = worn;
  return () => {
    const gateway = new Gateway(charges);
    charges = 0;
    return gateway;
  };
}

interface Book extends Message {
  readonly type: "book";
  readonly cents: number;
}

/** How long an entry takes, in ms: slower than orders come when there are many. */
const BOOK_MS = 22;

class Ledger extends Actor<Book> {
  async book(_: Book, ctx: Context<Book>): Promise<void> {
    await ctx.sleep(BOOK_MS);
  }
}

class Checkout extends Actor<Order> {
  #gateways: readonly Addr<Charge>[] = [];
  #ledger!: Addr<Book>;
  #next = 0;

  override started(ctx: Context<Order>): void {
    const strategy = SupervisorStrategy.restart(100, 60_000, { backoff: 1_500 });
    this.#gateways = [0, 90, 180].map((worn, i) =>
      ctx.spawnChild(wornOnce(worn), { name: `gateway-${i + 1}`, strategy })
    );
    this.#ledger = ctx.spawnChild(() => new Ledger(), { name: "ledger", capacity: 64 });
  }

  order({ cents }: Order): void {
    const gateway = this.#gateways[this.#next++ % this.#gateways.length]!;
    gateway.doSend({ type: "charge", cents });
    this.#ledger.doSend({ type: "book", cents });
  }
}

interface Shopping extends Message {
  readonly type: "shopping";
}

/** How often they order, in ms. */
const SHOPPING_MS = 100;
/** How many times they order until the next rush begins: half a minute. */
const RUSH_TICKS = 300;

class Customers extends Actor<Shopping> {
  readonly #checkout: Addr<Order>;
  #ticks = 0;

  constructor(checkout: Addr<Order>) {
    super();
    this.#checkout = checkout;
  }

  override started(ctx: Context<Shopping>): void {
    ctx.runInterval(SHOPPING_MS, { type: "shopping" });
  }

  shopping(): void {
    const wave = Math.sin(2 * Math.PI * this.#ticks++ / RUSH_TICKS);
    const orders = Math.round(3.4 + 3 * wave + Math.random());
    for (let i = 0; i < orders; i++) this.#checkout.doSend({ type: "order", cents: 100 + i });
  }
}

/** Starts everything; it lives as long as the system. Returns who takes orders. */
export function openShop(system: ActorSystem): Addr<Order> {
  const checkout = system.spawn(() => new Checkout(), { name: "checkout" });
  system.spawn(() => new Customers(checkout), { name: "customers" });
  startStudio(system);
  startSessions(system);
  return checkout;
}
