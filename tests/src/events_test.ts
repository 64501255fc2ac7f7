import { assert, assertEquals } from "@std/assert";
import { type Addr, SupervisorStrategy, type SystemEvent } from "../../mod.ts";
import { Events, type Trouble } from "../../src/events.ts";
import { runtimeOf } from "../../src/system.ts";
import { recordEvents } from "../support/record.ts";
import { act, boom, hang, parentOf, Stage } from "../support/scripted.ts";

const SOME = { id: "/some" } as Addr<never>;

/** Event number `n`. */
function event(n: number): SystemEvent {
  return { kind: "blocked", from: undefined, to: SOME, waitedMs: n };
}

Deno.test("each kind of event is told with what it is about", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const error = new Error("boom");
  const failing = act(() => Promise.reject(error));
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(1, 1_000), capacity: 1 });
  addr.doSend(failing);
  await stage.clock.settle();
  addr.doSend(failing);
  await addr.closed;
  await addr.doSend(failing);
  await stage.clock.settle();
  assertEquals(events, [
    { kind: "started", addr },
    { kind: "dead-letter", addr, message: failing, reason: "failed", error },
    { kind: "failed", addr, error },
    { kind: "restarted", addr },
    { kind: "dead-letter", addr, message: failing, reason: "failed", error },
    { kind: "failed", addr, error },
    { kind: "stopped", addr, reason: "restart-limit" },
    { kind: "dead-letter", addr, message: failing, reason: "closed", error: undefined },
  ]);
});

Deno.test("a sender that waits for more than five seconds is told as blocked, with both ends", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const to = await stage.spawn("to", {}, { capacity: 1, stopTimeout: 0 });
  const from = await stage.spawn("from", {}, { stopTimeout: 0 });
  to.doSend(act(hang));
  to.doSend(act(boom));
  from.doSend(act(() => void to.doSend(act(boom))));
  await stage.clock.advance(4_999);
  assertEquals(events.filter(({ kind }) => kind === "blocked"), []);
  await stage.clock.advance(60_000);
  assertEquals(events.filter(({ kind }) => kind === "blocked"), [{ kind: "blocked", from, to, waitedMs: 5_000 }]);
});

Deno.test("the end of a tree is told child by child, in the order of their ends", async () => {
  const stage = new Stage();
  await stage.spawn("p", parentOf([], new Map(), { a: {}, b: {} }));
  const events = recordEvents(stage.system);
  await stage.system.shutdown();
  await stage.clock.settle();
  const ends = events.map((event) => event.kind === "stopped" ? `${event.addr.id} ${event.reason}` : event.kind);
  assertEquals(ends, ["/p/b shutdown", "/p/a shutdown", "/p shutdown"]);
});

Deno.test("each read of events is a subscription of its own, from then on", async () => {
  const stage = new Stage();
  const first = recordEvents(stage.system);
  await stage.spawn("a");
  const second = recordEvents(stage.system);
  await stage.spawn("b");
  await stage.system.shutdown();
  await stage.clock.settle();
  assertEquals(first.map(({ kind }) => kind), ["started", "started", "stopped", "stopped"]);
  assertEquals(second.map(({ kind }) => kind), ["started", "stopped", "stopped"]);
});

Deno.test("the streams end with the system, after what was still buffered; a later one ends at once", async () => {
  const stage = new Stage();
  const unread = stage.system.events;
  await stage.spawn("a");
  await stage.system.shutdown();
  assertEquals((await Array.fromAsync(unread)).map(({ kind }) => kind), ["started", "stopped"]);
  assertEquals(await Array.fromAsync(stage.system.events), []);
});

Deno.test("a subscription whose loop is left goes, and the others go on", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const readFirst = async (): Promise<string> => {
    for await (const { kind } of stage.system.events) return kind;
    return "none";
  };
  const first = readFirst();
  await stage.spawn("a");
  assertEquals(await first, "started");
  await stage.spawn("b");
  assertEquals(events.length, 2);
});

Deno.test({
  name: "a reader that falls behind loses the oldest events and is told how many",
  permissions: "none",
  async fn() {
    const events = new Events();
    const reader = events.subscribe().getReader();
    for (let n = 0; n < 1_024; n++) events.emit(event(n));
    assertEquals((await reader.read()).value, event(0));
    for (let n = 1_024; n < 1_030; n++) events.emit(event(n));
    assertEquals((await reader.read()).value, { kind: "missed", count: 5 });
    for (let n = 6; n < 1_030; n++) assertEquals((await reader.read()).value, event(n));
    events.emit(event(2_000));
    assertEquals((await reader.read()).value, event(2_000));
  },
});

Deno.test({
  name: "what was missed is told also at the end of the stream, before what is still buffered",
  permissions: "none",
  async fn() {
    const events = new Events();
    const readable = events.subscribe();
    for (let n = 0; n < 1_026; n++) events.emit(event(n));
    events.close();
    const read = await Array.fromAsync(readable);
    assertEquals(read.length, 1_025);
    assertEquals([read[0], read[1], read.at(-1)], [{ kind: "missed", count: 2 }, event(2), event(1_025)]);
  },
});

