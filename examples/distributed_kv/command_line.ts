/**
 * The command line of a node.
 *
 * @module
 */

/** How to use it. */
export const USAGE = `Usage: deno run --allow-net examples/distributed_kv/main.ts <id> [<seed> ...] [options]

  <id>               The name of this node, such as node-1
  <seed>             The address of a node that runs already, such as 127.0.0.1:7001; without any, this is the first one

  --port <number>    Where to listen, 0 for any port that is free (default: 7000 plus the number at the end of the id)
  --hostname <name>  The same (default: 127.0.0.1, which is reached from this computer only)
  --key <secret>     What all nodes know and nobody else, at least 32 characters; needed for other host names
  --help             Shows this`;

/** What was asked for. */
export type CommandLine =
  | {
    readonly kind: "run";
    readonly id: string;
    readonly seeds: readonly string[];
    readonly hostname: string;
    readonly port: number;
    readonly key: string | undefined;
  }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly problem: string };

/** Reads the arguments. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--help" || arg === "-h") return { kind: "help" };
    if (!arg.startsWith("--")) words.push(arg);
    else if (!["--port", "--hostname", "--key"].includes(arg)) return wrong(`Unknown option: ${arg}`);
    else if (args[i + 1] === undefined) return wrong(`Missing value of ${arg}`);
    else options.set(arg, args[++i]!);
  }
  const [id, ...seeds] = words;
  if (id === undefined) return wrong("Missing the name of this node");
  const seed = seeds.find((text) => !/^.+:\d{1,5}$/.test(text) || Number(text.split(":").at(-1)) > 65_535);
  if (seed !== undefined) return wrong(`Not an address: ${seed}. It must be like 127.0.0.1:7001`);
  const number = /\d{1,3}$/.exec(id);
  const port = options.get("--port") ?? (number === null ? undefined : `${7_000 + Number(number[0])}`);
  if (port === undefined) return wrong(`Missing --port: the id "${id}" does not end with a number`);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return wrong(`Not a port: ${port}. It must be 0 to 65535`);
  const hostname = options.get("--hostname") ?? "127.0.0.1";
  if (/^[0.:]+$/.test(hostname)) {
    return wrong(`Nobody can be reached at ${hostname}: give the address of this computer`);
  }
  const key = options.get("--key");
  if (key !== undefined && key.length < 32) return wrong("The key is too short: it must have at least 32 characters");
  return { kind: "run", id, seeds, hostname, port: Number(port), key };
}

function wrong(problem: string): CommandLine {
  return { kind: "wrong", problem };
}
