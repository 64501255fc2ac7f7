// Failures in random trees: each is heard of by a hook, or known to an asker, or told to `onUnobservedFailure`.

import { assert, assertEquals } from "@std/assert";
import { Actor, type Addr, type Context, SupervisorStrategy, type Terminated } from "../../mod.ts";
import { cellOf } from "../../src/internal/local_addr.ts";
import { SeededRandom } from "../../src/testing/mod.ts";
import { act, boom, type Do, Scripted, Stage } from "../support/scripted.ts";

const { escalate, restart, resume, stop } = SupervisorStrategy;
const STRATEGIES = [stop, restart(2, 1e6), resume, escalate, restart(2, 1e6, { backoff: 7 })];
const POLICIES = ["one-for-one", "one-for-all", "rest-for-one"] as const;

/** Two trees whose actors fail, sleep and watch each other, as a seed says; half of them have a hook. */
class Forest {
  readonly stage: Stage = new Stage();
  readonly all: Addr<Do>[] = [];
  readonly heard: Set<unknown> = new Set();
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    for (let n = 0; n < 2; n++) this.all.push(this.stage.system.spawn(this.factory(0), this.options()));
  }

  choose(n: number): number {
    return Math.floor(this.#random.next() * n);
  }

  any(): Addr<Do> {
    return this.all[this.choose(this.all.length)]!;
  }

  factory(depth: number): () => Deaf {
    const Kind = this.choose(2) === 0 ? Hearing : Deaf;
    return () => new Kind(this, depth);
  }

  options() {
    const [strategy, children] = [STRATEGIES[this.choose(5)]!, POLICIES[this.choose(3)]!];
    return { strategy, children, stopTimeout: 30 };
  }

  /** Lets any of them do something. */
  send(): void {
    const [addr, other, kind, ms] = [this.any(), this.any(), this.choose(6), this.choose(20)];
    const message = act((ctx) => {
      if (kind === 0) boom();
      if (kind === 1) return ctx.sleep(ms).then(boom);
      // A watch of one that has ended is told of it once more.
      if (kind === 2 && cellOf(other)!.terminated === undefined) ctx.watch(other);
      if (kind === 3) return ctx.sleep(ms);
      return kind === 4 && ms === 0 ? ctx.stop() : undefined;
    });
    if (this.choose(4) === 0) addr.send(message, { timeout: 50 }).catch(() => "known");
    else addr.doSend(message);
  }
}

class Deaf extends Actor<Do> {
  readonly #forest: Forest;
  readonly #depth: number;

  constructor(forest: Forest, depth: number) {
    super();
    this.#forest = forest;
    this.#depth = depth;
  }

  override started(ctx: Context<Do>): void | Promise<void> {
    const forest = this.#forest;
    for (let n = this.#depth < 2 ? forest.choose(3) : -1; n >= 0; n--) {
      forest.all.push(ctx.spawnChild(forest.factory(this.#depth + 1), forest.options()));
    }
    if (forest.choose(6) === 0) return ctx.sleep(forest.choose(8));
  }

  override stopped(): void {
    if (this.#forest.choose(12) === 0) boom();
  }

  do({ run }: Do, ctx: Context<Do>): unknown {
    return run(ctx, new Scripted());
  }

  /** Notes a notice. */
  protected note({ addr }: Terminated): void {
    this.#forest.heard.add(addr);
  }
}

class Hearing extends Deaf {
  override terminated(notice: Terminated): void {
    this.note(notice);
  }
}

Deno.test("every failure that ends an actor is told to onUnobservedFailure once, or an asker or a hook hears of it", async () => {
  let told = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const forest = new Forest(seed);
    const { clock, system, unobserved } = forest.stage;
    await clock.advance(30);
    for (let n = 0; n < 40; n++) {
      forest.send();
      if (forest.choose(3) === 0) await clock.advance(forest.choose(12));
    }
    const ended = system.shutdown({ drain: forest.choose(2) === 0, timeout: 200 });
    await clock.advance(500);
    await Promise.all([ended, clock.settle()]);
    const addrs: Set<unknown> = new Set(unobserved.map(({ addr }) => addr));
    assertEquals(addrs.size, unobserved.length, `seed ${seed}: one was told twice`);
    assert(addrs.isDisjointFrom(forest.heard), `seed ${seed}: one was told although a hook heard of it`);
    for (const addr of forest.all) {
      const { terminated, isFailureKnown } = cellOf(addr)!;
      const hasFailed = terminated!.reason === "failed" || terminated!.reason === "restart-limit";
      assert(!hasFailed || isFailureKnown || forest.heard.has(addr) || addrs.has(addr), `seed ${seed}: ${addr.id}`);
    }
    told += unobserved.length;
  }
  assert(told > 300, `only ${told} were told`);
});
