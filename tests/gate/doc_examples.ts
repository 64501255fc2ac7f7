/** The part of the output of `deno doc --json` that is read here. */
interface Docs {
  readonly nodes: Readonly<Record<string, { readonly symbols?: readonly DocSymbol[] }>>;
}

interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

interface Declaration {
  readonly kind: string;
  readonly location: { readonly filename: string; readonly line: number };
  readonly jsDoc?: {
    readonly doc?: string;
    readonly tags?: readonly { readonly kind: string; readonly doc?: string }[];
  };
}

/** The kinds of symbols that do something, which an example can show; a type is shown by what takes or returns it. */
const SHOWN_BY_EXAMPLE = new Set(["class", "function", "variable"]);

/** A code block that `deno test --doc` runs. */
const RUNNING_SNIPPET = /^```(?:ts|typescript|js|javascript)\s*$/m;

/** Finds, in the output of `deno doc --json`, the public symbols whose documentation has no example that runs. */
export function exampleProblems(output: string): string[] {
  // What else the command says, as that it downloads something, stands before it and behind it.
  const docs: Docs = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1));
  const symbols = Object.values(docs.nodes).flatMap((node) => node.symbols ?? []);
  return symbols.flatMap(({ name, declarations }) => {
    const first = declarations.find(({ kind }) => SHOWN_BY_EXAMPLE.has(kind));
    if (first === undefined || declarations.some(hasExample)) return [];
    const { filename, line } = first.location;
    return [`${filename}:${line + 1} ${name} has no example: add an @example with a \`\`\`ts block`];
  });
}

function hasExample({ jsDoc }: Declaration): boolean {
  const texts = [jsDoc?.doc ?? "", ...(jsDoc?.tags ?? []).map((tag) => tag.doc ?? "")];
  return texts.some((text) => RUNNING_SNIPPET.test(text));
}
