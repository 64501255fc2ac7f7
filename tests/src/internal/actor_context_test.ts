import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type Addr, type Context, ContextClosedError, NameTakenError, SupervisorStrategy } from "../../../mod.ts";
import { act, boom, type Do, hang, parentOf, Scripted, Stage } from "../../support/scripted.ts";

const strategy = SupervisorStrategy.restart(3, 1_000);

/** Lets `addr` do something with its context, and gives what came of it. */
function inside<T>(addr: Addr<Do>, run: (ctx: Context<Do>) => T): Promise<T> {
  return addr.send(act(run)) as Promise<T>;
}

Deno.test("a context knows its actor and its system", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  await inside(addr, (ctx) => {
    assertStrictEquals(ctx.address, addr);
    assertStrictEquals(ctx.system, stage.system);
    assertEquals([ctx.id, ctx.signal.aborted, ctx.children], ["/a", false, []]);
  });
});

Deno.test("one incarnation has one context and one signal, and the next one has others", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy });
  const seen: Context<Do>[] = [];
  const keep = (ctx: Context<Do>) => void seen.push(ctx);
  await inside(addr, keep);
  await inside(addr, keep);
  addr.doSend(act(boom));
  await inside(addr, keep);
  assertStrictEquals(seen[0], seen[1]);
  assertStrictEquals(seen[0]!.signal, seen[1]!.signal);
  assert(seen[0] !== seen[2] && seen[0]!.signal !== seen[2]!.signal);
});

Deno.test("children lists the living children in order of spawning", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const addr = await stage.spawn("p", parentOf([], addrs, { a: {}, b: {}, c: {} }));
  const names = () => inside(addr, (ctx) => ctx.children.map(({ id }) => id));
  assertEquals(await names(), ["/p/a", "/p/b", "/p/c"]);
  await stage.system.stop(addrs.get("b")!);
  assertEquals(await names(), ["/p/a", "/p/c"]);
});

Deno.test("stopChild() ends one child, and terminated tells when it has ended", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const addr = await stage.spawn("p", parentOf(stage.log, addrs, { a: {}, b: {} }));
  stage.take();
  await inside(addr, (ctx) => {
    ctx.stopChild(addrs.get("a")!);
    ctx.stopChild(addrs.get("a")!);
  });
  await stage.clock.settle();
  assertEquals(stage.take(), ["-a", "p heard /p/a stopped"]);
  await inside(addr, (ctx) => ctx.stopChild(addrs.get("a")!));
  await stage.clock.settle();
  assertEquals([stage.take(), addrs.get("b")!.isAlive], [[], true]);
});

Deno.test("stopChild() abandons a child that hangs after the child's own stop time-out", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const addr = await stage.spawn("p", parentOf([], addrs, { a: { stopTimeout: 30 } }));
  addrs.get("a")!.doSend(act(hang));
  await stage.clock.settle();
  await inside(addr, (ctx) => ctx.stopChild(addrs.get("a")!));
  await stage.clock.advance(30);
  assertEquals(stage.take(), ["+p", "p heard /p/a abandoned"]);
});

Deno.test("stopChild() refuses everybody who is no child", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const grandchild = parentOf([], addrs, { grandchild: {} });
  const parent = await stage.spawn("p", parentOf([], addrs, { child: { script: grandchild } }));
  const stranger = await stage.spawn("s");
  await inside(parent, (ctx) => {
    const forged = { id: "/p/child" } as unknown as Addr<Do>;
    for (const addr of [parent, stranger, addrs.get("grandchild")!, forged]) {
      assertThrows(() => ctx.stopChild(addr), TypeError, `Cannot stop ${addr.id}: it is no child of /p`);
    }
  });
  assert(stranger.isAlive && addrs.get("grandchild")!.isAlive);
});

Deno.test("spawnChild() throws at the caller for wrong options, and spawns nothing", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("p");
  await inside(addr, (ctx) => {
    const make = () => new Scripted();
    ctx.spawnChild(make, { name: "taken" });
    assertThrows(() => ctx.spawnChild(make, { name: "taken" }), NameTakenError);
    assertThrows(() => ctx.spawnChild(make, { capacity: 0 }), RangeError);
    assertThrows(() => ctx.spawnChild(make, { stopTimeout: NaN }), RangeError);
    assertThrows(() => ctx.spawnChild(undefined as never), TypeError, "a factory is needed");
    assertEquals(ctx.children.length, 1);
  });
});

/** Everything that acts for the actor. */
const ACTIONS: Record<string, (ctx: Context<Do>, child: Addr<Do>) => unknown> = {
  spawnChild: (ctx) => ctx.spawnChild(() => new Scripted()),
  stopChild: (ctx, child) => ctx.stopChild(child),
  runLater: (ctx) => ctx.runLater(1, act(boom)),
  runInterval: (ctx) => ctx.runInterval(1, act(boom)),
  addStream: (ctx) => ctx.addStream(ReadableStream.from([1]), { item: boom }),
  watch: (ctx, child) => ctx.watch(child),
  unwatch: (ctx, child) => ctx.unwatch(child),
};

for (const [name, run] of Object.entries(ACTIONS)) {
  Deno.test(`${name}() throws ContextClosedError once the incarnation has ended, and does nothing`, async () => {
    await using stage = new Stage();
    const contexts: Context<Do>[] = [];
    const addrs = new Map<string, Addr<Do>>();
    const family = parentOf([], addrs, { c: {} });
    const started = (ctx: Context<Do>, self: Scripted) => {
      contexts.push(ctx);
      return family.started!(ctx, self);
    };
    const thrown: unknown[] = [];
    const stopped = (ctx: Context<Do>) => {
      try {
        run(ctx, addrs.get("c")!);
      } catch (error) {
        thrown.push(error);
      }
    };
    const addr = await stage.spawn("p", { started, stopped }, { strategy });
    addr.doSend(act(boom));
    await stage.clock.settle();
    const [old, current] = contexts;
    const child = addrs.get("c")!;
    // In stopped, from outside after a restart, and after the end.
    assert(thrown[0] instanceof ContextClosedError);
    assertThrows(() => run(old!, child), ContextClosedError, "this incarnation of /p has ended or is stopping");
    await stage.clock.advance(10);
    assert(child.isAlive && current!.children.length === 1);
    await stage.system.stop(child);
    await stage.clock.settle();
    assertEquals(stage.take().at(-1), "p heard /p/c stopped");
    await stage.system.stop(addr);
    assertThrows(() => run(current!, child), ContextClosedError);
  });
}

Deno.test("stop() of an old context does not stop the new incarnation", async () => {
  await using stage = new Stage();
  const contexts: Context<Do>[] = [];
  const addr = await stage.spawn("a", { started: (ctx) => contexts.push(ctx) }, { strategy });
  addr.doSend(act(boom));
  await stage.clock.settle();
  contexts[0]!.stop();
  assertEquals(await addr.send(act(() => "alive")), "alive");
});

Deno.test("what a context tells can be read for ever", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const ctx = await inside(addr, (ctx) => ctx);
  await stage.system.stop(addr);
  assertEquals([ctx.id, ctx.address, ctx.children, ctx.signal.aborted], ["/a", addr, [], true]);
  assertStrictEquals(ctx.system, stage.system);
  assert(ctx.signal.reason instanceof ContextClosedError);
});
