// Traces and metrics of what crosses from one process to another. Both sides are in this process, over real sockets or
// in virtual time, and tell one and the same memory.

import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Actor, AskTimeoutError } from "../../../mod.ts";
import {
  json,
  LocalNode,
  MemoryNetwork,
  MessageRouter,
  protocol,
  RemoteClient,
  RemoteServer,
} from "../../../remote/mod.ts";
import { startTelemetry } from "../../../cluster/telemetry/mod.ts";
import { ManualClock } from "../../../src/testing/mod.ts";
import { Cluster } from "../../support/cluster_nodes.ts";
import { Desk, DeskProtocol, type Echo, Office } from "../../support/desk.ts";
import { MemoryTelemetry } from "../../support/otel.ts";
import { RawPeer } from "../../support/raw_peer.ts";

const local = { hostname: "127.0.0.1", port: 0 } as const;
const text = (value: unknown): Uint8Array => json<unknown>().encode(value) as Uint8Array;

Deno.test("an ask to another process is a client's span, and the handler there is a server's below it", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using office = await Office.open();
  const desk = await office.desk();
  assertEquals(await desk.send({ type: "echo", text: "a" }), "a");
  assertEquals((await desk.sendEnvelope({ type: "echo", text: "b" })).messageType, "desk.Echo");
  const trace = otel.within("sender", () => void desk.trySend({ type: "note", n: 1 }));
  await desk.send({ type: "note", n: 2 });
  assertEquals(otel.tree, [
    "ask echo",
    "  handle echo",
    "ask echo",
    "  handle echo",
    "sender",
    "  handle note",
    "ask note",
    "  handle note",
  ]);
  const [ask, handle] = otel.spans;
  assertEquals([ask!.kind, handle!.kind], [SpanKind.CLIENT, SpanKind.SERVER]);
  const told = otel.spans.find(({ name, traceId }) => name === "handle note" && traceId === trace);
  assertEquals(told?.kind, SpanKind.CONSUMER);
  assertEquals(ask!.attributes["cinema.actor.id"], desk.id);
  assertEquals(otel.unbalanced, []);
});

Deno.test("a message that nobody's span was open for has no trace on the wire, and its handler begins one", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  using listener = Deno.listen(local);
  const [client, peer] = await Promise.all([
    RemoteClient.connect({ ...local, port: listener.addr.port }),
    RawPeer.welcome(listener),
  ]);
  using _peer = peer;
  const desk = client.remoteAddr("desk", DeskProtocol);
  desk.trySend({ type: "note", n: 1 });
  assertEquals((await peer.receive())?.traceparent, "");
  const trace = otel.within("sender", () => void desk.doSend({ type: "note", n: 2 }));
  assertEquals((await peer.receive())?.traceparent, `00-${trace}-${otel.span("sender").id}-01`);
  const asked = desk.send({ type: "echo", text: "x" });
  const { traceparent, correlationId = 0 } = await peer.receive() ?? {};
  const { traceId, id } = otel.span("ask echo");
  assertEquals(traceparent, `00-${traceId}-${id}-01`);
  await peer.send({ isResponse: true, correlationId, payload: text("x") });
  await asked;
  await client.close({ timeout: 0 });
});

Deno.test("a tell that waits for credit belongs to the trace in which it was sent", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  using listener = Deno.listen(local);
  const [client, peer] = await Promise.all([
    RemoteClient.connect({ ...local, port: listener.addr.port }),
    RawPeer.welcome(listener),
  ]);
  using _peer = peer;
  const desk = client.remoteAddr("desk", DeskProtocol);
  for (let n = 0; n < 32; n++) desk.trySend({ type: "note", n });
  const trace = otel.within("sender", () => void desk.doSend({ type: "note", n: 32 }));
  for (let n = 0; n < 32; n++) assertEquals((await peer.receive())?.traceparent, "");
  await peer.send({ targetActor: "desk", credit: { accepted: 32, messages: 64, bytes: 262_144 } });
  assertEquals((await peer.receive())?.traceparent, `00-${trace}-${otel.span("sender").id}-01`);
  await client.close({ timeout: 0 });
});

