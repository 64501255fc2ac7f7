import { assertEquals, assertRejects } from "@std/assert";
import { Actor, ActorSystem, type Addr, MailboxClosedError, type Message } from "../../../mod.ts";
import type { Cell } from "../../../src/internal/cell.ts";
import { Fairness, type Resumable } from "../../../src/internal/fairness.ts";
import { type ActorProbe, type Instrument, setInstrument } from "../../../src/internal/instrument.ts";
import { type Outcome, run } from "../../../src/internal/run_loop.ts";
import { TURNS_PER_YIELD } from "../../../src/limits.ts";
import { act, type Do, Scripted, Stage } from "../../support/scripted.ts";
import { spawnTaker, take } from "../../support/taker.ts";

/** Hears of everything and says nothing. */
const quiet: Partial<ActorProbe> = {
  posted: () => ({ admitted: () => {}, taken: () => {} }),
  asked: () => ({ admitted: () => {}, taken: () => {}, replied: () => {}, failed: () => {} }),
  deadLetter: () => {},
};

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Runs the loop over outcomes that are given, and tells what it did; it parks at the end. */
async function trace(first: Outcome, outcomes: Outcome[], { hasStream = false } = {}): Promise<string[]> {
  const did: string[] = [];
  const cell = {
    terminated: undefined as unknown,
    runtime: { fairness: { pause: () => (did.push("pause"), Promise.resolve()) } },
    mailbox: { read: () => (did.push("read"), Promise.resolve()) },
    giveUp: () => did.push("give up"),
    end: (reason: string, error: unknown) => did.push(`end ${reason} ${error}`),
  };
  const life = {
    proceed: (): Outcome => {
      did.push("proceed");
      const outcome = outcomes.shift();
      if (outcome === undefined) throw new Error("broken");
      return outcome;
    },
    park: () => (did.push("park"), !hasStream),
    resume: () => {},
  };
  await run(life, cell as unknown as Cell, first);
  return did;
}

Deno.test({
  name: "run() looks at an empty mailbox a few times before it parks",
  permissions: "none",
  async fn() {
    const looks = ["proceed", "proceed", "proceed"];
    assertEquals(await trace("worked", ["idle", "idle", "idle", "idle"]), [...looks, "proceed", "park"]);
    assertEquals(await trace("idle", ["worked", "idle", "idle", "idle", "idle"]), [
      "proceed",
      ...looks,
      "proceed",
      "park",
    ]);
  },
});

Deno.test({
  name: "run() reads the stream where the actor does not park, and an actor whose loop breaks has failed",
  permissions: "none",
  async fn() {
    const did = await trace("worked", ["idle", "idle", "idle", "idle"], { hasStream: true });
    assertEquals(did.slice(4), ["park", "read", "proceed", "give up", "end failed Error: broken"]);
  },
});

Deno.test({
  name: "run() waits for turns when there are none left, and for what a handler promises",
  permissions: "none",
  async fn() {
    const { promise, resolve } = Promise.withResolvers<void>();
    const tracing = trace("exhausted", [promise]);
    await settled();
    resolve();
    assertEquals(await tracing, ["pause", "proceed", "proceed", "give up", "end failed Error: broken"]);
  },
});

/** Counts the streams that are made meanwhile. */
async function countStreams(action: () => Promise<void>): Promise<number> {
  const { ReadableStream } = globalThis;
  let streams = 0;
  globalThis.ReadableStream = class<T> extends ReadableStream<T> {
    constructor(...args: ConstructorParameters<typeof ReadableStream<T>>) {
      super(...args);
      streams++;
    }
  } as typeof ReadableStream;
  try {
    await action();
  } finally {
    globalThis.ReadableStream = ReadableStream;
  }
  return streams;
}

