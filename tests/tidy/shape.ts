/**
 * The rules about the shape of files, each a pure function from one file to the problems it finds there.
 *
 * What a linter can see in an editor is in `lint_plugin.ts`; here is what needs the name of a file, its neighbours or
 * its text as a whole. `tidy_test.ts` applies them to the repository.
 *
 * @module
 */

import { isIn, LIBRARY } from "./layers.ts";

/** A file of the repository: its path from the root, with slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The longest source file and the longest test, in lines. */
export const LINES_MAX = { source: 300, test: 500 } as const;

/** The widest line, in characters: the formatter holds code to it, but breaks no comment. */
export const LINE_CHARS_MAX = 120;

/**
 * The library files that are tested through another file, and the test that does it. A small part that has no life of
 * its own belongs here; a part with rules of its own deserves its own test.
 */
export const TESTED_BY: ReadonlyMap<string, string> = new Map([
  ["src/internal/envelope.ts", "tests/src/internal/turn_test.ts"],
  ["src/internal/thenable.ts", "tests/src/internal/turn_test.ts"],
  ["src/limits.ts", "tests/src/mailbox_test.ts"],
  ["src/internal/delay.ts", "tests/src/internal/restart_group_test.ts"],
  ["src/message_errors.ts", "tests/src/errors_test.ts"],
  ["src/ask_timeout_error.ts", "tests/src/errors_test.ts"],
  ["src/random.ts", "tests/src/testing/seeded_random_test.ts"],
  ["src/internal/delivery.ts", "tests/remote/remote_addr_test.ts"],
  ["remote/limits.ts", "tests/remote/hostile_server_test.ts"],
  ["remote/errors.ts", "tests/remote/faults_test.ts"],
  ["remote/codecs.ts", "tests/remote/protocol_test.ts"],
  ["remote/routes.ts", "tests/remote/router_test.ts"],
  ["remote/local_node.ts", "tests/remote/router_test.ts"],
  ["remote/outbound.ts", "tests/remote/client_test.ts"],
  ["remote/outbox.ts", "tests/remote/client_test.ts"],
  ["remote/target.ts", "tests/remote/client_test.ts"],
  ["remote/client_link.ts", "tests/remote/client_test.ts"],
  ["remote/dialler.ts", "tests/remote/client_test.ts"],
  ["remote/link.ts", "tests/remote/hostile_server_test.ts"],
  ["remote/read_gate.ts", "tests/remote/hostile_server_test.ts"],
  ["remote/reception.ts", "tests/remote/hostile_server_test.ts"],
  ["remote/server.ts", "tests/remote/client_test.ts"],
  ["remote/server_link.ts", "tests/remote/hostile_server_test.ts"],
  ["remote/transports.ts", "tests/remote/client_test.ts"],
  ["remote/transport/pipe.ts", "tests/remote/transport/memory_test.ts"],
  ["remote/transport/carrier.ts", "tests/remote/transport/tls_test.ts"],
  ["remote/transport/tls_connection.ts", "tests/remote/transport/tls_test.ts"],
  ["remote/transport/tls_listener.ts", "tests/remote/transport/tls_test.ts"],
  ["remote/wire/budget.ts", "tests/remote/wire/receive_window_test.ts"],
  ["remote/wire/compat_session.ts", "tests/remote/compat_test.ts"],
  ["remote/wire/wire_error.ts", "tests/remote/wire/frame_test.ts"],
  ["remote/wire/frame_writer.ts", "tests/remote/wire/envelope_test.ts"],
  ["remote/wire/string_cache.ts", "tests/remote/wire/envelope_test.ts"],
  ["remote/wire/slab.ts", "tests/remote/wire/envelope_test.ts"],
  ["remote/wire/reader.ts", "tests/remote/wire/vectors_test.ts"],
  ["cluster/limits.ts", "tests/cluster/links_test.ts"],
  ["cluster/membership/limits.ts", "tests/cluster/membership/view_test.ts"],
  ["cluster/directory/limits.ts", "tests/cluster/directory/own_entries_test.ts"],
  ["cluster/wire/limits.ts", "tests/cluster/wire/cluster_codec_test.ts"],
  ["cluster/errors.ts", "tests/cluster/cluster_client_test.ts"],
  ["cluster/node_engine.ts", "tests/cluster/cluster_node_test.ts"],
  ["cluster/endpoint.ts", "tests/cluster/cluster_sockets_test.ts"],
  ["cluster/testing/engine.ts", "tests/cluster/testing/simulator_test.ts"],
  ["cluster/testing/host.ts", "tests/cluster/testing/simulator_test.ts"],
  ["cluster/testing/population.ts", "tests/cluster/testing/simulator_test.ts"],
  ["cluster/testing/views.ts", "tests/cluster/testing/simulator_test.ts"],
  ["cluster/telemetry/actor_probe.ts", "tests/cluster/telemetry/telemetry_test.ts"],
  ["cluster/telemetry/meters.ts", "tests/cluster/telemetry/telemetry_test.ts"],
  ["cluster/telemetry/spans.ts", "tests/cluster/telemetry/telemetry_test.ts"],
  ["cluster/observer/limits.ts", "tests/cluster/observer/tree_test.ts"],
  ["cluster/observer/responses.ts", "tests/cluster/observer/observer_test.ts"],
  ["cluster/compat/framed_connection.ts", "tests/cluster/compat/cluster_framing_test.ts"],
  ["cluster/compat/limits.ts", "tests/cluster/compat/contacts_test.ts"],
]);

