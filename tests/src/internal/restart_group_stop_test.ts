// What happens to a group restart when something else ends, or fails, in the middle of it.

import { assert, assertEquals } from "@std/assert";
import { type Addr, type ChildrenPolicy, SupervisorStrategy } from "../../../mod.ts";
import { deadLetters, recordEvents } from "../../support/record.ts";
import { act, boom, type Child, type Do, hang, noting, parentOf, Scripted, Stage } from "../../support/scripted.ts";

const strategy = SupervisorStrategy.restart(3, 1_000);
const slow = SupervisorStrategy.restart(3, 1_000, { backoff: 100 });

interface Family {
  readonly parent: Addr<Do>;
  readonly addrs: Map<string, Addr<Do>>;
}

/** A parent with `policy` and children that restart, as given. */
async function family(stage: Stage, policy: ChildrenPolicy, children: Record<string, Child>): Promise<Family> {
  const addrs = new Map<string, Addr<Do>>();
  const withStrategy = Object.entries(children).map(([name, child]) => [name, { strategy, ...child }]);
  const script = parentOf(stage.log, addrs, Object.fromEntries(withStrategy));
  const parent = await stage.spawn("p", script, { children: policy, strategy });
  stage.take();
  return { parent, addrs };
}

for (const policy of ["one-for-all", "rest-for-one"] as const) {
  Deno.test(`a parent that stops during the back-off of ${policy} starts nobody again, and leaves no timer`, async () => {
    const stage = new Stage();
    const { parent, addrs } = await family(stage, policy, { a: { strategy: slow }, b: {}, c: {} });
    addrs.get("a")!.doSend(act(boom));
    await stage.clock.settle();
    await stage.system.stop(parent);
    assertEquals(stage.take(), ["-a", "-c", "-b", "-p"]);
    await stage.system.shutdown();
    await stage.clock.runUntilIdle();
    assertEquals(stage.clock.now(), 0);
  });

  Deno.test(`a parent that restarts during the back-off of ${policy} starts new children only`, async () => {
    await using stage = new Stage();
    const { parent, addrs } = await family(stage, policy, { a: { strategy: slow }, b: {} });
    addrs.get("a")!.doSend(act(boom));
    await stage.clock.settle();
    parent.doSend(act(boom));
    await stage.clock.advance(200);
    assertEquals(stage.take(), ["-a", "-b", "-p", "+p", "+a", "+b"]);
  });

  Deno.test(`a parent that stops while ${policy} waits for a busy child starts nobody again`, async () => {
    const stage = new Stage();
    const children = { a: { strategy: slow }, b: {}, c: { stopTimeout: 50 } };
    const { parent, addrs } = await family(stage, policy, children);
    addrs.get("c")!.doSend(act(hang));
    addrs.get("a")!.doSend(act(boom));
    await stage.clock.settle();
    const stopping = stage.system.stop(parent);
    await stage.clock.advance(50);
    await stopping;
    assertEquals(stage.take(), ["-a", "-b", "-p"]);
    await stage.system.shutdown();
    await stage.clock.runUntilIdle();
    assertEquals(stage.clock.now(), 50);
  });

  Deno.test(`a child that fails while its parent ends begins no ${policy} restart`, async () => {
    const stage = new Stage();
    const children = { a: { strategy: slow }, b: {}, c: { stopTimeout: 50, script: { stopped: hang } } };
    const { parent, addrs } = await family(stage, policy, children);
    const stopping = stage.system.stop(parent);
    await stage.clock.settle();
    addrs.get("a")!.doSend(act(boom));
    await stage.clock.advance(50);
    await stopping;
    assertEquals(stage.take(), ["-c", "-a", "-b", "-p"]);
    await stage.system.shutdown();
    await stage.clock.runUntilIdle();
    assertEquals(stage.clock.now(), 50);
  });

  Deno.test(`a child that is stopped during the back-off of ${policy} ends, and the others start again`, async () => {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const { addrs } = await family(stage, policy, { a: { strategy: slow }, b: {}, c: {} });
    addrs.get("a")!.doSend(act(boom));
    await stage.clock.settle();
    const queued = act(() => {});
    addrs.get("b")!.doSend(queued);
    await stage.system.stop(addrs.get("b")!, { drain: true });
    assertEquals((await addrs.get("b")!.closed).reason, "stopped");
    assertEquals(deadLetters(events).at(-1), ["stopped", queued]);
    await stage.clock.advance(100);
    assertEquals(stage.take(), ["-a", "-c", "-b", "p heard /p/b stopped", "+a", "+c"]);
  });

  Deno.test(`the failed child may be stopped during its own ${policy} restart`, async () => {
    await using stage = new Stage();
    const { addrs } = await family(stage, policy, { a: { strategy: slow }, b: {} });
    addrs.get("a")!.doSend(act(boom));
    await stage.clock.settle();
    await stage.system.stop(addrs.get("a")!);
    await stage.clock.advance(100);
    assertEquals(stage.take(), ["-a", "-b", "p heard /p/a stopped", "+b"]);
  });

  Deno.test(`a shutdown during the back-off of ${policy} ends everything at once`, async () => {
    const stage = new Stage();
    const { addrs } = await family(stage, policy, { a: { strategy: slow }, b: {} });
    addrs.get("a")!.doSend(act(boom));
    await stage.clock.settle();
    await stage.system.shutdown();
    assertEquals([stage.clock.now(), stage.take()], [0, ["-a", "-b", "-p"]]);
  });

  Deno.test(`a member that drains is ended by a ${policy} restart, and its queue is not lost silently`, async () => {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const { addrs } = await family(stage, policy, { a: {}, b: {} });
    const gate = Promise.withResolvers<void>();
    const queued = act(() => stage.log.push("drained"));
    addrs.get("b")!.doSend(act(() => gate.promise));
    addrs.get("b")!.doSend(queued);
    await stage.clock.settle();
    const stopping = stage.system.stop(addrs.get("b")!, { drain: true });
    addrs.get("a")!.doSend(act(boom));
    await stage.clock.settle();
    gate.resolve();
    await stopping;
    await stage.clock.settle();
    assertEquals(stage.take(), ["-a", "-b", "+a", "p heard /p/b stopped"]);
    assertEquals(deadLetters(events).at(-1), ["stopped", queued]);
  });

  Deno.test(`a parent that drains in the middle of a ${policy} restart lets the members drain that did not rest yet`, async () => {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const gate = Promise.withResolvers<void>();
    const { addrs, parent } = await family(stage, policy, {
      a: { script: { stopped: () => gate.promise } },
      b: {},
      c: {},
    });
    addrs.get("a")!.doSend(act(boom));
    await stage.clock.settle();
    for (const name of ["b", "c"]) {
      addrs.get(name)!.doSend(act((ctx) => ctx.sleep(100)));
      addrs.get(name)!.doSend(act(() => void stage.log.push(`${name} drained`)));
    }
    const stopping = stage.system.stop(parent, { drain: true });
    await stage.clock.advance(50);
    gate.resolve();
    await stage.clock.advance(1_000);
    await stopping;
    assertEquals(stage.take(), ["-a", "b drained", "c drained", "-c", "-b", "-p"]);
    assertEquals(deadLetters(events).map(([reason]) => reason), ["failed"]);
  });
}

