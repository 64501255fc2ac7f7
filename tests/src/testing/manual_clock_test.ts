import { assertEquals, assertRejects } from "@std/assert";
import { Actor, ActorSystem, type Addr, type Message } from "../../../mod.ts";
import { ManualClock } from "../../../src/testing/mod.ts";
import { forSeeds } from "../../support/seeded.ts";
import { spawnTaker, take } from "../../support/taker.ts";

Deno.test({
  name: "ManualClock stands still until it is told to move",
  permissions: "none",
  async fn() {
    const clock = new ManualClock(1_000);
    let fired = 0;
    clock.schedule(0, () => fired++);
    await clock.settle();
    assertEquals([clock.now(), fired, clock.tickMs], [1_000, 0, 0]);
    await clock.advance(0);
    assertEquals([clock.now(), fired], [1_000, 1]);
    assertEquals(new ManualClock().now(), 0);
  },
});

Deno.test({
  name:
    "ManualClock.advance() fires timers in the order of their time, and those of one time in the order they were set",
  permissions: "none",
  async fn() {
    await forSeeds(20, async (random) => {
      const clock = new ManualClock();
      const set: { at: number; order: number }[] = [];
      const fired: { at: number; order: number }[] = [];
      for (let order = 0; order < 50; order++) {
        const at = random.below(20);
        set.push({ at, order });
        clock.schedule(at, () => fired.push({ at: clock.now(), order }));
      }
      await clock.advance(20);
      assertEquals(fired, set.toSorted((a, b) => a.at - b.at || a.order - b.order));
      assertEquals(clock.now(), 20);
    });
  },
});

Deno.test({
  name: "ManualClock.advance() fires what is due at the very end, and leaves what is due later",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    const fired: number[] = [];
    for (const ms of [10, 11]) clock.schedule(ms, () => fired.push(ms));
    await clock.advance(10);
    assertEquals([fired, clock.now()], [[10], 10]);
    await clock.advance(0.5);
    assertEquals([fired, clock.now()], [[10], 10.5]);
    await clock.advance(0.5);
    assertEquals(fired, [10, 11]);
  },
});

Deno.test({
  name: "ManualClock fires timers that were set by timers, each at its own time",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    const at: number[] = [];
    const again = (): void => {
      at.push(clock.now());
      if (at.length < 4) clock.schedule(10, again);
    };
    clock.schedule(10, again);
    await clock.advance(35);
    assertEquals([at, clock.now()], [[10, 20, 30], 35]);
    await clock.runUntilIdle();
    assertEquals([at, clock.now()], [[10, 20, 30, 40], 40]);
  },
});

Deno.test({
  name: "ManualClock never moves backwards: a timer of a negative time, or of none, fires next",
  permissions: "none",
  async fn() {
    const clock = new ManualClock(500);
    const at: number[] = [];
    for (const ms of [-100, NaN]) clock.schedule(ms, () => at.push(clock.now()));
    await clock.advance(10);
    assertEquals([at, clock.now()], [[500, 500], 510]);
  },
});

Deno.test({
  name: "ManualClock does not fire a timer that was cancelled, also by a timer of the same time",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    let fired = 0;
    const timers = [10, 10, 20].map((ms) => clock.schedule(ms, () => fired++));
    timers[2]!.cancel();
    clock.schedule(5, () => timers[0]!.cancel());
    timers[1]!.cancel();
    timers[1]!.cancel();
    await clock.runUntilIdle();
    assertEquals([fired, clock.now()], [0, 5]);
  },
});

Deno.test({
  name: "ManualClock hands on what a timer throws, and goes on afterwards",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    let fired = 0;
    clock.schedule(5, () => {
      throw new RangeError("in a timer");
    });
    clock.schedule(10, () => fired++);
    await assertRejects(() => clock.advance(20), RangeError, "in a timer");
    await clock.runUntilIdle();
    assertEquals([fired, clock.now()], [1, 10]);
  },
});

Deno.test({
  name: "ManualClock.advance() refuses a time that is negative, infinite or no number",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    for (const ms of [-1, NaN, Infinity]) await assertRejects(() => clock.advance(ms), RangeError, `${ms} ms`);
    assertEquals(clock.now(), 0);
  },
});

Deno.test({
  name: "ManualClock.runUntilIdle() gives up on what never comes to an end",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    const again = (): void => {
      clock.schedule(1_000, again);
    };
    again();
    await assertRejects(() => clock.runUntilIdle({ maxMs: 10_000 }), Error, "a timer is still set after 10000 ms");
    for (const maxMs of [-1, NaN]) await assertRejects(() => clock.runUntilIdle({ maxMs }), RangeError, "maxMs");
    assertEquals(clock.now(), 10_000);
  },
});

interface Ball extends Message {
  readonly type: "ball";
}

class Player extends Actor<Ball> {
  other: Addr<Ball> | undefined;
  ball(ball: Ball): void {
    this.other?.trySend(ball);
  }
}

Deno.test({
  name: "ManualClock.settle() gives up on actors that keep each other busy without end",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    await using system = new ActorSystem({ clock });
    const [ping, pong] = [new Player(), new Player()];
    pong.other = system.spawn(() => ping);
    ping.other = system.spawn(() => pong);
    ping.other.trySend({ type: "ball" });
    await assertRejects(() => clock.settle(), Error, "actors are still busy");
  },
});

Deno.test({
  name: "ManualClock.settle() waits for a long batch to be handled, and takes no virtual time",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    await using system = new ActorSystem({ clock });
    const { addr, ledger } = spawnTaker(system, { capacity: 50_000 });
    for (let n = 0; n < 50_000; n++) addr.trySend(take(n));
    await clock.settle();
    assertEquals([ledger.handled.length, clock.now()], [50_000, 0]);
  },
});
