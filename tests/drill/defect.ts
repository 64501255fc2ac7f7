/**
 * What a drill is made of: a defect as a small patch, and the tests that must notice it.
 *
 * @module
 */

/** A piece of a file, and what takes its place. */
export interface Edit {
  /** The file, from the root of the repository. */
  readonly file: string;
  /** What must be in it, exactly once. */
  readonly before: string;
  /** What is there instead. */
  readonly after: string;
}

/** A defect that some system had, as it would look in this one. */
export interface Defect {
  /** A short name, by which it can be drilled alone. */
  readonly name: string;
  /** What users would see. */
  readonly seen: string;
  /** The patch. */
  readonly edits: readonly Edit[];
  /** The tests that must notice it: a few files, so that a drill takes minutes. */
  readonly tests: readonly string[];
  /** Runs only the tests of this name, where the others would hang. */
  readonly filter?: string;
}

/** Puts the patches of one file into its text. */
export function patched(text: string, edits: readonly Edit[]): string {
  return edits.reduce((patched, { before, after }) => patched.replace(before, () => after), text);
}

/** Finds patches that do not apply, and tests that are not there; `read` gives the text of a file, if there is one. */
export async function problemsOf(
  { name, edits, tests }: Defect,
  read: (path: string) => Promise<string | undefined>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { file, before, after } of edits) {
    const times = ((await read(file)) ?? "").split(before).length - 1;
    if (times !== 1) problems.push(`${name}: ${file} has ${times} times, not once: ${before}`);
    if (before === after) problems.push(`${name}: the patch of ${file} changes nothing`);
  }
  for (const test of tests) {
    if (await read(test) === undefined) problems.push(`${name}: there is no test ${test}`);
  }
  return problems;
}
