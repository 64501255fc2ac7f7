import { assertEquals } from "@std/assert";
import { exampleProblems } from "./gate/doc_examples.ts";
import { countTests, snippetProblems } from "./gate/tally.ts";
import { missedLines, NOT_RUN, readLcov, tableOf } from "./gate/coverage.ts";
import { readText } from "./tidy/source_tree.ts";

Deno.test("countTests() reads the last summary of deno test", () => {
  assertEquals(countTests("ok | 3 passed | 0 failed (5ms)\n"), { passed: 3, failed: 0 });
  assertEquals(countTests("FAILED | 12 passed (4 steps) | 2 failed (1 step) (1s)\n"), { passed: 12, failed: 2 });
  assertEquals(countTests("ok | 1 passed | 0 failed\n...\nok | 5 passed | 0 failed | 1 ignored"), {
    passed: 5,
    failed: 0,
  });
  assertEquals(countTests("error: Type checking failed."), { passed: 0, failed: 0 });
});

Deno.test("snippetProblems() notices a place without a snippet", () => {
  const output = "running 0 tests from ./mod.ts\nrunning 1 test from ./src/actor.ts#7-12.ts\n";
  assertEquals(snippetProblems(output, ["src/"]), []);
  assertEquals(snippetProblems(output, ["mod.ts"]), ["No code snippet of mod.ts was run"]);
  assertEquals(snippetProblems("", ["README.md", "src/"]).length, 2);
});

Deno.test("exampleProblems() notices a class or function without an example that runs", () => {
  const location = { filename: "src/a.ts", line: 4 };
  const symbol = (name: string, kind: string, doc?: string): unknown => ({
    name,
    declarations: [{ kind, location, jsDoc: { doc: "Words.", tags: doc ? [{ kind: "example", doc }] : [] } }],
  });
  const symbols = [
    symbol("Shown", "class", "Usage\n```ts\nnew Shown();\n```"),
    symbol("Ignored", "class", "Usage\n```ts ignore\nnew Ignored();\n```"),
    symbol("bare", "function"),
    symbol("Shape", "interface"),
  ];
  const output = `Check mod.ts\n${JSON.stringify({ nodes: { "mod.ts": { symbols } } })}`;
  assertEquals(exampleProblems(output).map((problem) => problem.split(" ").slice(0, 2)), [
    ["src/a.ts:5", "Ignored"],
    ["src/a.ts:5", "bare"],
  ]);
});

Deno.test("readLcov() finds the lines of each file that were not run, and tableOf() counts them by folder", () => {
  const report = "SF:/r/src/a.ts\nDA:1,2\nDA:2,0\nend_of_record\nSF:/r/mod.ts\nDA:1,1\nend_of_record\n";
  const files = readLcov(report, "/r/");
  assertEquals(files, [{ path: "src/a.ts", lines: 2, missed: [2] }, { path: "mod.ts", lines: 1, missed: [] }]);
  assertEquals(tableOf(files).map((line) => line.split(/\s+/).join(" ")), [
    "mod.ts 1 of 1 100.0 %",
    "src/ 1 of 2 50.0 %",
    "all 2 of 3 66.7 %",
  ]);
});

Deno.test("missedLines() gives the reason of a line, to the brace that closes it too, and tells where there is none", () => {
  const file = { path: "src/a.ts", lines: 3, missed: [1, 2, 3] };
  const reasons = new Map([["src/a.ts throw 1;", "It cannot be."]]);
  const missed = missedLines(file, "throw 1;\n}\ngo();\n", reasons);
  assertEquals(missed.map(({ hasReason }) => hasReason), [true, true, false]);
  assertEquals(missed[0]!.text, "src/a.ts:1 throw 1;\n    It cannot be.");
});

Deno.test("every reason why a line is not run is of a line that is still there", async () => {
  const stale = NOT_RUN.map(async ([, file, ...codes]) => {
    const lines = new Set((await readText(file)).split("\n").map((line) => line.trim()));
    return codes.filter((code) => !lines.has(code)).map((code) => `${file}: ${code}`);
  });
  assertEquals((await Promise.all(stale)).flat(), []);
});
