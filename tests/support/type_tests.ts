/**
 * Tests of types. Every line under an expected error must be one, and no other may be.
 *
 * `deno check` holds the one half, since an expected error that is none is an error itself. The tests hold the other,
 * also where types are not checked: they take the expectations away, and compare what the compiler says to them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** One complaint of the compiler. */
export interface TypeProblem {
  readonly code: string;
  readonly line: number;
}

/** How a line is marked under which an error is expected; put together, so that this line is not. */
export const EXPECTED: string = ["@ts", "expect", "error"].join("-");

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** Does nothing; `same<A, B>(true)` compiles only when both types are the same. */
export function same<A, B>(_yes: Same<A, B>): void {}

/** Type-checks `source` as if it were a file in `folder`, and returns what the compiler complains of. */
export async function typeProblems(source: string, folder: URL): Promise<TypeProblem[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--check", "-"],
    cwd: folder,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const report = new TextDecoder().decode((await child.output()).stderr);
  if (!report.includes("Type checking failed")) throw new Error(`Expected complaints of the compiler, not:\n${report}`);
  const found = /^(TS\d+) \[ERROR\]:[^]*?^\s+at file:\S*\$deno\$stdin\.m?ts:(\d+):\d+$/gm;
  return [...report.matchAll(found)].map(([, code, line]) => ({ code: code ?? "", line: Number(line) }));
}

/** Reads the test file at `url`, and returns what registers one of its tests: a name, and code that is never run. */
export async function typeTests(url: string): Promise<(name: string, code: (...args: never[]) => unknown) => void> {
  const source = await Deno.readTextFile(new URL(url));
  const lines = source.split("\n");
  let problems: Promise<TypeProblem[]> | undefined;
  return (name) => {
    Deno.test(`types: ${name}`, async () => {
      problems ??= typeProblems(source.replaceAll(EXPECTED, "wrong"), new URL(".", url));
      const start = lines.findIndex((line) => line.startsWith(`types("${name}"`));
      const end = lines.indexOf("});", start);
      if (start < 0) throw new Error("Cannot find this test: its first line must begin with types( and its name");
      const numbers = lines.flatMap((line, i) => i > start && i < end && line.includes(EXPECTED) ? [i + 2] : []);
      const found = (await problems).map(({ line }) => line).filter((line) => line > start && line <= end + 1);
      assertEquals([...new Set(found)], numbers, "the lines that are wrong");
    });
  };
}
