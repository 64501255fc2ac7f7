import { assertEquals, assertRejects } from "@std/assert";
import { type Addr, type Message, SupervisorStrategy } from "../../../mod.ts";
import { TestProbe } from "../../../src/testing/mod.ts";
import { act, boom, type Do, hang, parentOf, Scripted, Stage } from "../../support/scripted.ts";

const strategy = SupervisorStrategy.restart(3, 1_000);

/** An actor that notes what it hears, and watches `targets`. */
async function watcher(stage: Stage, targets: Addr<Do>[], options = {}): Promise<Addr<Do>> {
  const addr = await stage.spawn("w", {}, options);
  for (const target of targets) await watch(addr, target);
  stage.take();
  return addr;
}

function watch(addr: Addr<Do>, target: Addr<Do>): Promise<unknown> {
  return addr.send(act((ctx) => ctx.watch(target)));
}

Deno.test("S7: watching an actor that has ended already gives one notice at once, with its reason", async () => {
  await using stage = new Stage();
  const dead = await stage.spawn("dead", { started: boom });
  await watcher(stage, []);
  const heard = new TestProbe<Message>(stage.system);
  await heard.watch(dead);
  const { addr, reason, error } = await heard.receiveTerminated();
  assertEquals([addr, reason, (error as Error).message], [dead, "failed", "boom"]);
  await heard.watch(dead);
  assertEquals((await heard.receiveTerminated()).reason, "failed");
});

Deno.test("S7: a watcher whose mailbox is full, with senders waiting, is told once all the same", async () => {
  await using stage = new Stage();
  const target = await stage.spawn("t");
  const addr = await watcher(stage, [target], { capacity: 1 });
  const gate = Promise.withResolvers<void>();
  addr.doSend(act(() => gate.promise));
  for (const n of [1, 2, 3]) addr.doSend(act(() => stage.log.push(`${n}`)));
  await stage.clock.settle();
  assertEquals(addr.trySend(act(boom)), "full");
  await stage.system.stop(target);
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["-t", "1", "2", "3", "w heard /t stopped"]);
});

Deno.test("a target that is watched twice, or is a child and watched, gives one notice", async () => {
  await using stage = new Stage();
  const target = await stage.spawn("t");
  const addr = await watcher(stage, [target, target]);
  const child = await addr.send(act((ctx) => {
    const child = ctx.spawnChild(() => new Scripted(), { name: "c" });
    ctx.watch(child);
    return child;
  })) as Addr<Do>;
  await stage.system.stop(target);
  await stage.system.stop(child);
  await stage.clock.settle();
  assertEquals(stage.take(), ["-t", "w heard /t stopped", "w heard /w/c stopped"]);
});

Deno.test("watching again while the notice is queued gives one notice", async () => {
  await using stage = new Stage();
  const target = await stage.spawn("t");
  const addr = await watcher(stage, [target]);
  const gate = Promise.withResolvers<void>();
  addr.doSend(act(async (ctx) => {
    await gate.promise;
    ctx.watch(target);
    ctx.unwatch(target);
    ctx.watch(target);
  }));
  await stage.clock.settle();
  await stage.system.stop(target);
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["-t", "w heard /t stopped"]);
});

Deno.test("after unwatch no notice comes, not even one that is queued already", async () => {
  await using stage = new Stage();
  const [early, late] = [await stage.spawn("early"), await stage.spawn("late")];
  const addr = await watcher(stage, [early, late]);
  const gate = Promise.withResolvers<void>();
  addr.doSend(act(async (ctx) => {
    await gate.promise;
    ctx.unwatch(early);
    ctx.unwatch(late);
    ctx.unwatch(late);
  }));
  await stage.clock.settle();
  await stage.system.stop(early);
  gate.resolve();
  await stage.clock.settle();
  await stage.system.stop(late);
  await stage.clock.settle();
  assertEquals(stage.take(), ["-early", "-late"]);
});

Deno.test("a child that was unwatched ends without a notice", async () => {
  await using stage = new Stage();
  const addr = await watcher(stage, []);
  await addr.send(act((ctx) => {
    const child = ctx.spawnChild(() => new Scripted());
    ctx.unwatch(child);
    ctx.stopChild(child);
  }));
  await stage.clock.settle();
  assertEquals(stage.take(), []);
});

Deno.test("watching oneself does nothing", async () => {
  await using stage = new Stage();
  const addr = await watcher(stage, []);
  await watch(addr, addr);
  await stage.system.stop(addr);
  assertEquals(stage.take(), ["-w"]);
});

