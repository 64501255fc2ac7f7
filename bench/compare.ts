/**
 * How a benchmark is measured: beside its floor, in the same process, in turns.
 *
 * @module
 */

/** One thing to measure. */
export interface Comparison {
  /** What is measured. */
  readonly name: string;
  /** How many operations one run does. */
  readonly operations: number;
  /** The least that must be done for it. */
  readonly floor: Side;
  /** The same with Cinema. Throws unless the last message was handled. */
  readonly cinema: Side;
  /** What the second side is called, where it is not Cinema. */
  readonly subject?: string;
  /** Makes what a run of Cinema uses up; the time that this takes does not count. */
  readonly prepare?: () => void | Promise<void>;
  /** Whether the median of single operations counts, rather than their mean: both sides call `lap` after each. */
  readonly median?: boolean;
}

/** One run of one side. */
export type Side = (lap: () => void) => Promise<void>;

/** Whether every benchmark is only to be run through, so that none rots: `deno bench bench/ -- --smoke`. */
export const isSmoke: boolean = Deno.args.includes("--smoke");

/** How often to do something: a thousandth of it where the figures do not matter, at least `least`. */
export function times(count: number, least = 1): number {
  return isSmoke ? Math.max(least, Math.ceil(count / 1_000)) : count;
}

/** Runs of each side, at the least, and runs that only compile the code and do not count. */
const RUNS = isSmoke ? 1 : 7;
const WARMUP = isSmoke ? 0 : 2;

/**
 * Registers a benchmark that runs both sides in turns. The table of `deno bench` shows the time of one run of Cinema;
 * the summary below it the medians of both sides, in ns an operation, and the median of the ratios of neighbouring
 * runs: a machine whose speed drifts does so for both.
 */
export function compare(comparison: Comparison): void {
  const { name, operations, floor, cinema, prepare, median: isMedian = false, subject = "cinema" } = comparison;
  const floors: number[] = [];
  const cinemas: number[] = [];
  Deno.bench({ name, n: RUNS, warmup: WARMUP }, async (bench) => {
    // Deno repeats what is quick many times.
    if (isSmoke && floors.length > 0) return;
    floors.push(await nsPerOperation(floor, operations, isMedian));
    await prepare?.();
    bench.start();
    cinemas.push(await nsPerOperation(cinema, operations, isMedian));
    bench.end();
  });
  globalThis.addEventListener("unload", () => {
    if (isSmoke) return;
    const ratios = cinemas.map((ns, i) => ns / floors[i]!).slice(WARMUP).sort((a, b) => a - b);
    if (ratios.length === 0) return;
    const spread = `${ratios[0]!.toFixed(2)} to ${ratios.at(-1)!.toFixed(2)}`;
    const medians = `floor ${median(floors.slice(WARMUP))} ns, ${subject} ${median(cinemas.slice(WARMUP))} ns`;
    console.log(
      `${name}: ${medians}, ratio ${ratios[ratios.length >> 1]!.toFixed(2)} (${spread}; ${ratios.length} runs)`,
    );
  });
}

/** Makes sure that everything was handled: a benchmark that lost messages must not look fast. */
export function expectHandled(handled: number, expected: number): void {
  if (handled !== expected) throw new Error(`Cannot trust the run: ${handled} of ${expected} messages were handled`);
}

async function nsPerOperation(run: Side, operations: number, isMedian: boolean): Promise<number> {
  const laps: number[] = [];
  const start = performance.now();
  let last = start;
  await run(() => {
    const now = performance.now();
    laps.push(now - last);
    last = now;
  });
  if (isMedian) return middle(laps) * 1e6;
  return (performance.now() - start) * 1e6 / operations;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function median(values: readonly number[]): string {
  return middle(values).toFixed(0);
}
