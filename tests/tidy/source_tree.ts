import type { SourceFile } from "./shape.ts";

/** The root of the repository. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** Folders that nobody writes by hand: of tools, and what is generated. */
const SKIPPED = new Set([".git", "node_modules", "coverage", "dist", "cluster/observer/gen", "proto/gen"]);

/** Reads every file of the repository whose name ends in `extension`, in the order of their paths. */
export async function readSources(extension: string): Promise<SourceFile[]> {
  const paths = await Array.fromAsync(walk("", extension));
  return await Promise.all(paths.sort().map(async (path) => ({ path, text: await readText(path) })));
}

/** Reads one file, by its path from the root. */
export function readText(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/** Whether there is a file or a folder at this path from the root. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function* walk(folder: string, extension: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = folder + entry.name;
    if (entry.isDirectory && !SKIPPED.has(path) && !SKIPPED.has(entry.name)) yield* walk(`${path}/`, extension);
    if (entry.isFile && path.endsWith(extension)) yield path;
  }
}
