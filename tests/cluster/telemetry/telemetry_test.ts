import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { ActorSystem, AskTimeoutError, CinemaError, Rejection, SupervisorStrategy } from "../../../mod.ts";
import { Guard } from "../../../cluster/telemetry/guard.ts";
import { startTelemetry } from "../../../cluster/telemetry/mod.ts";
import { Spans } from "../../../cluster/telemetry/spans.ts";
import { MemoryTelemetry, type RecordedSpan } from "../../support/otel.ts";
import { act, boom, hang, Scripted, Stage } from "../../support/scripted.ts";

const activeName = (otel: MemoryTelemetry): string | undefined => {
  const id = trace.getActiveSpan()?.spanContext().spanId;
  return otel.spans.find((span) => span.id === id)?.name;
};

Deno.test("an ask is a span, its handler is one below it, and so is what the handler sends", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const [a, b, c] = [await stage.spawn("a"), await stage.spawn("b"), await stage.spawn("c")];
  const tells: string[] = [];
  const reply = await a.send(act(async () => {
    await c.doSend(act(() => void tells.push(activeName(otel)!)));
    // Also after an await, the handler is inside of its span.
    await Promise.resolve();
    return await b.send(act(() => activeName(otel)));
  }));
  assertEquals(reply, "handle do");
  await stage.clock.settle();
  assertEquals(otel.tree, ["ask do", "  handle do", "    handle do", "    ask do", "      handle do"]);
  assertEquals(tells, ["handle do"]);
  assertEquals(otel.unbalanced, []);
  assertEquals(new Set(otel.spans.map(({ traceId }) => traceId)).size, 1);
  assertEquals(new Set(otel.spans.map(({ kind }) => kind)), new Set([SpanKind.INTERNAL]));
  const { attributes } = otel.spans[1]!;
  assertEquals(attributes, {
    "cinema.actor.id": "/a",
    "cinema.actor.class": "Scripted",
    "cinema.message.type": "do",
    "cinema.mailbox.wait_ms": 0,
  });
});

Deno.test("a message is handled in the trace of its own sender, not of whoever launched an actor in the same microtask", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const [a, b] = [await stage.spawn("a"), await stage.spawn("b")];
  const seen: (string | undefined)[] = [];
  const see = act(async () => {
    seen.push(trace.getActiveSpan()?.spanContext().traceId);
    await Promise.resolve();
    seen.push(trace.getActiveSpan()?.spanContext().traceId);
  });
  const first = otel.within("first", () => void a.trySend(see));
  const second = otel.within("second", () => void b.trySend(see));
  b.trySend(see);
  await stage.clock.settle();
  assertEquals(seen.length, 6);
  assertEquals(seen.filter((id) => id === first).length, 2);
  assertEquals(seen.filter((id) => id === second).length, 2);
  assertEquals(otel.tree, ["first", "  handle do", "second", "  handle do", "handle do"]);
});

Deno.test("hooks, streams and notices are a part of no trace, and the tick of a timer begins its own", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const seen: string[] = [];
  const note = (what: string) => void seen.push(`${what}: ${activeName(otel)}`);
  const parent = await stage.spawn("parent", { terminated: () => note("notice") });
  await parent.send(act((ctx) => {
    note("ask");
    const child = ctx.spawnChild(() =>
      new Scripted({ started: () => note("started"), stopped: () => note("stopped") })
    );
    ctx.watch(child);
    ctx.addStream(ReadableStream.from([1]), { item: () => note("item") });
    ctx.runLater(10, act(() => note("tick")));
    const cancelled = ctx.runLater(10, act(() => note("never")));
    ctx.runLater(9, act(() => cancelled.cancel()));
    ctx.runLater(20, act((own) => own.stopChild(child)));
  }));
  await stage.clock.advance(100);
  assertEquals(seen, [
    "ask: handle do",
    "started: undefined",
    "item: undefined",
    "tick: handle do",
    "stopped: undefined",
    "notice: undefined",
  ]);
  assertEquals(otel.tree, ["ask do", "  handle do", "handle do", "handle do", "handle do"]);
  assertEquals(new Set(otel.spans.map(({ traceId }) => traceId)).size, 4);
  assertEquals(otel.unbalanced, []);
});