Deno.test("neither oneself nor who has unwatched counts as somebody who knows of a failure", async () => {
  await using stage = new Stage();
  const addr = await watcher(stage, []);
  const target = await stage.spawn("t");
  await watch(target, target);
  await watch(addr, target);
  await addr.send(act((ctx) => ctx.unwatch(target)));
  target.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.unobserved.map(({ addr: { id } }) => id), ["/t"]);
});

Deno.test("two actors may watch each other", async () => {
  await using stage = new Stage();
  const other = await stage.spawn("o");
  const addr = await watcher(stage, [other]);
  await watch(other, addr);
  await stage.system.stop(other);
  await stage.clock.settle();
  assertEquals(stage.take(), ["-o", "w heard /o stopped"]);
  await stage.system.stop(addr);
  assertEquals(stage.take(), ["-w"]);
});

Deno.test("a watch survives a restart of the target and of the watcher", async () => {
  await using stage = new Stage();
  const target = await stage.spawn("t", {}, { strategy });
  const addr = await watcher(stage, [target], { strategy });
  for (const restarted of [target, addr]) restarted.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take().toSorted(), ["+t", "+w", "-t", "-w"]);
  await stage.system.stop(target);
  await stage.clock.settle();
  assertEquals(stage.take(), ["-t", "w heard /t stopped"]);
});

Deno.test("a notice that is queued when the watcher restarts reaches the next incarnation", async () => {
  await using stage = new Stage();
  const target = await stage.spawn("t");
  const addr = await watcher(stage, [target], { strategy });
  const gate = Promise.withResolvers<void>();
  addr.doSend(act(() => gate.promise.then(boom)));
  await stage.clock.settle();
  await stage.system.stop(target);
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["-t", "-w", "+w", "w heard /t stopped"]);
});

Deno.test("what a restart ended is no news to the next incarnation, also children that ended shortly before", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const family = parentOf(stage.log, addrs, { early: {}, late: {} });
  const addr = await stage.spawn("w", family, { strategy });
  const gate = Promise.withResolvers<void>();
  addr.doSend(act(() => gate.promise.then(boom)));
  await stage.clock.settle();
  await stage.system.stop(addrs.get("early")!);
  stage.take();
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["-late", "-w", "+w", "+early", "+late"]);
});

Deno.test("a worker that sends its result and stops at once is heard in this order", async () => {
  await using stage = new Stage();
  for (const capacity of [1, 256]) {
    const boss = await watcher(stage, [], { capacity });
    const results = (n: number) => act(() => stage.log.push(`result ${n}`));
    boss.doSend(act((ctx) => {
      const work = act((worker) => {
        // Nobody waits for them: with room for one message, two must wait in line.
        for (const n of [1, 2, 3]) boss.doSend(results(n));
        worker.stop();
      });
      ctx.spawnChild(() => new Scripted(), { name: "worker" }).doSend(work);
    }));
    await stage.clock.settle();
    assertEquals(stage.take(), ["result 1", "result 2", "result 3", "w heard /w/worker stopped"]);
    await stage.system.stop(boss);
    stage.take();
  }
});

Deno.test("what a worker sent from its stopped is heard before its notice", async () => {
  await using stage = new Stage();
  const boss = await watcher(stage, [], { capacity: 1 });
  const stopped = () => {
    for (const n of [1, 2]) boss.doSend(act(() => stage.log.push(`last words ${n}`)));
  };
  await boss.send(act((ctx) => ctx.stopChild(ctx.spawnChild(() => new Scripted({ stopped }), { name: "unborn" }))));
  const child = await boss.send(act((ctx) => ctx.spawnChild(() => new Scripted({ stopped }), { name: "c" })));
  await stage.clock.settle();
  await stage.system.stop(child as Addr<Do>);
  await stage.clock.settle();
  const heard = stage.take();
  assertEquals(heard, ["w heard /w/unborn stopped", "last words 1", "last words 2", "w heard /w/c stopped"]);
});

Deno.test("a notice waits behind senders that waited before it, and none of them overtakes it", async () => {
  await using stage = new Stage();
  const target = await stage.spawn("t");
  const addr = await watcher(stage, [target], { capacity: 1 });
  const gate = Promise.withResolvers<void>();
  addr.doSend(act(() => gate.promise));
  await stage.clock.settle();
  const early = [1, 2].map((n) => addr.doSend(act(() => stage.log.push(`${n}`))));
  await stage.system.stop(target);
  const late = addr.doSend(act(() => stage.log.push("after")));
  gate.resolve();
  assertEquals(await Promise.all([...early, late]), ["sent", "sent", "sent"]);
  await stage.clock.settle();
  assertEquals(stage.take(), ["-t", "1", "2", "w heard /t stopped", "after"]);
});

