/**
 * Timers: messages that an actor sends to itself later.
 * @module
 */

import type { Clock, ClockTimer } from "./clock.ts";
import { Envelope, type Turn } from "./internal/envelope.ts";
import type { Incarnation } from "./internal/incarnation.ts";
import { runThen } from "./internal/thenable.ts";
import type { AnyMessage } from "./message.ts";

/**
 * A timer of an incarnation, from `ctx.runLater` or `ctx.runInterval`: it ends with the incarnation, or earlier by
 * `cancel()` or `using`.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Context, type Message, type TimerHandle } from "@cinema/cinema";
 * import { ManualClock } from "@cinema/cinema/testing";
 * import { assertEquals } from "@std/assert";
 *
 * interface Tick extends Message {
 *   type: "tick";
 * }
 * let ticks = 0;
 * class Countdown extends Actor<Tick> {
 *   #timer!: TimerHandle;
 *   override started(ctx: Context<Tick>): void {
 *     this.#timer = ctx.runInterval(1_000, { type: "tick" });
 *   }
 *   tick(): void {
 *     if (++ticks === 3) this.#timer.cancel();
 *   }
 * }
 *
 * const clock = new ManualClock();
 * await using system = new ActorSystem({ clock });
 * system.spawn(() => new Countdown());
 * await clock.advance(60_000); // virtual ms
 * assertEquals(ticks, 3);
 * ```
 */
export interface TimerHandle extends Disposable {
  /** Takes the timer back, also a tick that has fired and is still queued; does nothing when it is over. */
  cancel(): void;
}

/** Where timers live: the incarnation gives them its clock and its queue, and forgets them when they are over. */
export interface TimerHome {
  /** The clock of the system. */
  readonly clock: Clock;
  /** Queues a turn. */
  push(envelope: Envelope): void;
  /** The timer is over. */
  forget(timer: Disposable): void;
}

/** One timer, once or every `ms`; it is its own turn, so at most one tick of it is ever queued. */
export class Timer implements TimerHandle, Turn {
  readonly #home: TimerHome;
  readonly #message: AnyMessage;
  readonly #everyMs: number | undefined;
  readonly #envelope: Envelope;
  #dueAt: number;
  #timer: ClockTimer | undefined;
  #isPending = false;
  #isOver = false;

  /** Starts a timer that fires after `ms`, and then every `everyMs` where that is given. */
  constructor(home: TimerHome, message: AnyMessage, ms: number, everyMs?: number) {
    this.#home = home;
    this.#message = message;
    this.#everyMs = everyMs;
    this.#envelope = new Envelope(message, 0, undefined, this);
    this.#dueAt = home.clock.now() + ms;
    this.#timer = home.clock.schedule(ms, () => this.#fire());
  }

  /** Whether a tick that is still queued has nothing to do any more. */
  get isVoid(): boolean {
    return this.#isOver;
  }

  /** Takes the timer back. */
  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#home.forget(this);
  }

  /** The same as `cancel()`. */
  [Symbol.dispose](): void {
    this.cancel();
  }

  /** Handles the tick. */
  run(incarnation: Incarnation): unknown {
    if (this.#isOver) return undefined;
    if (this.#everyMs === undefined) this.cancel();
    return runThen(() => incarnation.handle(this.#message), () => {
      this.#isPending = false;
    });
  }

  #fire(): void {
    if (this.#everyMs !== undefined) this.#repeat(this.#everyMs);
    if (this.#isPending) return;
    this.#isPending = true;
    this.#home.push(this.#envelope);
  }

  /** Keeps to the grid of the first tick, so that an interval does not drift; ticks that were missed are left out. */
  #repeat(everyMs: number): void {
    const now = this.#home.clock.now();
    const missed = Math.max(0, Math.floor((now - this.#dueAt) / everyMs));
    this.#dueAt += (missed + 1) * everyMs;
    this.#timer = this.#home.clock.schedule(this.#dueAt - now, () => this.#fire());
  }
}
