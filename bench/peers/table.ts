/**
 * The figures as a table in Markdown.
 *
 * @module
 */

/** What stands at one place: a figure and how many times Cinema's it is, or words. */
export type Cell = string | {
  readonly value: number;
  readonly ratio: number;
  readonly unit: "ns" | "bytes";
};

/** A line of the table: its name, and a cell for each contender. */
export interface Row {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** Writes the table, its columns as wide as what is in them. */
export function table(columns: readonly string[], rows: readonly Row[]): string {
  const lines = [["", ...columns], ...rows.map(({ name, cells }) => [name, ...cells.map(words)])];
  const widths = ["", ...columns].map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const texts = lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [texts[0], rule, ...texts.slice(1)].join("\n");
}

function words(cell: Cell): string {
  if (typeof cell === "string") return cell;
  const { value, ratio, unit } = cell;
  return `${unit === "bytes" ? `${value.toFixed(0)} B` : time(value)} (${significant(ratio)}x)`;
}

function time(ns: number): string {
  return ns < 10_000 ? `${ns.toFixed(0)} ns` : `${significant(ns / 1_000)} us`;
}

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}
