/**
 * The drill: brings known defects back, one at a time, in a copy of the repository, and sees whether the tests notice.
 *
 * ```sh
 * deno run --allow-read --allow-write --allow-run tests/drill/main.ts          # all, in some minutes
 * deno run --allow-read --allow-write --allow-run tests/drill/main.ts S7 keys  # those whose name has one of these
 * words
 * ```
 *
 * Exits with 1 when a defect was missed, or when a patch does not apply any more.
 *
 * @module
 */

import { type Defect, problemsOf } from "./defect.ts";
import { DEFECTS } from "./defects.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import { Workspace } from "./workspace.ts";

/** All tests of the drill together may take so many ms. */
const BASELINE_LIMIT_MS = 600_000;

if (import.meta.main) Deno.exit(await drill(Deno.args));

/** Drills the defects whose name has one of `words`, or all; returns the exit code. */
async function drill(words: readonly string[]): Promise<number> {
  const defects = words.length === 0
    ? DEFECTS
    : DEFECTS.filter(({ name }) => words.some((word) => name.includes(word)));
  if (defects.length === 0) {
    console.error(`There is no defect of that name. There are:\n${DEFECTS.map(({ name }) => `  ${name}`).join("\n")}`);
    return 1;
  }
  await using workspace = await Workspace.copy();
  const problems = (await Promise.all(defects.map((defect) => problemsOf(defect, (path) => workspace.read(path)))))
    .flat();
  if (problems.length > 0) {
    console.error(`The drill must be put right first:\n${problems.join("\n")}`);
    return 1;
  }
  if (!await isGreen(workspace, defects)) return 1;
  const verdicts = await drillAll(workspace, defects);
  console.log(`\n${summary(defects, verdicts)}`);
  const caught = verdicts.filter(({ kind }) => kind === "caught").length;
  console.log(`\n${caught} of ${defects.length} caught`);
  return caught === defects.length ? 0 : 1;
}

/** Without any defect the tests must pass, or a failure proves nothing. */
async function isGreen(workspace: Workspace, defects: readonly Defect[]): Promise<boolean> {
  const tests = [...new Set(defects.flatMap(({ tests }) => tests))];
  console.log(`Without a defect: ${tests.length} files of tests ...`);
  const { success, output } = await workspace.test(tests, undefined, BASELINE_LIMIT_MS);
  if (!success) console.error(`The tests fail without any defect:\n${output}`);
  return success;
}

async function drillAll(workspace: Workspace, defects: readonly Defect[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const [i, defect] of defects.entries()) {
    const start = performance.now();
    const run = await workspace.runWith(defect);
    const verdict = verdictOf(run);
    verdicts.push(verdict);
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    const word = verdict.kind === "caught" ? "caught" : verdict.kind.toUpperCase();
    console.log(`[${i + 1}/${defects.length}] ${defect.name}: ${word} (${seconds} s) ${verdict.by}`);
    if (verdict.kind === "broken") console.log(run.output);
  }
  return verdicts;
}

/** The result as a table for `tests/README.md`. */
function summary(defects: readonly Defect[], verdicts: readonly Verdict[]): string {
  const rows = defects.map(({ name, seen }, i) => {
    const { kind, by } = verdicts[i]!;
    return `| ${name} | ${seen} | ${kind === "caught" ? `caught by ${by}` : kind.toUpperCase()} |`;
  });
  return ["| defect | what users would see | result |", "| --- | --- | --- |", ...rows].join("\n");
}
