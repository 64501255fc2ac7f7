/**
 * Which lines of the library the tests run: `deno task coverage`, or with files or folders of tests as arguments.
 *
 * It runs the tests, the processes that they start included, prints a table of the folders and then every line that was
 * not run, with the reason where there is one in {@linkcode NOT_RUN}. It fails when the tests fail, and when a line has
 * no reason. No figure is a goal: what is not run is either tested, or it says here why not.
 *
 * @module
 */

/** Why lines are not run by the tests, in the words that the report shows. */
const HANDS_ON =
  "A getter, an alias or a text for people that hands on what others have; the types say that it is there.";
const ONE_TURN =
  "Only when a close or an abort comes in the very turn in which the other side answers: no test can order that from outside.";
const GUARD = "Cannot happen as the callers are today; it stands there so that it stays harmless when they change.";
const SIMULATION =
  "Words of the simulator for people, or a case of it that no scene of ours has: it is no part of what a cluster does.";
const PLATFORM = "Depends on the platform: on Linux it does not happen.";
const COMPAT = "A Cinema-rs peer knows no such thing: the interface wants the method all the same.";

/** The lines that are not run: why, in which file, and what stands there. */
export const NOT_RUN: readonly (readonly [why: string, file: string, ...code: string[]])[] = [
  [
    HANDS_ON,
    "cluster/compat/bridge.ts",
    "get serverEvents(): ReadableStream<ServerEvent> {",
    "return this.#server.events;",
    "async [Symbol.asyncDispose](): Promise<void> {",
    "await this.close();",
  ],
  [
    HANDS_ON,
    "remote/remote_addr.ts",
    "get name(): string {",
    "return this.#target.name;",
    "get node(): string {",
    "return this.#home.node();",
    "call(msg: AnyMessage, options?: SendOptions): Promise<unknown> {",
    "return this.send(msg, options);",
    "toString(): string {",
    "return this.id;",
  ],
  [HANDS_ON, "remote/server.ts", "get node(): string {", "return this.#node;"],
  [HANDS_ON, "src/internal/shared_clock.ts", "get tickMs(): number {", "return this.#clock.tickMs;"],
  [HANDS_ON, "src/internal/shared_clock.ts", "yield(): Promise<void> {", "return this.#clock.yield();"],
  [ONE_TURN, "cluster/links.ts", "if (signal.aborted) return dialled.connection.close();"],
  [
    ONE_TURN,
    "remote/client.ts",
    "if (this.#stop.signal.aborted) return dialled.connection.close();",
    "if (signal.aborted) return;",
  ],
  [ONE_TURN, "remote/reception.ts", "if (this.#isClosing) link.sayGoodbye();"],
  [ONE_TURN, "remote/outbox.ts", "if (this.#session === undefined) return;"],
  [ONE_TURN, "remote/transport/tls_connection.ts", "if (this.#error !== undefined) throw this.#error;"],
  [ONE_TURN, "remote/wire/compat_session.ts", "if (!this.#open.delete(message)) return;"],
  [ONE_TURN, "src/streams.ts", "if (this.#isOver) return;"],
  [
    GUARD,
    "cluster/core.ts",
    "if (member.id === this.self.id) return;",
    "if (member === undefined || !isAlive(member)) return this.#fetches.stop(id);",
  ],
  [
    GUARD,
    "cluster/directory/directory.ts",
    "if (!isRegistrable(name)) return;",
    "if (hosts === undefined || !hosts.delete(node)) return;",
  ],
  [
    GUARD,
    "cluster/membership/swim.ts",
    "if (this.#gossip.isOn) return;",
    "if (sender.id === this.self.id && sender.uid === this.self.uid) return;",
  ],
  [
    GUARD,
    "cluster/membership/view.ts",
    'if (self.status === "left") return;',
    'if (known?.status !== "suspect") return;',
  ],
  [
    GUARD,
    "cluster/node_engine.ts",
    'if (this.#endpoint === undefined) throw new CinemaError("Cannot talk to others: start the server first");',
  ],
  [GUARD, "remote/outbound.ts", "if (this.isDone) return;"],
  [
    GUARD,
    "remote/transport/pipe.ts",
    'if (this.#reader !== undefined) return Promise.reject(new Error("Cannot read: another read waits"));',
  ],
  [
    GUARD,
    "remote/transport/tls_listener.ts",
    "if (this.#options.requestCert && !socket.authorized) throw socket.authorizationError;",
  ],
  [GUARD, "remote/wire/client_session.ts", 'if (!this.#asks.delete(correlation)) return "unknown";'],
  [GUARD, "src/internal/cell.ts", "if (this.terminated !== undefined) return;"],
  [
    GUARD,
    "src/internal/incarnation.ts",
    "if (handler === undefined) throw unhandled(this.#cell.id, message);",
    'if (typeof message?.type !== "string") throw new TypeError("Cannot start a timer: it needs a message to send");',
  ],
  [
    SIMULATION,
    "cluster/testing/engine.ts",
    "if (isOver?.() === true) return true;",
    "return `sees ${event.other.id} at ${event.other.addr} and at ${event.known.addr}`;",
    "return `has lost its name ${event.name} to ${event.winner.node}`;",
  ],
  [
    SIMULATION,
    "cluster/testing/host.ts",
    "return { kind, about: event.known.id, detail: event.other.addr };",
  ],
  [SIMULATION, "cluster/testing/judge.ts", "if (!wasBelieved) return;"],
  [SIMULATION, "cluster/testing/network.ts", "if (delayMs[0] === delayMs[1]) return at;"],
  [SIMULATION, "cluster/testing/population.ts", "if (all.length === 1) return [];"],
  [
    SIMULATION,
    "cluster/testing/simulator.ts",
    'if (paused.core !== core || paused.state !== "paused") return;',
    "if (size > newsMax(core.members, this.#config)) this.fail(`${name} keeps ${size} pieces of news`);",
  ],
  [SIMULATION, "cluster/testing/trace.ts", "return `refusal: ${body.message}`;"],
  [SIMULATION, "remote/transport/memory.ts", "if (this.#isPaused) pipe.pause();"],
  [PLATFORM, "remote/transport/tcp.ts", "}"],
  [COMPAT, "cluster/compat/bridge.ts", "function ignoreChannel(): void {}"],
  [COMPAT, "remote/wire/compat_session.ts", "grantAll(): void {}"],
  [
    COMPAT,
    "remote/wire/client_session.ts",
    "else if (this.#options.compatNode !== undefined) this.#effects.stray(envelope);",
  ],
  [
    COMPAT,
    "cluster/compat/peering.ts",
    'return emit({ kind: "unreachable", addr: event.addr, error: event.error, retryInMs });',
  ],
];