Deno.test("the trace counts as a part of the frame: what fits no more with it is refused, and costs no connection", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using office = await Office.open({ frameBytesMax: 4_096 });
  const desk = await office.desk();
  const results = new Set<string>();
  const tells: Promise<string>[] = [];
  for (let bytes = 3_800; bytes < 4_096; bytes += 3) {
    const padding = "x".repeat(bytes);
    otel.within("sender", () => void tells.push(desk.doSend({ type: "note", n: 0, padding })));
    const asked = desk.send({ type: "note", n: 0, padding });
    results.add(await asked.then(() => "handled", (error: Error) => error.name));
  }
  for (const result of await Promise.all(tells)) results.add(result);
  assertEquals(results, new Set(["handled", "MessageRefusedError", "sent", "refused"]));
});

Deno.test("a Cinema-rs peer names no trace: what it says where ours would stand is passed over", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using office = await Office.open({ compat: "cinema-rs-0.1" });
  using peer = await RawPeer.connect(office.port);
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await peer.send({ messageType: "desk.Echo", correlationId: 1, payload: text({ text: "" }), traceparent });
  assertEquals((await peer.receive())?.correlationId, 1);
  const { kind, parentId } = otel.span("handle echo");
  assertEquals([kind, parentId], [SpanKind.SERVER, undefined]);
});

Deno.test("what a handler does for another process is done here: only its own span is a server's", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using office = await Office.open();
  const inner = office.system.spawn(() => new Desk([], office.gates));
  class Relay extends Actor<Echo> {
    async echo({ text }: Echo): Promise<string> {
      inner.trySend({ type: "note", n: 1 });
      return await inner.send({ type: "echo", text });
    }
  }
  const relay = protocol<Echo>({ echo: { name: "desk.Echo", request: json(), reply: json() } });
  office.router.route(relay, office.node.handler(office.system.spawn(() => new Relay()), { name: "relay" }));
  const client = await office.connect();
  assertEquals(await client.remoteAddr("relay", relay).send({ type: "echo", text: "x" }), "x");
  assertEquals(otel.tree, ["ask echo", "  handle echo", "    ask echo", "      handle echo", "    handle note"]);
  const { CLIENT, SERVER, INTERNAL } = SpanKind;
  assertEquals(otel.spans.map(({ kind }) => kind), [CLIENT, SERVER, INTERNAL, INTERNAL, INTERNAL]);
});

Deno.test("without telemetry, with spans left out, and to a Cinema-rs peer, no trace goes on the wire", async () => {
  for (const how of ["off", "no spans", "compat"]) {
    using otel = new MemoryTelemetry();
    using _telemetry = how === "off" ? undefined : startTelemetry({ spans: how === "compat" });
    using listener = Deno.listen(local);
    const compat = how === "compat" ? { compat: "cinema-rs-0.1" } as const : {};
    const [client, peer] = await Promise.all([
      RemoteClient.connect({ ...local, port: listener.addr.port, ...compat }),
      how === "compat" ? listener.accept().then((connection) => new RawPeer(connection)) : RawPeer.welcome(listener),
    ]);
    using _peer = peer;
    const desk = client.remoteAddr("desk", DeskProtocol);
    otel.within("sender", () => void desk.trySend({ type: "note", n: 1 }));
    const late = assertRejects(() => desk.send({ type: "echo", text: "x" }, { timeout: 5 }), AskTimeoutError);
    assertEquals([(await peer.receive())?.traceparent, (await peer.receive())?.traceparent], ["", ""], how);
    await late;
    assertEquals(otel.tree, how === "compat" ? ["sender", "ask echo"] : ["sender"]);
    assertEquals(how === "off" ? {} : otel.metric("cinema.ask.timeouts"), how === "off" ? {} : { remote: [1] });
    await client.close({ timeout: 0 });
  }
});

