/**
 * A job queue: producers are faster than the workers, so they wait for room in the bounded mailbox of the queue. A job
 * that throws is tried again after a while, the worker of a job that hangs is replaced, and a job that fails every time
 * becomes a dead letter. At the end the queue drains, and its children with it, and every job is accounted for once.
 *
 * Run it, without any permission:
 *
 *     deno run examples/job_queue.ts
 *
 * It prints:
 *
 *     3 producers submitted 60 jobs, and had to wait for room
 *     on the way: some jobs have an outcome, some not yet
 *     drained: 56 done, 4 failed, 15 retries, 4 workers replaced
 *     dead letter a-09: no such file, no such file, no such file
 *     dead letter b-09: no such file, no such file, no such file
 *     dead letter c-09: no such file, no such file, no such file
 *     dead letter c-15: timed out, timed out, timed out
 *     every job is accounted for once
 *
 * @module
 */

import { Actor, ActorFailedError, type ActorRef, ActorSystem, type Addr, AskTimeoutError } from "@cinema/cinema";
import { type Context, type Message, SupervisorStrategy } from "@cinema/cinema";
import { assert, assertEquals } from "@std/assert";

const PRODUCERS = ["a", "b", "c"];
const JOBS_EACH = 20;
const QUEUE_CAPACITY = 4;
const SLOTS = 3; // so many jobs run at the same time
const ATTEMPTS = 3;
const ATTEMPT_MS = 300; // far more than a job needs that does not hang
const BACKOFF_MS = 10; // doubled with each further attempt

/** For actors whose address others keep: it never closes, whatever they throw. */
const always = SupervisorStrategy.restart(Infinity, Infinity);

interface Job {
  readonly id: string;
  readonly work: (attempt: number, ctx: Context<never>) => Promise<void>;
}

/** What became of a job, and what went wrong before: one error for each attempt that failed. */
interface Outcome {
  readonly id: string;
  readonly state: "done" | "failed";
  readonly errors: readonly string[];
}

interface Submit extends Message {
  type: "submit";
  job: Job;
}
interface Attempt extends Message {
  type: "attempt";
  job: Job;
  attempt: number;
}
interface Settled extends Message {
  type: "settled";
  outcome: Outcome;
}
interface Progress extends Message<{ done: number; failed: number }> {
  type: "progress";
}
interface Outcomes extends Message<readonly Outcome[]> {
  type: "outcomes";
  state: Outcome["state"];
}

/** Gives each job to a slot that has room. While none has, it waits; its mailbox fills up, and then producers wait. */
class JobQueue extends Actor<Submit> {
  readonly #ledger: ActorRef<Settled>;
  #slots: readonly Addr<Submit>[] = [];

  constructor(ledger: ActorRef<Settled>) {
    super();
    this.#ledger = ledger;
  }

  override started(ctx: Context<Submit>): void {
    const slot = (): Slot => new Slot(this.#ledger);
    this.#slots = Array.from({ length: SLOTS }, () => ctx.spawnChild(slot, { capacity: 1, strategy: always }));
  }

  async submit(msg: Submit): Promise<void> {
    while (!this.#slots.some((slot) => slot.trySend(msg) === "sent")) {
      await Promise.race(this.#slots.map((slot) => slot.ready));
    }
  }
}

/** Brings one job after the other to its outcome, and supervises the worker that does them. */
class Slot extends Actor<Submit> {
  readonly #ledger: ActorRef<Settled>;
  #worker!: Addr<Attempt>;

  constructor(ledger: ActorRef<Settled>) {
    super();
    this.#ledger = ledger;
  }

  override started(ctx: Context<Submit>): void {
    this.#hire(ctx);
  }

  /** The job keeps its slot until it has an outcome: so what fails again and again cannot fill the memory either. */
  async submit({ job }: Submit, ctx: Context<Submit>): Promise<void> {
    const errors: string[] = [];
    let error = await this.#attempt({ type: "attempt", job, attempt: 1 }, ctx);
    while (error !== undefined && errors.push(error) < ATTEMPTS) {
      await ctx.sleep(BACKOFF_MS * 2 ** (errors.length - 1));
      error = await this.#attempt({ type: "attempt", job, attempt: errors.length + 1 }, ctx);
    }
    const state = error === undefined ? "done" : "failed";
    await this.#ledger.doSend({ type: "settled", outcome: { id: job.id, state, errors } });
  }

  async #attempt(msg: Attempt, ctx: Context<Submit>): Promise<string | undefined> {
    try {
      await this.#worker.send(msg, { timeout: ATTEMPT_MS });
      return undefined;
    } catch (error) {
      if (!(error instanceof AskTimeoutError)) {
        const cause = error instanceof ActorFailedError ? error.cause : error; // the worker has restarted
        return cause instanceof Error ? cause.message : String(cause);
      }
      ctx.stopChild(this.#worker);
      this.#hire(ctx);
      return "timed out";
    }
  }

  #hire(ctx: Context<Submit>): void {
    // A worker is stopped only when it hangs or everything ends: there is nothing to wait for.
    this.#worker = ctx.spawnChild(() => new Worker(), { strategy: always, stopTimeout: 0 });
  }
}

/** Does a job. One that throws restarts its worker; one that hangs should heed its signal, but need not. */
class Worker extends Actor<Attempt> {
  attempt({ job, attempt }: Attempt, ctx: Context<Attempt>): Promise<void> {
    return job.work(attempt, ctx);
  }
}

/** Keeps the outcomes. It never waits for anybody, so it can be asked at any time. */
class Ledger extends Actor<Settled | Progress | Outcomes> {
  readonly #outcomes: Outcome[] = [];

