import { assertEquals, assertGreater } from "@std/assert";
import { LivedTime } from "../../../cluster/membership/lived_time.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";
import { pure } from "../../support/members.ts";

/** A time that starts when the clock says 1,000, with a lag of 250 ms, and what it has noticed. */
function make(): { time: LivedTime; fired: string[]; lost: number[]; at(outside: number): void } {
  const fired: string[] = [];
  const lost: number[] = [];
  const time = new LivedTime(1_000, 250, (ms) => lost.push(ms));
  const at = (outside: number) => {
    time.pass(outside);
    time.run();
  };
  return { time, fired, lost, at };
}

pure("LivedTime runs timers when they are due, those of one moment in the order in which they were set", () => {
  const { time, fired, at } = make();
  for (const [name, ms] of [["late", 200], ["a", 100], ["b", 100]] as const) {
    time.schedule(ms, () => fired.push(`${name} ${time.now}`));
  }
  at(1_099);
  assertEquals(fired, []);
  at(1_100);
  assertEquals(fired, ["a 100", "b 100"]);
  at(1_200);
  assertEquals(fired, ["a 100", "b 100", "late 200"]);
});

pure("LivedTime.nextAt is when the next timer is due by the clock outside, and Infinity without any", () => {
  const { time, at } = make();
  assertEquals(time.nextAt, Infinity);
  const soon = time.schedule(100, () => {});
  time.schedule(300, () => {});
  assertEquals(time.nextAt, 1_100);
  soon.cancel();
  assertEquals(time.nextAt, 1_300);
  at(1_050);
  assertEquals(time.nextAt, 1_300);
});

pure("a cancelled timer never runs, also when one of the same moment takes it back", () => {
  const { time, fired, at } = make();
  time.schedule(100, () => other.cancel());
  const other = time.schedule(100, () => fired.push("other"));
  at(1_100);
  assertEquals(fired, []);
});

pure("a timer that sets one for now runs it in the same go", () => {
  const { time, fired, at } = make();
  time.schedule(100, () => time.schedule(0, () => fired.push("second")));
  at(1_100);
  assertEquals(fired, ["second"]);
});

pure("a wake-up that is a little late is none: the time counts in full", () => {
  const { time, lost, at } = make();
  time.schedule(100, () => {});
  at(1_350);
  assertEquals([time.now, lost], [350, []]);
});

pure("waiting long for a timer is no lag: only the time after it is due counts", () => {
  const { time, lost, at } = make();
  time.schedule(60_000, () => {});
  at(61_000);
  assertEquals([time.now, lost], [60_000, []]);
});

pure("a late wake-up counts for no more than the lag, and the rest is reported as lost", () => {
  const { time, lost, at } = make();
  time.schedule(100, () => {});
  at(61_000);
  assertEquals([time.now, lost], [250, [59_750]]);
});

pure("a clock that jumps an hour ahead runs none of the timers that had long to go", () => {
  const { time, fired, at } = make();
  for (const ms of [500, 1_000, 30_000]) time.schedule(ms, () => fired.push(String(ms)));
  at(1_000 + 3_600_000);
  assertEquals(fired, []);
  assertEquals(time.nextAt, 1_000 + 3_600_000 + 250);
});

pure("a clock that goes back takes no time away, and the time goes on from there", () => {
  const { time, fired, lost, at } = make();
  time.schedule(100, () => fired.push("timer"));
  at(1_050);
  at(-5_000);
  assertEquals([time.now, time.nextAt, fired, lost], [50, -4_950, [], []]);
  at(-4_951);
  assertEquals(fired, []);
  at(-4_950);
  assertEquals([fired, lost], [["timer"], []]);
});

pure("what was due during a lag waits a moment, so that what arrived meanwhile is read first", () => {
  const { time, fired, at } = make();
  time.schedule(100, () => fired.push("overdue"));
  time.schedule(120, () => fired.push("second"));
  at(61_000);
  assertEquals(fired, []);
  assertGreater(time.nextAt, 61_000);
  at(time.nextAt);
  assertEquals(fired, ["overdue", "second"]);
});

pure("a timer set after a lag does not wait for those that were put off", () => {
  const { time, fired, at } = make();
  time.schedule(100, () => fired.push("overdue"));
  at(61_000);
  time.schedule(10, () => fired.push("new"));
  at(61_010);
  assertEquals(fired, ["new"]);
});

pure("a timer that was cancelled during a lag stays so", () => {
  const { time, fired, at } = make();
  const timer = time.schedule(100, () => fired.push("overdue"));
  timer.cancel();
  time.schedule(110, () => fired.push("next"));
  at(61_000);
  at(time.nextAt);
  assertEquals(fired, ["next"]);
});

pure("a node that is always late still gets everything done", () => {
  const { time, fired, at } = make();
  time.schedule(2_000, () => fired.push("timer"));
  let wakes = 0;
  for (; fired.length === 0 && wakes < 100; wakes++) at(time.nextAt + 5_000);
  assertEquals(fired, ["timer"]);
});

pure("whoever wakes up exactly at nextAt finds the timer due, whatever the fractions are rounded to", () => {
  const random = new SeededRandom(1);
  for (let round = 0; round < 1_000; round++) {
    const time = new LivedTime(random.next() * 1e6, 250, () => {});
    let fired = 0;
    for (let i = 0; i < 20; i++) time.schedule(random.next() * 1_000, () => fired++);
    for (let wakes = 1; wakes <= 20; wakes++) {
      time.pass(time.nextAt);
      time.run();
      assertEquals(fired, wakes, `round ${round}`);
    }
  }
});
