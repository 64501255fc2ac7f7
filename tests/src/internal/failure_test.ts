// Wherever user code throws, the actor has failed, and whoever is concerned hears of it once.

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  Actor,
  ActorFailedError,
  type Addr,
  type Context,
  type Message,
  Rejection,
  SupervisorStrategy,
  type SystemEvent,
  type Terminated,
} from "../../../mod.ts";
import { TestProbe } from "../../../src/testing/mod.ts";
import { deadLetters, recordEvents } from "../../support/record.ts";
import { act, boom, type Child, type Do, parentOf, Scripted, Stage } from "../../support/scripted.ts";

const restart = SupervisorStrategy.restart(2, 1_000);

/** The places in which user code can throw, as a child that throws there. */
const PLACES: Record<string, Child & { trigger?: Do }> = {
  "a handler": { trigger: act(boom) },
  "an async handler": { trigger: act(() => Promise.reject(new Error("boom"))) },
  "started": { script: { started: boom } },
  "an async started": { script: { started: () => Promise.reject(new Error("boom")) } },
  "a timer": { trigger: act((ctx) => void ctx.runLater(0, act(boom))) },
  "an async timer": { trigger: act((ctx) => void ctx.runLater(0, act(() => Promise.reject(new Error("boom"))))) },
  "an interval": { trigger: act((ctx) => void ctx.runInterval(1, act(boom))) },
  "an item": { trigger: act((ctx) => void ctx.addStream(ReadableStream.from([1]), { item: boom })) },
  "the end of a stream": {
    trigger: act((ctx) => void ctx.addStream(ReadableStream.from([]), { item: () => {}, finished: boom })),
  },
  "the failure of a stream": {
    trigger: act((ctx) => void ctx.addStream(broken(), { item: () => {}, failed: boom })),
  },
  "a broken stream without failed()": { trigger: act((ctx) => void ctx.addStream(broken(), { item: () => {} })) },
  "terminated": {
    script: { terminated: boom },
    trigger: act((ctx) => ctx.stopChild(ctx.spawnChild(() => new Scripted()))),
  },
};

function broken(): ReadableStream<number> {
  return new ReadableStream({ start: (to) => to.error(new Error("boom")) });
}

/** The errors that the event stream told of `addr`. */
function failures(events: SystemEvent[], addr: unknown): string[] {
  return events.flatMap((event) =>
    event.kind === "failed" && event.addr === addr ? [(event.error as Error).message] : []
  );
}

for (const [place, { trigger, ...child }] of Object.entries(PLACES)) {
  Deno.test(`S9: a throw in ${place} ends the actor, and parent, watcher, closed and events are told once`, async () => {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const addrs = new Map<string, Addr<Do>>();
    await stage.spawn("p", { ...parentOf([], addrs, { c: child }), terminated: () => {} });
    const addr = addrs.get("c")!;
    const watcher = new TestProbe<Message>(stage.system);
    await watcher.watch(addr);
    if (trigger !== undefined) addr.doSend(trigger);
    await stage.clock.advance(1);
    const { reason, error } = await addr.closed;
    assertEquals([reason, (error as Error).message], ["failed", "boom"]);
    assertEquals(await watcher.receiveTerminated(), { addr, reason: "failed", error });
    assertEquals(stage.take(), ["+p", "p heard /p/c failed"]);
    assertEquals(failures(events, addr), ["boom"]);
  });

  Deno.test(`S9: a throw in ${place} restarts the actor under restart(), within its limit`, async () => {
    await using stage = new Stage();
    const addrs = new Map<string, Addr<Do>>();
    await stage.spawn("p", parentOf(stage.log, addrs, { c: { ...child, strategy: restart } }));
    const addr = addrs.get("c")!;
    // One that fails by itself needs no trigger, and is at its limit already.
    for (let i = 0; i < (trigger === undefined ? 0 : 3); i++) {
      addr.doSend(trigger!);
      await stage.clock.advance(1);
    }
    assertEquals((await addr.closed).reason, "restart-limit");
    const noted = stage.take();
    assertEquals(noted.filter((entry) => entry === "+c").length, 3);
    assertEquals(noted.filter((entry) => entry === "-c").length, 3);
    assertEquals(noted.at(-1), "p heard /p/c restart-limit");
  });
}

