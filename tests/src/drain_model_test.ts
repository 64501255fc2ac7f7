// Drains of random trees: while no handler fails or runs out of time, nothing that was taken is lost.

import { assert, assertEquals } from "@std/assert";
import { type Addr, type Context, LateReply } from "../../mod.ts";
import { SeededRandom } from "../../src/testing/mod.ts";
import { recordEvents } from "../support/record.ts";
import { act, type Do, Scripted, Stage } from "../support/scripted.ts";

interface Fate {
  /** What its sender was told. */
  told: string;
  handled: number;
}

/** A tree whose actors sleep, send, spawn and answer late, as a seed says. */
class Forest {
  readonly stage: Stage = new Stage();
  readonly all: Addr<Do>[] = [];
  readonly fates: Fate[] = [];
  readonly #random: SeededRandom;
  readonly #lates: LateReply<unknown>[] = [];

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.all.push(this.stage.system.spawn(() => this.#make(0), { stopTimeout: Infinity }));
  }

  choose(n: number): number {
    return Math.floor(this.#random.next() * n);
  }

  any(): Addr<Do> {
    return this.all[this.choose(this.all.length)]!;
  }

  /** Sends to any of them, in any way. */
  send(depth: number): void {
    const [addr, fate] = [this.any(), { told: "", handled: 0 }];
    this.fates.push(fate);
    const message = this.#work(fate, depth);
    const how = this.choose(3);
    if (how === 0) addr.doSend(message).then((told) => fate.told = told);
    else if (how === 1) fate.told = addr.trySend(message);
    else {
      const answered = () => fate.told = "sent";
      addr.send(message, { timeout: Infinity }).then(answered, ({ name }) => fate.told = name);
    }
  }

  #make(depth: number): Scripted {
    return new Scripted({
      started: (ctx) => {
        if (depth < 3) { for (let n = this.choose(3); n >= 0; n--) this.#spawn(ctx, depth + 1); }
        return this.choose(5) === 0 ? ctx.sleep(this.choose(10)) : undefined;
      },
      stopped: () => this.choose(5) === 0 ? this.#pause() : undefined,
    });
  }

  #spawn(ctx: Context<Do>, depth: number): void {
    const options = { stopTimeout: Infinity, capacity: 1 + this.choose(4) };
    this.all.push(ctx.spawnChild(() => this.#make(depth), options));
  }

  #work(fate: Fate, depth: number): Do {
    const [kind, ms] = [this.choose(7), this.choose(15)];
    return act((ctx) => {
      fate.handled++;
      if (kind === 0) return ctx.sleep(ms);
      if (kind === 1) return this.#late();
      if (kind === 2) return this.#lates.shift()?.resolve(1);
      if (depth === 3) return undefined;
      if (kind === 3) this.#spawn(ctx, 3);
      if (kind === 4) return ctx.sleep(ms).then(() => this.send(depth + 1));
      return this.send(depth + 1);
    });
  }

  #late(): LateReply<unknown> {
    const late = new LateReply<unknown>();
    this.#lates.push(late);
    return late;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.stage.clock.schedule(this.choose(10), resolve));
  }
}

Deno.test("a drain of any tree handles all that was taken, once, and tells of all that was not", async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const forest = new Forest(seed);
    const { clock, system } = forest.stage;
    const events = recordEvents(system);
    await clock.advance(50);
    const send = async (times: number) => {
      for (let n = 0; n < times; n++) {
        forest.send(0);
        if (forest.choose(5) === 0) await clock.advance(forest.choose(8));
      }
    };
    await send(60);
    const stopped = system.stop(forest.any(), { drain: true });
    await send(20);
    const ended = system.shutdown({ drain: true, timeout: Infinity });
    await clock.advance(5_000);
    await Promise.all([stopped, ended, clock.settle()]);
    const reasons = new Set(events.flatMap((event) => event.kind === "dead-letter" ? [event.reason] : []));
    assert(reasons.isSubsetOf(new Set(["closed"])), `seed ${seed}: ${[...reasons]}`);
    for (const { told, handled } of forest.fates) {
      // Whose late reply was still open had been handled, too.
      const wasTaken = told === "sent" || told === "HandlerAbandonedError";
      assert(wasTaken || ["full", "closed", "MailboxClosedError"].includes(told), `seed ${seed}: ${told}`);
      assertEquals(handled, wasTaken ? 1 : 0, `seed ${seed}: ${told}`);
    }
  }
});