Deno.test("a sibling that fails after the group has started again begins a restart of its own", async () => {
  await using stage = new Stage();
  const gate = Promise.withResolvers<void>();
  let lives = 0;
  const script = { started: () => ++lives === 2 ? gate.promise : undefined };
  const { addrs } = await family(stage, "rest-for-one", { a: {}, b: { script }, c: {} });
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["-a", "-c", "-b", "+a", "+b"]);
  // The group waits for `b` to start; `a` runs already, and fails again.
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["-a"]);
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["+c", "-c", "-b", "+a", "+b", "+c"]);
});

Deno.test("a child that fails while another group restart runs, and is stopped before its own, restarts nobody", async () => {
  await using stage = new Stage();
  const gate = Promise.withResolvers<void>();
  const { addrs } = await family(stage, "rest-for-one", { a: {}, b: {}, c: {}, d: {} });
  addrs.get("d")!.doSend(act(() => gate.promise));
  addrs.get("c")!.doSend(act(boom));
  await stage.clock.settle();
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.settle();
  await stage.system.stop(addrs.get("a")!);
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["-c", "-a", "p heard /p/a stopped", "-d", "+c", "+d"]);
});

Deno.test("a child that joins during a group restart and fails does not keep the others from starting", async () => {
  await using stage = new Stage();
  const gate = Promise.withResolvers<void>();
  let lives = 0;
  const script = { started: () => ++lives === 2 ? gate.promise.then(boom) : undefined };
  const own = { strategy: SupervisorStrategy.stop, script };
  const { parent, addrs } = await family(stage, "rest-for-one", { a: {}, b: own, c: {} });
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.settle();
  parent.doSend(act((ctx) => {
    const late = ctx.spawnChild(() => new Scripted(noting(stage.log, "late")), { strategy });
    late.doSend(act(boom));
  }));
  await stage.clock.settle();
  gate.resolve();
  await stage.clock.settle();
  assert(!addrs.get("b")!.isAlive);
  assertEquals(await addrs.get("c")!.send(act(() => "runs"), { timeout: 50 }), "runs");
});