/** The same by the file and what stands there. */
const REASONS: ReadonlyMap<string, string> = new Map(
  NOT_RUN.flatMap(([why, file, ...codes]) => codes.map((code) => [`${file} ${code}`, why] as const)),
);

/** The folders that are published, and so must be tested. The code in `proto/gen/` is not ours. */
const LIBRARY = /^(?:mod\.ts|(?:src|remote|cluster)\/.*\.ts)$/;

/** What the tests may do, as in the gate. */
const TEST_PERMISSIONS = ["--allow-net", "--allow-read", "--allow-run"];

const ENVIRONMENT = { NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" };

/** One source file: how many of its lines can be run, and which were not. */
export interface FileCoverage {
  /** Its path from the root. */
  readonly path: string;
  /** How many lines can be run. */
  readonly lines: number;
  /** The numbers of those that were not. */
  readonly missed: readonly number[];
}

/** Reads a report in the format of lcov; `root` is what the paths in it begin with. */
export function readLcov(report: string, root: string): FileCoverage[] {
  return report.split("end_of_record").flatMap((record) => {
    const path = /^SF:(.*)$/m.exec(record)?.[1];
    if (path === undefined) return [];
    const lines = Array.from(record.matchAll(/^DA:(\d+),(\d+)/gm), ([, line, count]) => [Number(line), Number(count)]);
    const missed = lines.filter(([, count]) => count === 0).map(([line]) => line!);
    return [{ path: path.startsWith(root) ? path.slice(root.length) : path, lines: lines.length, missed }];
  });
}

/** The table of the folders: how many lines, how many were run, and how many of a hundred. */
export function tableOf(files: readonly FileCoverage[]): string[] {
  const folders = new Map<string, { lines: number; missed: number }>();
  const count = (name: string, { lines, missed }: FileCoverage): void => {
    const sum = folders.get(name) ?? { lines: 0, missed: 0 };
    folders.set(name, { lines: sum.lines + lines, missed: sum.missed + missed.length });
  };
  for (const file of files) count(file.path.includes("/") ? file.path.replace(/[^/]*$/, "") : file.path, file);
  const names = [...folders.keys()].sort();
  for (const file of files) count("all", file);
  return [...names, "all"].flatMap((name) => {
    const sum = folders.get(name);
    if (sum === undefined) return [];
    const run = sum.lines - sum.missed;
    const percent = (100 * run / Math.max(1, sum.lines)).toFixed(1);
    return [`${name.padEnd(22)} ${`${run}`.padStart(6)} of ${`${sum.lines}`.padStart(6)} ${percent.padStart(6)} %`];
  });
}

/** The lines of a file that were not run: where, what stands there, and why, where a reason is known. */
export function missedLines(
  { path, missed }: FileCoverage,
  source: string,
  reasons: ReadonlyMap<string, string> = REASONS,
): { readonly text: string; readonly hasReason: boolean }[] {
  const lines = source.split("\n");
  return missed.map((line) => {
    const code = lines[line - 1]?.trim() ?? "";
    const reason = reasons.get(`${path} ${code}`) ??
      (isBrace(code) ? reasonAbove(path, lines, line, reasons) : undefined);
    return {
      text: `${path}:${line} ${code}${reason === undefined ? "" : `\n    ${reason}`}`,
      hasReason: reason !== undefined,
    };
  });
}

/** Whether a line does nothing but close what another has opened. */
function isBrace(code: string): boolean {
  return /^[)\]}]+[;,]?$/.test(code);
}

