/**
 * The processes of the soak: each starts, is killed, stopped and started anew, and what it tells goes into the ledger.
 *
 * @module
 */

import { handlesOf, type Sample } from "./gauges.ts";
import type { Ledger } from "./ledger.ts";
import type { Network } from "./network.ts";
import { RecordReader } from "./records.ts";
import type { SoakCommand, SoakSetup, SoakWord } from "./soak_node.ts";
import { SoakProcess } from "./soak_process.ts";

/** What the processes share. */
export interface FleetOptions {
  /** How many nodes there are. */
  readonly nodes: number;
  /** What each sends each second. */
  readonly perSecond: number;
  /** What they send follows from this. */
  readonly seed: number;
  /** Takes what they tell. */
  readonly ledger: Ledger;
  /** Where they are. */
  readonly network: Network;
  /** Hears of what must not happen. */
  readonly wrong: (what: string) => void;
  /** Hears what one node says of another. */
  readonly seen: (observer: number, status: string, id: string) => void;
}

/** How long a node may take to join, or to settle everything in the end. */
const [READY_MS, REST_MS] = [60_000, 120_000];
/** One node of another number is asked first, so that not all depend on the same. */
const SEEDS = 2;

/** See the module. */
export class Fleet implements AsyncDisposable {
  /** What each start of a node held over the time, as `"node.start"`. */
  readonly samples: Map<string, Sample[]> = new Map();
  /** The most ms that an ask was settled after its time-out. */
  lateMs = 0;
  /** Asks that were not settled in time. */
  hung = 0;
  /** Events that nodes were too slow to read. */
  missed = 0;
  readonly #options: FleetOptions;
  readonly #starts: Map<number, number> = new Map();
  readonly #running: Map<number, SoakProcess> = new Map();
  readonly #beganAt = performance.now();

  /** Creates a fleet without processes. */
  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Which start of a node this is at the moment. */
  startOf(node: number): number {
    return this.#starts.get(node) ?? 0;
  }

  /** How many nodes run. */
  get up(): number {
    return this.#running.size;
  }

  /** Starts a node, and resolves when it has joined. */
  async start(node: number): Promise<void> {
    const { nodes, perSecond, seed, network, ledger, wrong } = this.#options;
    const start = this.startOf(node) + 1;
    this.#starts.set(node, start);
    const others = Array.from({ length: nodes - 1 }, (_, i) => (node + i) % nodes + 1);
    const setup: SoakSetup = {
      node,
      start,
      nodes,
      addr: network.addrOf(node),
      advertise: network.advertiseOf(node),
      // The first one to start has nobody to join; when it comes back it has.
      seeds: start === 1
        ? node === 1 ? [] : [network.advertiseOf(1)]
        : others.slice(0, SEEDS).map((other) => network.advertiseOf(other)),
      perSecond,
      seed: seed * 1_000 + node * 100 + start,
    };
    const voice = (hear: (text: string) => void) => new RecordReader(ledger.voice(node, start, hear));
    const process = new SoakProcess(setup, voice, (word) => this.#hear(node, start, word), wrong);
    this.#running.set(node, process);
    await process.said("ready", READY_MS);
  }

  /** Kills a node, and resolves when everything that it had told was taken. */
  async kill(node: number): Promise<void> {
    const process = this.#running.get(node);
    if (process === undefined) return;
    const start = this.startOf(node);
    this.#running.delete(node);
    await process.kill();
    this.#options.ledger.died(node, start);
  }

  /** Stops a node where it is, or lets it go on. */
  signal(node: number, signal: "SIGSTOP" | "SIGCONT"): void {
    this.#running.get(node)?.signal(signal);
  }

  /** Tells a node what to do. */
  async tell(node: number, command: SoakCommand): Promise<void> {
    await this.#running.get(node)?.tell(command);
  }

  /** Asks every node how it is; one that is stopped says so later. */
  async sample(): Promise<void> {
    const atMs = performance.now() - this.#beganAt;
    await Promise.all([...this.#running.values()].map(async (process) => {
      process.sampling = { atMs, handles: await handlesOf(process.pid) };
      await process.tell("sample");
    }));
  }

  /** Lets everybody settle, then leave, and resolves when all are gone. */
  async finish(): Promise<void> {
    const all = [...this.#running];
    const rested = all.map(async ([, process]) => {
      await process.tell("rest");
      await process.said("rested", REST_MS);
    });
    for (const one of await Promise.allSettled(rested)) {
      if (one.status === "rejected") this.#options.wrong(String(one.reason));
    }
    await this.sample();
    for (const [node, process] of all) {
      this.#running.delete(node);
      await process.leave();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((node) => this.kill(node)));
  }

  #hear(node: number, start: number, word: SoakWord): void {
    const where = `node-${node}, start ${start}`;
    if (word.kind === "sample") {
      const { sampling } = this.#running.get(node) ?? {};
      this.lateMs = Math.max(this.lateMs, word.load.lateMs);
      if (sampling === undefined) return;
      const { heapBytes, rssBytes } = word;
      const key = `${node}.${start}`;
      const samples = this.samples.get(key) ?? [];
      samples.push({ ...sampling, heapBytes, rssBytes });
      this.samples.set(key, samples);
    } else if (word.kind === "member") this.#options.seen(node, word.status, word.id);
    else if (word.kind === "missed") {
      this.missed += word.count;
      this.#options.wrong(`${where}: ${word.count} events were missed`);
    } else if (word.kind === "hung") {
      this.hung++;
      this.#options.wrong(`${where}: hung: ${word.what}`);
    } else if (word.kind === "wrong") this.#options.wrong(`${where}: ${word.what}`);
  }
}
