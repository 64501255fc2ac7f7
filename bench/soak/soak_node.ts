/**
 * A node of the soak in a process of its own: it receives and sends, and says so. Its only argument is JSON, see
 * {@linkcode SoakSetup}; each line of its standard input is a command.
 *
 * @module
 */

import { ActorSystem, SupervisorStrategy } from "@cinema/cinema";
import { ClusterClient, ClusterNode } from "@cinema/cinema/cluster";
import { SeededRandom } from "../../src/testing/mod.ts";
import { Load, loadOf, type LoadSample } from "./load.ts";
import { RecordWriter } from "./records.ts";
import { Store, storeName, StoreProtocol, STORES } from "./stores.ts";

/** How a node is set up. */
export interface SoakSetup {
  /** Which node, from 1. */
  readonly node: number;
  /** Which start of it, from 1. */
  readonly start: number;
  /** How many nodes there are. */
  readonly nodes: number;
  /** Where it listens. */
  readonly addr: string;
  /** Where others reach it. */
  readonly advertise: string;
  /** Whom it joins. */
  readonly seeds: readonly string[];
  /** How many messages to send each second. */
  readonly perSecond: number;
  /** What it sends, follows from this. */
  readonly seed: number;
}

/** What a node can be told to do. */
export type SoakCommand = "load" | "sample" | "rest" | "leave";

/** What a node says besides its records. */
export type SoakWord =
  /** It has joined. */
  | { readonly kind: "ready" }
  /** It sends nothing any more, and everything is settled. */
  | { readonly kind: "rested" }
  /** How it is, after a garbage collection. */
  | { readonly kind: "sample"; readonly heapBytes: number; readonly rssBytes: number; readonly load: LoadSample }
  /** What it says of another node. */
  | { readonly kind: "member"; readonly status: string; readonly id: string }
  /** Events that it was too slow to read. */
  | { readonly kind: "missed"; readonly count: number }
  /** An ask that was not settled in time. */
  | { readonly kind: "hung"; readonly what: string }
  /** Something that must not happen. */
  | { readonly kind: "wrong"; readonly what: string };

const setup: SoakSetup = JSON.parse(Deno.args[0]!);
const writer = new RecordWriter();
const say = (word: SoakWord): void => writer.text(word);
// Handlers that fail on purpose are no news.
const system = new ActorSystem({ onUnobservedFailure: () => say({ kind: "wrong", what: "a store has ended" }) });
const node = new ClusterNode(`node-${setup.node}`, setup.addr, { preset: "local", advertise: setup.advertise });
const random = new SeededRandom(setup.seed);
const load = new Load({ ...setup, client: new ClusterClient(node), writer, random });

async function listen(): Promise<void> {
  for await (const event of node.events) {
    if (event.kind === "dead-letter") {
      const { pair, seq } = loadOf(event.message);
      const isKnown = event.outcome === "not-delivered";
      writer.fate(pair, seq, isKnown ? "dead" : "dead-unknown", event.error instanceof Error ? event.error.name : "");
      if (event.outcome === "handled") say({ kind: "wrong", what: "a dead letter was handled" });
    } else if (event.kind === "missed") say({ kind: "missed", count: event.count });
    else if ("member" in event) say({ kind: "member", status: event.kind, id: event.member.id });
  }
}

function sample(): void {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, rss } = Deno.memoryUsage();
  say({ kind: "sample", heapBytes: heapUsed, rssBytes: rss, load: load.sample() });
}

async function perform(command: SoakCommand): Promise<void> {
  if (command === "load") load.begin();
  else if (command === "sample") sample();
  else if (command === "rest") {
    await load.rest();
    say({ kind: "rested" });
  } else {
    await node.leave();
    await system.shutdown();
    writer.flush();
    Deno.exit(0);
  }
}

listen();
for (const [actor, kind] of STORES.entries()) {
  const store = system.spawn(() => new Store(writer, kind), {
    capacity: kind.capacity,
    strategy: SupervisorStrategy.restart(1_000, 1_000),
  });
  node.register(storeName(setup.node, actor), store, StoreProtocol);
}
await node.join(setup.seeds);
say({ kind: "ready" });
let rest = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop()!;
  // One that fails ends the process, which is what the soak looks for.
  for (const line of lines) perform(line as SoakCommand);
}
// Whoever has started it is gone.
Deno.exit(0);