const SNAKE_CASE = /^(?:[a-z0-9.]+(?:_[a-z0-9]+)*\/)*[a-z0-9]+(?:_[a-z0-9]+)*(?:\.d)?\.ts$/;

/** Finds a file that is too long. */
export function checkLength({ path, text }: SourceFile): string[] {
  const lines = text.split("\n").length - 1;
  const limit = path.endsWith("_test.ts") ? LINES_MAX.test : LINES_MAX.source;
  return lines <= limit ? [] : [`${path}:${limit + 1} has ${lines} lines, the limit is ${limit}: one concept per file`];
}

/** Finds a file or folder whose name is not in snake case. */
export function checkName({ path }: SourceFile): string[] {
  return SNAKE_CASE.test(path) ? [] : [`${path}:1 is not named in snake_case`];
}

/** Finds what an entry file holds besides explicit export lists. */
export function checkEntry({ path, text }: SourceFile): string[] {
  if (!isEntry(path)) return [];
  return statements(path, text).flatMap((node) => {
    if (node.type === "ExportNamedDeclaration" && node.source !== null) return [];
    const what = node.type === "ExportAllDeclaration" ? "export *" : "a statement of its own";
    return [`${path}:${lineOf(text, node.range[0])} has ${what}: an entry file only lists the names it exports`];
  });
}

/** Finds a library file whose first words are not documentation: of the module, or of its first declaration. */
export function checkFirstDoc({ path, text }: SourceFile): string[] {
  if (!isIn(path, LIBRARY) || text.startsWith("/**")) return [];
  const first = statements(path, text).find((node) => node.type !== "ImportDeclaration");
  if (first === undefined) return [];
  const comment = text.slice(0, first.range[0]).trimEnd();
  // The last block comment before the declaration must be a JSDoc one, and must touch it.
  const documented = comment.endsWith("*/") && comment.slice(comment.lastIndexOf("/*")).startsWith("/**");
  if (documented) return [];
  return [`${path}:${lineOf(text, first.range[0])} has no doc comment on its module or on its first declaration`];
}

