import { assertEquals, assertThrows } from "@std/assert";
import { type ActorSystem, SupervisorStrategy } from "../../../mod.ts";
import { type ActorView, Inspection } from "../../../src/internal/inspection.ts";
import { act, boom, hang, parentOf, Stage } from "../../support/scripted.ts";

/** The view of the only top-level actor. */
function only(stage: Stage): ActorView {
  const views = new Inspection(stage.system).topLevel(10);
  assertEquals(views.length, 1);
  return views[0]!;
}

Deno.test("Inspection shows an idle actor, before and after its first message", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { capacity: 7 });
  const idle = {
    addr,
    label: "a",
    className: "Scripted",
    status: "idle",
    queued: 0,
    used: 0,
    capacity: 7,
    waiting: 0,
    taken: 0,
    restarts: 0,
    busyMs: undefined,
    childCount: 0,
  };
  assertEquals(only(stage), idle as ActorView);
  await addr.send(act(() => 1));
  assertEquals(only(stage), { ...idle, taken: 1 } as ActorView);
});

Deno.test("Inspection does not make a mailbox, nor anything else that an idle actor has not", async () => {
  await using stage = new Stage();
  const { addr, capacity } = (await stage.spawn("a"), only(stage));
  assertEquals([capacity, addr.id, only(stage).queued], [256, "/a", 0]);
});

Deno.test("Inspection shows what is queued, who waits, and how long a handler has been busy", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { mailbox: { highWaterMark: 10, size: () => 4 }, stopTimeout: 0 });
  for (let n = 0; n < 5; n++) addr.doSend(act(hang));
  await stage.clock.advance(1_500);
  const { status, queued, used, capacity, waiting, taken, busyMs } = only(stage);
  assertEquals({ status, queued, used, capacity, waiting, taken, busyMs }, {
    status: "busy",
    queued: 3,
    used: 12,
    capacity: 10,
    waiting: 1,
    taken: 1,
    busyMs: 1_500,
  });
});

Deno.test("Inspection shows how an actor starts, is restarted after its back-off, and stops", async () => {
  await using stage = new Stage();
  const statuses: string[] = [];
  const look = () => {
    const { status, restarts } = only(stage);
    statuses.push(`${status} ${restarts}`);
  };
  const gates = [0, 1].map(() => Promise.withResolvers<void>());
  const starts = gates.map(({ promise }) => promise);
  const strategy = SupervisorStrategy.restart(3, 60_000, { backoff: 1_000 });
  const addr = await stage.spawn("a", { started: () => starts.shift() }, { strategy, stopTimeout: 0 });
  look();
  gates[0]!.resolve();
  await stage.clock.settle();
  look();
  addr.doSend(act(boom));
  await stage.clock.advance(500);
  look();
  await stage.clock.advance(500);
  look();
  gates[1]!.resolve();
  await stage.clock.settle();
  look();
  addr.doSend(act(hang));
  await stage.clock.settle();
  const stopped = stage.system.stop(addr, { timeout: 100 });
  look();
  await stage.clock.advance(100);
  await stopped;
  assertEquals(statuses, ["starting 0", "idle 0", "restarting 0", "restarting 1", "idle 1", "stopping 1"]);
  assertEquals(new Inspection(stage.system).topLevel(10), []);
});

Deno.test("Inspection shows an actor that still ends before its restart as one that restarts", async () => {
  await using stage = new Stage();
  const strategy = SupervisorStrategy.restart(3, 60_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  const addr = await stage.spawn("a", { stopped: () => promise }, { strategy });
  addr.doSend(act(boom));
  await stage.clock.settle();
  const { status, busyMs } = only(stage);
  resolve();
  await stage.clock.settle();
  assertEquals([status, busyMs, only(stage).status, only(stage).restarts], ["restarting", 0, "idle", 1]);
});

Deno.test("Inspection walks the tree as far as it is asked to, and counts what it does not show", async () => {
  await using stage = new Stage();
  await stage.spawn("p", parentOf([], new Map(), { a: {}, b: {}, c: {} }));
  await stage.spawn("q");
  const inspection = new Inspection(stage.system);
  assertEquals([inspection.living, inspection.topLevelCount], [5, 2]);
  assertEquals(inspection.topLevel(1).map(({ label }) => label), ["p"]);
  const [parent, other] = inspection.topLevel(2);
  assertEquals(parent!.childCount, 3);
  assertEquals(inspection.children(parent!, 2).map(({ addr }) => addr.id), ["/p/a", "/p/b"]);
  assertEquals(inspection.children(other!, 2), []);
  await stage.system.stop(parent!.addr);
  assertEquals([inspection.living, inspection.topLevelCount, inspection.children(parent!, 3)], [1, 1, []]);
});

Deno.test("Inspection counts the living and the turns of its own system only, and nobody lives at the end", async () => {
  const [stage, other] = [new Stage(), new Stage()];
  const [inspection, stranger] = [stage, other].map(({ system }) => new Inspection(system)) as [Inspection, Inspection];
  const addr = await stage.spawn("a");
  // Neither a factory that throws nor an actor that fails is counted for good.
  stage.system.spawn(boom);
  (await stage.spawn("b")).doSend(act(boom));
  await stage.clock.settle();
  assertEquals([inspection.living, stranger.living], [1, 0]);
  const before = inspection.turns;
  for (let n = 0; n < 10; n++) await addr.send(act(() => n));
  assertEquals([inspection.turns - before, stranger.turns], [10, 0]);
  await stage.system.shutdown();
  await other.system.shutdown();
  assertEquals([inspection.living, inspection.topLevelCount], [0, 0]);
});

Deno.test("Inspection looks only into a system", () => {
  assertThrows(() => new Inspection({} as ActorSystem), TypeError);
});