Deno.test("a traceparent that is none is ignored, and its message is handled", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using office = await Office.open();
  using peer = await RawPeer.greet(office.port);
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const hostile = [
    "",
    "0",
    `00-${trace}-b7ad6b7169203331-01-more`,
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    `ff-${trace}-b7ad6b7169203331-01`,
    `00-${trace.toUpperCase()}-b7ad6b7169203331-01`,
    "-".repeat(1_024),
    "\u0000\u2028💥",
  ];
  const real = [`00-${trace}-b7ad6b7169203331-01`, `cc-${trace}-b7ad6b7169203331-01-what.the.future.brings`];
  for (const [n, traceparent] of [...hostile, ...real].entries()) {
    const echo = { messageType: "desk.Echo", targetActor: "desk", correlationId: n + 1 };
    await peer.send({ ...echo, payload: text({ text: `${n}` }), traceparent });
    // Grants come in between.
    let answer = await peer.receive();
    while (answer?.isResponse === false) answer = await peer.receive();
    assertEquals(answer?.payload, text(`${n}`));
    await peer.send({ messageType: "desk.Note", targetActor: "desk", payload: text({ n }), traceparent });
  }
  await peer.send({ messageType: "desk.Echo", targetActor: "desk", correlationId: 99, payload: text({ text: "" }) });
  while ((await peer.receive())?.correlationId !== 99);
  const handled = otel.spans.filter(({ name }) => name.startsWith("handle"));
  assertEquals(handled.length, 2 * (hostile.length + real.length) + 1);
  assertEquals(handled.filter(({ parentId }) => parentId !== undefined).length, 2 * real.length);
  assertEquals(
    handled.filter(({ traceId, parentId }) => traceId === trace && parentId === "b7ad6b7169203331").length,
    4,
  );
});

Deno.test("a gateway, whose routed actor is itself of another process, continues the trace", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using office = await Office.open();
  const inner = await office.desk();
  const router = new MessageRouter().route(DeskProtocol, new LocalNode("gate").handler(inner, { name: "desk" }));
  await using gate = await RemoteServer.bind(local, router);
  await using client = await RemoteClient.connect(gate.address);
  const desk = client.remoteAddr("desk", DeskProtocol);
  assertEquals(await desk.send({ type: "echo", text: "x" }), "x");
  otel.within("sender", () => void desk.trySend({ type: "note", n: 1 }));
  await desk.send({ type: "note", n: 2 });
  assertEquals(otel.tree, [
    "ask echo",
    "  ask echo",
    "    handle echo",
    "sender",
    "  handle note",
    "ask note",
    "  ask note",
    "    handle note",
  ]);
});

Deno.test("an address of a cluster continues the trace, on another node and on its own", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b");
  a!.register("here", cluster.desk(), DeskProtocol);
  b!.register("there", cluster.desk(), DeskProtocol);
  await cluster.known(a!, "there");
  let asks: Promise<string>[] = [];
  const trace = otel.within("sender", () => {
    asks = ["here", "there"].map((name) => cluster.at(a!, name).send({ type: "echo", text: name }));
  });
  assertEquals(await cluster.run(Promise.all(asks)), ["here", "there"]);
  assertEquals(otel.tree, ["sender", "  ask echo", "    handle echo", "  ask echo", "    handle echo"]);
  assertEquals(new Set(otel.spans.map(({ traceId }) => traceId)), new Set([trace]));
  const kinds = otel.spans.filter(({ name }) => name === "handle echo").map(({ kind }) => kind);
  assertEquals(new Set(kinds), new Set([SpanKind.INTERNAL, SpanKind.SERVER]));
});

Deno.test("a failure over there is recorded in both spans", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using office = await Office.open();
  const desk = await office.desk();
  await assertRejects(() => desk.send({ type: "fail", how: "throw" }));
  assertEquals(otel.spans.map(({ status }) => status.code), [SpanStatusCode.ERROR, SpanStatusCode.ERROR]);
  assertMatch(otel.span("handle fail").exceptions.join(), /The desk has failed/);
  await assertRejects(() => desk.send({ type: "nonsense" } as never));
  assertEquals(otel.span("ask nonsense").status.code, SpanStatusCode.ERROR);
  assertEquals(otel.unbalanced, []);
});

