import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Actor,
  ActorSystem,
  type Addr,
  type Context,
  MailboxClosedError,
  type Message,
  SupervisorStrategy,
} from "../../mod.ts";
import { deadLetters, recordEvents } from "../support/record.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { act, boom, type Child, type Do, hang, parentOf, Scripted, Stage } from "../support/scripted.ts";

interface Work extends Message {
  type: "work";
  n: number;
}

/** Notes what it handles, each in a turn that takes a while. */
class Worker extends Actor<Work> {
  readonly #noted: string[];
  readonly #started: ((ctx: Context<Work>) => void) | undefined;

  constructor(noted: string[], started?: (ctx: Context<Work>) => void) {
    super();
    this.#noted = noted;
    this.#started = started;
  }

  override started(ctx: Context<Work>): void {
    this.#started?.(ctx);
  }

  async work({ n }: Work): Promise<void> {
    await undefined;
    this.#noted.push(`work ${n}`);
  }

  override stopped(): void {
    this.#noted.push("stopped");
  }
}

Deno.test("a drain comes to its end beside a stream that never ends and an interval", async () => {
  const noted: string[] = [];
  let cancelled = false;
  const endless = new ReadableStream<number>({
    pull: (controller) => controller.enqueue(0),
    cancel: () => {
      cancelled = true;
    },
  });
  await using system = new ActorSystem();
  const addr = system.spawn(() =>
    new Worker(noted, (ctx) => {
      ctx.addStream(endless, { item: () => new Promise((resolve) => setTimeout(resolve, 1)) });
      ctx.runInterval(1, { type: "work", n: 0 });
    })
  );
  for (let n = 1; n <= 3; n++) await addr.doSend({ type: "work", n });
  await system.stop(addr, { drain: true });
  const { reason } = await addr.closed;
  assertEquals([reason, cancelled, noted.at(-1)], ["stopped", true, "stopped"]);
  assertEquals(noted.filter((entry) => entry !== "work 0"), ["work 1", "work 2", "work 3", "stopped"]);
});

Deno.test("shutdown({ drain: true }) handles what is queued, and what that sends to actors spawned earlier", async () => {
  const noted: string[] = [];
  class Sender extends Actor<Work> {
    work({ n }: Work): void {
      logger.doSend({ type: "work", n: 10 * n });
    }
  }
  const system = new ActorSystem();
  const logger = system.spawn(() => new Worker(noted));
  const sender = system.spawn(() => new Sender());
  for (let n = 1; n <= 3; n++) sender.doSend({ type: "work", n });
  await system.shutdown({ drain: true });
  assertEquals(noted, ["work 10", "work 20", "work 30", "stopped"]);
});

Deno.test("shutdown() without drain hands what is queued to the dead letters", async () => {
  const noted: string[] = [];
  const system = new ActorSystem();
  const events = Array.fromAsync(system.events);
  const addr = system.spawn(() => new Worker(noted));
  for (let n = 1; n <= 3; n++) addr.doSend({ type: "work", n });
  await system.shutdown();
  const lost = (await events).filter((event) => event.kind === "dead-letter").map(({ reason }) => reason);
  assertEquals([lost, noted], [["stopped", "stopped", "stopped"], []]);
});

/** A parent with these children, and a message that notes itself in the log after a while. */
async function family(stage: Stage, children: Record<string, Child>) {
  const addrs = new Map<string, Addr<Do>>();
  const parent = await stage.spawn("p", parentOf(stage.log, addrs, children));
  stage.take();
  const work = (name: string) =>
    act(async (ctx) => {
      await ctx.sleep(10);
      stage.log.push(name);
    });
  return { addrs, parent, work };
}

Deno.test("a drain goes down the tree: each child handles its queue in its turn, the youngest first, then stopped runs", async () => {
  for (const how of ["stop", "shutdown"] as const) {
    await using stage = new Stage();
    const grandchildren = new Map<string, Addr<Do>>();
    const inner = parentOf(stage.log, grandchildren, { leaf: {} });
    const { addrs, parent, work } = await family(stage, { a: {}, b: { script: inner } });
    for (const n of [1, 2]) {
      grandchildren.get("leaf")!.doSend(work(`leaf ${n}`));
      // What a parent hands down while it drains is drained, too.
      parent.doSend(act(() => void addrs.get("a")!.doSend(work(`a ${n}`))));
      addrs.get("b")!.doSend(act(() => void addrs.get("a")!.doSend(work(`a ${n} from b`))));
    }
    const reasons = Promise.all([...addrs.values()].map(({ closed }) => closed));
    const ended = how === "stop" ? stage.system.stop(parent, { drain: true }) : stage.system.shutdown({ drain: true });
    await stage.clock.advance(1_000);
    await ended;
    const log = stage.take();
    assertEquals(log.filter((entry) => !entry.startsWith("-")).toSorted(), [
      "a 1",
      "a 1 from b",
      "a 2",
      "a 2 from b",
      "leaf 1",
      "leaf 2",
    ]);
    assertEquals(log.filter((entry) => entry.startsWith("-")), ["-leaf", "-b", "-a", "-p"]);
    assertEquals((await reasons).map(({ reason }) => reason), Array(2).fill(how === "stop" ? "parent" : how));
  }
});

