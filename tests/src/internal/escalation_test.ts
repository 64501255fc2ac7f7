import { assert, assertEquals, assertRejects } from "@std/assert";
import { ActorFailedError, type Addr, SupervisorStrategy } from "../../../mod.ts";
import { recordEvents } from "../../support/record.ts";
import { act, boom, type Do, hang, parentOf, type Script, Scripted, Stage } from "../../support/scripted.ts";

const { escalate, resume, stop } = SupervisorStrategy;
const restart = SupervisorStrategy.restart(3, 1_000);

/** Addresses of children by name, and the script of a parent that spawns them. */
function family(stage: Stage, children: Parameters<typeof parentOf>[2]): [Map<string, Addr<Do>>, Script] {
  const addrs = new Map<string, Addr<Do>>();
  return [addrs, parentOf(stage.log, addrs, children)];
}

Deno.test("escalate ends the actor and fails its parent with the same error", async () => {
  await using stage = new Stage();
  const [addrs, script] = family(stage, { c: { strategy: escalate } });
  const parent = await stage.spawn("p", script);
  const child = addrs.get("c")!;
  const error = new Error("from below");
  child.doSend(act(() => Promise.reject(error)));
  assertEquals(await child.closed, { addr: child, reason: "escalated", error });
  assertEquals(await parent.closed, { addr: parent, reason: "failed", error });
});

Deno.test("a parent that escalation restarts ends all of its children, and tells the new incarnation nothing", async () => {
  await using stage = new Stage();
  const [addrs, script] = family(stage, { a: {}, b: { strategy: escalate }, c: {} });
  const parent = await stage.spawn("p", script, { strategy: restart });
  stage.take();
  addrs.get("b")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["-b", "-c", "-a", "-p", "+p", "+a", "+b", "+c"]);
  assert(parent.isAlive && addrs.get("b")!.isAlive);
});

Deno.test("a parent that resumes keeps its other children and is told of the one that escalated", async () => {
  await using stage = new Stage();
  const [addrs, script] = family(stage, { a: {}, b: { strategy: escalate } });
  await stage.spawn("p", script, { strategy: resume });
  stage.take();
  addrs.get("b")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["-b", "p heard /p/b escalated"]);
  assert(addrs.get("a")!.isAlive);
});

Deno.test("escalation climbs as many levels as say so", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const level = (depth: number): Script => {
    const name = `level${depth}`;
    return parentOf(stage.log, addrs, { [name]: { strategy: escalate, script: depth === 4 ? {} : level(depth + 1) } });
  };
  const top = await stage.spawn("top", level(1), { strategy: SupervisorStrategy.restart(1, 1_000) });
  stage.take();
  addrs.get("level4")!.doSend(act(boom));
  await stage.clock.settle();
  const ended = ["-level4", "-level3", "-level2", "-level1", "-top"];
  assertEquals(stage.take(), [...ended, "+top", "+level1", "+level2", "+level3", "+level4"]);
  addrs.get("level4")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals((await top.closed).reason, "restart-limit");
});

Deno.test("escalation at the top level ends the actor with the reason escalated", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: escalate });
  addr.doSend(act(boom));
  assertEquals((await addr.closed).reason, "escalated");
});

Deno.test("the asker of a child hears of the failure that escalates", async () => {
  await using stage = new Stage();
  const [addrs, script] = family(stage, { c: { strategy: escalate } });
  await stage.spawn("p", script, { strategy: restart });
  const error = await assertRejects(() => addrs.get("c")!.send(act(boom)), ActorFailedError);
  assertEquals((error.cause as Error).message, "boom");
});

Deno.test("two children that escalate at once fail their parent once", async () => {
  await using stage = new Stage();
  const once = SupervisorStrategy.restart(1, 1_000);
  const [addrs, script] = family(stage, { a: { strategy: escalate }, b: { strategy: escalate } });
  const parent = await stage.spawn("p", script, { strategy: once });
  for (const name of ["a", "b"]) addrs.get(name)!.doSend(act(boom));
  await stage.clock.settle();
  assert(parent.isAlive);
  assertEquals(stage.log.filter((entry) => entry === "+p").length, 2);
});

Deno.test("two children that escalate at once do not hide that their parent escalates too", async () => {
  await using stage = new Stage();
  const addrs = new Map<string, Addr<Do>>();
  const middle = parentOf(stage.log, addrs, { a: { strategy: escalate }, b: { strategy: escalate } });
  const outer = parentOf(stage.log, addrs, { middle: { strategy: escalate, script: middle } });
  const top = await stage.spawn("top", outer, { strategy: restart });
  const ended = addrs.get("middle")!.closed;
  for (const name of ["a", "b"]) addrs.get(name)!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals((await ended).reason, "escalated");
  assert(top.isAlive);
  assertEquals(stage.log.filter((entry) => entry === "+top").length, 2);
});

Deno.test("a stopped hook that throws or hangs does not swallow an escalation", async () => {
  for (const stopped of [boom, hang]) {
    await using stage = new Stage();
    const [addrs, script] = family(stage, { c: { strategy: escalate, script: { stopped } } });
    await stage.spawn("p", script, { strategy: restart });
    const child = addrs.get("c")!;
    child.doSend(act(boom));
    await stage.clock.advance(5_000);
    assertEquals((await child.closed).reason, "escalated");
    assertEquals(stage.take(), ["+p", "+c", "-c", "-p", "+p", "+c"]);
  }
});

