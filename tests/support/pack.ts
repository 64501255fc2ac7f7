/**
 * The package as others get it: {@linkcode Consumer} packs it, beside a project of its own that imports it by name.
 *
 * Tests may not write files, so this file is also the program that does it for them. It says where the project is, and
 * deletes everything when its input ends, also when the test has died.
 *
 * @module
 */

import { toLines } from "@std/streams";
import { ROOT } from "../tidy/source_tree.ts";

/** What a command of a consumer printed, and whether it ended well. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the packing program says. */
interface Packed {
  readonly folder: string;
  readonly files: readonly string[];
}

/** Plain output and no questions. */
const ENVIRONMENT = { NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" };

/** Ms after which a command hangs: they take two seconds. */
const PATIENCE_MS = 60_000;

/** A folder with the packed package and projects that import it; `await using` deletes it. */
export class Consumer implements AsyncDisposable {
  /** Where everything is: the package in `package/`, the projects beside it. */
  readonly folder: string;
  /** The paths of the files in the package. */
  readonly files: readonly string[];
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, { folder, files }: Packed) {
    this.#child = child;
    this.folder = folder;
    this.files = files;
  }

  /** Packs the package into `package/`, and writes `projects` beside it: texts by path, as `app/main.ts`. */
  static async create(projects: Readonly<Record<string, string>>): Promise<Consumer> {
    const args = ["run", "--no-check", "--allow-read", "--allow-write", "--allow-run", SELF];
    const child = deno(ROOT, args, { stdin: "piped" }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${JSON.stringify(projects)}\n`));
    writer.releaseLock();
    for await (const line of toLines(child.stdout)) return new Consumer(child, JSON.parse(line));
    await child.stdin.close();
    throw new Error(`Cannot pack the package:\n${new TextDecoder().decode((await child.output()).stderr)}`);
  }

  /** Reads a file of the package. */
  async read(path: string): Promise<string> {
    return await Deno.readTextFile(`${this.folder}/package/${path}`);
  }

  /** Runs `deno` in one of the projects. */
  async run(project: string, ...args: readonly string[]): Promise<Outcome> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { code, stdout, stderr } = await deno(`${this.folder}/${project}`, args, { signal }).output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    const [{ code }, stderr] = await Promise.all([this.#child.status, new Response(this.#child.stderr).text()]);
    if (code !== 0) throw new Error(`Cannot delete ${this.folder}:\n${stderr}`);
  }
}

const SELF = new URL(import.meta.url).pathname;

function deno(cwd: URL | string, args: readonly string[], options: Deno.CommandOptions = {}): Deno.Command {
  const outputs = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(Deno.execPath(), { args: [...args], cwd, env: ENVIRONMENT, ...outputs, ...options });
}

/** The paths of the files that would be published, from what `deno publish --dry-run` prints. */
export function listedFiles(report: string, root: string): string[] {
  return [...report.matchAll(/^\s+(file:\S+) \(\S+\)$/gm)].map(([, url = ""]) => url.slice(root.length));
}

/** Puts the full specifiers into a module, as publishing does, since nobody else has this import map. */
export function withFullSpecifiers(text: string, imports: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /^(?! \*)(.*(?:\bfrom |\bimport |\bimport\())"((?:@[^"/]+\/)?[^"/]+)(\/[^"]*)?"/gm,
    (whole, before: string, name: string, rest = "") => {
      const target = imports[name];
      return target === undefined ? whole : `${before}"${target}${rest}"`;
    },
  );
}

/** The files as they are published, by their paths. */
async function pack(): Promise<Record<string, string>> {
  // The types are the concern of another step of the gate.
  const { success, stderr } = await deno(ROOT, ["publish", "--dry-run", "--allow-dirty", "--no-check"]).output();
  const report = new TextDecoder().decode(stderr);
  if (!success) throw new Error(report);
  const { name, version, license, exports, imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const files: Record<string, string> = {};
  for (const path of listedFiles(report, ROOT.href)) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    files[path] = /\.[jt]s$/.test(path) ? withFullSpecifiers(text, imports) : text;
  }
  // What the registry goes by; whatever else the file says is for the work on the package.
  files["deno.json"] = JSON.stringify({ name, version, license, exports });
  return files;
}

/** The lock of a project: the versions of the repository, so that a new one of a dependency changes no test. */
async function lock(): Promise<string> {
  const { version, specifiers, npm } = JSON.parse(await Deno.readTextFile(new URL("deno.lock", ROOT)));
  return JSON.stringify({ version, specifiers, npm });
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = `${folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
}

async function main(): Promise<void> {
  const lines = toLines(Deno.stdin.readable)[Symbol.asyncIterator]();
  const projects = JSON.parse((await lines.next()).value ?? "{}");
  // The real path: where the folder for temporary files is a link, `deno` would name other files than these.
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cinema_consumer_" }));
  try {
    const files = await pack();
    await writeAll(`${folder}/package`, files);
    await writeAll(folder, projects);
    for (const path of Object.keys(projects).filter((path) => path.endsWith("deno.json"))) {
      await Deno.writeTextFile(`${folder}/${path.replace(/json$/, "lock")}`, await lock());
    }
    console.log(JSON.stringify({ folder, files: Object.keys(files) }));
    // It ends when the test lets go of it, or is gone.
    while (!(await lines.next()).done);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main();
