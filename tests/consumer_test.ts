// The package as others get it: packed as `deno publish` would, and imported by name from projects of their own, which
// know nothing of this repository: no import map, no `@std`, none of its files.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Consumer, listedFiles, withFullSpecifiers } from "./support/pack.ts";

/** What a careful project asks of the compiler; some of it is the default of Deno. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  isolatedDeclarations: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
};

const { name, version } = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));

/** What a page for browsers has: nothing of Deno. */
const WEB = { ...STRICT, lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"] };

/** The configuration of a project, as `deno add` leaves it; `links` stands for the registry. */
function project(compilerOptions: unknown, more: Record<string, unknown> = {}): string {
  const imports = { [name]: `jsr:${name}@^${version}`, "protobufjs": "npm:protobufjs@^8.8.1" };
  return JSON.stringify({ imports, links: ["../package"], compilerOptions, ...more });
}

/** A program for each entry of the package, that uses it as its documentation says, and prints one line. */
const PROGRAMS: Readonly<Record<string, readonly [prints: string, text: string]>> = {
  ".": [
    "Hello, Ada! 1 true",
    `
import { Actor, ActorFailedError, ActorSystem, type Context, type Message, SupervisorStrategy } from "@cinema/cinema";

interface Greet extends Message<string> {
  type: "greet";
  name: string;
}
interface Fail extends Message {
  type: "fail";
}
let starts = 0;
class Greeter extends Actor<Greet | Fail> {
  override started(ctx: Context<Greet | Fail>): void {
    starts += ctx.signal.aborted ? 0 : 1;
  }
  greet({ name }: Greet): string {
    return \`Hello, \${name}!\`;
  }
  fail(): void {
    throw new Error("as asked");
  }
}

await using system = new ActorSystem();
const greeter = system.spawn(() => new Greeter(), { name: "greeter", strategy: SupervisorStrategy.restart(1, 1_000) });
const text: string = await greeter.send({ type: "greet", name: "Ada" });
const failed = await greeter.send({ type: "fail" }).catch((error: unknown) => error instanceof ActorFailedError);
console.log(text, starts, failed);`,
  ],
  "./remote": [
    "5",
    `
import { Actor, ActorSystem, type Message } from "@cinema/cinema";
import { LocalNode, MessageRouter, protocol, RemoteClient, RemoteServer } from "@cinema/cinema/remote";
import protobuf from "protobufjs";

interface Add extends Message<{ value: number }> {
  type: "add";
  n: number;
}
const { root } = protobuf.parse('syntax = "proto3"; message Add { int32 n = 1; } message AddResult { int32 value = 1; }');
const CalculatorProtocol = protocol<Add>({
  add: { name: "calc.Add", request: root.lookupType("Add"), reply: root.lookupType("AddResult") },
});
class Calculator extends Actor<Add> {
  #value = 0;
  add({ n }: Add): { value: number } {
    return { value: this.#value += n };
  }
}
await using system = new ActorSystem();
const handler = new LocalNode("server").handler(system.spawn(() => new Calculator()), { name: "calculator" });
const router = new MessageRouter().route(CalculatorProtocol, handler);
await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0 }, router);
await using client = await RemoteClient.connect({ hostname: "127.0.0.1", port: server.address.port });
const calculator = client.remoteAddr("calculator", CalculatorProtocol);
const { value } = await calculator.send({ type: "add", n: 5 });
console.log(value);`,
  ],
  "./cluster": [
    "the value of a",
    `
import { Actor, ActorSystem, type Message } from "@cinema/cinema";
import { ClusterClient, ClusterNode } from "@cinema/cinema/cluster";
import { json, protocol } from "@cinema/cinema/remote";

interface Get extends Message<string> {
  type: "get";
  key: string;
}
const StoreProtocol = protocol<Get>({ get: { name: "kv.Get", request: json(), reply: json() } });
class Store extends Actor<Get> {
  get({ key }: Get): string {
    return \`the value of \${key}\`;
  }
}
await using system = new ActorSystem();
await using one = new ClusterNode("node-1", "127.0.0.1:0");
one.register("store", system.spawn(() => new Store()), StoreProtocol);
await one.join([]);
await using two = new ClusterNode("node-2", "127.0.0.1:0");
await two.join([one.addr]);
console.log(await new ClusterClient(two).remoteAddr("store", StoreProtocol).send({ type: "get", key: "a" }));`,
  ],
  "./testing": [
    "2 true",
    `
import { ActorSystem, type Message } from "@cinema/cinema";
import { ClusterSimulator, ManualClock, TestProbe } from "@cinema/cinema/testing";

interface Beat extends Message {
  type: "beat";
}
const clock = new ManualClock();
await using system = new ActorSystem({ clock });
const probe = new TestProbe<Beat>(system);
await probe.addr.doSend({ type: "beat" });
await probe.addr.doSend({ type: "beat" });
await clock.advance(1);
const sim = new ClusterSimulator({ nodes: 3, seed: 1 });
sim.run(10_000);
console.log(probe.pending.length, sim.isConverged);`,
  ],
  "./observer": [
    "greetings /greeter 1",
    `
import { Actor, ActorSystem, type Message } from "@cinema/cinema";
import { observer, type ObserverState } from "@cinema/cinema/observer";

interface Greet extends Message<string> {
  type: "greet";
}
class Greeter extends Actor<Greet> {
  greet(): string {
    return "Hello!";
  }
}
await using system = new ActorSystem();
await system.spawn(() => new Greeter(), { name: "greeter" }).send({ type: "greet" });
using page = observer(system, { name: "greetings" });
await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, page);
const at = \`http://127.0.0.1:\${server.addr.port}\`;
if (!(await (await fetch(at)).text()).includes("<html")) throw new Error("There is no page");
const state: ObserverState = await (await fetch(\`\${at}/state\`)).json();
console.log(state.system.name, ...state.actors.map(({ id, handled }) => \`\${id} \${handled}\`));`,
  ],
  "./telemetry": [
    "Hello! twice: false",
    `
import { Actor, ActorSystem, type Message } from "@cinema/cinema";
import { startTelemetry, type Telemetry } from "@cinema/cinema/telemetry";

interface Greet extends Message<string> {
  type: "greet";
}
class Greeter extends Actor<Greet> {
  greet(): string {
    return "Hello!";
  }
}
function canStart(): boolean {
  try {
    startTelemetry().stop();
    return true;
  } catch {
    return false;
  }
}
using telemetry: Telemetry = startTelemetry({ metrics: true });
await using system = new ActorSystem();
console.log(await system.spawn(() => new Greeter()).send({ type: "greet" }), "twice:", canStart());
telemetry.stop();`,
  ],
};

/** Mistakes of users, and the words that must help each of them. */
const MISTAKES: readonly (readonly [code: string, says: string])[] = [
  ['greeter.trySend({ type: "great", name: "Ada" });', `Did you mean '"greet"'?`],
  ['greeter.trySend({ type: "greet" });', `Property 'name' is missing in type '{ type: "greet"; }'`],
  ['greeter.trySend({ type: "greet", name: 1 });', "Type 'number' is not assignable to type 'string'"],
  [
    'export const count: number = await greeter.send({ type: "greet", name: "Ada" });',
    "Type 'string' is not assignable to type 'number'",
  ],
  [
    "system.spawn(() => new Forgetful());",
    "Property 'count' is missing in type 'Forgetful' but required in type 'Handlers<",
  ],
  ["system.spawn(() => new Liar());", "The types returned by 'count(...)' are incompatible between these types"],
  ['remote.trySend({ type: "greet", name: "Ada" });', `Type '"greet"' is not assignable to type '"count"'`],
  ["clusterClient.remoteAddr(42, GreeterProtocol);", "'number' is not assignable to parameter of type 'string'"],
  ['protocol<Greet>({ greet: { name: "Greet", request: json() } });', "Property 'reply' is missing in type"],
  [
    'protocol<Greet | Count>({ greet: { name: "Greet", request: json(), reply: json() } });',
    "Property 'count' is missing in type",
  ],
  ["new TestProbe<Greet>(system, { reply: () => 1 });", "Type 'number' is not assignable to type 'string"],
  [
    'new TestProbe<Greet>(system).addr.trySend({ type: "count" });',
    `Type '"count"' is not assignable to type '"greet"'`,
  ],
];

const WRONG = `
import { Actor, type ActorSystem, type Addr, type Message } from "@cinema/cinema";
import type { ClusterClient, ClusterRemoteAddr } from "@cinema/cinema/cluster";
import { json, protocol } from "@cinema/cinema/remote";
import { TestProbe } from "@cinema/cinema/testing";

interface Greet extends Message<string> {
  type: "greet";
  name: string;
}
interface Count extends Message<number> {
  type: "count";
}
class Forgetful extends Actor<Greet | Count> {
  greet({ name }: Greet): string {
    return name;
  }
}
class Liar extends Forgetful {
  count(): string {
    return "many";
  }
}
declare const system: ActorSystem;
declare const greeter: Addr<Greet | Count>;
declare const remote: ClusterRemoteAddr<Count>;
declare const clusterClient: ClusterClient;
const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
`;

/** The file in which the program for an entry is. */
function fileOf(entry: string): string {
  return entry === "." ? "local.ts" : `${entry.slice("./".length)}.ts`;
}

const entries = Object.keys(PROGRAMS);
const files = entries.map(fileOf);

/** A project with the programs for `some` of the entries. */
function sources(folder: string, some: readonly string[]): Record<string, string> {
  return Object.fromEntries(some.map((entry) => [`${folder}/${fileOf(entry)}`, PROGRAMS[entry]![1]]));
}

/** What no module imports and belongs nevertheless. */
const PAPERS = /^(?:LICENSE|deno\.json|.+\.(?:md|proto))$/;

/** The files of the package that are needed by a program that imports all of it, and what these import. */
async function modulesOf(consumer: Consumer): Promise<{ files: string[]; imports: string[] }> {
  const { stdout } = await consumer.run("app", "info", "--json", "all.ts");
  const modules: { specifier: string; dependencies?: { specifier: string }[] }[] = JSON.parse(stdout).modules;
  const base = `file://${consumer.folder}/package/`;
  const own = modules.filter(({ specifier }) => specifier.startsWith(base));
  return {
    files: own.map(({ specifier }) => specifier.slice(base.length)),
    imports: own.flatMap(({ dependencies = [] }) => dependencies.map(({ specifier }) => specifier)),
  };
}

/** A symbol, as `deno doc --json` describes it. */
interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly unknown[];
}

