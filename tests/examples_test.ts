import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const EXAMPLES = new URL("examples/", ROOT);

/** Examples that do not end by themselves, and the test that runs them. */
const RUN_BY: ReadonlyMap<string, string> = new Map([
  ["chat/main.ts", "chat_test.ts"],
  ["remote_calculator/server.ts", "remote_calculator_test.ts"],
  ["remote_calculator/client.ts", "remote_calculator_test.ts"],
  ["cluster_pingpong/server.ts", "cluster_pingpong_test.ts"],
  ["cluster_pingpong/client.ts", "cluster_pingpong_test.ts"],
  ["tracing/main.ts", "tracing_test.ts"],
  ["tracing/shop.ts", "tracing_test.ts"],
  ["tracing/warehouse.ts", "tracing_test.ts"],
  ["observer/main.ts", "observer_example_test.ts"],
  ["distributed_kv/main.ts", "distributed_kv_test.ts"],
  ["distributed_kv/demo.ts", "distributed_kv_test.ts"],
  ["session_cache/node.ts", "examples_test.ts"], // session_cache/main.ts starts it
]);

/** What the header of an example promises: its first indented block is the command, its second what that prints. */
interface Promised {
  readonly args: readonly string[];
  readonly output: string;
}

function promisedBy(text: string): Promised | undefined {
  const header = /^\/\*\*\n([^]*?)\n \*\//.exec(text)?.[1] ?? "";
  const [command, output] = [...header.matchAll(/(?:^ \* {5}.*\n?)+/gm)].map(([block]) =>
    block.replaceAll(/^ \* {5}/gm, "").trimEnd()
  );
  if (command === undefined || !command.startsWith("deno run ")) return undefined;
  return { args: command.split(" ").slice(1), output: output ?? "" };
}

/** The files of the examples that can be run, by their path, and those that are parts of others. */
async function readExamples(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const visit = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(new URL(folder, EXAMPLES))) {
      const path = folder + entry.name;
      if (entry.isDirectory) await visit(`${path}/`);
      else if (path.endsWith(".ts")) texts.set(path, await Deno.readTextFile(new URL(path, EXAMPLES)));
    }
  };
  await visit("");
  return texts;
}

/** Runs a command as a user would type it, and gives up on it when it hangs. */
async function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(30_000),
  });
  const { code, stdout, stderr } = await command.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

const texts = await readExamples();
const runnable = [...texts].flatMap(([path, text]) => {
  const promised = promisedBy(text);
  return promised === undefined || RUN_BY.has(path) ? [] : [{ path, ...promised }];
});

for (const { path, args, output } of runnable) {
  Deno.test(`examples/${path} prints what its header promises, with the permissions it names`, async () => {
    const result = await run(args);
    assertEquals(result, { code: 0, stdout: `${output}\n`, stderr: "" });
  });
}

/** Examples that start processes of their own. */
const STARTS_PROCESSES: ReadonlySet<string> = new Set(["session_cache/main.ts"]);

Deno.test("every example asks for --allow-net at most, or for --allow-run where it says so, and runs itself", () => {
  assert(runnable.length >= 6);
  for (const { path, args } of runnable) {
    const [verb, ...rest] = args;
    const file = rest.pop();
    assertEquals({ verb, file }, { verb: "run", file: `examples/${path}` });
    const allowed = STARTS_PROCESSES.has(path) ? ["--allow-net", "--allow-run"] : ["--allow-net"];
    assertEquals(rest.filter((flag) => !allowed.includes(flag)), [], path);
  }
});

Deno.test("every file in examples/ is run by a test, or is a part of one that is", () => {
  const covered = new Set<string>();
  const cover = (path: string): void => {
    if (covered.has(path)) return;
    covered.add(path);
    for (const [, specifier] of texts.get(path)?.matchAll(/from "(\.[^"]+)"/g) ?? []) {
      cover(new URL(specifier ?? "", new URL(path, EXAMPLES)).pathname.slice(EXAMPLES.pathname.length));
    }
  };
  for (const { path } of runnable) cover(path);
  for (const path of RUN_BY.keys()) cover(path);
  assertEquals([...texts.keys()].filter((path) => !covered.has(path)), []);
  assertEquals([...covered].filter((path) => !texts.has(path)), []);
});
