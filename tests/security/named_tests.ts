/** A link of a page to a test: the name of the test is what is shown, and the file is where it leads. */
export interface TestLink {
  readonly name: string;
  readonly file: string;
}

/** The links to tests in a page, which lies in `folder`. */
export function testLinks(page: string, folder: string): TestLink[] {
  // A name goes over several lines in a page, and may have brackets of its own.
  const links = page.matchAll(/\[((?:[^\][]|\[[^\]]*\])+)\]\(([^)\s]+\.ts)\)/g);
  return Array.from(links, ([, name, path]) => {
    const file = new URL(path!, `file:///${folder}/`).pathname.slice(1);
    return { name: name!.replaceAll(/\s+/g, " "), file };
  }).filter(({ file }) => file.startsWith("tests/"));
}

/** The names of the tests in a source file; what a name takes from a variable may be anything. */
export function testNames(source: string): RegExp[] {
  // `Deno.test("...")`, `pure("...")`, `scene("...")`, and `name: "..."`, in either kind of quotes.
  const names = source.matchAll(/(?:\b(?:Deno\.test|pure|scene|test)\(\s*|\bname: )(["`])((?:\\.|(?!\1).)+)\1/g);
  return Array.from(names, ([, , name]) => {
    const parts = name!.replaceAll(/\\(.)/g, "$1").split(/\$\{[^}]*\}/);
    return new RegExp(`^${parts.map((part) => RegExp.escape(part)).join(".*")}$`);
  });
}

/** What is wrong with the links to tests in a page: one line for each that leads to no test of that name. */
export async function linkProblems(links: readonly TestLink[]): Promise<string[]> {
  const known = new Map<string, RegExp[]>();
  const problems: string[] = [];
  for (const { name, file } of links) {
    const names = known.get(file) ?? testNames(await Deno.readTextFile(new URL(`../../${file}`, import.meta.url)));
    known.set(file, names);
    if (!names.some((pattern) => pattern.test(name))) problems.push(`${file} has no test "${name}"`);
  }
  return problems;
}