Deno.test("a failure is recorded in the span of the ask and in that of the handler; a rejection is none of the handler", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const a = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  await assertRejects(() => a.send(act(boom)));
  const [ask, handle] = otel.spans.splice(0);
  assertEquals([ask!.status.code, handle!.status.code], [SpanStatusCode.ERROR, SpanStatusCode.ERROR]);
  assertEquals([ask!.exceptions.length, handle!.exceptions], [1, ["boom"]]);
  assertEquals([ask!.attributes["error.type"], handle!.attributes["error.type"]], ["ActorFailedError", "Error"]);
  await assertRejects(() =>
    a.send(act(() => {
      throw new Rejection("no");
    }))
  );
  const [refused, refusing] = otel.spans.splice(0);
  assertEquals([refused!.status.code, refusing!.status.code], [SpanStatusCode.ERROR, SpanStatusCode.UNSET]);
  assertEquals(refusing!.exceptions, ["no"]);
  await assertRejects(() => a.send(act(() => Promise.reject(new Error("later")))));
  assertEquals(otel.spans[1]!.exceptions, ["later"]);
  assertEquals(otel.unbalanced, []);
});

Deno.test("metrics say what happened to messages and actors, by class", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage({ askTimeout: 50 });
  const a = await stage.spawn("a", {}, { capacity: 2, strategy: SupervisorStrategy.restart(3, 60_000) });
  const gate = Promise.withResolvers<void>();
  a.trySend(act(() => gate.promise));
  await stage.clock.settle();
  a.trySend(act(() => {}));
  a.trySend(act(() => {}));
  const waiting = a.doSend(act(() => {}));
  // The one at work is not in the mailbox any more, and the one that waits for room is not yet.
  assertEquals(otel.metric("cinema.mailbox.depth"), { Scripted: [2] });
  await stage.clock.advance(2_000);
  gate.resolve();
  await waiting;
  await stage.clock.settle();
  assertEquals(otel.metric("cinema.mailbox.depth"), { Scripted: [0] });
  assertEquals(otel.metric("cinema.mailbox.wait"), { Scripted: [0, 2, 2, 2] });
  assertEquals(otel.metric("cinema.handler.duration"), { "Scripted ok": [2, 0, 0, 0] });

  a.trySend(act(boom));
  await stage.clock.settle();
  assertEquals(otel.metric("cinema.actor.failures"), { Scripted: [1] });
  assertEquals(otel.metric("cinema.actor.restarts"), { Scripted: [1] });
  assertEquals(otel.metric("cinema.dead_letters"), { failed: [1] });

  const late = assertRejects(() => a.send(act(hang)), AskTimeoutError);
  await stage.clock.advance(100);
  await late;
  assertEquals(otel.metric("cinema.ask.timeouts"), { local: [1] });
  a.trySend(act(() => {}));
  assertEquals(otel.metric("cinema.actor.count"), { Scripted: [1] });
  const stopped = stage.system.stop(a, { timeout: 0 });
  await stage.clock.runUntilIdle();
  await stopped;
  await a.doSend(act(() => {}));
  assertEquals(otel.metric("cinema.actor.count"), { Scripted: [0] });
  assertEquals(otel.metric("cinema.mailbox.depth"), { Scripted: [0] });
  assertEquals(otel.metric("cinema.dead_letters"), { failed: [1], abandoned: [1], stopped: [1], closed: [1] });
  assertEquals(otel.metric("cinema.handler.duration")["Scripted abandoned"]?.length, 1);
});

Deno.test("an ask that was given up before its turn is not handled, and its span has ended", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage({ askTimeout: 50 });
  const a = await stage.spawn("a");
  const gate = Promise.withResolvers<void>();
  a.trySend(act(() => gate.promise));
  let calls = 0;
  const late = assertRejects(() => a.send(act(() => ++calls)), AskTimeoutError);
  await stage.clock.advance(100);
  await late;
  gate.resolve();
  await stage.clock.settle();
  assertEquals([calls, otel.tree], [0, ["ask do", "handle do"]]);
  assertEquals([otel.unbalanced, otel.metric("cinema.mailbox.depth")], [[], { Scripted: [0] }]);
});

