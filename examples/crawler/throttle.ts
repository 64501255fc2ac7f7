/**
 * The rate limit: who wants to send a request queues here, and a timer lets in one at a time.
 * @module
 */

import { Actor, type ActorRef, type Context, type Message } from "@cinema/cinema";

/** To a visitor: it may send one request now. */
export interface Go extends Message {
  type: "go";
}
/** From a visitor: it wants to send a request, and waits for its `Go`. */
export interface Enqueue extends Message {
  type: "enqueue";
  visitor: ActorRef<Go>;
}
interface Tick extends Message {
  type: "tick";
}

/** Lets in so many requests per second, evenly: what was not used is not saved up. */
export class Throttle extends Actor<Enqueue | Tick> {
  readonly #requestsPerSecond: number;
  readonly #queue: ActorRef<Go>[] = []; // each visitor queues once, so it is never longer than there are visitors

  constructor(requestsPerSecond: number) {
    super();
    this.#requestsPerSecond = requestsPerSecond;
  }

  override started(ctx: Context<Enqueue | Tick>): void {
    ctx.runInterval(1_000 / this.#requestsPerSecond, { type: "tick" });
  }

  enqueue({ visitor }: Enqueue): void {
    this.#queue.push(visitor);
  }

  tick(): void {
    this.#queue.shift()?.trySend({ type: "go" }); // there is room: nobody else sends to a visitor
  }
}