/** Types of the language that are no values at run time. */
const KNOWN = new Set([
  "ArrayBufferLike",
  "ArrayBufferView",
  "AsyncDisposable",
  "Disposable",
  "ErrorOptions",
  "Extract",
  "IterableIterator",
  "NoInfer",
  "Omit",
  "Partial",
  "Pick",
  "PromiseLike",
  "QueuingStrategy",
  "ReadonlyMap",
  "ReadonlySet",
  "Record",
]);

/**
 * The types that a declaration names, private constructors and type parameters left out, and parameters without a name.
 */
function* found(node: unknown): Generator<string> {
  if (Array.isArray(node)) {
    for (const part of node) yield* found(part);
  } else if (typeof node === "object" && node !== null) {
    const { accessibility, kind, typeName } = node as Record<string, unknown>;
    if (accessibility === "private") return;
    if (typeof typeName === "string" && !/^[A-Z]$/.test(typeName)) yield typeName;
    if (kind === "object" && "props" in node) yield "a parameter without a name";
    for (const [key, part] of Object.entries(node)) if (key !== "jsDoc" && key !== "location") yield* found(part);
  }
}

async function packedAsItShould(t: Deno.TestContext, consumer: Consumer): Promise<void> {
  await t.step("its export map has the entries that have a program here, each a file of the package", async () => {
    const { exports } = JSON.parse(await consumer.read("deno.json"));
    assertEquals(Object.keys(exports).sort(), entries.toSorted());
    const missing = Object.values<string>(exports).filter((file) => !consumer.files.includes(file.slice("./".length)));
    assertEquals(missing, []);
  });

  await t.step("it holds the modules that its entries need, its papers, and nothing else", async () => {
    const needed = new Set((await modulesOf(consumer)).files);
    assertEquals(consumer.files.filter((file) => !needed.has(file) && !PAPERS.test(file)), []);
    assertEquals([...needed].filter((file) => !consumer.files.includes(file)), []);
  });

  await t.step("its modules import each other, packages by full specifiers, and what runtimes have", async () => {
    const { imports } = await modulesOf(consumer);
    assertEquals(imports.filter((name) => !/^(?:\.\.?\/|node:|npm:@?[a-z])/.test(name)), []);
  });

  await t.step("every type that a public signature names can be imported, and every parameter has a name", async () => {
    const { exports } = JSON.parse(await consumer.read("deno.json"));
    const doors = Object.values<string>(exports).map((file) => `../package/${file}`);
    const { nodes } = JSON.parse((await consumer.run("app", "doc", "--json", ...doors)).stdout);
    const symbols = Object.values<{ symbols: DocSymbol[] }>(nodes).flatMap((node) => node.symbols);
    const names = new Set(symbols.map((symbol) => symbol.name));
    const problems = symbols.flatMap(({ name, declarations }) =>
      [...found(declarations)].filter((what) => !names.has(what) && !(what in globalThis) && !KNOWN.has(what))
        .map((what) => `${name}: ${what}`)
    );
    assertEquals([...new Set(problems)], []);
  });
}