Deno.test("the duration of a handler says how it ended", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const a = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  a.trySend(act(() => {}));
  a.trySend(act(boom));
  a.trySend({ type: "nothing" } as never);
  const refuse = () => {
    throw new Rejection("no");
  };
  a.trySend(act(refuse));
  a.trySend(act(() => Promise.resolve()));
  await stage.clock.settle();
  assertEquals(otel.metric("cinema.handler.duration"), {
    "Scripted ok": [0, 0],
    "Scripted failed": [0],
    "Scripted unhandled": [0],
    "Scripted rejected": [0],
  });
});

Deno.test("metrics have units, and at most a hundred classes of their own", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  for (let n = 0; n < 150; n++) {
    const kind = { [`Class${n}`]: class extends Scripted {} }[`Class${n}`]!;
    stage.system.spawn(() => new kind());
  }
  const counts = otel.metric("cinema.actor.count");
  assertEquals(Object.keys(counts).length, 101);
  assertEquals(counts["other"], [50]);
  assertEquals(otel.units, {
    "cinema.mailbox.wait": "s",
    "cinema.handler.duration": "s",
    "cinema.actor.failures": "{failure}",
    "cinema.actor.restarts": "{restart}",
    "cinema.dead_letters": "{message}",
    "cinema.ask.timeouts": "{ask}",
    "cinema.remote.frames": "{frame}",
    "cinema.remote.io": "By",
    "cinema.remote.connections": "{connection}",
    "cinema.actor.count": "{actor}",
    "cinema.mailbox.depth": "{message}",
    "cinema.cluster.members": "{node}",
    "cinema.cluster.probe.round_trip": "s",
  });
});

Deno.test("however long and many types, ids and classes are, spans and metrics have short ones, and few series", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const long = "x".repeat(100_000);
  const kind = { [long]: class extends Scripted {} }[long]!;
  const strategy = SupervisorStrategy.resume;
  const first = stage.system.spawn(() => new kind(), { name: `${long}-1`, strategy });
  for (let n = 0; n < 1_500; n++) await first.doSend({ type: `${n}-${long}` } as never);
  await assertRejects(() => first.send({ type: `ask-${long}` } as never));
  for (let n = 0; n < 2_000; n++) stage.system.spawn(() => new Scripted(), { name: `actor-${n}` }).trySend(act(boom));
  await stage.clock.settle();
  const names = new Set(otel.spans.map(({ name }) => name));
  assertEquals(names.has("handle other"), true);
  assertEquals(names.size <= 1_000 + 4, true, `${names.size} names`);
  for (const { name, attributes, exceptions } of otel.spans) {
    for (const text of [name, ...Object.values(attributes), ...exceptions]) {
      assertEquals(String(text).length <= 1_000, true, `${String(text).length} characters`);
    }
  }
  const { attributes } = otel.spans[0]!;
  assertEquals([`${attributes["cinema.actor.id"]}`.slice(0, 2), `${attributes["cinema.actor.id"]}`.slice(-2)], [
    "…x",
    "-1",
  ]);
  assertEquals(`${attributes["cinema.message.type"]}`.slice(0, 3), "0-x");
  for (const metric of Object.keys(otel.units)) {
    const keys = Object.keys(otel.metric(metric));
    assertEquals([keys.length <= 4, keys.every((key) => key.length < 520)], [true, true], metric);
  }
});

Deno.test("telemetry that throws fails no actor, and is told of once", async () => {
  for (const part of ["span", "metric", "context"]) {
    using otel = new MemoryTelemetry((what) => {
      if (what === part) throw new Error(`no ${part}`);
    });
    using _telemetry = startTelemetry();
    await using stage = new Stage();
    const a = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
    let calls = 0;
    assertEquals(await a.send(act(() => ++calls)), 1);
    assertEquals(await a.doSend(act(() => ++calls)), "sent");
    await assertRejects(() => a.send(act(boom)));
    assertEquals(await a.send(act(async () => (await Promise.resolve(), ++calls))), 3);
    assertEquals(otel.errors.length, 1, part);
    assert(otel.errors[0]!.endsWith(`no ${part}`), otel.errors[0]);
  }
});

