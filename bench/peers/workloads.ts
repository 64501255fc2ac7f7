/**
 * What is measured of each contender, and how much of it. A contender starts once and serves all rounds, and garbage is
 * collected when it has to be, as in a system in use. To collect it before each round would throw optimized code away,
 * and measure the compiler: Cinema's tells took 2.5 times as long, and 6 times with a system made anew for each round.
 * No result counts unless everything was handled.
 *
 * @module
 */

import { expectHandled } from "../compare.ts";
import type { Peer, Stage } from "./peer.ts";

/** How much is done. */
export interface Sizes {
  /** Messages to one actor. */
  readonly messages: number;
  /** Asks under way at a time. */
  readonly atATime: number;
  /** Actors started at a time. */
  readonly actors: number;
  /** Failures of one actor. */
  readonly restarts: number;
  /** Messages at once to an actor that does not finish. */
  readonly flood: number;
  /** Rounds that count. */
  readonly rounds: number;
  /** Rounds before them, which only compile the code. */
  readonly warmups: number;
}

/** Enough for figures that hold still. */
export const FULL: Sizes = {
  messages: 100_000,
  atATime: 100,
  actors: 5_000,
  restarts: 1_000,
  flood: 10_000,
  rounds: 9,
  warmups: 3,
};

/** Enough to see that everything runs. */
export const SMOKE: Sizes = {
  messages: 200,
  atATime: 100,
  actors: 20,
  restarts: 20,
  flood: 1_000,
  rounds: 1,
  warmups: 0,
};

/** A contender in use. */
export interface Running {
  readonly peer: Peer;
  readonly stage: Stage;
  /** What its actor had counted before. */
  handled: number;
}

/** One line of the table. */
export interface Workload {
  readonly name: string;
  readonly unit: "ns" | "bytes";
  /** Measures one operation, or says that the contender has no such thing. */
  measure(running: Running, sizes: Sizes): Promise<number | undefined>;
}

const { gc } = globalThis as { gc?: () => void };

/** All of them, in the order of the table. */
export const WORKLOADS: readonly Workload[] = [
  {
    name: "tell, until all is handled",
    unit: "ns",
    measure: (running, { messages }) => send(running, messages, ({ stage }) => stage.tell(messages)),
  },
  {
    name: "ask, one after the other",
    unit: "ns",
    measure: (running, { messages }) => send(running, messages, ({ stage }) => stage.askInTurn(messages)),
  },
  {
    name: "ask, 100 at a time",
    unit: "ns",
    measure: (running, { messages, atATime }) =>
      send(running, messages, ({ stage }) => stage.askAtOnce(messages, atATime)),
  },
  { name: "spawn", unit: "ns", measure: spawn },
  { name: "spawn, first answer, stop", unit: "ns", measure: spawnToStop },
  { name: "failure to first answer, median", unit: "ns", measure: restart },
  { name: "heap of an idle actor", unit: "bytes", measure: weigh },
];

async function send(running: Running, count: number, run: (running: Running) => Promise<number>): Promise<number> {
  const start = performance.now();
  const handled = await run(running);
  const tookMs = performance.now() - start;
  expectHandled(handled - running.handled, count);
  running.handled = handled;
  return tookMs * 1e6 / count;
}

async function spawn(running: Running, sizes: Sizes): Promise<number> {
  const actors = actorsOf(running, sizes);
  const start = performance.now();
  const cast = await running.stage.spawn(actors);
  const tookMs = performance.now() - start;
  expectHandled(await cast.askEach(), actors);
  await cast.stop();
  return tookMs * 1e6 / actors;
}

async function spawnToStop(running: Running, sizes: Sizes): Promise<number> {
  const actors = actorsOf(running, sizes);
  const start = performance.now();
  const cast = await running.stage.spawn(actors);
  const answers = await cast.askEach();
  await cast.stop();
  const tookMs = performance.now() - start;
  expectHandled(answers, actors);
  return tookMs * 1e6 / actors;
}

async function restart({ stage }: Running, { restarts }: Sizes): Promise<number | undefined> {
  if (stage.restart === undefined) return undefined;
  const laps: number[] = [];
  let last = performance.now();
  const answers = await stage.restart(restarts, () => {
    const now = performance.now();
    laps.push(now - last);
    last = now;
  });
  expectHandled(answers, restarts);
  return middle(laps) * 1e6;
}

async function weigh(running: Running, sizes: Sizes): Promise<number | undefined> {
  if (gc === undefined) return undefined;
  const actors = actorsOf(running, sizes);
  const before = await heapUsed();
  const cast = await running.stage.spawn(actors);
  const bytes = (await heapUsed() - before) / actors;
  expectHandled(await cast.askEach(), actors);
  await cast.stop();
  return bytes;
}

function actorsOf({ peer: { actorsMax = Infinity } }: Running, { actors }: Sizes): number {
  return Math.min(actors, actorsMax);
}

/** The heap after actors have come to rest and garbage is gone. */
async function heapUsed(): Promise<number> {
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setTimeout(resolve, 0));
  gc?.();
  return Deno.memoryUsage().heapUsed;
}

/** The median. */
export function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
