/**
 * A key-value store of several processes. Any node sets and gets; the nodes see each other come, fail and go.
 *
 * Start the first one, and then others, each in a terminal of its own:
 *
 *     deno run --allow-net examples/distributed_kv/main.ts node-1
 *     deno run --allow-net examples/distributed_kv/main.ts node-2 127.0.0.1:7001
 *     deno run --allow-net examples/distributed_kv/main.ts node-3 127.0.0.1:7001
 *
 * Then type `help`. `README.md` beside this file has a session; `demo.ts` plays one by itself.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { ClusterNode, JoinError } from "@cinema/cinema/cluster";
import { BindError } from "@cinema/cinema/remote";
import { toLines } from "@std/streams";
import { interrupted } from "../interrupted.ts";
import { type CommandLine, readCommandLine, USAGE } from "./command_line.ts";
import { Keeper } from "./keeper.ts";
import { lineOf } from "./report.ts";
import { Shell } from "./shell.ts";

const command = readCommandLine(Deno.args);
if (command.kind === "help") console.log(USAGE);
else if (command.kind === "wrong") giveUp(`${command.problem}\n\n${USAGE}`, 2);
else await run(command);

async function run({ id, seeds, hostname, port, key }: CommandLine & { kind: "run" }): Promise<void> {
  await using system = new ActorSystem();
  const options = { preset: "local", ...key === undefined ? {} : { key } } as const;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  await using node = new ClusterNode(id, `${host}:${port}`, options);
  const keeper = new Keeper(system, node);
  const following = follow(node, keeper);
  try {
    await node.startServer();
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    const isInUse = error.cause instanceof Deno.errors.AddrInUse;
    return giveUp(isInUse ? `${error.message}. Choose another port with --port` : error.message, 1);
  }
  say(id, `listening on ${node.addr}; type help`);
  if (seeds.length === 0) keeper.start();
  else say(id, `joining by way of ${seeds.join(", ")}`);
  const left = Promise.withResolvers<void>();
  node.join(seeds).catch((error) => {
    // After a leave that is what was wanted.
    if (!(error instanceof JoinError && error.code === "closed")) giveUp(error.message, 1);
    left.resolve();
  });
  interrupted().then(() => left.resolve());
  const ended = await Promise.race([left.promise, read(id, new Shell(node))]);
  if (ended === "quit") Deno.exit(0);
  await node.leave();
  await following;
  Deno.exit();
}

/** Shows what happens, until the node has left. */
async function follow(node: ClusterNode, keeper: Keeper): Promise<void> {
  for await (const event of node.events) {
    const line = lineOf(event);
    if (line !== undefined) say(node.id, line);
    const more = await keeper.follow(event);
    if (more !== undefined) say(node.id, more);
  }
}

/** Carries out what is typed, one line after the other. */
async function read(id: string, shell: Shell): Promise<"leave" | "quit"> {
  prompt(id);
  for await (const line of toLines(Deno.stdin.readable)) {
    const { text, ends } = await shell.run(line);
    if (text !== "") console.log(text);
    if (ends !== undefined) return ends;
    prompt(id);
  }
  return "leave";
}

/** Shows a line of news above the prompt. */
function say(id: string, text: string): void {
  const isTerminal = Deno.stdin.isTerminal();
  console.log(`${isTerminal ? "\r" : ""}[${id}] ${text}`);
  prompt(id);
}

function prompt(id: string): void {
  if (Deno.stdin.isTerminal()) Deno.stdout.writeSync(new TextEncoder().encode(`${id}> `));
}

function giveUp(message: string, exitCode: number): void {
  console.error(message);
  Deno.exitCode = exitCode;
}