Deno.test("spans and metrics can be left out", async () => {
  using otel = new MemoryTelemetry();
  {
    using _telemetry = startTelemetry({ spans: false });
    await using stage = new Stage();
    const a = await stage.spawn("a");
    await a.send(act(() => {}));
    assertEquals(otel.spans, []);
    assertEquals(otel.metric("cinema.mailbox.wait"), { Scripted: [0] });
  }
  using _telemetry = startTelemetry({ metrics: false });
  await using stage = new Stage();
  const a = await stage.spawn("a");
  await a.send(act(() => {}));
  assertEquals(otel.tree, ["ask do", "  handle do"]);
  assertEquals(otel.metric("cinema.mailbox.wait"), { Scripted: [0] });
});

Deno.test("startTelemetry() holds for what is created while it is on, and cannot be called twice", async () => {
  using otel = new MemoryTelemetry();
  await using before = new ActorSystem();
  const telemetry = startTelemetry();
  assertThrows(() => startTelemetry(), CinemaError, "on already");
  assertEquals(otel.callbacks, 4);
  telemetry.stop();
  telemetry.stop();
  assertEquals(otel.callbacks, 0);
  await using after = new ActorSystem();
  for (const system of [before, after]) {
    assertEquals(await system.spawn(() => new Scripted()).send(act(() => "done")), "done");
  }
  assertEquals(otel.spans, []);
  // Another one may begin; the end of the first must not end it.
  using _again = startTelemetry();
  telemetry.stop();
  assertThrows(() => startTelemetry(), CinemaError);
});

Deno.test("an ask that is refused, turned away or taken back ends its span, and so does one to an actor that has ended", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const a = await stage.spawn("a", {}, { capacity: 1, maxWaiting: 1 });
  const gate = Promise.withResolvers<void>();
  a.trySend(act(() => gate.promise));
  await stage.clock.settle();
  a.trySend(act(() => {}));
  const stop = new AbortController();
  const aborted = assertRejects(() => a.send(act(() => {}), { signal: stop.signal }));
  await assertRejects(() => a.send(act(() => {})));
  stop.abort();
  await aborted;
  await assertRejects(() => a.send({ type: 1 } as never));
  gate.resolve();
  await stage.clock.settle();
  await stage.system.stop(a);
  await assertRejects(() => a.send(act(() => {})));
  assertEquals(otel.unbalanced, []);
  assertEquals(otel.metric("cinema.mailbox.depth"), { Scripted: [0] });
});

Deno.test("what is thrown may be anything: the span of the handler says that it failed, and no telemetry did", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const never = (): never => {
    throw new Error("never");
  };
  // deno-lint-ignore cinema/plain-language -- what is thrown may be one
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const unreadable = "(what was thrown cannot be shown)";
  const thrown: readonly [unknown, string, string][] = [
    [{ toString: never }, "object", unreadable],
    [Object.defineProperty(new Error(), "message", { get: never }), "object", unreadable],
    [Object.assign(new Error(), { name: 5, message: 6 }), "Error", "5: 6"],
    [proxy, "object", unreadable],
    [Symbol("why"), "symbol", "Symbol(why)"],
    [undefined, "undefined", "undefined"],
  ];
  for (const [what, type, message] of thrown) {
    const a = stage.system.spawn(() => new Scripted(), { strategy: SupervisorStrategy.resume });
    await assertRejects(() =>
      a.send(act(() => {
        throw what;
      }))
    );
    const handle = otel.spans.pop()!;
    assertEquals([handle.status, handle.attributes["error.type"]], [{ code: SpanStatusCode.ERROR, message }, type]);
    assertEquals(handle.exceptions, [message]);
  }
  assertEquals([otel.errors, otel.unbalanced], [[], []]);
  assertEquals(otel.metric("cinema.handler.duration")["Scripted failed"]?.length, thrown.length);
});

