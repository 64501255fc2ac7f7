/**
 * The command line of the chat server.
 * @module
 */

/** How to use it. */
export const USAGE = `Usage: deno run --allow-net examples/chat/main.ts [options]

  --hostname <name>  Where to listen (default: 127.0.0.1, which is reached from this computer only)
  --port <number>    The port, 0 for any that is free (default: 8080)
  --help             Shows this`;

/** What was asked for. */
export type Command =
  | { readonly kind: "listen"; readonly hostname: string; readonly port: number }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly problem: string };

/** Reads the arguments: `--port 8080` and `--port=8080` mean the same. */
export function readCommandLine(args: readonly string[]): Command {
  let [hostname, port] = ["127.0.0.1", 8080];
  const words = args.flatMap((arg) =>
    /^--\w+=/.test(arg) ? [arg.split("=", 1)[0]!, arg.slice(arg.indexOf("=") + 1)] : arg
  );
  while (words.length > 0) {
    const flag = words.shift()!;
    if (flag === "--help" || flag === "-h") return { kind: "help" };
    if (flag !== "--port" && flag !== "--hostname") return wrong(`Unknown argument: ${flag}`);
    const value = words.shift();
    if (value === undefined || value === "") return wrong(`Missing value of ${flag}`);
    if (flag === "--hostname") hostname = value;
    else if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) port = Number(value);
    else return wrong(`Not a port: ${value}. It must be a number from 0 to 65535`);
  }
  return { kind: "listen", hostname, port };
}

function wrong(problem: string): Command {
  return { kind: "wrong", problem };
}