Deno.test("an escalation waits for the parent's async handler, and comes before the parent's next message", async () => {
  await using stage = new Stage();
  const [addrs, script] = family(stage, { c: { strategy: escalate } });
  const parent = await stage.spawn("p", script, { strategy: restart });
  stage.take();
  const gate = Promise.withResolvers<void>();
  const answered = parent.send(act(() => gate.promise.then(() => "finished")));
  parent.doSend(act(() => stage.log.push("next")));
  addrs.get("c")!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["-c"]);
  gate.resolve();
  assertEquals(await answered, "finished");
  await stage.clock.settle();
  assertEquals(stage.take(), ["-p", "+p", "next", "+c"]);
});

Deno.test("an escalation is not refused by a full mailbox of the parent", async () => {
  await using stage = new Stage();
  const [addrs, script] = family(stage, { c: { strategy: escalate } });
  const parent = await stage.spawn("p", script, { strategy: restart, capacity: 1 });
  stage.take();
  const gate = Promise.withResolvers<void>();
  parent.doSend(act(() => gate.promise));
  for (const name of ["queued", "waiting"]) parent.doSend(act(() => stage.log.push(name)));
  await stage.clock.settle();
  addrs.get("c")!.doSend(act(boom));
  await stage.clock.settle();
  gate.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["-c", "-p", "+p", "queued", "waiting", "+c"]);
});

Deno.test("a child that escalates while its parent starts fails the parent when started has settled", async () => {
  await using stage = new Stage();
  const gates: PromiseWithResolvers<void>[] = [];
  let lives = 0;
  const [, script] = family(stage, {
    c: { strategy: escalate, script: { started: () => lives++ === 0 ? boom() : undefined } },
  });
  const started: Script["started"] = (ctx, self) => {
    script.started!(ctx, self);
    gates.push(Promise.withResolvers());
    return gates.at(-1)!.promise;
  };
  const parent = await stage.spawn("p", { started }, { strategy: restart });
  assertEquals(stage.take(), ["+p", "+c", "-c"]);
  gates[0]!.resolve();
  await stage.clock.settle();
  assertEquals(stage.take(), ["-p", "+p", "+c"]);
  gates[1]!.resolve();
  assertEquals(await parent.send(act(() => "up")), "up");
});

Deno.test("a child that fails while its parent stops does not fail the parent", async () => {
  await using stage = new Stage();
  const [addrs, script] = family(stage, { a: { strategy: escalate }, b: { script: { stopped: hang } } });
  const parent = await stage.spawn("p", script, { strategy: restart });
  const stopping = stage.system.stop(parent);
  await stage.clock.settle();
  // `b` ends first and takes its time; `a` was not told to stop yet.
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.advance(5_000);
  await stopping;
  assertEquals((await parent.closed).reason, "stopped");
  assertEquals((await addrs.get("a")!.closed).reason, "escalated");
});

Deno.test("a child that fails while its parent restarts does not fail the parent again", async () => {
  await using stage = new Stage();
  const once = SupervisorStrategy.restart(1, 60_000);
  const [addrs, script] = family(stage, { a: { strategy: escalate }, b: { script: { stopped: hang } } });
  const parent = await stage.spawn("p", script, { strategy: once });
  parent.doSend(act(boom));
  await stage.clock.settle();
  addrs.get("a")!.doSend(act(boom));
  await stage.clock.advance(5_000);
  assert(parent.isAlive);
  assertEquals(stage.log.filter((entry) => entry === "+p").length, 2);
});

Deno.test("a child that fails because it was told to stop ends as failed and does not escalate", async () => {
  await using stage = new Stage();
  const [addrs, script] = family(stage, { c: { strategy: escalate } });
  const parent = await stage.spawn("p", script, { strategy: stop });
  const child = addrs.get("c")!;
  child.doSend(act((ctx) => new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject("cut")))));
  await stage.clock.settle();
  await stage.system.stop(child);
  assertEquals(await child.closed, { addr: child, reason: "failed", error: "cut" });
  assert(parent.isAlive);
});

Deno.test("each level that an escalation passes is reported as failed, once", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const [addrs, script] = family(stage, { c: { strategy: escalate } });
  await stage.spawn("p", script, { strategy: escalate });
  addrs.get("c")!.doSend(act(boom));
  await stage.clock.settle();
  const seen = events.flatMap((event) =>
    event.kind === "failed" || event.kind === "stopped" ? [`${event.kind} ${event.addr.id}`] : []
  );
  assertEquals(seen, ["failed /p/c", "stopped /p/c", "failed /p", "stopped /p"]);
});

Deno.test("a child that escalates while its parent is still starting does not spoil the start: resume goes on", async () => {
  await using stage = new Stage();
  const gate = Promise.withResolvers<void>();
  const parent = await stage.spawn("p", {
    started: (ctx) => {
      ctx.spawnChild(() => new Scripted({ started: boom }), { name: "c", strategy: escalate });
      return gate.promise;
    },
  }, { strategy: resume });
  await stage.clock.settle();
  gate.resolve();
  await stage.clock.settle();
  assert(parent.isAlive);
  assertEquals(await parent.send(act(() => "reply")), "reply");
});
