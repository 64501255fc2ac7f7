import { assertEquals, assertNotEquals } from "@std/assert";
import {
  checkEntry,
  checkFirstDoc,
  checkLength,
  checkLinks,
  checkName,
  checkPutOff,
  checkSwitchedOff,
  checkTwin,
  checkWidth,
  LINE_CHARS_MAX,
  LINES_MAX,
  type SourceFile,
  TESTED_BY,
} from "./shape.ts";
import { importRefusal } from "./layers.ts";
import { isThere, readSources, readText } from "./source_tree.ts";

const sources = await readSources(".ts");
const scripts = await readSources(".js");
const texts = await readSources(".md");
const paths = new Set(sources.map(({ path }) => path));

// What may stand in these files is what the others may not contain: they name it.
const speaksOfRules = (path: string): boolean => path.startsWith("tests/tidy/") || path.startsWith(".github/");

/** Registers a test that fails with one line for each problem that `check` finds in `files`. */
function tidy(rule: string, files: readonly SourceFile[], check: (file: SourceFile) => string[]): void {
  Deno.test(`tidy: ${rule}`, () => {
    const problems = files.flatMap(check);
    if (problems.length > 0) throw new Error(`${problems.length} to put right: ${rule}\n  ${problems.join("\n  ")}`);
  });
}

tidy(`no source has over ${LINES_MAX.source} lines, no test over ${LINES_MAX.test}`, sources, checkLength);
tidy("files and folders are named in snake_case", sources, checkName);
tidy("entry files list the names they export, and nothing else", sources, checkEntry);
tidy("every library file starts with documentation", sources, checkFirstDoc);
tidy("every library file with logic has a test", sources, (file) => checkTwin(file, paths));
tidy("no test is switched off", sources.filter(({ path }) => !speaksOfRules(path)), checkSwitchedOff);
tidy("work that is put off names its issue", [...sources, ...texts].filter((f) => !speaksOfRules(f.path)), checkPutOff);
tidy(`no comment and no prose is wider than ${LINE_CHARS_MAX}`, [...sources, ...scripts, ...texts], checkWidth);
tidy("links between files lead somewhere", texts, (file) => checkLinks(file, isThere));

Deno.test("tidy: TESTED_BY names files that exist", () => {
  assertEquals([...TESTED_BY].flat().filter((path) => !paths.has(path)), []);
});

Deno.test("tidy: the layers know every name that deno.json exports", async () => {
  const { name, exports } = JSON.parse(await readText("deno.json"));
  for (const [entry, file] of Object.entries<string>(exports)) {
    const path = file.slice("./".length);
    // A layer may not import itself by its public name, so the refusal tells which file the name is taken for.
    const refusal = importRefusal("proto/any.ts", name + entry.slice(".".length));
    assertEquals(refusal, `proto/ may not import ${path}`);
    assertEquals(isThere(path), true, `deno.json exports ${file}`);
  }
});

/** Registers a test that `check` objects to each of `bad`, at the line given, and to none of `good`. */
function rule(name: string, check: (file: SourceFile) => string[], bad: SourceFile[], good: SourceFile[]): void {
  Deno.test({
    name: `${name} finds what it should and nothing else`,
    permissions: "none",
    fn() {
      for (const file of bad) assertNotEquals(check(file), [], `let through: ${JSON.stringify(file)}`);
      for (const file of good) assertEquals(check(file), []);
    },
  });
}

const file = (path: string, text = ""): SourceFile => ({ path, text });
const long = (lines: number): string => "x();\n".repeat(lines);

rule("checkLength()", checkLength, [
  file("src/a.ts", long(LINES_MAX.source + 1)),
  file("tests/a_test.ts", long(LINES_MAX.test + 1)),
], [file("src/a.ts", long(LINES_MAX.source)), file("tests/a_test.ts", long(LINES_MAX.test))]);

rule("checkName()", checkName, [
  file("src/mailBox.ts"),
  file("src/mail-box.ts"),
  file("src/_mailbox.ts"),
  file("src/Internal/cell.ts"),
  file("tests/a.test.ts"),
], [file("mod.ts"), file("src/dead_letters.ts"), file("proto/gen/envelope.d.ts"), file(".ci/a.ts")]);

