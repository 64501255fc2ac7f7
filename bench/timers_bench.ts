/**
 * Timers: 100,000 of them armed at once, what they keep and how late they are handled.
 *
 * They are due at random times within some seconds, by a generator with a seed. A timer that fires is a message to its
 * actor; it is late by what passes between the time it is due and the start of its handler.
 *
 * @module
 */

import { Actor, ActorSystem, type Context, type Message } from "@cinema/cinema";
import { SeededRandom } from "@cinema/cinema/testing";
import { compare, expectHandled, isSmoke, times } from "./compare.ts";

const TIMERS = times(100_000);
const ROUNDS = isSmoke ? 1 : 3;
/** They are due between these times after they were armed, about 50 a ms. */
const FIRST_MS = isSmoke ? 10 : 1_000;
const LAST_MS = isSmoke ? 30 : 3_000;

/** A timer has fired. */
interface Alarm extends Message {
  readonly type: "alarm";
  readonly dueAt: number;
}

/** Arms timers. */
interface Arm extends Message<number> {
  readonly type: "arm";
  readonly delaysMs: readonly number[];
}

/** Arms timers and takes them back. */
interface ArmAndCancel extends Message<number> {
  readonly type: "armAndCancel";
  readonly count: number;
}

/** Writes down how late each of its timers is. */
class Sleeper extends Actor<Arm | Alarm | ArmAndCancel> {
  readonly #latenessMs: number[] = [];
  readonly #done: (latenessMs: number[]) => void;
  #awaited = 0;

  constructor(done: (latenessMs: number[]) => void = () => {}) {
    super();
    this.#done = done;
  }

  arm({ delaysMs }: Arm, ctx: Context<Arm | Alarm | ArmAndCancel>): number {
    this.#awaited = delaysMs.length;
    for (const ms of delaysMs) ctx.runLater(ms, { type: "alarm", dueAt: performance.now() + ms });
    return this.#awaited;
  }

  alarm({ dueAt }: Alarm): void {
    this.#latenessMs.push(performance.now() - dueAt);
    if (this.#latenessMs.length === this.#awaited) this.#done(this.#latenessMs);
  }

  armAndCancel({ count }: ArmAndCancel, ctx: Context<Arm | Alarm | ArmAndCancel>): number {
    for (let i = 0; i < count; i++) ctx.runLater(LAST_MS, { type: "alarm", dueAt: 0 }).cancel();
    return count;
  }
}

compare({
  name: "timers: arm and cancel (floor: setTimeout and clearTimeout)",
  operations: TIMERS,
  floor: () => {
    let handled = 0;
    for (let i = 0; i < TIMERS; i++) {
      clearTimeout(setTimeout(() => {}, LAST_MS));
      handled++;
    }
    expectHandled(handled, TIMERS);
    return Promise.resolve();
  },
  cinema: async () => {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Sleeper());
    expectHandled(await addr.send({ type: "armAndCancel", count: TIMERS }), TIMERS);
  },
});

const { gc } = globalThis as { gc?: () => void };
const bytes: number[] = [];
const lateness: number[] = [];

Deno.bench({ name: `timers: ${TIMERS} armed`, n: ROUNDS, warmup: 0 }, async () => {
  if (bytes.length === ROUNDS) return;
  const random = new SeededRandom(1);
  const delaysMs = Array.from({ length: TIMERS }, () => FIRST_MS + random.next() * (LAST_MS - FIRST_MS));
  await using system = new ActorSystem();
  const { promise, resolve } = Promise.withResolvers<number[]>();
  const addr = system.spawn(() => new Sleeper(resolve));
  gc?.();
  const before = Deno.memoryUsage();
  expectHandled(await addr.send({ type: "arm", delaysMs }), TIMERS);
  gc?.();
  const after = Deno.memoryUsage();
  bytes.push(after.heapUsed + after.external - before.heapUsed - before.external);
  const late = await promise;
  expectHandled(late.length, TIMERS);
  lateness.push(...late);
});

globalThis.addEventListener("unload", () => {
  if (isSmoke || lateness.length === 0) return;
  lateness.sort((a, b) => a - b);
  const at = (share: number) => `${lateness[Math.floor(share * (lateness.length - 1))]!.toFixed(2)} ms`;
  const size = gc === undefined ? "" : `${(Math.max(...bytes) / 1e6).toFixed(1)} MB, `;
  console.log(`timers: ${TIMERS} armed: ${size}late by ${at(0.5)} (p50), ${at(0.99)} (p99), ${at(1)} at most`);
});
