/**
 * The gate: everything that a change must pass, in one command, `deno task test`.
 *
 * It goes on after a failure, so that one run shows everything there is to put right. The last line it prints is
 * `N passed, N failed`: every test counts as one, every other step as one.
 *
 * @module
 */

import { exampleProblems } from "./doc_examples.ts";
import { type Result, runDeno } from "./run_deno.ts";
import { countTests, snippetProblems, type Tally } from "./tally.ts";

/** What the tests may do: talk over loopback, read the repository, and run the examples. The README says the same. */
const TEST_PERMISSIONS = ["--allow-net", "--allow-read", "--allow-run"];

/** One step: a `deno` command, and how to judge what it printed when its exit code alone does not tell. */
interface Step {
  readonly name: string;
  readonly args: readonly string[];
  /** Problems that the command itself does not notice. */
  readonly inspect?: (output: string) => string[];
  /** Whether the tests that the command ran are counted, rather than the step. */
  readonly countsTests?: boolean;
}

const config = JSON.parse(await Deno.readTextFile("deno.json"));
const entries = Object.values<string>(config.exports);
const documented = ["README.md", "examples/guide/", "mod.ts", "src/", "remote/", "cluster/"];

const steps: readonly Step[] = [
  { name: "format", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  { name: "types", args: ["check", "."] },
  { name: "types without Deno", args: ["task", "check:web"] },
  // The tool looks at its environment; it reads the schema and nothing is written.
  {
    name: "generated code",
    args: ["run", "--no-lock", "--allow-read", "--allow-env", "--allow-sys", "tests/gate/generate_proto.ts", "--check"],
  },
  { name: "generated page", args: ["run", "--allow-read", "tests/gate/generate_page.ts", "--check"] },
  // It runs in a browser, so it is checked with the types of one.
  {
    name: "page, types",
    args: ["check", "--quiet", "--config", "cluster/observer/page/deno.json", "cluster/observer/page/script/main.js"],
  },
  {
    name: "page, lint",
    args: ["lint", "--quiet", "--config", "cluster/observer/page/deno.json", "cluster/observer/page/"],
  },
  // What runs it needs a browser, and is a task of its own: `deno task test:browser`.
  {
    name: "browser tests, types",
    args: ["check", "--quiet", "--config", "tests/browser/deno.json", "tests/browser/"],
  },
  { name: "doc comments", args: ["doc", "--lint", ...entries] },
  { name: "doc examples", args: ["doc", "--json", ...entries], inspect: exampleProblems },
  { name: "publish, dry run", args: ["publish", "--dry-run", "--allow-dirty"] },
  // The types were checked above.
  { name: "tests", args: ["test", "--no-check", ...TEST_PERMISSIONS, "tests/"], countsTests: true },
  // They have a configuration and a lock of their own, so that nobody else downloads what they need.
  {
    name: "properties, types",
    args: ["check", "--quiet", "--config", "tests/properties/deno.json", "tests/properties/"],
  },
  {
    name: "properties",
    args: ["test", "--no-check", "--config", "tests/properties/deno.json", "tests/properties/"],
    countsTests: true,
  },
  {
    name: "snippets",
    args: ["test", "--doc", "--allow-net", ...documented],
    inspect: (output) => snippetProblems(output, ["README.md", "examples/guide/", "mod.ts", "src/"]),
    countsTests: true,
  },
  {
    name: "benchmarks, a short run",
    args: ["bench", "--v8-flags=--expose-gc", "--allow-net", "--allow-run", "--allow-read", "bench/", "--", "--smoke"],
  },
  { name: "growth, a short run", args: ["run", "bench/growth.ts", "--smoke"] },
  // The peers have a configuration and a lock of their own, so that nobody else downloads them.
  { name: "peers, types", args: ["check", "--quiet", "--config", "bench/peers/deno.json", "bench/peers/"] },
  { name: "peers, a short run", args: ["run", "--quiet", "--allow-run", "bench/peers/main.ts", "--smoke"] },
];

/** Runs one step, prints what came of it, and returns what it counts for. */
async function perform(step: Step, title: string): Promise<Tally> {
  await print(`${title} ... `);
  const start = performance.now();
  const result = await runDeno(step.args);
  const problems = judge(step, result);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const tests = step.countsTests ? countTests(result.output) : undefined;
  const tally = settle(tests, problems.length === 0);
  const detail = tests === undefined ? "" : `${tally.passed} passed, ${tally.failed} failed, `;
  console.log(`${tally.failed === 0 ? "ok" : "FAILED"} (${detail}${seconds} s)`);
  if (problems.length > 0) {
    // What a successful command printed is no help in finding what else was wrong, and may be long.
    if (!result.success) console.log(indent(withoutPassed(result.output)));
    console.log(indent(problems.join("\n")));
    console.log(indent(`To run this step alone: deno ${step.args.join(" ")}`));
  }
  return tally;
}

function judge(step: Step, { success, timedOut, output }: Result): string[] {
  if (timedOut) return ["The step took too long and was ended"];
  if (!success) return ["The command failed"];
  return step.inspect?.(output) ?? [];
}

/** A step that failed counts at least one failure, also when it died before it could count. */
function settle(tests: Tally | undefined, success: boolean): Tally {
  if (tests === undefined) return success ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  return success ? tests : { passed: tests.passed, failed: Math.max(1, tests.failed) };
}

/** Leaves out the tests that passed, between which the others would be hard to find. */
function withoutPassed(output: string): string {
  return output.replaceAll(/^.* \.\.\. ok \([^)]*\)\n/gm, "");
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^(?=.)/gm, "    ");
}

async function print(text: string): Promise<void> {
  const writer = Deno.stdout.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}

const total = { passed: 0, failed: 0 };
const failures: string[] = [];
for (const [index, step] of steps.entries()) {
  const title = `[${String(index + 1).padStart(2)}/${steps.length}] ${step.name}`;
  const { passed, failed } = await perform(step, title);
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) failures.push(step.name);
}
if (failures.length > 0) console.log(`\nFailed: ${failures.join("; ")}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
if (total.failed > 0) Deno.exit(1);
