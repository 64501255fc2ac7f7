/**
 * The command line of the examples that take a port and nothing else.
 *
 * @module
 */

/** The port in the arguments, `preset` where there is none; help and mistakes end the program with a word about it. */
export function readPort(args: readonly string[], program: string, preset: number): number {
  const usage = `Usage: deno run --allow-net examples/${program} [port]`;
  const [text = `${preset}`, ...rest] = args;
  if (text === "--help" || text === "-h") {
    console.log(usage);
    Deno.exit(0);
  }
  if (rest.length === 0 && /^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  console.error(`Cannot use "${args.join(" ")}" as a port: it must be a whole number from 0 to 65535\n${usage}`);
  Deno.exit(2);
}
