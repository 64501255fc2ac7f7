import { assertEquals } from "@std/assert";
import { exampleProblems } from "./gate/doc_examples.ts";
import { countTests, snippetProblems } from "./gate/tally.ts";

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
