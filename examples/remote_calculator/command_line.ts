/**
 * The command line that server and client share.
 *
 * @module
 */

/** The port in the arguments, 8080 where there is none; help and mistakes end the program with a word about it. */
export function readPort(args: readonly string[], program: string): number {
  const usage = `Usage: deno run --allow-net examples/remote_calculator/${program} [port]`;
  const [text = "8080", ...rest] = args;
  if (text === "--help" || text === "-h") {
    console.log(usage);
    Deno.exit(0);
  }
  const port = Number(text);
  if (rest.length === 0 && text !== "" && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  console.error(`Cannot use "${args.join(" ")}" as a port: it must be a whole number from 0 to 65535\n${usage}`);
  Deno.exit(2);
}