Deno.test("groups nest: a member ends its own children before it, and they start after it", async () => {
  await using stage = new Stage();
  const inner = new Map<string, Addr<Do>>();
  const script = parentOf(stage.log, inner, { x: { strategy }, y: { strategy } });
  const { addrs } = await family(stage, "one-for-all", { a: {}, b: { script, children: "one-for-all" } });
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["-a", "-y", "-x", "-b", "+a", "+b", "+x", "+y"]);
  inner.get("x")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["-x", "-y", "+x", "+y"]);
});

Deno.test("an inner group that is in the middle of a restart ends with an outer one", async () => {
  await using stage = new Stage();
  const inner = new Map<string, Addr<Do>>();
  const script = parentOf(stage.log, inner, { x: { strategy: slow }, y: {} });
  const { addrs } = await family(stage, "one-for-all", { a: {}, b: { script, children: "one-for-all" } });
  inner.get("x")!.doSend(act(boom));
  await stage.clock.settle();
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.advance(200);
  assertEquals(stage.take(), ["-x", "-y", "-a", "-b", "+a", "+b", "+x", "+y"]);
});

Deno.test("a group that has restarted once does so again, also after its parent restarted", async () => {
  await using stage = new Stage();
  const { parent, addrs } = await family(stage, "one-for-all", { a: {}, b: {} });
  for (let round = 0; round < 2; round++) {
    for (const name of ["a", "b"]) {
      addrs.get(name)!.doSend(act(boom));
      await stage.clock.settle();
      assertEquals(stage.take().slice(-2), ["+a", "+b"]);
    }
    parent.doSend(act(boom));
    await stage.clock.settle();
    assertEquals(stage.take(), ["-b", "-a", "-p", "+p", "+a", "+b"]);
  }
});

Deno.test("watchers of a member hear nothing of group restarts, and once of its end", async () => {
  await using stage = new Stage();
  const { addrs } = await family(stage, "one-for-all", { a: {}, b: {} });
  const watching = { started: (ctx: { watch(addr: Addr<Do>): void }) => ctx.watch(addrs.get("b")!) };
  await stage.spawn("w", watching);
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.settle();
  stage.take();
  await stage.system.stop(addrs.get("b")!);
  await stage.clock.settle();
  assertEquals(stage.take(), ["-b", "p heard /p/b stopped", "w heard /p/b stopped"]);
});
