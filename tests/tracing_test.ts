import { assert, assertEquals } from "@std/assert";
import { toLines } from "@std/streams";
import { Collector } from "../examples/tracing/collector.ts";
import { runProgram } from "./support/program.ts";

const MAIN = "examples/tracing/main.ts";

/** What the header promises to print. */
async function promised(): Promise<string> {
  const text = await Deno.readTextFile(new URL(`../${MAIN}`, import.meta.url));
  const block = /with other times:\n \*\n([^]*?) \*\n \* @module/.exec(text)?.[1] ?? "";
  return block.replaceAll(/^ \*(?: {5})?/gm, "");
}

/** The same text with the figures left out, which are others each time. */
function withoutFigures(text: string): string {
  return text.replaceAll(/ +\d+(?:\.\d+)?/g, " #");
}

Deno.test("tracing/ prints a trace that crosses two nodes, and some metrics, as its header promises", async () => {
  const { code, stdout, stderr } = await runProgram("--allow-net", "--allow-run", MAIN);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(withoutFigures(stdout), withoutFigures(await promised()));
  assert(stdout.includes("handle reserve      warehouse"));
});

Deno.test("with OTEL_DENO=true and no SDK, Deno exports the trace across two processes, and the metrics", async () => {
  await using collector = new Collector();
  const start = (service: string, ...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-net", `examples/tracing/${service}.ts`, ...args],
      cwd: new URL("../", import.meta.url),
      env: { ...collector.environment(service), DENO_NO_UPDATE_CHECK: "1" },
      stdout: "piped",
      signal: AbortSignal.timeout(30_000),
    }).spawn();
  const warehouse = start("warehouse");
  const lines = toLines(warehouse.stdout)[Symbol.asyncIterator]();
  const { value: addr = "" } = await lines.next();
  const { code, stdout } = await start("shop", addr).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "sold for 8\n"]);
  assertEquals([(await lines.next()).done, (await warehouse.status).code], [true, 0]);

  const { spans, points } = collector;
  assertEquals(new Set(spans.map(({ traceId }) => traceId)).size, 1);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const edges = spans.map(({ name, kind, service, parentSpanId = "" }) => {
    const parent = byId.get(parentSpanId);
    return `${parent === undefined ? "" : `${parent.name} > `}${name} ${kind} ${service}`;
  });
  assertEquals(edges.sort(), [
    "ask charge > handle charge 1 shop",
    "ask order 1 shop",
    "ask order > handle order 1 shop",
    "ask price > handle price 1 warehouse",
    "ask price > handle price 1 warehouse",
    "ask reserve > handle reserve 2 warehouse",
    "ask reserve > handle reserve 2 warehouse",
    "handle order > ask charge 1 shop",
    "handle order > ask reserve 3 shop",
    "handle order > ask reserve 3 shop",
    "handle reserve > ask price 1 warehouse",
    "handle reserve > ask price 1 warehouse",
  ]);
  const handled = points.filter(({ metric }) => metric === "cinema.handler.duration");
  assertEquals(
    handled.map(({ attributes, count }) => `${Object.values(attributes).join(" ")} ${count}`).sort(),
    ["Cashier ok 1", "Counter ok 1", "PriceList ok 2", "Stock ok 2"],
  );
  const frames = points.filter(({ metric }) => metric === "cinema.remote.frames");
  assertEquals(frames.length, 4);
  assert(frames.every(({ value }) => value >= 2));
});