  settled({ outcome }: Settled): void {
    this.#outcomes.push(outcome);
  }

  progress(): { done: number; failed: number } {
    const done = this.#outcomes.filter(({ state }) => state === "done").length;
    return { done, failed: this.#outcomes.length - done };
  }

  outcomes(msg: Outcomes): readonly Outcome[] {
    return this.#outcomes.filter(({ state }) => state === msg.state).sort((a, b) => a.id < b.id ? -1 : 1);
  }
}

/** Most jobs just work. Some throw twice, some always; one hangs once, and one always. */
function jobOf(producer: string, n: number): Job {
  const id = `${producer}-${String(n).padStart(2, "0")}`;
  const work: Job["work"] = async (attempt, ctx) => {
    await ctx.sleep(n % 4);
    if (n === 5 && attempt <= 2) throw new Error("connection lost");
    if (n === 9) throw new Error("no such file");
    if (id === "b-12" && attempt === 1 || id === "c-15") await new Promise(() => {});
  };
  return { id, work };
}

let waits = 0;
async function produce(producer: string): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 1; n <= JOBS_EACH; n++) {
    const job = jobOf(producer, n);
    if (queue.desiredSize === null || queue.desiredSize <= 0) waits++;
    assertEquals(await queue.doSend({ type: "submit", job }), "sent"); // this await is what slows a producer down
    ids.push(job.id);
  }
  return ids;
}

await using system = new ActorSystem();
const ledger = system.spawn(() => new Ledger());
const queue = system.spawn(() => new JobQueue(ledger), { capacity: QUEUE_CAPACITY });

const submitted = (await Promise.all(PRODUCERS.map(produce))).flat();
assert(waits > 0);
console.log(`${PRODUCERS.length} producers submitted ${submitted.length} jobs, and had to wait for room`);

const midway = await ledger.send({ type: "progress" });
assert(midway.done > 0 && midway.done + midway.failed < submitted.length);
console.log("on the way: some jobs have an outcome, some not yet");

// The queue hands out what it has, then each slot brings what it has to its outcome. The ledger goes on.
await system.stop(queue, { drain: true, timeout: Infinity });
const done = await ledger.send({ type: "outcomes", state: "done" });
const failed = await ledger.send({ type: "outcomes", state: "failed" });
const errors = [...done, ...failed].flatMap((outcome) => outcome.errors);
const retries = errors.length - failed.length; // the last error of a failed job was not followed by a retry
const replaced = errors.filter((error) => error === "timed out").length;
console.log(`drained: ${done.length} done, ${failed.length} failed, ${retries} retries, ${replaced} workers replaced`);
for (const outcome of failed) console.log(`dead letter ${outcome.id}: ${outcome.errors.join(", ")}`);

assertEquals([...done, ...failed].map(({ id }) => id).sort(), submitted.sort());
console.log("every job is accounted for once");
