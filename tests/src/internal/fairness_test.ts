import { assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { deadline, delay } from "@std/async";
import {
  Actor,
  ActorSystem,
  type Addr,
  type Clock,
  type Context,
  type Message,
  SupervisorStrategy,
} from "../../../mod.ts";
import { Fairness } from "../../../src/internal/fairness.ts";
import { TURNS_PER_LOOK, TURNS_PER_YIELD, YIELD_AFTER_MS } from "../../../src/limits.ts";
import { spawnTaker, take } from "../../support/taker.ts";

/** A clock on which each turn takes as long as the test says; counts looks and yields. */
class TurnClock implements Clock {
  readonly tickMs = 0;
  time = 0;
  looks = 0;
  yields = 0;
  now = (): number => (this.looks++, this.time);
  yield = (): Promise<void> => (this.yields++, Promise.resolve());
  schedule = (): never => {
    throw new Error("Fairness sets no timers");
  };
}

/** Spends turns of `turnMs` each until the budget is used up. */
function spendAll(fairness: Fairness, clock: TurnClock, turnMs: number): number {
  let turns = 0;
  while (fairness.spend()) {
    turns++;
    clock.time += turnMs;
  }
  return turns;
}

Deno.test({
  name: "Fairness gives a bounded number of cheap turns between two pauses, and looks at the clock now and then",
  permissions: "none",
  async fn() {
    const clock = new TurnClock();
    const fairness = new Fairness(clock);
    for (let round = 0; round < 3; round++) {
      clock.looks = 0;
      const turns = spendAll(fairness, clock, 0);
      assertEquals(turns, TURNS_PER_YIELD - 1);
      assertLessOrEqual(clock.looks, TURNS_PER_YIELD / TURNS_PER_LOOK + 5);
      assertEquals(fairness.spend(), false);
      await fairness.pause();
    }
    assertEquals(clock.yields, 3);
  },
});

Deno.test({
  name: "Fairness.turns counts the turns that were taken, over all budgets, also those that were cut short",
  permissions: "none",
  async fn() {
    const clock = new TurnClock();
    const fairness = new Fairness(clock);
    assertEquals(fairness.turns, 0);
    let taken = 0;
    for (const turnMs of [0, 0.5, 0, 0.1, YIELD_AFTER_MS + 1, 0]) {
      taken += spendAll(fairness, clock, turnMs);
      assertEquals(fairness.turns, taken);
      // Who finds nothing left asks again before it waits.
      for (let n = 0; n < 100; n++) assertEquals(fairness.spend(), false);
      assertEquals(fairness.turns, taken);
      await fairness.pause();
      assertEquals(fairness.turns, taken);
    }
    for (let n = 0; n < 10; n++) fairness.spend();
    assertEquals(fairness.turns, taken + 10);
  },
});

Deno.test({
  name: "Fairness cuts costly turns short: the costlier they are, the fewer there are",
  permissions: "none",
  async fn() {
    const clock = new TurnClock();
    const fairness = new Fairness(clock);
    for (const [turnMs, turnsMax] of [[0.1, 72], [1, 12], [4, 2], [10, 1], [1_000, 1]] as const) {
      for (let round = 0; round < 3; round++) {
        assertLessOrEqual(spendAll(fairness, clock, turnMs), turnsMax, `turns of ${turnMs} ms`);
        await fairness.pause();
      }
    }
  },
});

Deno.test({
  name: "Fairness.pause() is one macrotask for all who wait, and then there is a full budget again",
  permissions: "none",
  async fn() {
    const clock = new TurnClock();
    const fairness = new Fairness(clock);
    clock.time = YIELD_AFTER_MS;
    spendAll(fairness, clock, 1);
    const first = fairness.pause();
    assertEquals(fairness.spend(), false);
    await Promise.all([first, fairness.pause()]);
    assertEquals([clock.yields, spendAll(fairness, clock, 0)], [1, TURNS_PER_YIELD - 1]);
  },
});

Deno.test({
  name: "Fairness.pause() wakes in order, and no more at a time than there are turns",
  permissions: "none",
  async fn() {
    const clock = new TurnClock();
    const fairness = new Fairness(clock);
    const woken: { order: number; yields: number }[] = [];
    await Promise.all(
      Array.from({ length: 2 * TURNS_PER_YIELD + 1 }, async (_, order) => {
        await fairness.pause();
        woken.push({ order, yields: clock.yields });
      }),
    );
    assertEquals(woken.every(({ order }, place) => order === place), true);
    // While the first wake up, the next macrotask has been asked for already.
    assertEquals([0, 1, 2].map((n) => woken[n * TURNS_PER_YIELD]!.yields), [2, 3, 3]);
  },
});

interface Ball extends Message {
  readonly type: "ball";
}
const ball: Ball = { type: "ball" };

/** Returns every ball, for ever. */
class Player extends Actor<Ball> {
  static balls = 0;
  other: Addr<Ball> | undefined;
  ball(): void {
    Player.balls++;
    this.other?.trySend(ball);
  }
}

/** Starts an endless ping-pong. */
function startPingPong(system: ActorSystem): void {
  const [ping, pong] = [new Player(), new Player()];
  pong.other = system.spawn(() => ping);
  ping.other = system.spawn(() => pong);
  ping.other.trySend(ball);
}

/** The longest of some waits for a timer of 1 ms. */
async function longestTimer(count: number): Promise<number> {
  let longest = 0;
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await delay(1);
    longest = Math.max(longest, performance.now() - start);
  }
  return longest;
}

