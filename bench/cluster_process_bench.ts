/**
 * Nodes of a cluster as real processes: how soon the others notice that one was killed, or hangs. Times are from the
 * signal to the event at each of the others, as they themselves tell it, in the time of the machine.
 *
 * @module
 */

import type { GossipOptions } from "@cinema/cinema/cluster";
import { meet, type NodeLine, NodeProcess, startCluster } from "../tests/support/node_process.ts";
import { isSmoke } from "./compare.ts";
import { isAllowed } from "./permissions.ts";

/** How often each is done. */
const ROUNDS = isSmoke ? 1 : 5;
const KILL_SIZES = isSmoke ? [3] : [3, 5, 12];
const HANG_SIZE = 3;
/** The seed's own test setting, and one that is fast but lets a node pause for a while. */
const HANG_SETTINGS: readonly GossipOptions[] = [
  { interval: 50, suspectTimeout: 100 },
  { interval: 200, suspectTimeout: 1_000 },
];
const LOCAL = { options: { preset: "local" } } as const;

/** Ms of each observer and round. */
interface Delays {
  readonly suspect: number[];
  readonly down: number[];
  /** Until an ask that was in flight has failed. */
  readonly ask: number[];
}

if (await isAllowed("processes of a cluster", { run: true })) {
  for (const size of KILL_SIZES) {
    bench(`cluster: kill -9 of one of ${size} processes, preset "local"`, size - 1, (delays) => kill(size, delays));
  }
  for (const gossip of HANG_SETTINGS) {
    const { interval, suspectTimeout } = gossip;
    bench(
      `cluster: SIGSTOP of one of ${HANG_SIZE} processes, gossip ${interval} ms, suspect ${suspectTimeout} ms`,
      HANG_SIZE - 1,
      (delays) => hang(gossip, delays),
    );
  }
}

/**
 * Registers a benchmark. The summary below the table is what counts: the table shows the time of all rounds with the
 * starts of processes between them, and of a second call that has nothing left to do.
 */
function bench(name: string, observers: number, run: (delays: Delays) => Promise<void>): void {
  const delays: Delays = { suspect: [], down: [], ask: [] };
  let running: Promise<void> | undefined;
  Deno.bench({ name, n: 1, warmup: 0 }, async () => {
    await (running ??= run(delays));
    for (const seen of [delays.suspect, delays.down]) {
      if (seen.length !== ROUNDS * observers) throw new Error(`Cannot trust the run: ${seen.length} events were seen`);
    }
  });
  globalThis.addEventListener("unload", () => {
    if (delays.down.length === 0) return;
    const { suspect, down, ask } = delays;
    const asks = ask.length === 0 ? "" : `, ask in flight failed ${summary(ask)}`;
    console.log(`${name}: suspect ${summary(suspect)}, down ${summary(down)}${asks}; ${ROUNDS} rounds`);
  });
}

/** Kills one after the other; another takes the place of each. */
async function kill(size: number, delays: Delays): Promise<void> {
  await using nodes = await startCluster(size, LOCAL);
  for (let round = 1; round <= ROUNDS; round++) {
    const [asker, victim] = [nodes[0]!, nodes.pop()!];
    await using _ = victim;
    const name = `store-${round}`;
    await victim.ask({ kind: "register", name });
    await asker.ask({ kind: "wait", name });
    const ask = { kind: "ask", name, text: "", slow: true } as const;
    const from = asker.mark;
    const failed = asker.failure(ask);
    await victim.line("that it has the message", ({ kind }) => kind === "hanging");
    const marks = nodes.map(({ mark }) => mark);
    const killedAt = await victim.kill();
    await watch(nodes, victim.id, marks, killedAt, delays);
    const error = await failed;
    if (error.name !== "ConnectionLostError") {
      throw new Error(`Cannot trust the run: the ask failed with ${error.name}`);
    }
    const answer = await asker.line("how the ask ended", ({ kind }) => kind === "answer", from);
    delays.ask.push(answer.at - killedAt);

    const next = await NodeProcess.start({
      id: `node-${size + round}`,
      seeds: [asker.addr],
      addr: "127.0.0.1:0",
      ...LOCAL,
    });
    nodes.push(next);
    await meet(nodes);
  }
}

/** Stops one again and again, and lets it run on when it has been noticed. */
async function hang(gossip: GossipOptions, delays: Delays): Promise<void> {
  await using nodes = await startCluster(HANG_SIZE, { gossip });
  const [victim, others] = [nodes.at(-1)!, nodes.slice(0, -1)];
  const view = nodes.map(({ id }) => `${id} up`);
  for (let round = 1; round <= ROUNDS; round++) {
    for (const node of nodes) await node.sees(view);
    const marks = others.map(({ mark }) => mark);
    const stoppedAt = victim.signal("SIGSTOP");
    await watch(others, victim.id, marks, stoppedAt, delays);
    victim.signal("SIGCONT");
  }
}

/**
 * Waits until everybody has noticed, and takes down when. Whoever is told that it is down need not suspect it first.
 */
async function watch(
  nodes: readonly NodeProcess[],
  id: string,
  marks: readonly number[],
  since: number,
  delays: Delays,
): Promise<void> {
  for (const [i, node] of nodes.entries()) {
    const isAbout = (line: NodeLine, kinds: readonly string[]) =>
      line.kind === "event" && "member" in line.event && line.event.member.id === id && kinds.includes(line.event.kind);
    const doubted = await node.line(`that ${id} is not well`, (line) => isAbout(line, ["suspect", "down"]), marks[i]);
    const down = await node.line(`down ${id}`, (line) => isAbout(line, ["down"]), marks[i]);
    delays.suspect.push(doubted.at - since);
    delays.down.push(down.at - since);
  }
}

function summary(delays: readonly number[]): string {
  const sorted = delays.toSorted((a, b) => a - b);
  return `${sorted[sorted.length >> 1]!.toFixed(0)} ms (worst ${sorted.at(-1)!.toFixed(0)})`;
}
