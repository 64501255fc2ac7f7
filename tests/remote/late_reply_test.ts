import { assertEquals, assertRejects } from "@std/assert";
import {
  Actor,
  ActorFailedError,
  ActorSystem,
  AskTimeoutError,
  type Context,
  HandlerAbandonedError,
  LateReply,
  type Message,
  Rejection,
} from "../../mod.ts";
import { json, LocalNode, MemoryNetwork, MessageRouter, protocol } from "../../remote/mod.ts";
import { RemoteClient, RemoteServer } from "../../remote/mod.ts";
import { DEADLINE_TICK_MS } from "../../src/limits.ts";
import { ManualClock } from "../../src/testing/mod.ts";

interface Take extends Message<string> {
  readonly type: "take";
}
interface Put extends Message<number> {
  readonly type: "put";
  readonly text: string;
}
interface Hang extends Message<string> {
  readonly type: "hang";
}
const ShelfProtocol = protocol<Take | Put | Hang>({
  take: { name: "shelf.Take", request: json(), reply: json() },
  put: { name: "shelf.Put", request: json(), reply: json() },
  hang: { name: "shelf.Hang", request: json(), reply: json() },
});

/** Whoever takes waits until somebody puts. */
class Shelf extends Actor<Take | Put | Hang> {
  #takers: LateReply<string>[] = [];
  readonly hanging: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly signals: AbortSignal[] = [];

  take(): LateReply<string> {
    const reply = new LateReply<string>();
    this.signals.push(reply.signal);
    this.#takers.push(reply);
    return reply;
  }

  /** Answers how many still wanted something. */
  put({ text }: Put): number {
    const takers = this.#takers.filter(({ isWanted }) => isWanted);
    const [first] = takers;
    this.#takers = takers.slice(1);
    if (text === "nothing") first?.reject(new Rejection("sold out"));
    else if (text === "broken") first?.reject(new RangeError("It broke"));
    else first?.resolve(text);
    return takers.length;
  }

  hang(_: Hang, { signal }: Context<Hang>): Promise<string> {
    this.hanging.resolve();
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  }
}

/** A shelf and a client that has its address. */
async function open() {
  // The time of the actors, which ends an ask whose asker has given up; that of the connection is the real one.
  const clock = new ManualClock();
  const system = new ActorSystem({ clock });
  const shelf = new Shelf();
  const addr = system.spawn(() => shelf);
  const router = new MessageRouter().route(ShelfProtocol, new LocalNode("shop").handler(addr, { name: "shelf" }));
  const transport = new MemoryNetwork();
  const server = await RemoteServer.bind({ hostname: "shop", port: 1, transport }, router);
  const client = await RemoteClient.connect({ ...server.address, transport });
  return {
    clock,
    system,
    shelf,
    addr,
    remote: client.remoteAddr("shelf", ShelfProtocol),
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.shutdown();
      await system.shutdown();
    },
  };
}

Deno.test("a remote ask is answered from a later turn, as a local one is: with a reply, a rejection or an error", async () => {
  await using shop = await open();
  const { remote } = shop;
  const asked = [1, 2, 3].map(() => remote.send({ type: "take" }));
  const told = Promise.allSettled(asked);
  for (const text of ["book", "nothing", "broken"]) await remote.send({ type: "put", text });
  const [reply, rejected, failed] = await told;
  assertEquals(reply, { status: "fulfilled", value: "book" });
  assertEquals((rejected as PromiseRejectedResult).reason instanceof Rejection, true);
  assertEquals((failed as PromiseRejectedResult).reason instanceof ActorFailedError, true);
  assertEquals((failed as PromiseRejectedResult).reason.cause.message, "It broke");
  assertEquals(shop.addr.isAlive, true);
});

Deno.test("a remote asker that has given up wants its late reply no more", async () => {
  await using shop = await open();
  const { remote } = shop;
  const stop = new AbortController();
  const aborted = assertRejects(() => remote.send({ type: "take" }, { signal: stop.signal }), Error, "enough");
  await assertRejects(() => remote.send({ type: "take" }, { timeout: 20 }), AskTimeoutError);
  await shop.clock.advance(20 + 2 * DEADLINE_TICK_MS);
  stop.abort(new Error("enough"));
  await aborted;
  // Messages to one actor are handled in order, and what takes an ask back comes before what is asked next.
  assertEquals(await remote.send({ type: "put", text: "book" }), 0);
  assertEquals(shop.shelf.signals.map(({ aborted }) => aborted), [true, true]);
});

Deno.test("a remote asker hears that its handler gave up, or left it open, when the actor ends", async () => {
  await using shop = await open();
  const { remote, system, addr, shelf } = shop;
  const left = assertRejects(() => remote.send({ type: "take" }), HandlerAbandonedError, "settled its LateReply");
  const gaveUp = assertRejects(() => remote.send({ type: "hang" }), HandlerAbandonedError, "its handler gave up");
  await shelf.hanging.promise;
  await system.stop(addr);
  assertEquals([(await left).outcome, (await gaveUp).outcome], ["unknown", "unknown"]);
  assertEquals((await addr.closed).reason, "stopped");
});
