// The table of scenarios in tests/README.md says which test covers what: each of them must exist.

import { assertEquals, assertGreater } from "@std/assert";
import { isThere, readText } from "./tidy/source_tree.ts";

/** The part of the page with the table. */
async function scenarios(): Promise<string> {
  const readme = await readText("tests/README.md");
  return readme.split("\n## Scenarios\n")[1]!.split("\n## ")[0]!;
}

/** Whether a test file has a test of this name; `…` stands for what differs between the tests of one template. */
function hasTest(text: string, name: string): boolean {
  const parts = name.split("…").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = parts.length === 1 ? `"${parts[0]}"|\`${parts[0]}\`` : `\`${parts.join("\\$\\{[^`]*?\\}")}\``;
  return new RegExp(pattern).test(text);
}

Deno.test("every test that the table of scenarios names exists, word for word", async () => {
  const links = [...(await scenarios()).matchAll(/\[([^\]]+)\]\(([^)]+_test\.ts)\)/g)];
  assertGreater(links.length, 100);
  const missing: string[] = [];
  for (const [, name, file] of links) {
    const path = `tests/${file}`;
    if (!isThere(path) || !hasTest(await readText(path), name!)) missing.push(`${path}: ${name}`);
  }
  assertEquals(missing, []);
});

Deno.test("the table of scenarios has every number once, each with a test or the reason why there is none", async () => {
  const rows = [...(await scenarios()).matchAll(/^\| (S?\d+) \| .+? \| (.+?) \| .*\|$/gm)];
  const numbers = rows.map(([, number]) => number);
  const count = (prefix: string, until: number) => Array.from({ length: until }, (_, i) => `${prefix}${i + 1}`);
  assertEquals(numbers, [...count("S", 12), ...count("", 60)]);
  const bare = rows.filter(([, , test]) => !/\]\(|^(?:waits for|open:|not here:)/.test(test!));
  assertEquals(bare.map(([, number]) => number), []);
});

Deno.test("hasTest() finds names in quotes and in templates, and nothing else", () => {
  const text = 'Deno.test("a (b)", fn); Deno.test(`c ${d} e`, fn); // "f"x';
  assertEquals(["a (b)", "c … e", "a", "c d e", "b)"].map((name) => hasTest(text, name)), [
    true,
    true,
    false,
    false,
    false,
  ]);
});
