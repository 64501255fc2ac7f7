import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ABANDONED, Patience } from "../../../src/internal/patience.ts";
import { ManualClock } from "../../../src/testing/manual_clock.ts";

/** Waits through `patience`, and tells how it ended; `"pending"` until then. */
function wait(patience: Patience, promise: PromiseLike<unknown> = new Promise(() => {})): { ended: unknown } {
  const waiting: { ended: unknown } = { ended: "pending" };
  patience.settle(promise).then((value) => waiting.ended = value, (error) => waiting.ended = ["rejected", error]);
  return waiting;
}

function setUp(): { clock: ManualClock; patience: Patience; late: unknown[] } {
  const clock = new ManualClock();
  const late: unknown[] = [];
  return { clock, late, patience: new Patience(clock, (error) => late.push(error)) };
}

Deno.test({
  name: "Patience.settle() settles as the promise does, and waits for ever without a limit",
  permissions: "none",
  async fn() {
    const { clock, patience, late } = setUp();
    assertEquals(await patience.settle(Promise.resolve(5)), 5);
    const error = new RangeError("no");
    assertStrictEquals(await assertRejects(() => patience.settle(Promise.reject(error))), error);
    const waiting = wait(patience);
    await clock.advance(1e9);
    assertEquals([waiting.ended, late], ["pending", []]);
  },
});

Deno.test({
  name: "Patience.busyMs is how long the current promise has been waited for",
  permissions: "none",
  async fn() {
    const { clock, patience } = setUp();
    assertEquals(patience.busyMs, undefined);
    const work = Promise.withResolvers<void>();
    const settled = patience.settle(work.promise);
    assertEquals(patience.busyMs, 0);
    await clock.advance(70);
    assertEquals(patience.busyMs, 70);
    work.resolve();
    await settled;
    assertEquals(patience.busyMs, undefined);
  },
});

Deno.test({
  name: "Patience.limit() abandons the current wait when its time has come, not before",
  permissions: "none",
  async fn() {
    const { clock, patience } = setUp();
    const waiting = wait(patience);
    patience.limit(100);
    await clock.advance(99);
    assertEquals(waiting.ended, "pending");
    await clock.advance(1);
    assertEquals([waiting.ended, patience.busyMs], [["rejected", ABANDONED], undefined]);
  },
});

Deno.test({
  name: "Patience.limit() counts for waits that begin later, and an earlier limit stays",
  permissions: "none",
  async fn() {
    const { clock, patience } = setUp();
    patience.limit(100);
    patience.limit(500);
    await clock.advance(60);
    const waiting = wait(patience);
    await clock.advance(40);
    assertEquals(waiting.ended, ["rejected", ABANDONED]);
    // Past the limit: not even a turn of the event loop is waited for.
    const next = wait(patience);
    await clock.advance(0);
    assertEquals(next.ended, ["rejected", ABANDONED]);
  },
});

Deno.test({
  name: "Patience.limit() can be tightened while it waits",
  permissions: "none",
  async fn() {
    const { clock, patience } = setUp();
    const waiting = wait(patience);
    patience.limit(1_000);
    patience.limit(10);
    await clock.advance(10);
    assertEquals(waiting.ended, ["rejected", ABANDONED]);
  },
});

Deno.test({
  name: "Patience.renew() takes the limit away",
  permissions: "none",
  async fn() {
    const { clock, patience } = setUp();
    patience.limit(10);
    patience.renew();
    const waiting = wait(patience);
    await clock.advance(10_000);
    assertEquals(waiting.ended, "pending");
  },
});

Deno.test({
  name: "Patience leaves no timer behind when the promise settles in time",
  permissions: "none",
  async fn() {
    const { clock, patience } = setUp();
    const work = Promise.withResolvers<number>();
    const settled = patience.settle(work.promise);
    patience.limit(1_000);
    work.resolve(1);
    assertEquals(await settled, 1);
    await clock.runUntilIdle();
    assertEquals(clock.now(), 0);
  },
});

Deno.test({
  name: "Patience reports an error that comes after it gave up, and drops a value",
  permissions: "none",
  async fn() {
    const { clock, patience, late } = setUp();
    const [first, second] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
    for (const work of [first, second]) {
      const waiting = wait(patience, work.promise);
      patience.limit(10);
      await clock.advance(10);
      assertEquals(waiting.ended, ["rejected", ABANDONED]);
      patience.renew();
    }
    first.reject("late");
    second.resolve(2);
    await clock.settle();
    assertEquals(late, ["late"]);
  },
});

Deno.test({
  name: "Patience lets a wait that was abandoned not disturb the next one",
  permissions: "none",
  async fn() {
    const { clock, patience, late } = setUp();
    const slow = Promise.withResolvers<number>();
    const abandoned = wait(patience, slow.promise);
    patience.limit(10);
    await clock.advance(10);
    assertEquals(abandoned.ended, ["rejected", ABANDONED]);
    patience.renew();
    const next = Promise.withResolvers<number>();
    const waiting = wait(patience, next.promise);
    slow.resolve(1);
    await clock.advance(5);
    assertEquals([patience.busyMs, waiting.ended], [5, "pending"]);
    next.resolve(2);
    await clock.settle();
    assertEquals([waiting.ended, late], [2, []]);
  },
});

Deno.test({
  name: "Patience takes thenables, the hostile ones too, and is not busy afterwards",
  permissions: "none",
  async fn() {
    const { clock, patience, late } = setUp();
    const twice = { then: (resolve: (n: number) => void) => (resolve(1), resolve(2)) } as PromiseLike<number>;
    const throwing = {
      then() {
        throw new RangeError("hostile");
      },
    } as unknown as PromiseLike<number>;
    const contrary = {
      then(resolve: (n: number) => void, reject: (error: unknown) => void) {
        resolve(3);
        reject(4);
        throw new RangeError("contrary");
      },
    } as unknown as PromiseLike<number>;
    const covered = Object.assign(Promise.resolve(5), { then: throwing.then });
    assertEquals(await patience.settle(twice), 1);
    await assertRejects(() => patience.settle(throwing), RangeError, "hostile");
    assertEquals(await patience.settle(contrary), 3);
    assertEquals(await patience.settle(covered), 5);
    patience.limit(10);
    await clock.runUntilIdle();
    assertEquals([patience.busyMs, clock.now(), late], [undefined, 0, []]);
  },
});

Deno.test({
  name: "Patience.isOver from the moment that the limit is reached until it is taken away",
  permissions: "none",
  async fn() {
    const { clock, patience } = setUp();
    patience.limit(Infinity);
    assertEquals(patience.isOver, false);
    patience.limit(10);
    await clock.advance(9);
    assertEquals(patience.isOver, false);
    await clock.advance(1);
    assertEquals(patience.isOver, true);
    patience.renew();
    assertEquals(patience.isOver, false);
  },
});
