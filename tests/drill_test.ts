// The drill itself takes minutes and is a command of its own. Here is only what keeps it from rotting.

import { assert, assertEquals, assertGreaterOrEqual, assertStringIncludes } from "@std/assert";
import { type Defect, patched, problemsOf } from "./drill/defect.ts";
import { DEFECTS } from "./drill/defects.ts";
import { failedTests, verdictOf } from "./drill/verdict.ts";
import { isThere, readText } from "./tidy/source_tree.ts";

/** The text of a file of the repository. */
async function read(path: string): Promise<string | undefined> {
  return isThere(path) ? await readText(path) : undefined;
}

Deno.test("every patch of the drill still applies, and its tests are there", async () => {
  const problems = await Promise.all(DEFECTS.map((defect) => problemsOf(defect, read)));
  assertEquals(problems.flat(), []);
});

Deno.test("the drill has every defect of Cinema-rs, and ten and more that users report, in every layer", () => {
  const names = DEFECTS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (let n = 1; n <= 11; n++) assert(names.some((name) => name.startsWith(`S${n} `)), `S${n} is missing`);
  const reported = DEFECTS.filter(({ name }) => !/^S\d+ /.test(name));
  for (const layer of ["src/", "remote/", "cluster/"]) {
    assertGreaterOrEqual(reported.filter(({ edits }) => edits[0]?.file.startsWith(layer)).length, 10, layer);
  }
});

Deno.test("the READMEs show the last result of the drill: every defect was caught", async () => {
  const readme = await readText("tests/README.md");
  const [, section] = readme.split("\n## The drill\n");
  const rows = [...section!.matchAll(/^\| (.+?) \| .+? \| caught by .+? \|$/gm)].map(([, name]) => name);
  assertEquals(rows, DEFECTS.map(({ name }) => name));
  const count = DEFECTS.length;
  const counts = [...readme.matchAll(/(\d+) of (\d+) caught/g)].flatMap(([, ...both]) => both.map(Number));
  assertEquals(counts, [count, count, count, count]);
  assertStringIncludes(await readText("README.md"), `brings ${count} defects back`);
});

Deno.test("patched() puts each edit into the text as it is written, $ included", () => {
  const edits = [{ file: "a.ts", before: "one", after: "$& 1" }, { file: "a.ts", before: "two", after: "" }];
  assertEquals(patched("one two three", edits), "$& 1  three");
});

Deno.test("problemsOf() names a patch that does not apply exactly once, or changes nothing, and a test that is missing", async () => {
  const texts: Record<string, string> = { "a.ts": "x y y", "a_test.ts": "" };
  const find = async (before: string, after: string, test = "a_test.ts") => {
    const defect: Defect = { name: "d", seen: "", edits: [{ file: "a.ts", before, after }], tests: [test] };
    return (await problemsOf(defect, (path) => Promise.resolve(texts[path]))).length;
  };
  assertEquals(await Promise.all([find("x", "z"), find("y", "z"), find("w", "z"), find("x", "x")]), [0, 1, 1, 1]);
  assertEquals(await find("x", "z", "b_test.ts"), 1);
});

Deno.test("verdictOf() takes a failed test, or an uncaught error in one, for caught, and neither a success nor a run that did not start", () => {
  const output = "running 2 tests from ./a_test.ts\none ... ok (1ms)\ntwo ... FAILED (2ms)\n";
  const end = "\nFAILED | 1 passed | 3 failed (1s)\n";
  const run = { success: false, timedOut: false, output: output + end };
  assertEquals(failedTests(run.output), ["two"]);
  assertEquals(verdictOf(run), { kind: "caught", by: "two (and 2 more)" });
  assertEquals(verdictOf({ ...run, success: true, output: "one ... ok (1ms)" }).kind, "missed");
  assertEquals(verdictOf({ ...run, output: "error: Expected ';'\n" }), { kind: "broken", by: "error: Expected ';'" });
  const uncaught = "one ... ok (1ms)\ntwo ...\nUncaught error from ./a_test.ts FAILED\n" +
    "two ... cancelled (0ms)\nthree ... cancelled (0ms)\n\nFAILED | 1 passed | 3 failed (1s)\n";
  assertEquals(verdictOf({ ...run, output: uncaught }), { kind: "caught", by: "two" });
  const unstarted = "Uncaught error from ./a_test.ts FAILED\n\nFAILED | 0 passed | 1 failed (1s)\nerror: Test failed\n";
  assertEquals(verdictOf({ ...run, output: unstarted }), { kind: "broken", by: "error: Test failed" });
  const hung = { success: false, timedOut: true, output: "one ... ok (1ms)\ntwo ..." };
  assertEquals(verdictOf(hung), { kind: "caught", by: "no end of two" });
});
