/**
 * Timers: messages that an actor sends to itself, later or again and again, until they are cancelled.
 *
 * Run it, without any permission:
 *
 *     deno run examples/timers.ts
 *
 * It prints, in less than a second:
 *
 *     3
 *     2
 *     1
 *     lift-off
 *
 * @module
 */

import { Actor, ActorSystem, type Context, type Message, type TimerHandle } from "@cinema/cinema";

interface Tick extends Message {
  type: "tick";
}

interface LiftOff extends Message {
  type: "liftOff";
}

interface CallOff extends Message {
  type: "callOff";
}

type RocketMessage = Tick | LiftOff | CallOff;

class Rocket extends Actor<RocketMessage> {
  #count = 3;
  #ticks!: TimerHandle;
  #deadline!: TimerHandle;

  override started(ctx: Context<RocketMessage>): void {
    this.#ticks = ctx.runInterval(100, { type: "tick" });
    this.#deadline = ctx.runLater(60_000, { type: "callOff" });
  }

  tick(_: Tick, ctx: Context<RocketMessage>): void {
    console.log(this.#count--);
    if (this.#count > 0) return;
    this.#ticks.cancel();
    ctx.runLater(100, { type: "liftOff" });
  }

  liftOff(_: LiftOff, ctx: Context<RocketMessage>): void {
    // Timers end with their actor anyway: this is how to be rid of one earlier.
    this.#deadline.cancel();
    console.log("lift-off");
    ctx.stop();
  }

  callOff(_: CallOff, ctx: Context<RocketMessage>): void {
    console.log("called off");
    ctx.stop();
  }
}

await using system = new ActorSystem();
const rocket = system.spawn(() => new Rocket());
await rocket.closed;