/** Finds work that was put off without saying where it is kept: `TODO(#12):` is the way to say it. */
export function checkPutOff({ path, text }: SourceFile): string[] {
  return find(path, text, /\b(?:TODO|FIXME|XXX|HACK)\b(?!\(#\d+\):)/g, "puts work off without an issue: TODO(#12):");
}

/** Finds tests that are switched off, or that switch all others off. */
export function checkSwitchedOff({ path, text }: SourceFile): string[] {
  if (!path.startsWith("tests/")) return [];
  return find(path, text, /\bDeno\.test\.(?:ignore|only)\b|\b(?:ignore|only): true\b/g, "switches tests off");
}

/** Finds comments of code, and prose of Markdown, in lines that are too wide; a link cannot be broken. */
export function checkWidth({ path, text }: SourceFile): string[] {
  const isLink = path.endsWith(".md") ? /\]\(|^\s*</ : /https?:\/\//;
  const lines = text.split("\n");
  // Parsing costs much, and few files have a wide line at all.
  const wide = new Set(
    lines.keys().filter((at) => [...lines[at]!].length > LINE_CHARS_MAX && !isLink.test(lines[at]!)),
  );
  if (wide.size === 0) return [];
  const spoken = path.endsWith(".md") ? proseLines(lines) : commentLines(path, text);
  return spoken.filter((at) => wide.has(at)).map((at) =>
    `${path}:${at + 1} is wider than ${LINE_CHARS_MAX} characters: break the line, its words may stay`
  );
}

/** Finds a library file with logic that has no test file of its own name. */
export function checkTwin(file: SourceFile, paths: ReadonlySet<string>): string[] {
  const { path } = file;
  if (!isIn(path, ["src/", "remote/", "cluster/"]) || isEntry(path) || TESTED_BY.has(path)) return [];
  const twin = `tests/${path.replace(/\.ts$/, "_test.ts")}`;
  return paths.has(twin) || !hasLogic(file)
    ? []
    : [`${path}:1 has logic and no test: write ${twin}, or name its test in TESTED_BY`];
}

/** Finds relative links of a Markdown file that lead nowhere; `exists` takes a path from the root. */
export function checkLinks({ path, text }: SourceFile, exists: (path: string) => boolean): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match) => {
    const link = match[1] ?? "";
    if (/^(?:[a-z]+:|#)/.test(link)) return [];
    const target = new URL(link, `file:///${path}`).pathname.slice(1);
    return exists(target) ? [] : [`${path}:${lineOf(text, match.index)} links to ${link}, which is not there`];
  });
}

/** Whether a file is one of the doors of a layer. */
function isEntry(path: string): boolean {
  return isIn(path, LIBRARY) && /(?:^|\/)(?:mod|spi)\.ts$/.test(path);
}

/** Whether anything in a file runs: a file of types, imports and exports has nothing to test. */
function hasLogic({ path, text }: SourceFile): boolean {
  const inert = ["ImportDeclaration", "ExportAllDeclaration", "TSInterfaceDeclaration", "TSTypeAliasDeclaration"];
  return statements(path, text).some((node) => {
    const declaration = node.type === "ExportNamedDeclaration" ? node.declaration : node;
    return declaration !== null && !inert.includes(declaration.type);
  });
}

/** The lines of a Markdown file that are neither in a fence nor of a table, from 0. */
function proseLines(lines: readonly string[]): number[] {
  let isFenced = false;
  return lines.flatMap((line, at) => {
    const isFence = /^\s*(?:```|~~~)/.test(line);
    if (isFence) isFenced = !isFenced;
    return isFence || isFenced || /^\s*\|/.test(line) ? [] : [at];
  });
}

/** The lines of a source file that have a part of a comment, from 0, in order. */
function commentLines(path: string, text: string): number[] {
  const found = new Set<number>();
  parse(path, text, ({ sourceCode }) => {
    for (const { range: [start, end] } of sourceCode.getAllComments()) {
      for (let at = lineOf(text, start); at <= lineOf(text, end); at++) found.add(at - 1);
    }
  });
  return [...found];
}

/** The top-level statements of a file, as the linter parses them. */
function statements(path: string, text: string): Deno.lint.Statement[] {
  const found: Deno.lint.Statement[] = [];
  parse(path, text, (_context, program) => void found.push(...(program.body as Deno.lint.Statement[])));
  return found;
}

/** Shows `look` a file as the linter parses it. */
function parse(
  path: string,
  text: string,
  look: (context: Deno.lint.RuleContext, program: Deno.lint.Program) => void,
): void {
  const looker: Deno.lint.Rule = { create: (context) => ({ Program: (program) => look(context, program) }) };
  Deno.lint.runPlugin({ name: "shape", rules: { looker } }, path, text);
}

function find(path: string, text: string, pattern: RegExp, problem: string): string[] {
  return [...text.matchAll(pattern)].map((match) => `${path}:${lineOf(text, match.index)} ${problem}`);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
