/**
 * A trace that crosses two nodes of a cluster, and a few metrics: two processes export them by what Deno has built in,
 * and a small collector in this one prints them. A real one would be Jaeger, Grafana Tempo or whatever takes OTLP.
 *
 * Run it:
 *
 *     deno run --allow-net --allow-run examples/tracing/main.ts
 *
 * It prints, with other times:
 *
 *     sold for 8
 *
 *     ask order                    shop        52.3 ms
 *     └─ handle order              shop        50.6 ms
 *        ├─ ask reserve            shop        25.2 ms
 *        │  └─ handle reserve      warehouse    9.4 ms
 *        │     └─ ask price        warehouse    0.6 ms
 *        │        └─ handle price  warehouse    0.2 ms
 *        ├─ ask reserve            shop        13.5 ms
 *        │  └─ handle reserve      warehouse   12.0 ms
 *        │     └─ ask price        warehouse    0.9 ms
 *        │        └─ handle price  warehouse    0.1 ms
 *        └─ ask charge             shop         3.8 ms
 *           └─ handle charge       shop         3.5 ms
 *
 *     cinema.handler.duration  shop       Cashier ok    count 1, mean 3.5 ms
 *     cinema.handler.duration  shop       Counter ok    count 1, mean 50.7 ms
 *     cinema.handler.duration  warehouse  PriceList ok  count 2, mean 0.1 ms
 *     cinema.handler.duration  warehouse  Stock ok      count 2, mean 10.9 ms
 *     cinema.mailbox.wait      shop       Cashier       count 1, mean 0.1 ms
 *     cinema.mailbox.wait      shop       Counter       count 1, mean 1.4 ms
 *     cinema.mailbox.wait      warehouse  PriceList     count 2, mean 0.2 ms
 *     cinema.mailbox.wait      warehouse  Stock         count 2, mean 1.9 ms
 *     cinema.remote.frames     shop       receive       6
 *     cinema.remote.frames     shop       transmit      6
 *     cinema.remote.frames     warehouse  receive       5
 *     cinema.remote.frames     warehouse  transmit      9
 *
 * @module
 */

import { toLines } from "@std/streams";
import { Collector, type Span } from "./collector.ts";

/** A node in a process of its own, which tells the collector what it does. */
function start(service: string, ...args: string[]): Deno.ChildProcess {
  const program = new URL(`./${service}.ts`, import.meta.url).href;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", program, ...args],
    env: collector.environment(service),
    stdout: "piped",
  }).spawn();
}

/** The first line that a process prints; no more is expected of it. */
async function firstLine({ stdout }: Deno.ChildProcess): Promise<string> {
  for await (const line of toLines(stdout)) return line;
  throw new Error("A node has ended before it was ready");
}

/** A trace as lines: a span, then what is below it, in the order in which it began. */
function* draw(spans: readonly Span[], parent: string, indent: string): Generator<[string, Span]> {
  const below = spans.filter(({ parentSpanId = "" }) => parentSpanId === parent);
  below.sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
  for (const [i, span] of below.entries()) {
    const isLast = i === below.length - 1;
    yield [parent === "" ? span.name : `${indent}${isLast ? "└─" : "├─"} ${span.name}`, span];
    yield* draw(spans, span.spanId, parent === "" ? indent : `${indent}${isLast ? "   " : "│  "}`);
  }
}

await using collector = new Collector();
const warehouse = start("warehouse");
const shop = start("shop", await firstLine(warehouse));
console.log(`${await firstLine(shop)}\n`);
await Promise.all([shop.status, warehouse.status]); // what they had not exported yet, they have by now

for (const [label, { service, startTimeUnixNano, endTimeUnixNano }] of draw(collector.spans, "", "")) {
  const ms = Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6;
  console.log(`${label.padEnd(28)} ${service.padEnd(10)} ${ms.toFixed(1).padStart(5)} ms`);
}
console.log();
const shown = ["cinema.handler.duration", "cinema.mailbox.wait", "cinema.remote.frames"];
const lines = collector.points.filter(({ metric }) => shown.includes(metric)).map((point) => {
  const { metric, service, attributes, value, count } = point;
  const figure = count === undefined ? `${value}` : `count ${count}, mean ${(1_000 * value).toFixed(1)} ms`;
  return `${metric.padEnd(24)} ${service.padEnd(10)} ${Object.values(attributes).join(" ").padEnd(13)} ${figure}`;
});
console.log(lines.sort().join("\n"));
