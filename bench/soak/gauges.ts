/**
 * What the processes of the soak hold: memory after a garbage collection, and open files and sockets, over the time.
 *
 * @module
 */

/** One look at a process. */
export interface Sample {
  /** Ms since the run began. */
  readonly atMs: number;
  /** Bytes of the heap in use, after a garbage collection. */
  readonly heapBytes: number;
  /** Bytes of memory that the process has in all. */
  readonly rssBytes: number;
  /** Open files, pipes and sockets; undefined where the system does not tell. */
  readonly handles: number | undefined;
}

/** How a figure has developed. */
export interface Trend {
  /** The median of the second quarter of the run, when everything has been made that is made once. */
  readonly early: number;
  /** The median of the last quarter. */
  readonly late: number;
  /** The slope of the straight line through all samples but those of the first quarter, each minute. */
  readonly perMinute: number;
}

/** Fewer samples than this show nothing. */
const SAMPLES_MIN = 12;

/** How a figure of a process has developed; undefined where there are too few samples. */
export function trendOf(samples: readonly Sample[], figure: (sample: Sample) => number | undefined): Trend | undefined {
  const points = samples.flatMap((sample) => {
    const value = figure(sample);
    return value === undefined ? [] : [{ x: sample.atMs / 60_000, y: value }];
  });
  if (points.length < SAMPLES_MIN) return undefined;
  const settled = points.slice(points.length >> 2);
  const third = Math.floor(settled.length / 3);
  const meanX = mean(settled.map(({ x }) => x));
  const meanY = mean(settled.map(({ y }) => y));
  const spread = settled.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return {
    early: median(settled.slice(0, third).map(({ y }) => y)),
    late: median(settled.slice(-third).map(({ y }) => y)),
    perMinute: settled.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread,
  };
}

/** How many files, pipes and sockets a process has open, where Linux tells it. */
export async function handlesOf(pid: number): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  // Deno itself may not read there without every permission.
  const { success, stdout } = await new Deno.Command("ls", { args: [`/proc/${pid}/fd`], stderr: "null" }).output();
  return success ? new TextDecoder().decode(stdout).split("\n").length - 1 : undefined;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