Deno.test("an ask may be given up for any reason: it rejects with that, and its span says that it failed", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const a = await stage.spawn("a");
  // deno-lint-ignore cinema/plain-language -- the reason may be one
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const hang = Promise.withResolvers<void>();
  const giveUp = new AbortController();
  const settled = a.send(act(() => hang.promise), { signal: giveUp.signal }).then(() => undefined, (error) => [error]);
  giveUp.abort(proxy);
  const [reason] = await settled ?? [];
  assert(Object.is(reason, proxy));
  hang.resolve();
  const [ask] = otel.spans.filter(({ name }) => name === "ask do");
  assertEquals([ask!.status.code, otel.errors], [SpanStatusCode.ERROR, []]);
});

Deno.test("a class whose `name` is no text is counted as one without a name", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  for (const value of [() => "name", Symbol("name"), { toString: 5 }, ""]) {
    const kind = Object.defineProperty(class extends Scripted {}, "name", { value });
    await stage.system.spawn(() => new kind()).send(act(() => {}));
  }
  assertEquals(otel.metric("cinema.actor.count"), { Actor: [4] });
  assertEquals(new Set(otel.spans.map(({ attributes }) => attributes["cinema.actor.class"])), new Set(["Actor"]));
});

Deno.test("nothing of what is in a message, in a reply or in the detail of a rejection is told", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage({ askTimeout: 50 });
  const a = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  const secret = "hunter2";
  const kinds: readonly (() => unknown)[] = [
    () => secret,
    boom,
    () => {
      throw new Rejection("no", secret);
    },
    hang,
  ];
  for (const kind of kinds) {
    const asked = Promise.allSettled([a.send({ ...act(kind), secret } as never)]);
    await a.doSend({ type: "nothing", secret } as never);
    await stage.clock.advance(100);
    await asked;
  }
  const stopped = stage.system.stop(a, { timeout: 0 });
  await stage.clock.runUntilIdle();
  await stopped;
  assertEquals(otel.spans.length > kinds.length, true);
  const told = JSON.stringify([otel.spans, ...Object.keys(otel.units).map((name) => otel.metric(name))]);
  assert(told.includes("boom"));
  assert(!told.includes(secret), told);
});

Deno.test("of a long error a span has the start of its text and the end of its stack", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const a = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  const long = "x".repeat(1_000_000);
  const thrown: unknown[] = [];
  for (const what of [new RangeError(long), long, Object.assign(new Error(), { name: long })]) {
    a.trySend(act(() => {
      throw what;
    }));
    await stage.clock.settle();
    thrown.push(otel.spans.pop());
  }
  const [error, text, named] = thrown as RecordedSpan[];
  for (const span of [error!, text!, named!]) {
    assertEquals([span.status.message?.length, span.exceptions[0]!.length], [1_000, 1_000]);
  }
  assertEquals([error, text, named].map((span) => span!.attributes["error.type"]), ["RangeError", "string", "Error"]);
  assertMatch(error!.stacks[0]!, /^….*\n +at .*telemetry_test\.ts/s);
  assertEquals(error!.stacks[0]!.length, 4_000);
});

Deno.test("the type of an exception is the name of the error, whatever code it has", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using stage = new Stage();
  const a = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  a.trySend(act(() => {
    throw Object.assign(new TypeError("no"), { code: "x".repeat(100_000) });
  }));
  await stage.clock.settle();
  assertEquals([otel.spans[0]!.exceptions, otel.spans[0]!.types], [["no"], ["TypeError"]]);
});

Deno.test({
  name: "the text of an error is made only for a span that is recorded",
  permissions: "none",
  fn() {
    let looks = 0;
    const error = Object.defineProperty(new Error(), "message", { get: () => (looks++, "boom") });
    const fail = () => new Spans(new Guard()).ask("add", false, () => ({}))!.fail(error, true);
    fail();
    assertEquals(looks, 0);
    using otel = new MemoryTelemetry();
    fail();
    assertEquals(otel.span("ask add").exceptions, ["boom"]);
    assert(looks > 0);
  },
});
