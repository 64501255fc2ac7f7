/**
 * The command line of the observer's example.
 * @module
 */

/** How to use it. */
export const USAGE = `Usage: deno run --allow-net examples/observer/main.ts [options]

  --port <number>  The port of the page, 0 for any that is free (default: 8000)
  --cut <seconds>  After so long node-3 is cut off: it becomes suspect, and then down; 20 seconds later it is back
  --empty          A system without actors, in no cluster
  --help           Shows this`;

/** What was asked for. */
export type Command =
  | { readonly kind: "run"; readonly port: number; readonly cutAfterMs: number | undefined; readonly isEmpty: boolean }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly problem: string };

/** Reads the arguments: `--port 8000` and `--port=8000` mean the same. */
export function readCommandLine(args: readonly string[]): Command {
  let port = 8000;
  let cutAfterMs: number | undefined;
  let isEmpty = false;
  const words = args.flatMap((arg) => /^--\w+=/.test(arg) ? arg.split("=", 2) : arg);
  while (words.length > 0) {
    const flag = words.shift()!;
    if (flag === "--help" || flag === "-h") return { kind: "help" };
    if (flag === "--empty") {
      isEmpty = true;
      continue;
    }
    if (flag !== "--port" && flag !== "--cut") return wrong(`Unknown argument: ${flag}`);
    const value = words.shift();
    if (value === undefined || value === "") return wrong(`Missing value of ${flag}`);
    if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) return wrong(`Not a number from 0 to 65535: ${value}`);
    if (flag === "--port") port = Number(value);
    else cutAfterMs = Number(value) * 1_000;
  }
  return { kind: "run", port, cutAfterMs, isEmpty };
}

function wrong(problem: string): Command {
  return { kind: "wrong", problem };
}
