/** How many checks passed and failed. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** Reads from the output of `deno test` how many tests passed and failed; all zero when it never got to the end. */
export function countTests(output: string): Tally {
  // `ok | 12 passed (3 steps) | 0 failed (2s)`; the last such line counts, since tests may print one too.
  const summary = /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/gm;
  const last = [...output.matchAll(summary)].at(-1);
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
}

/** Finds the places among `expected`, files and folders with a slash at the end, of which no snippet ran. */
export function snippetProblems(output: string, expected: readonly string[]): string[] {
  // `running 1 test from ./src/actor.ts#7-12.ts`: what stands behind the # are the lines of the snippet.
  const ran = [...output.matchAll(/^running [1-9]\d* tests? from \.\/(.+)#\d+-\d+\.\w+$/gm)].map((match) =>
    match[1] ?? ""
  );
  return expected
    .filter((place) => !ran.some((file) => place.endsWith("/") ? file.startsWith(place) : file === place))
    .map((place) => `No code snippet of ${place} was run`);
}
