/**
 * Makes `cluster/observer/gen/assets.ts` from `cluster/observer/page/`: the observer's page as three texts, so that the
 * package reads no file to serve it.
 *
 * `deno task page` writes the file. With `--check`, as in the gate, it only compares it with what is there, so that
 * nobody changes one and forgets the other.
 *
 * The modules of the page are joined into one, those that are imported before those that import them. Nothing is
 * renamed: two modules that have the same name at their top level are a mistake, which is told.
 *
 * @module
 */

const PAGE = "cluster/observer/page";
const TARGET = "cluster/observer/gen/assets.ts";
const ENTRY = "main.js";
/** The style sheets, in the order of the cascade. */
const STYLES = [
  "tokens.css",
  "base.css",
  "header.css",
  "figures.css",
  "tree.css",
  "details.css",
  "side.css",
  "layout.css",
  "forced_colors.css",
  "print.css",
];

/** Reads a part of the page. */
async function read(path: string): Promise<string> {
  const text = await Deno.readTextFile(`${PAGE}/${path}`);
  return text.replaceAll("\r\n", "\n");
}

/** The modules that `name` needs and that are not there yet, and then itself. */
async function visit(name: string, texts: Map<string, string>, path: readonly string[] = []): Promise<void> {
  if (path.includes(name)) throw new Error(`The page imports in a circle: ${[...path, name].join(" -> ")}`);
  if (texts.has(name)) return;
  const text = await read(`script/${name}`);
  for (const [, imported = ""] of text.matchAll(/^import [^;]*? from "\.\/([\w.]+)";$/gm)) {
    await visit(imported, texts, [...path, name]);
  }
  texts.set(name, text);
}

/** A module as a part of the joined one. */
function asPart(name: string, text: string): string {
  const body = text
    .replace(/^\/\/ @ts-check\n/, "")
    .replaceAll(/^import [^;]*? from "\.\/[\w.]+";\n/gm, "")
    .replaceAll(/^\/\*\* @import .*\*\/\n/gm, "")
    .replaceAll(/^export (?=const|function|class|async)/gm, "");
  const rest = /^(?:import|export)\b.*$/m.exec(body);
  if (rest !== null) throw new Error(`${name} cannot be joined, because of: ${rest[0]}`);
  return `// ${name}\n\n${body.replaceAll(/\n{3,}/g, "\n\n").trim()}\n`;
}

/** Refuses names that two modules have at their top level. */
function checkNames(texts: ReadonlyMap<string, string>): void {
  const owners = new Map<string, string>();
  for (const [file, text] of texts) {
    for (const [, name = ""] of text.matchAll(/^(?:export )?(?:async )?(?:const|let|function|class) (\w+)/gm)) {
      const owner = owners.get(name);
      if (owner !== undefined) throw new Error(`${file} and ${owner} both have ${name} at their top level: rename one`);
      owners.set(name, file);
    }
  }
}

/** A text as a template literal. */
function quote(text: string): string {
  return `\`${text.replaceAll(/[\\`]|\$\{/g, "\\$&")}\``;
}

async function generate(): Promise<string> {
  const modules = new Map<string, string>();
  await visit(ENTRY, modules);
  checkNames(modules);
  const script = [...modules].map(([name, text]) => asPart(name, text)).join("\n");
  const styles = await Promise.all(STYLES.map((name) => read(`style/${name}`)));
  const assets = {
    "index.html": { type: "text/html; charset=utf-8", text: await read("index.html") },
    "observer.css": { type: "text/css; charset=utf-8", text: styles.join("\n") },
    "observer.js": { type: "text/javascript; charset=utf-8", text: script },
  };
  const entries = Object.entries(assets).map(([name, { type, text }]) =>
    `  "${name}": {\n    type: "${type}",\n    text: ${quote(text)},\n  },\n`
  );
  return `/**
 * The observer's page. Generated from \`${PAGE}/\` by \`deno task page\`. Do not edit.
 * @module
 */

/** What the page is made of, by the name that it is asked for. */
export const ASSETS: Readonly<
  Record<"index.html" | "observer.css" | "observer.js", { readonly type: string; readonly text: string }>
> = {
${entries.join("")}};
`;
}

const generated = await generate();
if (Deno.args.includes("--check")) {
  const current = await Deno.readTextFile(TARGET).catch(() => "");
  if (current !== generated) {
    console.error(`${TARGET} is not what ${PAGE}/ says: run deno task page`);
    Deno.exitCode = 1;
  }
} else {
  await Deno.writeTextFile(TARGET, generated);
  console.log(`Wrote ${TARGET}`);
}
