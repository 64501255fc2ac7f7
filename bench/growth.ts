/**
 * Growth: what a message costs when there are more of them, and more actors, beside as many bare queues. Takes minutes,
 * so it is a task of its own, `deno task bench:growth`.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { expectHandled, isSmoke, times } from "./compare.ts";
import { Counter } from "./counter.ts";
import { Floor } from "./floor.ts";

const RUNS = isSmoke ? 1 : 5;
/** From so many messages on a run is long enough to do with fewer of them. */
const LONG = 2_000_000;
const LONG_RUNS = isSmoke ? 1 : 3;
/** Messages of a run at the least, so that small sizes are not measured by a clock that is too coarse. */
const MESSAGES_MIN = times(100_000);
const MESSAGES = [1_000, 10_000, 100_000, 1_000_000].map((count) => times(count));
const ACTORS = [1, 10, 100, 1_000, 10_000, 100_000].map((count) => times(count));
const MESSAGES_EACH = [1, 10, 100];

/** What both sides have in common. */
interface Target {
  doSend(message: { readonly type: "tick"; readonly n: number }): Promise<unknown>;
  send(message: { readonly type: "count" }): Promise<number>;
}

/** Makes targets, and ends them. */
type Make = (count: number) => { readonly targets: readonly Target[]; end(): Promise<void> };

/** Sends `each` messages to each target, of which the last is an ask, to so many targets at a time. */
type Send = (targets: readonly Target[], atATime: number, each: number) => Promise<void>;

const makeFloors: Make = (count) => ({
  targets: Array.from({ length: count }, () => new Floor<object>()),
  end: () => Promise.resolve(),
});

const makeActors: Make = (count) => {
  const system = new ActorSystem();
  return {
    targets: Array.from({ length: count }, () => system.spawn(() => new Counter())),
    end: () => system.shutdown({ timeout: 60_000 }),
  };
};

/** All messages of one target, then all of the next. */
const inTurn: Send = async (targets, atATime, each) => {
  for (let first = 0; first < targets.length; first += atATime) {
    const group = targets.slice(first, first + atATime);
    for (const target of group) {
      for (let n = 1; n < each; n++) await target.doSend({ type: "tick", n });
    }
    await count(group, each);
  }
};

/** One message to each target, then the next one to each: every message finds its target idle. */
const roundRobin: Send = async (targets, atATime, each) => {
  for (let first = 0; first < targets.length; first += atATime) {
    const group = targets.slice(first, first + atATime);
    for (let n = 1; n < each; n++) {
      for (const target of group) await target.doSend({ type: "tick", n });
    }
    await count(group, each);
  }
};

async function count(targets: readonly Target[], expected: number): Promise<void> {
  const handled = await Promise.all(targets.map((target) => target.send({ type: "count" })));
  for (const one of handled) expectHandled(one, expected);
}

/** The time of a message in ns. */
async function nsPerMessage(make: Make, send: Send, atATime: number, each: number): Promise<number> {
  const groups = Math.max(1, Math.ceil(MESSAGES_MIN / (atATime * each)));
  const { targets, end } = make(groups * atATime);
  // They come to rest. Nothing is collected by force: that throws compiled code away and triples what comes after it.
  await new Promise((resolve) => setTimeout(resolve, times(50)));
  const start = performance.now();
  await send(targets, atATime, each);
  const ns = (performance.now() - start) * 1e6 / (targets.length * each);
  await end();
  return ns;
}

/** What one row measures. */
interface Row {
  readonly name: string;
  readonly send: Send;
  readonly atATime: number;
  readonly each: number;
}

/** Measures all rows in turns, so that a machine whose speed drifts does so for all of them, and prints a table. */
async function table(title: string, rows: readonly Row[]): Promise<void> {
  const results = rows.map((row) => ({ row, floors: [] as number[], cinemas: [] as number[] }));
  for (let run = 0; run < RUNS; run++) {
    for (const { row: { send, atATime, each }, floors, cinemas } of results) {
      if (run >= LONG_RUNS && atATime * each >= LONG) continue;
      floors.push(await nsPerMessage(makeFloors, send, atATime, each));
      cinemas.push(await nsPerMessage(makeActors, send, atATime, each));
    }
  }
  console.log(`\n${title}, ns a message\n\n|                  | floor | Cinema | ratio |`);
  console.log("| ---------------- | ----- | ------ | ----- |");
  for (const { row: { name }, floors, cinemas } of results) {
    const ratio = median(cinemas.map((ns, i) => ns / floors[i]!)).toFixed(2);
    const [floor, cinema] = [floors, cinemas].map((values) => median(values).toFixed(0));
    console.log(`| ${name.padEnd(16)} | ${floor!.padStart(5)} | ${cinema!.padStart(6)} | ${ratio.padStart(5)} |`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

// Or the first figures would be those of code that is not compiled yet.
for (let run = 0; run < 3; run++) {
  for (const make of [makeFloors, makeActors]) {
    for (const send of [inTurn, roundRobin]) await nsPerMessage(make, send, 10, 100);
  }
}

await table(
  "Messages to one actor, each doSend awaited",
  MESSAGES.map((each) => ({ name: `${each} messages`, send: inTurn, atATime: 1, each })),
);
for (const [send, how] of [[inTurn, "all of one before the next"], [roundRobin, "one to each in turn"]] as const) {
  for (const each of MESSAGES_EACH) {
    await table(
      `${each} to each actor, the last of them an ask; ${how}`,
      ACTORS.map((atATime) => ({ name: `${atATime} actors`, send, atATime, each })),
    );
  }
}
