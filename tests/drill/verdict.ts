/**
 * What the output of `deno test` says about a drill.
 *
 * @module
 */

import { countTests } from "../gate/tally.ts";

/** How a run of the tests has ended. */
export interface Run {
  /** Whether its exit code was 0. */
  readonly success: boolean;
  /** Whether it was ended because it took too long. */
  readonly timedOut: boolean;
  /** What it printed, without colours. */
  readonly output: string;
}

/** What came of a drill. */
export interface Verdict {
  /**
   * `"caught"`: tests failed, or did not come to an end. `"broken"`: they could not even start, which proves nothing.
   */
  readonly kind: "caught" | "missed" | "broken";
  /** Which test has noticed it, and how many more. */
  readonly by: string;
}

/** Judges the run of the tests on a patched copy. */
export function verdictOf({ success, timedOut, output }: Run): Verdict {
  const failed = failedTests(output);
  if (timedOut) return { kind: "caught", by: `no end of ${runningTest(output) ?? "the tests"}` };
  if (success) return { kind: "missed", by: "" };
  const [first] = failed;
  if (first === undefined) return { kind: "broken", by: lastLine(output) };
  // Those that an uncaught error has kept from running have noticed nothing.
  const cancelled = output.match(/ \.\.\. cancelled \(/g)?.length ?? 0;
  const more = Math.max(0, countTests(output).failed - cancelled - 1);
  return { kind: "caught", by: more === 0 ? first : `${first} (and ${more} more)` };
}

/**
 * The names of the tests that have failed, in order. An error that is nobody's counts for the test that was running;
 * before the first one it counts for none, because the tests did not start.
 */
export function failedTests(output: string): string[] {
  const failed = output.matchAll(/^(.+) \.\.\.(?: FAILED \(|\s*\nUncaught error from .+ FAILED$)/gm);
  return [...failed].map(([, name]) => name ?? "");
}

/** The test that was running when the output ended. */
function runningTest(output: string): string | undefined {
  return output.match(/^(.+?) \.\.\.\s*$(?![^]* \.\.\. )/m)?.[1];
}

function lastLine(output: string): string {
  return output.trim().split("\n").findLast((line) => line.startsWith("error:")) ?? "the tests did not start";
}
