// The tables of SECURITY.md: each row names a test that there is, and each bound that the library has against peers is
// in one.

import { assertEquals, assertGreater } from "@std/assert";
import { linkProblems, testLinks } from "./named_tests.ts";

const ROOT = new URL("../../", import.meta.url);
const page = await Deno.readTextFile(new URL(".github/SECURITY.md", ROOT));

/** The rows of the table under a heading, without those of its head. */
function rows(heading: string): string[] {
  const section = page.split(`\n## ${heading}\n`)[1]!.split("\n## ")[0]!;
  return section.split("\n").filter((line) => line.startsWith("|")).slice(2);
}

Deno.test("every test that SECURITY.md names is there, under that name", async () => {
  const links = testLinks(page, ".github");
  assertGreater(links.length, 50);
  assertEquals(await linkProblems(links.filter(({ name }) => !name.startsWith("`"))), []);
});

Deno.test("every threat and every limit in SECURITY.md names the test that holds it", () => {
  for (const heading of ["Threats", "The page of the observer", "Limits"]) {
    const all = rows(heading);
    assertGreater(all.length, 7);
    assertEquals(all.filter((row) => testLinks(row, ".github").length !== 1), [], heading);
  }
});

/** What a peer cannot push against: bounds of what this side does by itself. */
const OWN: ReadonlySet<string> = new Set([
  // How patient this side is, and how often it tries.
  ...["RECONNECT_MAX_MS", "JOIN_RETRY_MAX_MS", "RETRY_MAX_MS", "EXCHANGE_MAX_MS", "DOUBTFUL_EXCHANGES_MAX"],
  // Up to how many it connects with at once, what its own messages may add, and how long its own names may be.
  ...["MESH_MAX", "GREETED_MAX", "OUTER_BYTES_MAX", "PAGE_MAX", "MESSAGE_MAX", "NAME_MAX"],
]);

Deno.test("every bound in the limits of the library that a peer can push against has a row in SECURITY.md", async () => {
  const table = rows("Limits").join("\n");
  const rooms = ["directory/", "membership/", "wire/", "compat/", "observer/"].map((room) =>
    `cluster/${room}limits.ts`
  );
  for (const file of ["remote/limits.ts", "cluster/limits.ts", ...rooms]) {
    const text = await Deno.readTextFile(new URL(file, ROOT));
    const bounds = Array.from(text.matchAll(/^export const (\w*_MAX\w*)/gm), ([, name]) => name!);
    assertGreater(bounds.length, 1);
    assertEquals(bounds.filter((name) => !OWN.has(name) && !table.includes(`\`${name}\``)), [], file);
  }
});
