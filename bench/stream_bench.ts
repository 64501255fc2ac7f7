/**
 * Streams: what an item costs that an actor takes from a `ReadableStream`, beside a loop that reads the same stream.
 *
 * @module
 */

import { Actor, ActorSystem, type Context, type Message } from "@cinema/cinema";
import { compare, expectHandled, times } from "./compare.ts";

const ITEMS = times(100_000);

/** Attaches a stream. */
interface Attach extends Message {
  readonly type: "attach";
  readonly readable: ReadableStream<number>;
  readonly finished: (handled: number) => void;
}

/** Counts the items of a stream. */
class Reader extends Actor<Attach> {
  #handled = 0;

  attach({ readable, finished }: Attach, ctx: Context<Attach>): void {
    ctx.addStream(readable, {
      item: () => {
        this.#handled++;
      },
      finished: () => finished(this.#handled),
    });
  }
}

compare({
  name: "stream: items into an actor (floor: for await)",
  operations: ITEMS,
  floor: async () => {
    let handled = 0;
    for await (const _ of numbers()) handled++;
    expectHandled(handled, ITEMS);
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Reader());
    const { promise, resolve } = Promise.withResolvers<number>();
    await addr.doSend({ type: "attach", readable: numbers(), finished: resolve });
    expectHandled(await promise, ITEMS);
  },
});

/** A stream that has its next item as soon as it is asked for it. */
function numbers(): ReadableStream<number> {
  let n = 0;
  return new ReadableStream<number>({
    pull: (controller) => n < ITEMS ? controller.enqueue(n++) : controller.close(),
  }, { highWaterMark: 0 });
}