Deno.test({
  name: "an actor that rests seldom has no stream, one that rests often gets one, and neither loses a message",
  permissions: "none",
  async fn() {
    await using system = new ActorSystem();
    const { addr, ledger } = spawnTaker(system);
    let n = 0;
    const rest = async (times: number) => {
      for (let i = 0; i < times; i++) {
        assertEquals(await addr.send(take(n)), n++);
        await settled();
      }
    };
    assertEquals(await countStreams(() => rest(16)), 0);
    assertEquals(await countStreams(() => rest(16)), 1);
    assertEquals(ledger.handled, Array.from({ length: 32 }, (_, i) => i));
  },
});

Deno.test({
  name: "Fairness.pauseFor() resumes in order, also when a look at the clock cuts the turns short for one of them",
  permissions: "none",
  async fn() {
    let time = 0;
    const clock = { tickMs: 0, now: () => time += 0.2, yield: settled, schedule: () => ({ cancel: () => {} }) };
    const fairness = new Fairness(clock);
    const resumed: number[] = [];
    for (let n = 0; n < 5_000; n++) {
      const waiting: Resumable = { resume: () => fairness.spend() ? resumed.push(n) : fairness.pauseFor(waiting) };
      fairness.pauseFor(waiting);
    }
    while (resumed.length < 5_000) await settled();
    assertEquals(resumed.findIndex((n, place) => n !== place), -1);
  },
});

interface Nothing extends Message {
  readonly type: "nothing";
}

Deno.test({
  name: "actors that are spawned together start in order, although there are more than turns until a pause",
  permissions: "none",
  async fn() {
    const started: number[] = [];
    class Starter extends Actor<Nothing> {
      readonly #n: number;
      constructor(n: number) {
        super();
        this.#n = n;
      }
      override started(): void {
        started.push(this.#n);
      }
      nothing(): void {}
    }
    await using system = new ActorSystem();
    const count = 2 * TURNS_PER_YIELD + 10;
    for (let n = 0; n < count; n++) system.spawn(() => new Starter(n));
    assertEquals(started, []);
    while (started.length < count) await settled();
    assertEquals(started.every((n, place) => n === place), true);
  },
});

Deno.test({
  name: "an actor that breaks as it starts does not hold up those that start with it",
  permissions: "none",
  async fn() {
    class Broken extends Actor<Nothing> {
      nothing(): void {}
    }
    // What `started` is to be is asked for outside of any turn.
    Object.defineProperty(Broken.prototype, "started", {
      get: () => {
        throw new Error("broken");
      },
    });
    await using system = new ActorSystem({ onUnobservedFailure: () => {} });
    const broken = system.spawn(() => new Broken());
    const { addr } = spawnTaker(system);
    assertEquals(await addr.send(take(1)), 1);
    assertEquals((await broken.closed).reason, "failed");
  },
});

Deno.test({
  name: "an actor whose loop breaks takes nothing any more, and nothing outlives it",
  permissions: "none",
  async fn() {
    const fault = new Error("broken");
    const broken = () => {
      throw fault;
    };
    const probe = { ...quiet, handle: broken, ended: () => {} } as Partial<ActorProbe> as ActorProbe;
    setInstrument({ actor: () => probe, detached: (go) => go() } as Partial<Instrument> as Instrument);
    await using stage = new Stage();
    setInstrument(undefined);
    const children: Addr<Do>[] = [];
    const parent = await stage.spawn("parent", {
      started: (ctx) => void children.push(ctx.spawnChild(() => new Scripted())),
    });
    const gone = parent.closed;
    parent.trySend(act(() => {}));
    parent.trySend(act(() => {}));
    await stage.clock.settle();
    assertEquals(await gone, { addr: parent, reason: "failed", error: fault });
    assertEquals([parent.isAlive, children[0]!.isAlive, parent.trySend(act(() => {}))], [false, false, "closed"]);
    assertEquals((await children[0]!.closed).reason, "shutdown");
    await assertRejects(() => parent.send(act(() => {})), MailboxClosedError);
  },
});