Deno.test("a failed ask to another process that nobody awaits is still an unhandled rejection", async () => {
  using _otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using office = await Office.open();
  const desk = await office.desk();
  const heard = Promise.withResolvers<unknown>();
  const listener = (event: PromiseRejectionEvent) => (event.preventDefault(), heard.resolve(event.reason));
  globalThis.addEventListener("unhandledrejection", listener);
  desk.send({ type: "nonsense" } as never);
  assertMatch(String(await heard.promise), /nonsense/);
  globalThis.removeEventListener("unhandledrejection", listener);
});

Deno.test("connections, frames and bytes are counted on both sides, and what is lost is a dead letter", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  {
    // Time stands still, so there are no frames but those that the test causes: no grant comes, and no ping.
    const clock = new ManualClock();
    await using office = await Office.open({ clock, transport: new MemoryNetwork() });
    const desk = await office.desk();
    await desk.send({ type: "echo", text: "x".repeat(1_000) });
    assertEquals(otel.metric("cinema.remote.connections"), { server: [1], client: [1] });
    // The ask and its answer: each is sent by one side and received by the other.
    assertEquals(otel.metric("cinema.remote.frames"), { transmit: [2], receive: [2] });
    const { transmit, receive } = otel.metric("cinema.remote.io");
    assertEquals(transmit, receive);
    assertEquals(transmit![0]! > 2_000 && transmit![0]! < 2_200, true);
    await Promise.all(Array.from({ length: 10 }, (_, n) => desk.send({ type: "note", n })));
    assertEquals(otel.metric("cinema.remote.frames"), { transmit: [22], receive: [22] });
    await office.clients[0]!.close();
    await desk.doSend({ type: "note", n: 1 });
    assertEquals(otel.metric("cinema.dead_letters"), { "not-delivered": [1] });
  }
  assertEquals(otel.metric("cinema.remote.connections"), { server: [0], client: [0] });
});

Deno.test("without spans there are metrics of messages from other processes all the same", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry({ spans: false });
  await using office = await Office.open();
  assertEquals(await (await office.desk()).send({ type: "echo", text: "x" }), "x");
  assertEquals(otel.metric("cinema.handler.duration")["Desk ok"]?.length, 1);
  assertEquals(otel.spans, []);
});

Deno.test("a long type of a message to another process is told from its start", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  await using office = await Office.open();
  const desk = await office.desk();
  await assertRejects(() => desk.send({ type: `ask-${"x".repeat(10_000)}` } as never));
  const { name, attributes } = otel.spans[0]!;
  const type = `ask-${"x".repeat(495)}…`;
  assertEquals([name, attributes["cinema.message.type"]], [`ask ${type}`, type]);
});

Deno.test("members are counted by their status, as each node sees them, until it leaves", async () => {
  using otel = new MemoryTelemetry();
  using _telemetry = startTelemetry();
  {
    await using cluster = new Cluster();
    const [, b] = await cluster.start("a", "b", "c");
    const members = () => otel.metric("cinema.cluster.members");
    assertEquals([members()["a up"], members()["a down"], members()["c up"]], [[3], [0], [3]]);
    await cluster.run(b!.leave());
    await cluster.until(() => members()["a left"]?.[0] === 1);
    assertEquals([members()["a up"], members()["b up"]], [[2], undefined]);
    // Two figures of each node, however many members it has.
    await cluster.until(() => otel.metric("cinema.cluster.probe.round_trip")["a max"] !== undefined);
    const trips = otel.metric("cinema.cluster.probe.round_trip");
    assertEquals(Object.keys(trips).filter((key) => key.startsWith("a ")).sort(), ["a max", "a median"]);
    assertEquals(trips["a max"]![0]! >= 0 && trips["a max"]![0]! < 1, true);
  }
  assertEquals(otel.metric("cinema.cluster.members"), {});
});