rule("checkEntry()", checkEntry, [
  file("mod.ts", `export * from "./src/actor.ts";`),
  file("src/spi.ts", `export const a = 1;`),
  file("src/testing/mod.ts", `import { a } from "./a.ts";\nexport { a };`),
  file("remote/mod.ts", `start();`),
], [
  file(
    "mod.ts",
    `/** Doc. @module */\n\nexport { a, type B } from "./src/a.ts";\nexport type { C } from "./src/c.ts";`,
  ),
  file("src/actor.ts", `export const a = 1;`),
  file("tests/std/async/mod.ts", `export const a = 1;`),
]);

rule("checkFirstDoc()", checkFirstDoc, [
  file("src/a.ts", `export const a = 1;`),
  file("src/a.ts", `import { b } from "./b.ts";\n\n// Not for readers.\nexport const a = b;`),
  file("src/a.ts", `import { b } from "./b.ts";\n\n/* Nor this. */\nexport const a = b;`),
], [
  file("src/a.ts", `/** One. */\nexport const a = 1;`),
  file("src/a.ts", `import { b } from "./b.ts";\n\n/** One. */\nexport const a = b;`),
  file("examples/a.ts", `export const a = 1;`),
]);

rule("checkPutOff()", checkPutOff, [file("src/a.ts", "// TODO: later"), file("README.md", "FIXME(me): it")], [
  file("src/a.ts", "// TODO(#12): use the new call\nconst todo = [];"),
]);

rule("checkSwitchedOff()", checkSwitchedOff, [
  file("tests/a_test.ts", `Deno.test.ignore("a", () => {});`),
  file("tests/a_test.ts", `Deno.test({ name: "a", only: true, fn() {} });`),
], [file("tests/a_test.ts", `Deno.test({ name: "a", ignore: Deno.build.os === "windows", fn() {} });`)]);

const wide = "w ".repeat(LINE_CHARS_MAX / 2);
rule("checkWidth()", checkWidth, [
  file("src/a.ts", `const a = 1;\n// ${wide}`),
  file("src/a.ts", `/**\n * ${wide}\n */\nconst a = 1;`),
  file("src/a.ts", `call("${wide}"); // Beside code.`),
  file("tests/a_test.ts", `/* a\n ${wide}\n*/`),
  file("page/a.js", `// ${wide}`),
  file("README.md", `${wide}w`),
  file("README.md", `\`\`\`ts\na();\n\`\`\`\n\n${wide}w`),
], [
  file("src/a.ts", `// ${wide.slice(0, -3)}`),
  file("src/a.ts", `// ${"🎬".repeat(LINE_CHARS_MAX - 3)}`),
  file("src/a.ts", `call("${wide}"); call("// ${wide}"); call(\`\n// ${wide}\n\`);`),
  file("src/a.ts", `// See https://example.com/${"w".repeat(LINE_CHARS_MAX)}`),
  file("README.md", `${wide}\n| ${wide} |\n\`\`\`ts\n${wide}w\n\`\`\`\n- [${wide}](tests/a_test.ts)\n`),
]);

rule("checkTwin()", (source) => checkTwin(source, new Set(["tests/src/tested_test.ts"])), [
  file("src/a.ts", `export const a = 1;`),
  file("cluster/membership/a.ts", `class A {}`),
], [
  file("src/tested.ts", `export const a = 1;`),
  file("src/a.ts", `import type { B } from "./b.ts";\nexport interface A { b: B }\nexport { c } from "./c.ts";`),
  file("src/spi.ts", `export { a } from "./a.ts";`),
  file("bench/a.ts", `export const a = 1;`),
]);

rule("checkLinks()", (source) => checkLinks(source, (path) => path === "src/a.ts"), [
  file("README.md", "[a](src/b.ts)"),
  file(".github/A.md", "[a](src/a.ts)"),
], [
  file("README.md", "[a](src/a.ts) [b](https://example.com/b) [c](#c)"),
  file(".github/A.md", "[a](../src/a.ts#L3)"),
]);