Deno.test("a throw in stopped is told, does not stop a restart, and makes an orderly end a failed one", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const stopped = () => Promise.reject(new Error("stopped"));
  const addr = await stage.spawn("a", { stopped }, { strategy: restart });
  addr.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(failures(events, addr), ["boom", "stopped"]);
  assertEquals(stage.take(), ["+a", "-a", "+a"]);
  await stage.system.stop(addr);
  const { reason, error } = await addr.closed;
  assertEquals([reason, (error as Error).message], ["failed", "stopped"]);
  await stage.clock.settle();
  assertEquals(failures(events, addr), ["boom", "stopped", "stopped"]);
});

Deno.test("a throw in stopped does not hide the failure that ended the actor", async () => {
  await using stage = new Stage();
  const stopped = () => {
    throw new Error("stopped");
  };
  const addr = await stage.spawn("a", { stopped });
  addr.doSend(act(boom));
  const { reason, error } = await addr.closed;
  assertEquals([reason, (error as Error).message], ["failed", "boom"]);
  const limited = await stage.spawn("b", { stopped }, { strategy: SupervisorStrategy.restart(0, 1) });
  limited.doSend(act(boom));
  assertEquals((await limited.closed).reason, "restart-limit");
});

Deno.test("a handler may throw undefined: the actor has failed, and everybody is told", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const throwing = act(() => Promise.reject(undefined));
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(1, 1_000) });
  const first = await assertRejects(() => addr.send(throwing), ActorFailedError, 'Cannot answer "do"');
  assertStrictEquals(first.cause, undefined);
  addr.doSend(throwing);
  assertEquals(await addr.closed, { addr, reason: "restart-limit" });
  await stage.clock.settle();
  assertEquals(events.map(({ kind }) => kind), [
    "started",
    "dead-letter",
    "failed",
    "restarted",
    "dead-letter",
    "failed",
    "stopped",
  ]);
});

Deno.test("the asker of the failing message gets ActorFailedError with what was thrown as its cause", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  for (const cause of [new Error("e"), "text", 0, null]) {
    const error = await assertRejects(() => addr.send(act(() => Promise.reject(cause))), ActorFailedError);
    assertEquals([error.cause, error.target, error.messageType], [cause, "/a", "do"]);
  }
});

Deno.test("a Rejection from a message without an asker, a timer's included, is a dead letter", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a");
  const rejecting = act(() => {
    throw new Rejection("no");
  });
  addr.doSend(rejecting);
  addr.doSend(act((ctx) => void ctx.runLater(5, rejecting)));
  await stage.clock.advance(5);
  assert(addr.isAlive);
  assertEquals(deadLetters(events), [["rejected", rejecting], ["rejected", rejecting]]);
});

Deno.test("a Rejection from a hook or a stream is a failure, since nobody can be answered", async () => {
  await using stage = new Stage();
  const reject = () => {
    throw new Rejection("no");
  };
  const first = await stage.spawn("a", { started: reject });
  assertEquals((await first.closed).reason, "failed");
  const second = await stage.spawn("b");
  second.doSend(act((ctx) => void ctx.addStream(ReadableStream.from([1]), { item: reject })));
  assertEquals((await second.closed).reason, "failed");
});

Deno.test("a failing message is answered before any message behind it is taken", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(1, 1_000) });
  const order: string[] = [];
  const failed = addr.send(act(boom)).catch(() => order.push("asker"));
  const next = addr.send(act(() => void order.push("next")));
  await Promise.all([failed, next]);
  assertEquals(order, ["asker", "next"]);
});

Deno.test("an un-awaited promise of a handler is no failure of the actor", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const late: unknown[] = [];
  await addr.send(act(() => {
    Promise.reject(new Error("left behind")).catch((error) => late.push(error));
  }));
  assert(addr.isAlive);
  assertEquals(late.length, 1);
});

