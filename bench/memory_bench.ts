/**
 * Memory: what an actor keeps that nobody uses, in bytes of heap.
 *
 * A collection before each reading needs `--v8-flags=--expose-gc`, which `deno task bench` gives.
 *
 * @module
 */

import { ActorSystem, type Addr } from "@cinema/cinema";
import { expectHandled } from "./compare.ts";
import { type Count, Counter } from "./counter.ts";

const ACTORS = 50_000;
const ROUNDS = 5;

const { gc } = globalThis as { gc?: () => void };
const idle: number[] = [];
const drained: number[] = [];

Deno.bench({ name: `memory: ${ACTORS} actors`, n: ROUNDS, warmup: 1 }, async () => {
  await using system = new ActorSystem();
  const addrs = new Array<Addr<Count>>(ACTORS);
  const before = await heapUsed();
  for (let i = 0; i < ACTORS; i++) addrs[i] = system.spawn(() => new Counter());
  idle.push((await heapUsed() - before) / ACTORS);
  const replies = await Promise.all(addrs.map((addr) => addr.send({ type: "count" })));
  expectHandled(replies.reduce((sum, n) => sum + n, 0), ACTORS);
  replies.length = 0;
  drained.push((await heapUsed() - before) / ACTORS);
});

globalThis.addEventListener("unload", () => {
  if (idle.length === 0) return;
  if (gc === undefined) {
    return console.log("memory: not measured, run `deno task bench`, which lets it collect garbage");
  }
  console.log(
    `memory: ${median(idle)} bytes an actor that never got a message, ${median(drained)} one that is drained`,
  );
});

/** The heap after actors have come to rest and garbage is gone. */
async function heapUsed(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  gc?.();
  return Deno.memoryUsage().heapUsed;
}

function median(values: number[]): string {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(0);
}
