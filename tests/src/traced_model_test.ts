// The same script with and without somebody who hears of it: the order of everything is the same.

import { assert, assertEquals } from "@std/assert";
import { type Addr, type Context, LateReply, SupervisorStrategy } from "../../mod.ts";
import { type Instrument, setInstrument } from "../../src/internal/instrument.ts";
import { SeededRandom } from "../../src/testing/mod.ts";
import { recordEvents } from "../support/record.ts";
import { act, boom, type Do, parentOf, Stage } from "../support/scripted.ts";

const { escalate, restart, resume, stop } = SupervisorStrategy;
const STRATEGIES = [stop, restart(50, 1e6), resume, escalate, restart(50, 1e6, { backoff: 7 })];
const POLICIES = ["one-for-one", "one-for-all", "rest-for-one"] as const;
const NAMES = ["a", "b", "c", "d"];

/** Somebody who hears of everything, and counts the handlers. */
function listener(count: () => void): Instrument {
  const nothing = () => {};
  const ticket = () => ({ admitted: nothing, taken: nothing, replied: nothing, failed: nothing });
  const handling = { run: (call: () => unknown) => (count(), call()), succeeded: nothing, failed: nothing };
  const probe = { posted: ticket, asked: ticket, handle: () => handling, failed: nothing, restarted: nothing };
  const actor = () => ({ ...probe, deadLetter: nothing, ended: nothing });
  return { actor, detached: (run: () => void) => run() } as unknown as Instrument;
}

/** A random script. */
class Script {
  readonly log: string[] = [];
  readonly #random: SeededRandom;
  readonly #lates: LateReply<unknown>[] = [];

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  async play(stage: Stage): Promise<string> {
    const addrs = new Map<string, Addr<Do>>();
    const events = recordEvents(stage.system);
    const options = () => ({ strategy: this.#one(STRATEGIES), capacity: 1 + this.#choose(3), stopTimeout: 20 });
    const children = Object.fromEntries(NAMES.map((name) => [name, options()]));
    const policy = { children: this.#one(POLICIES), strategy: restart(50, 1e6) };
    await stage.spawn("p", parentOf(stage.log, addrs, children), policy);
    for (let n = 0; n < 120; n++) {
      this.#send(addrs.get(this.#one(NAMES))!, n);
      if (this.#choose(4) === 0) await stage.clock.advance(this.#choose(20));
    }
    const ended = stage.system.shutdown({ drain: this.#choose(2) === 0, timeout: 100 });
    await stage.clock.advance(500);
    await Promise.all([ended, stage.clock.settle()]);
    const told = events.map((event) => `${event.kind} ${"reason" in event ? event.reason : ""}`);
    return [...this.log, ...stage.take(), ...told].join("\n");
  }

  #choose(n: number): number {
    return Math.floor(this.#random.next() * n);
  }

  #one<T>(all: readonly T[]): T {
    return all[this.#choose(all.length)]!;
  }

  #send(addr: Addr<Do>, n: number): void {
    const [how, kind, ms] = [this.#choose(3), this.#choose(8), this.#choose(30)];
    const message = act((ctx) => {
      this.log.push(`${addr.id} ${n} ${ctx.restarts}`);
      return this.#do(ctx, kind, ms);
    });
    const note = (what: string) => void this.log.push(`${n}: ${what}`);
    if (how === 0) addr.send(message, { timeout: 40 }).then((reply) => note(`${reply}`), ({ name }) => note(name));
    else if (how === 1) addr.doSend(message).then(note);
    else note(addr.trySend(message));
  }

  #do(ctx: Context<Do>, kind: number, ms: number): unknown {
    if (kind === 0) return boom();
    if (kind === 1) return ctx.sleep(ms);
    if (kind === 2) return ctx.sleep(ms).then(boom);
    if (kind === 3) return void ctx.runLater(ms, act(() => void this.log.push(`tick ${ms}`)));
    if (kind === 4) return this.#lates.shift()?.resolve(ms);
    if (kind === 5) return ms === 0 ? ctx.stop() : ms;
    if (kind === 6) return ms;
    const late = new LateReply<unknown>();
    this.#lates.push(late);
    return late;
  }
}

Deno.test("an actor that somebody hears of does the same in the same order as one that nobody does", async () => {
  let handled = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const alone = await new Script(seed).play(new Stage());
    setInstrument(listener(() => void handled++));
    const stage = new Stage();
    setInstrument(undefined);
    assertEquals(await new Script(seed).play(stage), alone, `seed ${seed}`);
  }
  assert(handled > 1_000, `only ${handled} were handled`);
});
