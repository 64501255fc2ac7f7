/**
 * A copy of the repository in which a drill breaks things.
 *
 * @module
 */

import { ROOT } from "../tidy/source_tree.ts";
import { type Defect, patched } from "./defect.ts";
import type { Run } from "./verdict.ts";

/** What is not needed to run the tests. */
const LEFT_OUT: ReadonlySet<string> = new Set([".git", "node_modules", "coverage", "dist", "docs"]);

/** What the tests may do: the same as in the gate. */
const PERMISSIONS = ["--allow-net", "--allow-read", "--allow-run"];

/** Ms after which tests that have not come to an end never will. */
const LIMIT_MS = 60_000;

/** Plain output and no questions. */
const ENVIRONMENT = { NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" };

/** A copy of the repository; `await using` deletes it. */
export class Workspace implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Copies the repository. */
  static async copy(): Promise<Workspace> {
    const folder = await Deno.makeTempDir({ prefix: "cinema_drill_" });
    await copyFolder(ROOT, new URL(`file://${folder}/`));
    return new Workspace(folder);
  }

  /** The text of a file, by its path from the root; undefined when there is none. */
  async read(path: string): Promise<string | undefined> {
    try {
      return await Deno.readTextFile(`${this.#folder}/${path}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Runs the tests with the defect in place, and takes it out again. */
  async runWith({ edits, tests, filter }: Defect): Promise<Run> {
    const originals: Map<string, string> = new Map();
    for (const { file } of edits) originals.set(file, (await this.read(file))!);
    try {
      for (const [file, text] of originals) {
        const own = edits.filter((edit) => edit.file === file);
        await Deno.writeTextFile(`${this.#folder}/${file}`, patched(text, own));
      }
      return await this.test(tests, filter);
    } finally {
      for (const [file, text] of originals) await Deno.writeTextFile(`${this.#folder}/${file}`, text);
    }
  }

  /** Runs tests; `limitMs` is the longest they may take. */
  async test(tests: readonly string[], filter?: string, limitMs: number = LIMIT_MS): Promise<Run> {
    // A defect may have the types against it: what counts is whether the tests notice.
    const args = ["test", "--no-check", ...PERMISSIONS, ...filter === undefined ? [] : ["--filter", filter], ...tests];
    const limit = AbortSignal.timeout(limitMs);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: this.#folder,
      env: ENVIRONMENT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: limit,
    }).output();
    const decoder = new TextDecoder();
    return { success, timedOut: limit.aborted, output: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function copyFolder(from: URL, to: URL): Promise<void> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (LEFT_OUT.has(name)) continue;
    if (isFile) await Deno.copyFile(new URL(name, from), new URL(name, to));
    if (!isDirectory) continue;
    await Deno.mkdir(new URL(name, to));
    await copyFolder(new URL(`${name}/`, from), new URL(`${name}/`, to));
  }
}
