/**
 * The laws on as many cases as there is time for, with new cases each time, and a storm of ten million damaged frames.
 * Ends with 1 where one does not hold; what it prints then leads to the same case again.
 *
 * ```sh
 * deno run --v8-flags=--expose-gc --config tests/properties/deno.json tests/properties/long.ts --minutes 5
 * deno run --config tests/properties/deno.json tests/properties/long.ts --only mailbox --seed 7 --path 12:3:1
 * ```
 *
 * - `--minutes n`: how long all of it takes, the storm included; 5 where nothing is said;
 * - `--frames n`: how many frames the storm has; 0 for none;
 * - `--only text`: only the laws whose name, or that of their part, holds the text; without the storm;
 * - `--seed n`, `--path p`: the cases of an earlier run.
 *
 * @module
 */

import { ALL_PROPERTIES } from "./all_properties.ts";
import { FrameStorm } from "./frame_storm.ts";
import type { Property } from "./property.ts";

/** The heap may differ by so much after ten million frames: what grows with them would need far more. */
const GROWTH_BYTES_MAX = 1_048_576;

/** Frames after which everything that is kept is there: caches are full, and the code is compiled. */
const WARM_UP = 500_000;

/** Parts whose cases are long, or whose state is large, get so many times as much of the time as others. */
const WEIGHTS: Readonly<Record<string, number>> = {
  mailbox: 8,
  convergence: 8,
  directory: 8,
  sessions: 3,
  membership: 3,
};

interface Row {
  readonly what: string;
  readonly result: string;
  readonly holds: boolean;
}

function option(name: string): string | undefined {
  // The last one counts, so that `deno task fuzz --minutes 2` overrules what the task says.
  const at = Deno.args.lastIndexOf(`--${name}`);
  return at < 0 ? undefined : Deno.args[at + 1];
}

function numberOf(name: string, otherwise: number): number {
  const text = option(name);
  const value = text === undefined ? otherwise : Number(text);
  if (value >= 0) return value;
  console.error(`Cannot use --${name} ${text}: it must be a number >= 0`);
  Deno.exit(2);
}

/** Bytes in use, after everything that nobody holds any more was collected. */
function bytesInUse(): number {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) {
    console.error("Cannot measure the memory: run it with --v8-flags=--expose-gc, or with --frames 0");
    Deno.exit(2);
  }
  // The first one leaves what has finalizers.
  gc();
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function kib(bytes: number): string {
  return `${(bytes / 1_024).toFixed(0)} KiB`;
}

function runStorm(frames: number, seed: number): Row {
  const start = performance.now();
  const storm = new FrameStorm(seed);
  const what = `${frames.toLocaleString("en")} damaged frames`;
  try {
    storm.run(WARM_UP);
    const before = bytesInUse();
    let most = 0;
    for (let done = 0; done < frames;) {
      const next = Math.min(1_000_000, frames - done);
      storm.run(next);
      done += next;
      const growth = bytesInUse() - before;
      most = Math.max(most, growth);
      console.log(`  ${done.toLocaleString("en")} frames: ${kib(growth)} more than at the start`);
    }
    for (const { name, read, refused } of storm.tally) console.log(`  ${name}: ${read} read, ${refused} refused`);
    const perSecond = (frames + WARM_UP) / (performance.now() - start) * 1_000;
    const rate = `${Math.round(perSecond / 1_000)},000 a second`;
    return { what, result: `no crash, growth at most ${kib(most)}, ${rate}`, holds: most <= GROWTH_BYTES_MAX };
  } catch (error) {
    console.log(error);
    return { what, result: "crashed", holds: false };
  }
}

async function runProperty(area: string, property: Property, seed: number, limitMs: number): Promise<Row> {
  const path = option("path");
  const what = `${area}: ${property.name}`;
  const start = performance.now();
  try {
    const { cases } = await property.check(path === undefined ? { seed, limitMs } : { seed, path, runs: 1 });
    const seconds = ((performance.now() - start) / 1_000).toFixed(0);
    return { what, result: `${cases.toLocaleString("en")} cases in ${seconds} s`, holds: true };
  } catch (error) {
    console.log(error);
    return { what, result: "does not hold, see above", holds: false };
  }
}

const only = option("only");
const seed = numberOf("seed", Math.floor(Math.random() * 2 ** 31));
const frames = numberOf("frames", only === undefined ? 10_000_000 : 0);
const endsAt = performance.now() + numberOf("minutes", 5) * 60_000;
const rows: Row[] = [];

function report(row: Row): void {
  rows.push(row);
  console.log(`${row.holds ? "ok  " : "FAIL"} ${row.what}: ${row.result}`);
}

console.log(`seed ${seed}`);
if (frames > 0) report(runStorm(frames, seed));
const wanted = Object.entries(ALL_PROPERTIES).flatMap(([area, properties]) =>
  properties.map((property) => ({ area, property }))
).filter(({ area, property }) => only === undefined || `${area}: ${property.name}`.includes(only));
const weightOf = ({ area }: { area: string }): number => WEIGHTS[area] ?? 1;
for (const [n, { area, property }] of wanted.entries()) {
  const left = wanted.slice(n).reduce((sum, other) => sum + weightOf(other), 0);
  const limitMs = Math.max(100, (endsAt - performance.now()) * weightOf({ area }) / left);
  report(await runProperty(area, property, seed, limitMs));
}

console.log(`\n| What | Found, seed ${seed} | |\n|---|---|---|`);
for (const { what, result, holds } of rows) console.log(`| ${what} | ${result} | ${holds ? "holds" : "**no**"} |`);
if (wanted.length === 0 || rows.some(({ holds }) => !holds)) Deno.exit(1);
