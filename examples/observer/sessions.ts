/**
 * Actors that come and go, and messages that come too late.
 * @module
 */

import { Actor, type ActorSystem, type Addr, type Context, type Message } from "@cinema/cinema";

interface Touch extends Message {
  readonly type: "touch";
}

class Session extends Actor<Touch> {
  touch(): void {}
}

interface Visit extends Message {
  readonly type: "visit";
}

/** How often something happens, in ms. */
const VISIT_MS = 250;
/** How many sessions there are. */
const SESSIONS = 12;
/** A session ends after so many visits, and another one begins. */
const TURNOVER = 8;

class Sessions extends Actor<Visit> {
  #sessions: Addr<Touch>[] = [];
  #visits = 0;
  #number = 0;

  override started(ctx: Context<Visit>): void {
    for (let i = 0; i < SESSIONS; i++) this.#begin(ctx);
    ctx.runInterval(VISIT_MS, { type: "visit" });
  }

  visit(_: Visit, ctx: Context<Visit>): void {
    for (const session of this.#sessions) if (Math.random() < 0.4) session.doSend({ type: "touch" });
    if (++this.#visits % TURNOVER !== 0) return;
    const oldest = this.#sessions.shift()!;
    ctx.stopChild(oldest);
    this.#begin(ctx);
    // Somebody has not heard that it ends: this is a dead letter.
    oldest.doSend({ type: "touch" });
  }

  #begin(ctx: Context<Visit>): void {
    this.#sessions.push(ctx.spawnChild(() => new Session(), { name: `session-${++this.#number}` }));
  }
}

/** Starts them. */
export function startSessions(system: ActorSystem): void {
  system.spawn(() => new Sessions(), { name: "sessions" });
}
