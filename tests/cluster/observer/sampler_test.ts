import { assertEquals } from "@std/assert";
import { LagMeter } from "../../../cluster/observer/lag_meter.ts";
import { Sampler } from "../../../cluster/observer/sampler.ts";
import type { ObserverState } from "../../../cluster/observer/state.ts";
import { Troubles } from "../../../cluster/observer/troubles.ts";
import { SupervisorStrategy } from "../../../mod.ts";
import { Inspection } from "../../../src/internal/inspection.ts";
import { ManualClock } from "../../../src/testing/mod.ts";
import { act, boom, Stage } from "../../support/scripted.ts";

/** A sampler of a system in virtual time, with what it looks at. */
function make({ system, clock }: Stage): { look: () => ObserverState; glance: () => ObserverState; lag: LagMeter } {
  const inspection = new Inspection(system);
  const troubles = new Troubles(() => {});
  inspection.listenForTroubles(troubles);
  const lag = new LagMeter(clock);
  const sampler = new Sampler({ name: "shop", inspection, troubles, lag, cluster: undefined, clock });
  return { look: () => JSON.parse(sampler.look()), glance: () => JSON.parse(sampler.glance()), lag };
}

Deno.test("Sampler.look tells of the system, its actors and its troubles", async () => {
  await using stage = new Stage();
  const { look } = make(stage);
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(3, 1_000) });
  addr.doSend(act(boom));
  await stage.clock.settle();
  const { at, elapsedMs, system, actors, actorsOmitted, deadLetters, failures, cluster } = look();
  assertEquals([elapsedMs, actorsOmitted, cluster, at > 0], [0, 0, null, true]);
  assertEquals(system, {
    name: "shop",
    actors: 1,
    queued: 0,
    handledPerSecond: 0,
    failures: 1,
    restarts: 1,
    deadLetters: 1,
    lagMs: 0,
  });
  assertEquals(actors.map(({ id, restarts, lastFailure }) => [id, restarts, lastFailure?.error]), [
    ["/a", 1, "Error: boom"],
  ]);
  assertEquals(deadLetters.map(({ id, type, reason }) => [id, type, reason]), [["/a", "do", "failed"]]);
  assertEquals(failures.map(({ id, error }) => [id, error]), [["/a", "Error: boom"]]);
});

Deno.test("Sampler.look measures what was handled since the last look, of each actor and of all", async () => {
  await using stage = new Stage();
  const { look } = make(stage);
  const rates = () => {
    const { elapsedMs, system, actors } = look();
    return [elapsedMs, system.handledPerSecond, ...actors.map(({ handledPerSecond }) => handledPerSecond)];
  };
  const [a, b] = [await stage.spawn("a"), await stage.spawn("b")];
  for (let n = 0; n < 5; n++) await a.send(act(() => n));
  assertEquals(rates(), [0, 0, 0, 0]);
  for (let n = 0; n < 5; n++) await a.send(act(() => n));
  await b.send(act(() => 0));
  await stage.clock.advance(2_000);
  assertEquals(rates(), [2_000, 3, 2.5, 0.5]);
  await stage.clock.advance(1_000);
  assertEquals(rates(), [1_000, 0, 0, 0]);
});

Deno.test("Sampler.look gives no rate after a few ms, and none of an actor that it did not see at the last look", async () => {
  await using stage = new Stage();
  const { look } = make(stage);
  const a = await stage.spawn("a");
  look();
  await a.send(act(() => 0));
  await stage.clock.advance(3);
  assertEquals([look().system.handledPerSecond, look().actors[0]!.handledPerSecond], [0, 0]);
  const b = await stage.spawn("b");
  await b.send(act(() => 0));
  await stage.clock.advance(1_000);
  assertEquals(look().actors.map(({ handled, handledPerSecond }) => [handled, handledPerSecond]), [[1, 0], [1, 0]]);
  await b.send(act(() => 0));
  await stage.clock.advance(1_000);
  assertEquals(look().actors.map(({ handledPerSecond }) => handledPerSecond), [0, 1]);
});

Deno.test("Sampler.look gives no rate of an actor that was left out at the last look", () => {
  const clock = new ManualClock();
  const addr = { id: "/a" };
  const view = { addr, label: "a", className: "A", status: "idle", queued: 0, capacity: 1, restarts: 0, childCount: 0 };
  let shown: object[] = [];
  const inspection = { topLevel: () => shown, topLevelCount: 1, living: 1, turns: 0 } as unknown as Inspection;
  const troubles = new Troubles(() => {});
  const sampler = new Sampler({ name: "", inspection, troubles, lag: new LagMeter(clock), cluster: undefined, clock });
  let now = 0;
  clock.now = () => now;
  const rates = [];
  for (const isShown of [true, true, false, true, true]) {
    now += 1_000;
    shown = isShown ? [{ ...view, taken: now / 100 }] : [];
    rates.push((JSON.parse(sampler.look()) as ObserverState).actors[0]?.handledPerSecond);
  }
  assertEquals(rates, [0, 10, undefined, 0, 10]);
});

Deno.test("Sampler.glance gives the last state again while that is new", async () => {
  await using stage = new Stage();
  const { look, glance } = make(stage);
  const first = glance();
  await stage.spawn("a");
  await stage.clock.advance(249);
  assertEquals(glance(), first);
  await stage.clock.advance(1);
  assertEquals([glance().system.actors, glance().elapsedMs], [1, 250]);
  await stage.spawn("b");
  assertEquals([glance().system.actors, look().system.actors, glance().system.actors], [1, 2, 2]);
});

Deno.test("Sampler.look shows how late timers were since the last look", async () => {
  await using stage = new Stage();
  const { look, lag } = make(stage);
  let isBlocked = false;
  const now = stage.clock.now.bind(stage.clock);
  stage.clock.now = () => isBlocked ? now() + 312.34 : now();
  lag.start();
  look();
  isBlocked = true;
  await stage.clock.advance(100);
  isBlocked = false;
  assertEquals([look().system.lagMs, look().system.lagMs], [312.3, 0]);
  lag.stop();
});