Deno.test("an unobserved failure is told once; one that an asker, watcher or reader knows of is not told", async () => {
  await using stage = new Stage();
  const { clock, system, unobserved } = stage;
  const fail = async (observe: (addr: Addr<Do>) => unknown): Promise<number> => {
    const addr = await stage.spawn("a");
    await observe(addr);
    addr.doSend(act(boom));
    await clock.settle();
    return unobserved.splice(0).length;
  };
  assertEquals(await fail(() => {}), 1);
  assertEquals(await fail((addr) => [addr.closed]), 0);
  assertEquals(await fail((addr) => new TestProbe(system).watch(addr)), 0);
  assertEquals(await fail((addr) => void addr.send(act(boom)).catch(() => "known")), 0);
  assertEquals(await fail((addr) => addr.writable()), 1);
  // The asker knows of the first failure, and nobody of that of the factory.
  let calls = 0;
  const factory = () => calls++ === 0 ? new Scripted() : boom();
  const restarted = system.spawn(factory, { strategy: SupervisorStrategy.restart(1, 1_000) });
  restarted.send(act(boom)).catch(() => "known");
  await clock.settle();
  assertEquals(unobserved.splice(0).map(({ reason }) => reason), ["restart-limit"]);
  const reader = system.events.getReader();
  assertEquals(await fail(() => {}), 0);
  await reader.cancel();
  assertEquals(await fail(() => {}), 1);
});

Deno.test("an unobserved failure says reason and error; an orderly end, and what a parent hears of, is not told", async () => {
  await using stage = new Stage();
  const { unobserved } = stage;
  const addrs = new Map<string, Addr<Do>>();
  await stage.spawn("p", parentOf([], addrs, { c: {}, d: { strategy: SupervisorStrategy.escalate } }));
  addrs.get("c")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(unobserved, []);
  addrs.get("d")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(unobserved.map(({ addr, reason }) => [addr.id, reason]), [["/p", "failed"]]);
  assertEquals((unobserved[0]!.error as Error).message, "boom");
  await stage.spawn("q", parentOf([], addrs, { asked: { strategy: SupervisorStrategy.escalate } }));
  await assertRejects(() => addrs.get("asked")!.send(act(boom)), ActorFailedError);
  await stage.clock.settle();
  assertEquals(unobserved.length, 1);
  await stage.spawn("limited", { started: boom }, { strategy: SupervisorStrategy.restart(0, 1) });
  await stage.spawn("top", { started: boom }, { strategy: SupervisorStrategy.escalate });
  assertEquals(unobserved.map(({ reason }) => reason), ["failed", "restart-limit", "escalated"]);
});

Deno.test("a child's failure is observed by a parent with the hook terminated; of one without, it is told as any other", async () => {
  class Deaf extends Actor<Do> {
    do({ run }: Do, ctx: Context<Do>): unknown {
      return run(ctx, new Scripted());
    }
  }
  await using stage = new Stage();
  const { clock, system, unobserved } = stage;
  const parent = system.spawn(() => new Deaf());
  const spawn = async (strategy = SupervisorStrategy.stop) =>
    await parent.send(act((ctx) => ctx.spawnChild(() => new Scripted(), { name: "c", strategy }))) as Addr<Do>;
  const told = async () => {
    await clock.settle();
    return unobserved.splice(0).map(({ addr, reason, error }) => `${addr.id} ${reason} ${(error as Error).message}`);
  };
  (await spawn()).doSend(act(boom));
  assertEquals(await told(), ["/Deaf-1/c failed boom"]);
  (await spawn(SupervisorStrategy.restart(0, 1))).doSend(act(boom));
  assertEquals(await told(), ["/Deaf-1/c restart-limit boom"]);
  for (
    const observe of [
      (addr: Addr<Do>) => void addr.closed,
      (addr: Addr<Do>) => new TestProbe(system).watch(addr),
      (addr: Addr<Do>) => addr.send(act(boom)).catch(() => "known"),
    ]
  ) {
    const addr = await spawn();
    await observe(addr);
    addr.doSend(act(boom));
    assertEquals(await told(), []);
  }
  // An actor that only asks for notices, and has no hook for them, hears of nothing.
  const addr = await spawn();
  await system.spawn(() => new Deaf()).send(act((ctx) => ctx.watch(addr)));
  addr.doSend(act(boom));
  assertEquals(await told(), ["/Deaf-1/c failed boom"]);
  // The parent is handed the failure, and it is the end of the parent that is told.
  (await spawn(SupervisorStrategy.escalate)).doSend(act(boom));
  assertEquals(await told(), ["/Deaf-1 failed boom"]);
});

