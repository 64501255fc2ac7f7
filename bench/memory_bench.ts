/**
 * Memory: what an actor keeps that nobody uses, in bytes of heap, and whether a million of them fit.
 *
 * A collection before each reading needs `--v8-flags=--expose-gc`, which `deno task bench` gives.
 *
 * @module
 */

import { ActorSystem, type Addr } from "@cinema/cinema";
import { expectHandled, isSmoke, times } from "./compare.ts";
import { type Count, Counter } from "./counter.ts";

const ACTORS = times(50_000);
const ROUNDS = isSmoke ? 1 : 5;
const MANY = times(1_000_000);

const { gc } = globalThis as { gc?: () => void };
const idle: number[] = [];
const drained: number[] = [];
const many: number[] = [];

Deno.bench({ name: `memory: ${ACTORS} actors`, n: ROUNDS, warmup: 0 }, async () => {
  if (idle.length === ROUNDS) return;
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

Deno.bench({ name: `memory: ${MANY} idle actors`, n: 1, warmup: 0 }, async () => {
  if (many.length > 0) return;
  // Not shut down: idle actors hold nothing that must be given back, and go with their system.
  const system = new ActorSystem();
  const before = await heapUsed();
  const addrs = new Array<Addr<Count>>(MANY);
  for (let i = 0; i < MANY; i++) addrs[i] = system.spawn(() => new Counter());
  many.push(await heapUsed() - before);
  // The last one is there, and the first one works.
  expectHandled(system.actors.length, MANY);
  expectHandled(await addrs[0]!.send({ type: "count" }), 1);
  expectHandled(await addrs[MANY - 1]!.send({ type: "count" }), 1);
});

globalThis.addEventListener("unload", () => {
  if (isSmoke || idle.length === 0) return;
  if (gc === undefined) {
    return console.log("memory: not measured, run `deno task bench`, which lets it collect garbage");
  }
  console.log(
    `memory: ${median(idle)} bytes an actor that never got a message, ${median(drained)} one that is drained`,
  );
  if (many.length > 0) console.log(`memory: ${MANY} idle actors: ${(many[0]! / 1e6).toFixed(0)} MB`);
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
