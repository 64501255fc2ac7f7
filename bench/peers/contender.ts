/**
 * One contender in a process of its own: what one library does to the promises or the heap of its process is no burden
 * of the others. It is told line by line what to do next, and does nothing in between.
 *
 * @module
 */

import { Gauge, type Reading } from "./gauge.ts";
import { linesOf } from "./lines.ts";
import type { Peer, Stage } from "./peer.ts";
import { type Running, type Sizes, WORKLOADS } from "./workloads.ts";

/** What it says first. */
export interface Hello {
  readonly name: string;
  readonly use: string;
}

/** What it is told: to run the workload of this number, or to find out what it does with a flood. */
export interface Order {
  readonly workload: number | "flood";
  readonly sizes: Sizes;
}

/** What it answers; nothing where it cannot do this. */
export interface Answer {
  readonly value?: number;
  readonly reading?: Reading;
}

class Contender {
  readonly #peer: Peer;
  #running: Running | undefined;
  #workload: Order["workload"] | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  async obey({ workload, sizes }: Order): Promise<Answer> {
    if (this.#running === undefined || this.#workload !== workload) {
      await this.#running?.stage.close();
      this.#running = {
        peer: this.#peer,
        stage: await this.#peer.open(),
        handled: 0,
      };
      this.#workload = workload;
    }
    if (workload === "flood") {
      return await flood(this.#running.stage, sizes.flood);
    }
    const value = await WORKLOADS[workload]!.measure(this.#running, sizes);
    return value === undefined ? {} : { value };
  }
}

async function flood(stage: Stage, count: number): Promise<Answer> {
  if (stage.flood === undefined) return {};
  const gauge = new Gauge(count);
  stage.flood(count, gauge);
  return { reading: await gauge.read() };
}

if (import.meta.main) {
  const { peer }: { peer: Peer } = await import(`./${Deno.args[0]}_peer.ts`);
  say({ name: peer.name, use: peer.use });
  const contender = new Contender(peer);
  for await (const line of linesOf(Deno.stdin.readable)) say(await contender.obey(JSON.parse(line)));
  // A library may have left timers behind.
  Deno.exit();
}

function say(what: Hello | Answer): void {
  console.log(JSON.stringify(what));
}
