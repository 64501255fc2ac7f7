/**
 * Supervision: a worker crashes and is restarted with fresh state, until it crashes too often; a ledger hands its
 * failure to its parent, which restarts with everything below it.
 *
 * Run it, without any permission:
 *
 *     deno run examples/supervision.ts
 *
 * It prints:
 *
 *     office: opened
 *     worker: started
 *     worker did job 1
 *     worker did job 2
 *     worker failed: Cannot do this job
 *     worker: started
 *     worker did job 1
 *     worker failed: Cannot do this job
 *     office: /office/worker crashed too often
 *     ledger failed: Cannot read the ledger
 *     office: opened
 *     worker: started
 *     worker did job 1
 *
 * @module
 */

import { Actor, ActorFailedError, ActorSystem, type Addr, type Context, type Message } from "@cinema/cinema";
import { SupervisorStrategy, type Terminated } from "@cinema/cinema";

interface Work extends Message<number> {
  type: "work";
  isHard: boolean;
}

/** Its state goes with each crash; its address and its mailbox stay. */
class Worker extends Actor<Work> {
  #done = 0;

  override started(): void {
    console.log("worker: started");
  }

  work({ isHard }: Work): number {
    if (isHard) throw new Error("Cannot do this job");
    return ++this.#done;
  }
}

interface Read extends Message {
  type: "read";
}

class Ledger extends Actor<Read> {
  read(): void {
    throw new Error("Cannot read the ledger");
  }
}

interface Staff {
  readonly worker: Addr<Work>;
  readonly ledger: Addr<Read>;
}

interface GetStaff extends Message<Staff> {
  type: "getStaff";
}

class Office extends Actor<GetStaff> {
  #staff!: Staff;

  override started(ctx: Context<GetStaff>): void {
    console.log("office: opened");
    this.#staff = {
      // One restart within ten seconds; the second crash ends it.
      worker: ctx.spawnChild(() => new Worker(), { name: "worker", strategy: SupervisorStrategy.restart(1, 10_000) }),
      // Without its ledger the office cannot go on: its failure is the office's own.
      ledger: ctx.spawnChild(() => new Ledger(), { name: "ledger", strategy: SupervisorStrategy.escalate }),
    };
  }

  /** Tells of every child that has ended. */
  override terminated({ addr, reason }: Terminated): void {
    if (reason === "restart-limit") console.log(`office: ${addr.id} crashed too often`);
  }

  getStaff(): Staff {
    return this.#staff;
  }
}

/** The one who asks hears of the failure; the supervisor deals with it. */
function explain(who: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ActorFailedError)) throw error;
    console.log(`${who} failed: ${(error.cause as Error).message}`);
  };
}

async function give(worker: Addr<Work>, isHard: boolean): Promise<void> {
  await worker.send({ type: "work", isHard }).then((job) => console.log(`worker did job ${job}`), explain("worker"));
}

await using system = new ActorSystem();
const office = system.spawn(() => new Office(), { name: "office", strategy: SupervisorStrategy.restart(3, 10_000) });

const { worker, ledger } = await office.send({ type: "getStaff" });
await give(worker, false);
await give(worker, false);
await give(worker, true);
await give(worker, false);
await give(worker, true);
await worker.closed;

await ledger.send({ type: "read" }).catch(explain("ledger"));
await ledger.closed;

// The office kept its address; the staff is new.
const { worker: newcomer } = await office.send({ type: "getStaff" });
await give(newcomer, false);
