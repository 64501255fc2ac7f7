/**
 * The summary of a soak, as tables.
 *
 * @module
 */

import type { Fault } from "./faults.ts";
import type { Fleet } from "./fleet.ts";
import { type Sample, type Trend, trendOf } from "./gauges.ts";
import type { Accounts, Ledger } from "./ledger.ts";

/** What a run has come to. */
export interface Summary {
  /** The accounts, and the sums in them. */
  readonly ledger: Ledger;
  /** What became of the messages. */
  readonly accounts: Accounts;
  /** What the processes held. */
  readonly fleet: Fleet;
  /** How often there was which fault. */
  readonly done: Readonly<Record<Fault["kind"], number>>;
  /** How often a node that was well took another that was well for down. */
  readonly falseDowns: number;
  /** How long messages were sent. */
  readonly ranMs: number;
  /** The seed of the schedule. */
  readonly seed: number;
  /** The nodes that have lived through the whole run. */
  readonly steady: readonly number[];
  /** What must not have happened. */
  readonly wrongs: readonly string[];
}

const KIB = 1_024;
const MIB = KIB * KIB;
/** What a heap may have gained from the second quarter to the last: that much, and a part of what it was. */
const [HEAP_GAIN_BYTES, HEAP_GAIN_PART] = [MIB, 0.1];
/** How many more handles there may be: a connection here or there that is just being made. */
const HANDLES_GAIN = 6;

/** How many of the things that must not happen are shown: the first ones. */
export const SHOWN_MAX = 20;

const MEANINGS: Readonly<Record<keyof Accounts, string>> = {
  answered: "answered",
  sent: "sent (a tell, and no dead letter)",
  "not-delivered": "not delivered",
  unknown: "unknown",
  orphan: "nothing: the sender was killed first",
};

/** A number with separators. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** A time as minutes and seconds. */
export function clockText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How often there was which fault. */
export function faultsText(done: Summary["done"]): string {
  return Object.entries(done).map(([kind, times]) => `${kind}s ${times}`).join(", ");
}

/** How much memory and how many handles a process had when it was last asked. */
export function memoryText(samples: readonly Sample[] | undefined): string {
  const last = samples?.at(-1);
  return last === undefined ? "-" : `${mib(last.heapBytes)}, ${last.handles ?? "?"} handles`;
}

/** What has grown that must not. */
export function trendWrongs(samples: ReadonlyMap<string, readonly Sample[]>, steady: readonly number[]): string[] {
  return steady.flatMap((node) => {
    const own = samples.get(`${node}.1`) ?? [];
    const [heap, handles] = [trendOf(own, (sample) => sample.heapBytes), trendOf(own, (sample) => sample.handles)];
    const wrongs: string[] = [];
    if (heap !== undefined && heap.late > heap.early * (1 + HEAP_GAIN_PART) + HEAP_GAIN_BYTES) {
      wrongs.push(`The heap of node-${node} grows: ${mib(heap.early)} early, ${mib(heap.late)} late`);
    }
    if (handles !== undefined && handles.late > handles.early + HANDLES_GAIN) {
      wrongs.push(`The handles of node-${node} grow: ${handles.early} early, ${handles.late} late`);
    }
    return wrongs;
  });
}

/** Prints everything. */
export function printSummary(summary: Summary): void {
  const { ledger, fleet, done, falseDowns, ranMs, seed, wrongs } = summary;
  const faults = faultsText(done);
  const perMinute = count(Math.round(ledger.sent / ranMs * 60_000));
  console.log(
    `\n${clockText(ranMs)} min, seed ${seed}: ${count(ledger.sent)} messages, ${perMinute} a minute; ${faults}\n`,
  );
  printAccounts(summary.accounts);
  printEquation(ledger, summary.accounts);
  printReasons(ledger);
  printMemory(summary);
  console.log(`
The latest ask was settled ${fleet.lateMs} ms after its time-out; ${fleet.hung} hung.
At most ${ledger.takenMost} tells were in one mailbox when its process was killed, and are gone with it.
${falseDowns} times a node that was well took another that was well for down; ${fleet.missed} events were missed.`);
  for (const what of wrongs.slice(0, SHOWN_MAX)) console.log(`WRONG: ${what}`);
  console.log(
    wrongs.length === 0 ? "Nothing happened that must not." : `${wrongs.length} things happened that must not.`,
  );
}

function printAccounts(accounts: Accounts): void {
  const rows = Object.entries(accounts) as [keyof Accounts, { handled: number; not: number }][];
  const sum = rows.reduce((sum, [, { handled, not }]) => ({ handled: sum.handled + handled, not: sum.not + not }), {
    handled: 0,
    not: 0,
  });
  const line = (what: string, { handled, not }: { handled: number; not: number }) => [
    what,
    count(handled + not),
    count(handled),
    count(not),
  ];
  printTable([
    ["the sender was told", "messages", "handled", "not handled"],
    ...rows.map(([verdict, numbers]) => line(MEANINGS[verdict], numbers)),
    line("all", sum),
  ]);
}

function printEquation({ sent }: Ledger, accounts: Accounts): void {
  const handled = Object.values(accounts).reduce((sum, { handled }) => sum + handled, 0);
  const { "not-delivered": refused, unknown, sent: taken, orphan } = accounts;
  console.log(
    `sent ${count(sent)} = handled ${count(handled)} + not delivered ${
      count(refused.not)
    } + unknown to their senders ` +
      `and not handled ${count(unknown.not)} + taken by a mailbox and gone with its process ${count(taken.not)} ` +
      `+ gone with their senders ${count(orphan.not)}\n`,
  );
}

function printReasons(ledger: Ledger): void {
  const rows = [...ledger.reasons].sort(([, a], [, b]) => b - a);
  printTable([["what senders heard", "times"], ...rows.map(([what, times]) => [what, count(times)])]);
}

function printMemory({ fleet, steady }: Summary): void {
  const rows = steady.map((node) => {
    const samples = fleet.samples.get(`${node}.1`) ?? [];
    const heap = trendOf(samples, (sample) => sample.heapBytes);
    const rss = trendOf(samples, (sample) => sample.rssBytes);
    const handles = trendOf(samples, (sample) => sample.handles);
    const most = Math.max(...samples.map((sample) => sample.handles ?? 0));
    return [
      `node-${node}`,
      `${samples.length}`,
      change(heap, mib),
      change(rss, mib),
      `${change(handles, fixed)}, most ${most}`,
    ];
  });
  printTable([["lived all the time", "samples", "heap after gc", "resident", "handles"], ...rows]);
}

function change(trend: Trend | undefined, unit: (value: number) => string): string {
  if (trend === undefined) return "too short a run";
  const { early, late, perMinute } = trend;
  return `${unit(early)} -> ${unit(late)} (${perMinute < 0 ? "" : "+"}${unit(perMinute)} a minute)`;
}

function mib(bytes: number): string {
  return Math.abs(bytes) < MIB / 10 ? `${(bytes / KIB).toFixed(1)} KiB` : `${(bytes / MIB).toFixed(2)} MiB`;
}

function fixed(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toFixed(2);
}

/** Prints rows as a Markdown table; the first is the head. */
function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`).join(" | ")} |`;
  console.log([line(rows[0]!), rule, ...rows.slice(1).map(line), ""].join("\n"));
}