async function usedAsItShould(t: Deno.TestContext, consumer: Consumer): Promise<void> {
  await t.step("programs for all entries pass the type-check of a careful project", async () => {
    assertEquals(await consumer.run("app", "check", "--quiet", ...files), { code: 0, stdout: "", stderr: "" });
  });

  for (const [entry, [prints]] of Object.entries(PROGRAMS)) {
    await t.step(
      `a program that imports ${name}${entry.slice(1)} runs, with no permission but the loopback`,
      async () => {
        const outcome = await consumer.run("app", "run", "--quiet", "--allow-net=127.0.0.1", fileOf(entry));
        assertEquals(outcome, { code: 0, stdout: `${prints}\n`, stderr: "" });
      },
    );
  }

  await t.step("a program runs from a node_modules folder, too", async () => {
    assertEquals(await consumer.run("modules", "check", "--quiet", "remote.ts"), { code: 0, stdout: "", stderr: "" });
    const outcome = await consumer.run("modules", "run", "--quiet", "--allow-net=127.0.0.1", "remote.ts");
    assertEquals(outcome, { code: 0, stdout: `${PROGRAMS["./remote"]![0]}\n`, stderr: "" });
    assert((await Deno.stat(`${consumer.folder}/modules/node_modules/protobufjs`)).isDirectory);
  });

  await t.step(
    "local actors and the test kit pass the type-check of a project that has only what browsers have",
    async () => {
      const outcome = await consumer.run("web", "check", "--quiet", "local.ts", "testing.ts");
      assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
    },
  );
}

