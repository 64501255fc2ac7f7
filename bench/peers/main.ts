/**
 * The same local workloads on Cinema, on the floor and on the libraries that a TypeScript developer might pick instead,
 * in one run and in turns:
 *
 *     deno task bench:peers
 *
 * With `--smoke` it does very little of everything, to see that it runs.
 *
 * @module
 */

import config from "./deno.json" with { type: "json" };
import type { Answer, Order } from "./contender.ts";
import { ContenderProcess } from "./contender_process.ts";
import type { Reading } from "./gauge.ts";
import { type Cell, type Row, table } from "./table.ts";
import { FULL, middle, SMOKE, WORKLOADS } from "./workloads.ts";

/** Who takes part; the first two are what all others stand beside. */
const FILES = ["floor", "cinema", "nact", "comedy", "xstate", "effect", "moleculer"];
const CINEMA = 1;

const sizes = Deno.args.includes("--smoke") ? SMOKE : FULL;
const start = performance.now();

await using stack = new AsyncDisposableStack();
const contenders: ContenderProcess[] = [];
for (const file of FILES) {
  progress(`start ${file}`);
  contenders.push(stack.use(await ContenderProcess.start(file)));
}

const rows: Row[] = [];
for (const workload of WORKLOADS.keys()) rows.push(await compare(workload));
rows.push(...await flood());

for (const { hello: { name, use } } of contenders) console.log(`${name}${version(name)}: ${use}`);
console.log(`Deno ${Deno.version.deno}, ${sizes.rounds} rounds, ${seconds()} s`);
console.log("In brackets: how many times what Cinema takes, the median of the ratios of the rounds");
console.log(sizes === SMOKE ? "A smoke run: the figures mean nothing\n" : "");
console.log(table(contenders.map(({ hello: { name } }) => name), rows));

/** Lets all contenders do the same in turns, so that a machine whose speed drifts does so for each. */
async function compare(workload: number): Promise<Row> {
  const { name, unit } = WORKLOADS[workload]!;
  const rounds: (number | undefined)[][] = [];
  for (let round = 1 - sizes.warmups; round <= sizes.rounds; round++) {
    progress(`${name}: ${round < 1 ? "warm-up" : `round ${round} of ${sizes.rounds}`}`);
    const values = (await inTurns({ workload, sizes })).map(({ value }) => value);
    if (round >= 1) rounds.push(values);
  }
  const cells = contenders.map((_, contender): Cell => {
    const valueIn = (values: readonly (number | undefined)[]) => values[contender];
    const own = rounds.map(valueIn).filter((value) => value !== undefined);
    if (own.length === 0) return "none";
    return { value: middle(own), ratio: middle(own.map((value, round) => value / rounds[round]![CINEMA]!)), unit };
  });
  return { name, cells };
}

/** What each does with messages that come faster than they are handled. */
async function flood(): Promise<Row[]> {
  progress(`${sizes.flood} messages to an actor that does not finish`);
  const readings = (await inTurns({ workload: "flood", sizes })).map(({ reading }) => reading);
  const row = (name: string, say: (reading: Reading) => string): Row => ({
    name,
    cells: readings.map((reading) => reading === undefined ? "" : say(reading)),
  });
  return [
    row("one message at a time", ({ atOnce }) => atOnce === 1 ? "yes" : `no: ${atOnce} at once`),
    row("a bound", ({ taken }) => `${taken < sizes.flood ? "yes" : "no"}: ${taken} taken`),
  ];
}

async function inTurns(order: Order): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const contender of contenders) answers.push(await contender.obey(order));
  return answers;
}

function version(name: string): string {
  const specifier = (config.imports as Readonly<Record<string, string>>)[name];
  return specifier === undefined ? "" : ` ${specifier.slice(specifier.lastIndexOf("@") + 1)}`;
}

function seconds(): string {
  return ((performance.now() - start) / 1_000).toFixed(0);
}

function progress(what: string): void {
  console.error(`${seconds().padStart(4)} s  ${what}`);
}
