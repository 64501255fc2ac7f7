/**
 * The soak with real processes: a cluster on loopback that is killed, stopped, cut and held up, half a million messages
 * a minute, and an account of every one of them. Ends with 1 where anything happens that must not. `README.md` beside
 * this file says what that is.
 *
 * ```sh
 * deno run --allow-net --allow-run --allow-read bench/soak/processes.ts          # one minute
 * deno run --allow-net --allow-run --allow-read bench/soak/processes.ts 20       # twenty
 * deno run --allow-net --allow-run --allow-read bench/soak/processes.ts 20 7     # with the schedule of seed 7
 * ```
 *
 * @module
 */

import { type Fault, scheduleOf } from "./faults.ts";
import { Fleet } from "./fleet.ts";
import { Ledger } from "./ledger.ts";
import { Network } from "./network.ts";
import { clockText, count, faultsText, memoryText, printSummary, SHOWN_MAX, trendWrongs } from "./report.ts";
import { STORES } from "./stores.ts";

const NODES = 6;
/** Those that live through the whole run, so that their memory can be watched; all others may be killed. */
const STEADY = [1, 2];
/** Those with a proxy in front of them; the others are reached as they are. */
const PROXIED_MAX = 4;
/** A little more than half a million a minute: while nodes are dead or stopped, they send nothing. */
const PER_SECOND = 10_500;
const PROGRESS_MS = 10_000;
/** A node that was in trouble may be doubted for this long. */
const DOUBT_MS = 30_000;

const minutes = Number(Deno.args[0] ?? 1);
const seed = Number(Deno.args[1] ?? Math.floor(Math.random() * 1_000_000));
if (!(minutes > 0) || !Number.isInteger(seed)) throw new TypeError("Usage: processes.ts [minutes] [seed]");

const all = Array.from({ length: NODES }, (_, i) => i + 1);
const wrongs: string[] = [];
const troubled = new Map<number, number>();
const done: Record<Fault["kind"], number> = { kill: 0, pause: 0, reset: 0, hold: 0 };
let falseDowns = 0;

const ledger: Ledger = new Ledger({
  startOf: (node): number => fleet.startOf(node),
  // Its mailbox, and the one in hand.
  heldMax: (actor) => STORES[actor]!.capacity + 1,
  wrong,
});
await using network = new Network(NODES, (node) => node <= PROXIED_MAX);
await using fleet: Fleet = new Fleet({
  nodes: NODES,
  perSecond: PER_SECOND / NODES,
  seed,
  ledger,
  network,
  wrong,
  seen: (observer, status, id) => {
    const isWell = (node: number) => performance.now() - (troubled.get(node) ?? -Infinity) > DOUBT_MS;
    if (status === "down" && isWell(observer) && isWell(Number(id.slice("node-".length)))) falseDowns++;
  },
});

function wrong(what: string): void {
  wrongs.push(what);
  if (wrongs.length <= SHOWN_MAX) console.log(`WRONG: ${what}`);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Does what the schedule says, and resolves when it is over. */
async function perform(fault: Fault): Promise<void> {
  const { node, kind } = fault;
  const mark = () => troubled.set(node, performance.now());
  done[kind]++;
  mark();
  if (kind === "reset") network.reset(node, fault.source);
  else if (kind === "hold") {
    network.hold(node, fault.source);
    await pause(fault.forMs);
    network.release(node, fault.source);
  } else if (kind === "pause") {
    fleet.signal(node, "SIGSTOP");
    await pause(fault.forMs);
    fleet.signal(node, "SIGCONT");
  } else {
    const killed = fleet.kill(node);
    network.refuse(node);
    await Promise.all([killed, pause(fault.forMs)]);
    await network.listen(node);
    await fleet.start(node);
    await fleet.tell(node, "load");
  }
  mark();
}

function showProgress(elapsedMs: number): void {
  const { sent, handled, told: { notDelivered, unknown } } = ledger;
  const perMinute = count(Math.round(sent / elapsedMs * 60_000));
  const memory = memoryText(fleet.samples.get(`${STEADY[0]}.1`));
  console.log(
    `${clockText(elapsedMs)}  sent ${count(sent)} (${perMinute} a minute), handled ${count(handled)}, ` +
      `not delivered ${count(notDelivered)}, unknown ${count(unknown)} | ${fleet.up} of ${NODES} up | ${
        faultsText(done)
      } | ` +
      `node-${STEADY[0]} ${memory} | hung ${fleet.hung}, wrong ${wrongs.length}`,
  );
}

/** Runs the schedule. */
async function run(faults: readonly Fault[], durationMs: number): Promise<void> {
  const beganAt = performance.now();
  const failed = (error: unknown) => wrong(error instanceof Error ? error.stack ?? error.message : String(error));
  const timer = setInterval(() => {
    showProgress(performance.now() - beganAt);
    fleet.sample().catch(failed);
  }, PROGRESS_MS);
  const performing: Promise<void>[] = [];
  for (const fault of faults) {
    await pause(beganAt + fault.atMs - performance.now());
    performing.push(perform(fault).catch(failed));
  }
  await pause(beganAt + durationMs - performance.now());
  await Promise.all(performing);
  clearInterval(timer);
  showProgress(performance.now() - beganAt);
}

// One that is stopped would stay behind.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => fleet[Symbol.asyncDispose]().finally(() => Deno.exit(130)));
}
const durationMs = minutes * 60_000;
const mortal = all.filter((node) => !STEADY.includes(node));
const schedule = scheduleOf(seed, { nodes: NODES, mortal, proxied: network.proxied, durationMs });
console.log(`${NODES} processes, ${minutes} minutes, ${schedule.length} faults; seed ${seed}`);
await fleet.start(1);
await Promise.all(all.slice(1).map((node) => fleet.start(node)));
await Promise.all(all.map((node) => fleet.tell(node, "load")));
const beganAt = performance.now();
await run(schedule, durationMs);
const ranMs = performance.now() - beganAt;
console.log("Everything is healed: all that is in hand comes to its end, and everybody leaves");
await fleet.finish();
const accounts = ledger.close();
for (const what of trendWrongs(fleet.samples, STEADY)) wrong(what);
printSummary({ ledger, accounts, fleet, done, falseDowns, ranMs, seed, steady: STEADY, wrongs });
if (wrongs.length > 0) Deno.exitCode = 1;