// Generous, for machines that are busy with something else: without a pause the answer would never come.
const RESPONSIVE_MS = 1_000;

Deno.test("ActorSystem lets timers fire beside an endless ping-pong", async () => {
  await using system = new ActorSystem();
  startPingPong(system);
  const before = Player.balls;
  assertLess(await deadline(longestTimer(20), 10_000), RESPONSIVE_MS);
  assertLess(before + 1_000, Player.balls);
});

Deno.test("ActorSystem lets an HTTP server answer beside an endless ping-pong", async () => {
  await using system = new ActorSystem();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response("here"));
  startPingPong(system);
  for (let i = 0; i < 10; i++) {
    const start = performance.now();
    const response = await fetch(`http://127.0.0.1:${server.addr.port}/`, { signal: AbortSignal.timeout(10_000) });
    assertEquals(await response.text(), "here");
    assertLess(performance.now() - start, RESPONSIVE_MS);
  }
});

interface Burn extends Message {
  readonly type: "burn";
}

/** Keeps the processor busy for 5 ms a message. */
class Burner extends Actor<Burn> {
  burned = 0;
  burn(): void {
    const until = performance.now() + 5;
    while (performance.now() < until);
    this.burned++;
  }
}

Deno.test("ActorSystem lets timers fire between the messages of a handler that needs the processor", async () => {
  await using system = new ActorSystem();
  const burner = new Burner();
  const addr = system.spawn(() => burner);
  for (let i = 0; i < 200; i++) addr.trySend({ type: "burn" });
  await delay(1);
  await delay(1);
  // 200 of them take a second; a few are done when the second timer fires.
  assertLess(burner.burned, 100);
});

Deno.test("ActorSystem cuts a long batch: timers fire before it is through", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system, { capacity: 2_000_000 });
  for (let n = 0; n < 1_000_000; n++) addr.trySend(take(n));
  await delay(1);
  assertLess(ledger.handled.length, 1_000_000);
});

Deno.test("ActorSystem lets timers fire in a storm of restarts without end", async () => {
  let starts = 0;
  class Hopeless extends Actor<Ball> {
    override started(): void {
      starts++;
      throw new Error("never starts");
    }
    ball(): void {}
  }
  class Parent extends Actor<Ball> {
    override started(ctx: Context<Ball>): void {
      const strategy = SupervisorStrategy.restart(Infinity, 1_000);
      for (let i = 0; i < 2; i++) ctx.spawnChild(() => new Hopeless(), { strategy });
    }
    ball(): void {}
  }
  for (const children of ["one-for-one", "one-for-all", "rest-for-one"] as const) {
    await using system = new ActorSystem();
    starts = 0;
    system.spawn(() => new Parent(), { children });
    assertLess(await deadline(longestTimer(3), 10_000), RESPONSIVE_MS);
    assertLess(1, starts);
  }
});
