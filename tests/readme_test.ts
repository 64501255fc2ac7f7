import { assertEquals } from "@std/assert";

/** The guarantees in the README: the list items under their heading, each on one line again. */
async function promised(): Promise<string[]> {
  const readme = await Deno.readTextFile("README.md");
  const section = readme.split("## Guarantees\n")[1]!.split("\n## ")[0]!;
  return section.split("\n- ").slice(1).map((item) => item.trim().replaceAll(/\s+/g, " "));
}

Deno.test("The README promises exactly what tests/guarantees_test.ts tests, in the same words", async () => {
  const tests = await Deno.readTextFile("tests/guarantees_test.ts");
  const tested = Array.from(tests.matchAll(/^Deno\.test\(\s*"([^"]*)"/gm), ([, name]) => name!);
  assertEquals(await promised(), tested);
});
