import { assertEquals } from "@std/assert";
import type { Clock } from "../../../src/clock.ts";
import { Deadline, Deadlines } from "../../../src/internal/deadlines.ts";
import { ManualClock } from "../../../src/testing/manual_clock.ts";
import { forSeeds } from "../../support/seeded.ts";

/** Virtual time with a coarse tick, as the real clock has one; counts the timers it was asked for. */
class CoarseClock implements Clock {
  readonly tickMs = 5;
  readonly manual = new ManualClock();
  timers = 0;
  now = (): number => this.manual.now();
  yield = (): Promise<void> => this.manual.yield();
  schedule = (ms: number, callback: () => void) => {
    this.timers++;
    return this.manual.schedule(ms, callback);
  };
}

/** Notes when it expired. */
class Note extends Deadline {
  override isDone = false;
  readonly #expired: () => void;

  constructor(timeoutMs: number, expired: () => void) {
    super(timeoutMs);
    this.#expired = expired;
  }

  override expire(): void {
    this.#expired();
  }
}

Deno.test({
  name: "Deadlines expire to the millisecond where time stands still between ticks",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const at: [number, number][] = [];
    const add = (ms: number) => deadlines.add(new Note(ms, () => at.push([ms, clock.now()])));
    for (const ms of [300, 0, 20, 100, 20]) add(ms);
    await clock.advance(50);
    add(30);
    await clock.runUntilIdle();
    assertEquals(at, [[0, 0], [20, 20], [20, 20], [30, 80], [100, 100], [300, 300]]);
  },
});

Deno.test({
  name: "Deadlines on a coarse tick are never met early, and at most two ticks late",
  permissions: "none",
  async fn() {
    await forSeeds(20, async (random) => {
      const clock = new CoarseClock();
      const deadlines = new Deadlines(clock);
      const late: number[] = [];
      let added = 0;
      for (let step = 0; step < 30; step++) {
        const dueAt = clock.now() + random.below(200);
        deadlines.add(new Note(dueAt - clock.now(), () => late.push(clock.now() - dueAt)));
        added++;
        await clock.manual.advance(random.below(40));
      }
      await clock.manual.runUntilIdle();
      assertEquals(late.length, added);
      assertEquals(late.filter((ms) => ms < 0 || ms > 2 * clock.tickMs), []);
    });
  },
});

Deno.test({
  name: "Deadlines ask the clock for one timer, however many they are",
  permissions: "none",
  async fn() {
    const clock = new CoarseClock();
    const deadlines = new Deadlines(clock);
    let expired = 0;
    for (let i = 0; i < 1_000; i++) deadlines.add(new Note(1, () => expired++));
    assertEquals(clock.timers, 1);
    await clock.manual.runUntilIdle();
    assertEquals([expired, clock.timers <= 3], [1_000, true]);
  },
});

Deno.test({
  name: "Deadlines that are done do not expire, and soon need no timer",
  permissions: "none",
  async fn() {
    const clock = new CoarseClock();
    const deadlines = new Deadlines(clock);
    const expired: number[] = [];
    const notes = [100, 50, 3_600_000, 3_600_000].map((ms) => new Note(ms, () => expired.push(ms)));
    for (const note of notes) deadlines.add(note);
    deadlines.remove(notes[3]!);
    await clock.manual.advance(10);
    notes[1]!.isDone = notes[2]!.isDone = true;
    await clock.manual.runUntilIdle();
    // The hour is not waited for: an idle process may end within one sleep of the queue.
    assertEquals([expired, clock.now() < 200], [[100], true]);
  },
});

Deno.test({
  name: "Deadlines.remove() takes a fresh one out, wherever it is in the list",
  permissions: "none",
  async fn() {
    await forSeeds(30, async (random) => {
      const clock = new ManualClock();
      const deadlines = new Deadlines(clock);
      const expired = new Set<number>();
      const notes = Array.from({ length: 8 }, (_, i) => new Note(10, () => expired.add(i)));
      for (const note of notes) deadlines.add(note);
      const removed = new Set(Array.from({ length: 4 }, () => random.below(8)));
      for (const i of removed) notes[i]!.freshIn?.remove(notes[i]!);
      await clock.runUntilIdle();
      assertEquals(expired, new Set([0, 1, 2, 3, 4, 5, 6, 7].filter((i) => !removed.has(i))));
    });
  },
});

Deno.test({
  name: "Deadlines wake from a long sleep for a new one that is nearer",
  permissions: "none",
  async fn() {
    const clock = new CoarseClock();
    const deadlines = new Deadlines(clock);
    const at: number[] = [];
    deadlines.add(new Note(60_000, () => at.push(clock.now())));
    await clock.manual.advance(20);
    deadlines.add(new Note(0, () => at.push(clock.now())));
    await clock.manual.advance(10);
    assertEquals(at.length, 1);
    await clock.manual.runUntilIdle();
    assertEquals([at[0]! <= 30, at[1]! >= 60_000, at[1]! <= 60_010], [true, true, true]);
  },
});

Deno.test({
  name: "Deadline may add another one when it expires",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const at: number[] = [];
    const again = (): void => {
      at.push(clock.now());
      if (at.length < 3) deadlines.add(new Note(10, again));
    };
    deadlines.add(new Note(10, again));
    await clock.runUntilIdle();
    assertEquals(at, [10, 20, 30]);
  },
});

Deno.test({
  name: "Deadlines forget thousands that are done without losing one that is not",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const expired: number[] = [];
    for (let round = 0; round < 4; round++) {
      const notes = Array.from({ length: 1_500 }, (_, i) => new Note(1_000 + i, () => expired.push(i)));
      for (const note of notes) deadlines.add(note);
      await clock.advance(0);
      for (const [i, note] of notes.entries()) note.isDone = i % 100 !== 0;
    }
    await clock.runUntilIdle();
    assertEquals(expired.length, 4 * 15);
    assertEquals(expired, expired.toSorted((a, b) => a - b));
  },
});

Deno.test({
  name: "Deadlines.close() stops the timer: nothing expires any more",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    let expired = 0;
    for (const ms of [10, 20]) deadlines.add(new Note(ms, () => expired++));
    await clock.advance(15);
    deadlines.add(new Note(10, () => expired++));
    deadlines.close();
    await clock.runUntilIdle();
    assertEquals([expired, clock.now()], [1, 15]);
  },
});