Deno.test("a child's failure is told when its parent is to end and never hears of it, and not when that drains", async () => {
  for (const drain of [false, true]) {
    await using stage = new Stage();
    const addrs = new Map<string, Addr<Do>>();
    const log: string[] = [];
    const parent = await stage.spawn("p", {
      ...parentOf([], addrs, { c: {} }),
      terminated: ({ addr: { id } }) => void log.push(id),
    });
    parent.doSend(act((ctx) => new Promise((done) => void stage.clock.schedule(10, () => done(ctx)))));
    await stage.clock.settle();
    const stopped = stage.system.stop(parent, { drain });
    addrs.get("c")!.doSend(act(boom));
    await stage.clock.advance(20);
    await stopped;
    assertEquals([log, stage.unobserved.map(({ addr }) => addr.id)], drain ? [["/p/c"], []] : [[], ["/p/c"]]);
  }
});

Deno.test("a failure is observed by a watcher that rests before it restarts, and hears of it then", async () => {
  await using stage = new Stage();
  const heard: string[] = [];
  const target = await stage.spawn("target");
  const strategy = SupervisorStrategy.restart(1, 1_000, { backoff: 100 });
  const watcher = await stage.spawn("watcher", { terminated: ({ reason }) => void heard.push(reason) }, { strategy });
  watcher.doSend(act((ctx) => ctx.watch(target)));
  await assertRejects(() => watcher.send(act(boom)));
  target.doSend(act(boom));
  await stage.clock.settle();
  assertEquals([heard, stage.unobserved], [[], []]);
  await stage.clock.advance(100);
  assertEquals([heard, stage.unobserved], [["failed"], []]);
});

Deno.test("a failure is told when the notice of it is queued, and its watcher ends, restarts or takes the watch back first", async () => {
  const target = () => new Scripted();
  for (const how of ["stop", "restart", "unwatch", "handled"] as const) {
    await using stage = new Stage();
    const heard: string[] = [];
    const gate = Promise.withResolvers<void>();
    const strategy = SupervisorStrategy.restart(1, 1_000);
    const script = { terminated: ({ reason }: Terminated) => void heard.push(reason) };
    const parent = await stage.spawn("p", script, { strategy });
    const child = await parent.send(act((ctx) => ctx.spawnChild(target, { name: "c" }))) as Addr<Do>;
    parent.doSend(act(async (ctx) => {
      await gate.promise;
      if (how === "restart") boom();
      if (how === "unwatch") ctx.unwatch(child);
      if (how === "stop") ctx.stop();
    }));
    child.doSend(act(boom));
    await stage.clock.settle();
    assertEquals([heard, stage.unobserved], [[], []]);
    gate.resolve();
    await stage.clock.settle();
    const told = stage.unobserved.map(({ addr, reason }) => `${addr.id} ${reason}`);
    assertEquals([heard, told], how === "handled" ? [["failed"], []] : [[], ["/p/c failed"]], how);
  }
});

Deno.test("a child that fails while its parent ends is told, whatever hooks that has", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const parent = await stage.spawn("p", parentOf([], addrs, { c: { script: { stopped: boom } } }));
  await stage.system.stop(parent);
  assertEquals(stage.unobserved.map(({ addr, reason }) => [addr.id, reason]), [["/p/c", "failed"]]);
});

Deno.test("an unobserved failure is one line of console.error unless it is replaced", async () => {
  const code = `
    import { Actor, ActorSystem } from "./mod.ts";
    class Broken extends Actor {
      started() { throw new Error("boom"); }
    }
    const system = new ActorSystem();
    system.spawn(() => new Broken(), { name: "broken" });
    await new Promise((resolve) => setTimeout(resolve, 1));
    await system.shutdown();
  `;
  const root = new URL("../../../", import.meta.url);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--ext=ts", code],
    cwd: root,
    env: { NO_COLOR: "1" },
  });
  const { success, stdout, stderr } = await command.output();
  const said = new TextDecoder().decode(stderr);
  assertEquals([success, stdout.length, said], [true, 0, "Actor /broken ended (failed): Error: boom\n"]);
});