Deno.test("a notice is delivered even when all who waited before it gave up", async () => {
  await using stage = new Stage();
  const target = await stage.spawn("t");
  const addr = await watcher(stage, [target], { capacity: 1 });
  const gate = Promise.withResolvers<void>();
  addr.doSend(act(() => gate.promise));
  addr.doSend(act(() => stage.log.push("queued")));
  await stage.clock.settle();
  const impatient = addr.doSend(act(boom), { timeout: 10 });
  await stage.system.stop(target);
  await stage.clock.advance(10);
  assertEquals(await impatient, "timeout");
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["-t", "queued", "w heard /t stopped"]);
  assertEquals(addr.desiredSize, 1);
});

Deno.test("each reason reaches the watcher", async () => {
  await using stage = new Stage();
  const addr = await watcher(stage, []);
  const end = async (name: string, options: object, last: (target: Addr<Do>) => unknown): Promise<void> => {
    const target = stage.system.spawn(() => new Scripted(), { name, stopTimeout: 0, ...options });
    await watch(addr, target);
    last(target);
    await stage.clock.advance(0);
  };
  await end("stopped", {}, (target) => target.doSend(act((ctx) => ctx.stop())));
  await end("failed", {}, (target) => target.doSend(act(boom)));
  await end("limit", { strategy: SupervisorStrategy.restart(0, 1) }, (target) => target.doSend(act(boom)));
  await end("escalated", { strategy: SupervisorStrategy.escalate }, (target) => target.doSend(act(boom)));
  await end("abandoned", {}, (target) => {
    target.doSend(act((ctx) => (ctx.stop(), hang())));
  });
  const reasons = ["stopped", "failed", "restart-limit", "escalated", "abandoned"];
  assertEquals(stage.take().map((entry) => entry.split(" ").at(-1)), reasons);
});

Deno.test("a child of a watched actor that ends with it gives the reason parent to its own watchers", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const parent = await stage.spawn("p", parentOf([], addrs, { c: {} }));
  await watcher(stage, [addrs.get("c")!, parent]);
  await stage.system.stop(parent);
  await stage.clock.settle();
  assertEquals(stage.take(), ["w heard /p/c parent", "-p", "w heard /p stopped"]);
});

Deno.test("a watcher that has ended leaves nothing behind at its targets", async () => {
  await using stage = new Stage();
  const target = await stage.spawn("t");
  for (let i = 0; i < 3; i++) {
    const addr = await watcher(stage, [target]);
    await stage.system.stop(addr);
  }
  stage.take();
  target.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["-t"]);
  // Nobody watched it any more, so its failure is told.
  assertEquals(stage.unobserved.length, 1);
});

Deno.test("watch() and unwatch() refuse what is no address of this process", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("w", {}, { strategy: SupervisorStrategy.resume });
  const foreign = { id: "far" } as unknown as Addr<Do>;
  const watching = await assertRejects(() => watch(addr, foreign));
  assertEquals(
    (watching as Error & { cause: Error }).cause.message,
    "Cannot watch far: it is no address of this process or of a cluster",
  );
  const unwatching = await assertRejects(() => addr.send(act((ctx) => ctx.unwatch(foreign))));
  assertEquals((unwatching as Error & { cause: Error }).cause.name, "TypeError");
});

Deno.test("an actor may watch an actor of another system", async () => {
  await using stage = new Stage();
  const other = new Stage();
  const target = await other.spawn("t");
  await watcher(stage, [target]);
  await other.system.shutdown();
  await stage.clock.settle();
  assertEquals(stage.take(), ["w heard /t shutdown"]);
});

Deno.test("closed resolves for any number of readers, before and after the end, after stopped", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy });
  const early = [addr.closed, addr.closed].map((closed) =>
    closed.then(({ reason }) => `${reason} ${stage.log.at(-1)}`)
  );
  addr.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["+a", "-a", "+a"]);
  await stage.system.stop(addr);
  assertEquals(await Promise.all(early), ["stopped -a", "stopped -a"]);
  assertEquals((await addr.closed).reason, "stopped");
});
