import { assertEquals } from "@std/assert";

/** The guarantees in the README: the list items under their heading, each on one line again. */
async function promised(heading: string): Promise<string[]> {
  const readme = await Deno.readTextFile("README.md");
  const section = readme.split(`\n${heading}\n`)[1]!.split(/\n##+ /)[0]!;
  return section.split("\n- ").slice(1).map((item) => item.trim().replaceAll(/\s+/g, " "));
}

for (
  const [heading, file] of [
    ["## Guarantees", "tests/guarantees_test.ts"],
    ["### Between processes", "tests/remote/guarantees_test.ts"],
    ["### In a cluster", "tests/cluster/guarantees_test.ts"],
  ] as const
) {
  Deno.test(`The README promises under "${heading}" exactly what ${file} tests, in the same words`, async () => {
    const tests = await Deno.readTextFile(file);
    const tested = Array.from(tests.matchAll(/^Deno\.test\(\s*"([^"]*)"/gm), ([, name]) => name!);
    assertEquals(await promised(heading), tested);
  });
}