Deno.test("a drain ends children in the order of any stop, and each only when its queue is empty", async () => {
  await using stage = new Stage();
  const { addrs, parent, work } = await family(stage, { a: {}, b: {} });
  for (const name of ["a", "b"]) for (const n of [1, 2]) addrs.get(name)!.doSend(work(`${name} ${n}`));
  const stopped = stage.system.stop(parent, { drain: true });
  await stage.clock.advance(15);
  // Nobody is told to end before it is his turn.
  assertEquals([addrs.get("a")!.isAlive, addrs.get("b")!.isAlive], [true, false]);
  await stage.clock.advance(100);
  await stopped;
  const log = stage.take();
  assertEquals(log.filter((entry) => entry.startsWith("b")), ["b 1", "b 2"]);
  assertEquals(log.slice(-2), ["-a", "-p"]);
  assertEquals(log.indexOf("-b") > log.indexOf("b 2"), true);
});

Deno.test("a stop without drain overrules the drain of a child, and so do its stop time-out and that of a shutdown", async () => {
  for (const how of ["stop", "child time-out", "shutdown time-out"] as const) {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const stopTimeout = how === "child time-out" ? 35 : Infinity;
    const { addrs, parent, work } = await family(stage, { a: { stopTimeout } });
    const sent = Array.from({ length: 5 }, (_, n) => work(`a ${n}`));
    for (const message of sent) addrs.get("a")!.doSend(message);
    await stage.clock.settle();
    const ended = how === "shutdown time-out"
      ? stage.system.shutdown({ drain: true, timeout: 35 })
      : stage.system.stop(parent, { drain: true });
    await stage.clock.advance(35);
    if (how === "stop") stage.system.stop(parent);
    await stage.clock.advance(1_000);
    await ended;
    await stage.clock.settle();
    const handled = stage.take().filter((entry) => entry.startsWith("a"));
    assertEquals(handled, ["a 0", "a 1", "a 2"], how);
    assertEquals(deadLetters(events), [["abandoned", sent[3]], ["stopped", sent[4]]], how);
  }
});

Deno.test("a child that fails while it drains ends its own drain, and the others go on", async () => {
  const strategies = [SupervisorStrategy.stop, SupervisorStrategy.restart(3, 1_000), SupervisorStrategy.escalate];
  for (const strategy of strategies) {
    await using stage = new Stage();
    const { addrs, parent, work } = await family(stage, { a: {}, b: { strategy } });
    for (const n of [1, 2]) addrs.get("a")!.doSend(work(`a ${n}`));
    await stage.clock.settle();
    const stopped = stage.system.stop(parent, { drain: true });
    addrs.get("b")!.doSend(act(boom));
    const ask = assertRejects(() => addrs.get("b")!.send(work("b")), MailboxClosedError);
    await stage.clock.advance(1_000);
    await Promise.all([stopped, ask]);
    assertEquals(stage.take(), ["-b", "a 1", "a 2", "-a", "-p"]);
    assertEquals(await parent.closed, { addr: parent, reason: "stopped" });
    // Nobody else hears of it: the parent that it would be handed to is ending.
    assertEquals(stage.unobserved.map(({ addr }) => addr.id), ["/p/b"]);
  }
});

Deno.test("children do not drain when their parent restarts, fails or is abandoned, also while it drains", async () => {
  for (const how of ["restart", "failure", "abandoned"] as const) {
    await using stage = new Stage();
    const addrs = new Map<string, Addr<Do>>();
    const strategy = how === "restart" ? SupervisorStrategy.restart(1, 1_000) : SupervisorStrategy.stop;
    const script = parentOf(stage.log, addrs, { a: {} });
    const parent = await stage.spawn("p", script, { strategy, stopTimeout: 5 });
    const child = addrs.get("a")!;
    stage.take();
    child.doSend(act((ctx) => ctx.sleep(10)));
    child.doSend(act(() => void stage.log.push("a 2")));
    await stage.clock.settle();
    parent.doSend(act(how === "abandoned" ? hang : boom));
    const stopped = how === "restart" ? undefined : stage.system.stop(parent, { drain: true });
    await stage.clock.advance(1_000);
    await stopped;
    assertEquals(stage.take().slice(0, 2), how === "abandoned" ? ["-a"] : ["-a", "-p"], how);
  }
});

Deno.test("a drain passes its time-out neither with handlers that never wait: what is left are dead letters, and stopped runs", async () => {
  // Each handler takes 10 ms of this clock, and gives nobody else a turn.
  let worked = 0;
  const virtual = new ManualClock();
  const clock = {
    tickMs: 0,
    now: () => virtual.now() + worked,
    schedule: (delayMs: number, callback: () => void) => virtual.schedule(delayMs, callback),
    yield: () => virtual.yield(),
  };
  await using system = new ActorSystem({ clock });
  const events = recordEvents(system);
  const log: string[] = [];
  const stopped = () => void log.push("stopped");
  const child = act(() => void log.push("child"));
  const addr = system.spawn(() =>
    new Scripted({ stopped, started: (ctx) => void ctx.spawnChild(() => new Scripted()).doSend(child) })
  );
  await virtual.settle();
  log.length = 0;
  const work = act(() => void (worked += 10));
  for (let n = 0; n < 100; n++) addr.doSend(work);
  await system.stop(addr, { drain: true, timeout: 200 });
  await virtual.settle();
  assert(worked >= 200 && worked < 500, `it went on for ${worked} ms`);
  assertEquals([log, (await addr.closed).reason], [["stopped"], "stopped"]);
  assertEquals(deadLetters(events), Array(100 - worked / 10).fill(["stopped", work]));
});