/** The reason of the nearest line above that has one: a brace is not run where what it closes is not. */
function reasonAbove(
  path: string,
  lines: readonly string[],
  line: number,
  reasons: ReadonlyMap<string, string>,
): string | undefined {
  for (let above = line - 1; above > Math.max(0, line - 5); above--) {
    const reason = reasons.get(`${path} ${lines[above - 1]!.trim()}`);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Runs this very `deno`, and returns whether it ended well and what it printed. */
async function deno(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ ok: boolean; output: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { ...ENVIRONMENT, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  return { ok: success, output: new TextDecoder().decode(stdout) };
}

async function main(tests: readonly string[]): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "cinema-coverage-" });
  try {
    console.log("Running the tests, which takes some minutes");
    // By its variable, so that the processes which the tests start are counted too.
    const run = ["test", "--no-check", "--coverage-raw-data-only", ...TEST_PERMISSIONS, ...tests];
    const tested = await deno(run, { DENO_COVERAGE_DIR: folder });
    const lines = tested.output.trimEnd().split("\n");
    console.log(tested.ok ? lines.at(-1) : tested.output);
    const { output } = await deno(["coverage", "--lcov", folder]);
    const root = `${await Deno.realPath(".")}/`;
    const files = readLcov(output, root).filter(({ path }) => LIBRARY.test(path));
    console.log(`\n${tableOf(files).join("\n")}\n`);
    return await report(files) && tested.ok;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Prints every line that was not run, and returns whether each has a reason. */
async function report(files: readonly FileCoverage[]): Promise<boolean> {
  let without = 0;
  for (const file of files) {
    for (const { text, hasReason } of missedLines(file, await Deno.readTextFile(file.path))) {
      console.log(
        hasReason ? text : `${text}\n    NO REASON: test it, or say in NOT_RUN of tests/gate/coverage.ts why not`,
      );
      if (!hasReason) without++;
    }
  }
  const missed = files.reduce((sum, file) => sum + file.missed.length, 0);
  console.log(`\n${missed} lines were not run, ${without} of them without a reason`);
  return without === 0;
}

if (import.meta.main && !await main(Deno.args.length > 0 ? Deno.args : ["tests/"])) Deno.exit(1);
