/**
 * The rate limit: who wants to send a request queues here, and a timer lets in one at a time.
 * @module
 */

import { Actor, type Context, LateReply, type Message } from "@cinema/cinema";

/** From a visitor: it wants to send a request. Answered when it may. */
export interface Turn extends Message {
  type: "turn";
}
interface Tick extends Message {
  type: "tick";
}

/** Lets in so many requests per second, evenly: what was not used is not saved up. */
export class Throttle extends Actor<Turn | Tick> {
  readonly #requestsPerSecond: number;
  #queue: LateReply[] = []; // each visitor waits for one turn, so it is never longer than there are visitors

  constructor(requestsPerSecond: number) {
    super();
    this.#requestsPerSecond = requestsPerSecond;
  }

  override started(ctx: Context<Turn | Tick>): void {
    ctx.runInterval(1_000 / this.#requestsPerSecond, { type: "tick" });
  }

  turn(): LateReply {
    const reply = new LateReply(); // a later message answers it: this handler must not wait for a tick
    this.#queue.push(reply);
    return reply;
  }

  tick(): void {
    this.#queue = this.#queue.filter(({ isWanted }) => isWanted); // without those who have ended
    this.#queue.shift()?.resolve();
  }
}