Deno.test({
  name: "a slow reader does not keep events from a fast one",
  permissions: "none",
  async fn() {
    const events = new Events();
    const slow = events.subscribe();
    const fast = events.subscribe().getReader();
    for (let n = 0; n < 3_000; n++) {
      events.emit(event(n));
      assertEquals((await fast.read()).value, event(n));
    }
    assertEquals((await slow.getReader().read()).value, { kind: "missed", count: 3_000 - 1_024 });
  },
});

Deno.test({
  name: "isObserved says whether anybody reads",
  permissions: "none",
  async fn() {
    const events = new Events();
    assert(!events.isObserved);
    const [first, second] = [events.subscribe(), events.subscribe()];
    await first.cancel();
    assert(events.isObserved);
    await second.cancel();
    assert(!events.isObserved);
    events.emit(event(1));
    events.close();
  },
});

Deno.test("a reader that waits when the system ends reads the last events and then done", async () => {
  const stage = new Stage();
  const reader = stage.system.events.getReader();
  const waiting = reader.read();
  const addr = await stage.spawn("a");
  assertEquals(await waiting, { done: false, value: { kind: "started", addr } });
  const next = reader.read();
  await stage.system.shutdown();
  assertEquals([(await next).done, (await reader.read()).done], [false, true]);
});

/** What a listener of troubles has heard, `"closed"` at the end. */
function listen(events: Pick<Events, "listenForTroubles">): { heard: unknown[]; ear: Disposable } {
  const heard: unknown[] = [];
  const ear = events.listenForTroubles({
    heard: (trouble) => void heard.push(trouble),
    closed: () => void heard.push("closed"),
  });
  return { heard, ear };
}

const blocked = (n: number): SystemEvent & Trouble => event(n) as SystemEvent & Trouble;

Deno.test({
  name: "Events.listenForTroubles tells of troubles at once, and readers of them as well",
  permissions: "none",
  async fn() {
    const events = new Events();
    const reader = events.subscribe().getReader();
    const { heard, ear } = listen(events);
    events.emitTrouble(blocked(1));
    events.emit(event(2));
    assertEquals(heard, [event(1)]);
    ear[Symbol.dispose]();
    events.emitTrouble(blocked(3));
    assertEquals(heard, [event(1)]);
    for (const n of [1, 2, 3]) assertEquals((await reader.read()).value, event(n));
    await reader.cancel();
  },
});

Deno.test({
  name: "isTroubleHeard says whether anybody reads or listens, and who only listens observes nothing",
  permissions: "none",
  async fn() {
    const events = new Events();
    assertEquals([events.isObserved, events.isTroubleHeard], [false, false]);
    const [one, two] = [listen(events), listen(events)];
    assertEquals([events.isObserved, events.isTroubleHeard], [false, true]);
    one.ear[Symbol.dispose]();
    one.ear[Symbol.dispose]();
    assertEquals([events.isObserved, events.isTroubleHeard], [false, true]);
    two.ear[Symbol.dispose]();
    assertEquals([events.isObserved, events.isTroubleHeard], [false, false]);
    const readable = events.subscribe();
    assertEquals([events.isObserved, events.isTroubleHeard], [true, true]);
    await readable.cancel();
  },
});

Deno.test({
  name: "who listens for troubles is told of the end once, and at once where it has come already",
  permissions: "none",
  fn() {
    const events = new Events();
    const [early, gone] = [listen(events), listen(events)];
    gone.ear[Symbol.dispose]();
    events.close();
    const late = listen(events);
    late.ear[Symbol.dispose]();
    assertEquals([early.heard, gone.heard, late.heard], [["closed"], [], ["closed"]]);
    assert(!events.isTroubleHeard);
  },
});

Deno.test("who listens for troubles hears of each while nobody reads, and the failures stay unobserved", async () => {
  const stage = new Stage();
  const { heard } = listen(runtimeOf(stage.system).events);
  const error = new Error("boom");
  const failing = act(() => Promise.reject(error));
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(1, 1_000), capacity: 1 });
  addr.doSend(failing);
  await stage.clock.settle();
  addr.doSend(act(hang));
  await stage.clock.settle();
  addr.doSend(act(boom));
  addr.doSend(act(boom));
  await stage.clock.advance(5_000);
  await stage.system.stop(addr, { timeout: 0 });
  const failed = await stage.spawn("b", {}, { strategy: SupervisorStrategy.stop });
  failed.doSend(failing);
  await stage.clock.settle();
  await stage.system.shutdown();
  // Neither a start nor an end is among them.
  assertEquals(
    heard.map((trouble) => {
      const { kind, addr, reason } = trouble as { kind?: string; addr?: { id: string }; reason?: string };
      return trouble === "closed" ? trouble : `${kind} ${addr?.id ?? ""} ${reason ?? ""}`.trim();
    }),
    [
      "dead-letter /a failed",
      "failed /a",
      "restarted /a",
      "blocked",
      "dead-letter /a closed",
      "dead-letter /a abandoned",
      "dead-letter /a stopped",
      "dead-letter /b failed",
      "failed /b",
      "closed",
    ],
  );
  assertEquals(stage.unobserved.map(({ addr: { id }, reason }) => `${id} ${reason}`), ["/b failed"]);
});