/** The complaints of the compiler about `wrong.ts`, by the line that they are about. */
async function complaints(consumer: Consumer): Promise<Map<number, string>> {
  const { code, stderr } = await consumer.run("app", "check", "--quiet", "wrong.ts");
  assertEquals(code, 1);
  const found: Map<number, string> = new Map();
  for (const text of stderr.split(/^(?=TS\d+ \[ERROR\])/m)) {
    const line = /^\s+at file:\S*\/app\/wrong\.ts:(\d+):\d+$/m.exec(text)?.[1];
    if (line !== undefined) found.set(Number(line), text);
  }
  return found;
}

async function refusedAsItShould(t: Deno.TestContext, consumer: Consumer): Promise<void> {
  const found = await complaints(consumer);
  const first = WRONG.split("\n").length;
  for (const [index, [code, says]] of MISTAKES.entries()) {
    await t.step(`the compiler refuses ${code}`, () => assertStringIncludes(found.get(first + index) ?? "", says));
  }
  await t.step("the compiler refuses nothing else", () => {
    assertEquals([...found.keys()], MISTAKES.map((_, index) => first + index));
  });
}

Deno.test("the package works in projects that import it by name, and leaves nothing behind here", async (t) => {
  let folder: string;
  {
    await using consumer = await Consumer.create({
      "app/deno.json": project(STRICT),
      ...sources("app", entries),
      "app/all.ts": entries.map((entry) => `import "${name}${entry.slice(1)}";`).join("\n"),
      "app/wrong.ts": WRONG + MISTAKES.map(([code]) => code).join("\n"),
      "modules/deno.json": project(STRICT, { nodeModulesDir: "auto" }),
      ...sources("modules", ["./remote"]),
      "web/deno.json": project(WEB),
      ...sources("web", [".", "./testing"]),
    });
    folder = consumer.folder;
    await packedAsItShould(t, consumer);
    await usedAsItShould(t, consumer);
    await refusedAsItShould(t, consumer);
  }
  await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
});

Deno.test({
  name: "withFullSpecifiers() changes the specifiers of the import map, and neither comments nor the names of files",
  permissions: "none",
  fn: () => {
    const imports = { lib: "npm:lib@^1.2.0", "@scope/lib": "jsr:@scope/lib@^3" };
    const pairs = [
      ['import a from "lib";', 'import a from "npm:lib@^1.2.0";'],
      ['import "lib";', 'import "npm:lib@^1.2.0";'],
      ['} from "lib/deep/file.js";', '} from "npm:lib@^1.2.0/deep/file.js";'],
      ['export { a } from "@scope/lib/a";', 'export { a } from "jsr:@scope/lib@^3/a";'],
      ['const lib = await import("lib");', 'const lib = await import("npm:lib@^1.2.0");'],
      ['type A = import("@scope/lib").A;', 'type A = import("jsr:@scope/lib@^3").A;'],
      ['import a from "./lib";', 'import a from "./lib";'],
      ['import a from "library";', 'import a from "library";'],
      [' * import a from "lib";', ' * import a from "lib";'],
    ] as const;
    for (const [text, expected] of pairs) assertEquals(withFullSpecifiers(text, imports), expected);
  },
});

Deno.test({
  name: "listedFiles() reads the paths from the report of a dry run",
  permissions: "none",
  fn: () => {
    const report = "Check mod.ts\nSimulating publish of @a/b@1.0.0 with files:\n   file:///r/mod.ts (3.11KB)\n" +
      "   file:///r/src/a.ts (12B)\nSuccess Dry run complete\n";
    assertEquals(listedFiles(report, "file:///r/"), ["mod.ts", "src/a.ts"]);
  },
});
