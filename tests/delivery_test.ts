// The delivery contract, remote/DELIVERY.md: that each of its sentences names a test that there is, and the tests that
// no other file has.

import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import {
  Actor,
  ActorSystem,
  AskTimeoutError,
  type Context,
  type Message,
  MessageError,
  SupervisorStrategy,
  type Terminated,
} from "../mod.ts";
import { json, MemoryNetwork, protocol, ReplyLostError } from "../remote/mod.ts";
import { linkProblems, testLinks, testNames } from "./security/named_tests.ts";
import { Cluster } from "./support/cluster_nodes.ts";
import { type DeskMessage, DeskProtocol, type Note, Office, roundTrip } from "./support/desk.ts";
import { deadLetters, recordAll, recordEvents } from "./support/record.ts";
import { SeededRandom } from "../src/testing/mod.ts";
import { storm } from "./support/storm.ts";
import { act, boom, Scripted, Stage } from "./support/scripted.ts";

const page = await Deno.readTextFile(new URL("../remote/DELIVERY.md", import.meta.url));

Deno.test("every test that the delivery contract names is there, under that name", async () => {
  const links = testLinks(page, "remote");
  assertGreater(links.length, 30);
  assertEquals(await linkProblems(links), []);
});

Deno.test("every sentence of the delivery contract names the test that holds it", () => {
  const items = page.split(/\n(?=- |#)/).filter((part) => part.startsWith("- "));
  assertGreater(items.length, 20);
  assertEquals(items.filter((item) => testLinks(item, "remote").length === 0), []);
});

Deno.test("testNames() finds names in either kind of quotes, and lets a variable be anything", () => {
  const source =
    'Deno.test("one", () => {});\npure(`two ${what} (3)`, () => {});\nDeno.test({\n  name: "say \\"hi\\"",\n';
  const names = testNames(source);
  const isThere = (name: string) => names.some((pattern) => pattern.test(name));
  assertEquals(["one", "two times (3)", 'say "hi"', "on", "two times (4)", "ones"].map(isThere), [
    ...[true, true, true],
    ...[false, false, false],
  ]);
});

Deno.test("A tell that was sent is on its way: whether it is handled, nobody says.", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const local = await stage.spawn("a");
  const message = act(() => {});
  assertEquals(local.trySend(message), "sent");
  await stage.system.stop(local);
  assertEquals(deadLetters(events), [["stopped", message]]);

  await using office = await Office.open({ transport: new MemoryNetwork() });
  const client = await office.connect();
  const letters = recordAll(client.events);
  assertEquals(await client.remoteAddr("gone", DeskProtocol).doSend({ type: "note", n: 1 }), "sent");
  await roundTrip(client);
  assertEquals(letters.map((event) => event.kind === "dead-letter" && event.outcome), ["not-delivered"]);
});

Deno.test("An ask that was answered was handled, and everything its sender had sent to that actor before it.", async () => {
  const random = new SeededRandom(3);
  await using office = await Office.open({ transport: new MemoryNetwork({ random, faults: { split: true } }) });
  const desk = await office.desk();
  for (let n = 0; n < 200; n += 10) {
    for (let i = 0; i < 9; i++) desk.doSend({ type: "note", n: n + i });
    await desk.send({ type: "note", n: n + 9 });
    assertEquals(office.notes.length, n + 10);
  }
});

Deno.test("Messages of two senders to one actor may be handled in another order than they were sent.", async () => {
  await using office = await Office.open({ transport: new MemoryNetwork() });
  const local = office.addDesk("both");
  const client = await office.connect();
  const remote = client.remoteAddr("both", DeskProtocol);
  await remote.send({ type: "echo", text: "there is a connection" });
  const first = remote.send({ type: "note", n: 1 });
  await local.send({ type: "note", n: 2 });
  await first;
  assertEquals(office.notes, [2, 1]);
});

Deno.test("What waits in a mailbox is in memory: when its system ends, each of it is a dead letter or an error.", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a");
  const handled: number[] = [];
  const tells = [1, 2, 3].map((n) => act(() => handled.push(n)));
  for (const tell of tells) addr.doSend(tell);
  const asked = assertRejects(() => addr.send(act(() => handled.push(4))), MessageError);
  const down = stage.system.shutdown();
  await stage.clock.settle();
  await down;
  assertEquals([(await asked).outcome, handled], ["not-delivered", []]);
  assertEquals(deadLetters(events), tells.map((tell) => ["stopped", tell]));
});

/** Counts what it has seen since it was started, and fails when it is told to. */
interface Count extends Message<number> {
  readonly type: "count";
}
interface Crash extends Message {
  readonly type: "crash";
}
const CounterProtocol = protocol<Count | Crash>({
  count: { name: "Count", request: json(), reply: json() },
  crash: { name: "Crash", request: json() },
});

Deno.test("A restart is not seen from another process: address and order stay, and what had been sent is handled with fresh state.", async () => {
  await using office = await Office.open({ transport: new MemoryNetwork() });
  class Counter extends Actor<Count | Crash> {
    #n = 0;
    count(): number {
      return ++this.#n;
    }
    crash(): void {
      throw new Error("boom");
    }
  }
  const strategy = SupervisorStrategy.restart(9, 10_000);
  const counter = office.system.spawn(() => new Counter(), { strategy });
  office.router.route(CounterProtocol, office.node.handler(counter, { name: "counter" }));
  const client = await office.connect();
  const letters = recordAll(client.events);
  const remote = client.remoteAddr("counter", CounterProtocol);
  const results = [remote.send({ type: "count" }), remote.send({ type: "count" })];
  const crashed = assertRejects(() => remote.send({ type: "crash" }), MessageError);
  results.push(remote.send({ type: "count" }), remote.send({ type: "count" }));
  assertEquals(await Promise.all(results), [1, 2, 1, 2]);
  assertEquals([(await crashed).outcome, client.isConnected, letters], ["handled", true, []]);
});

Deno.test("`unknown` means both: of what was lost so, some was handled and some was not.", async () => {
  const [handled, not] = [new Set<string>(), new Set<string>()];
  for (const seed of [1, 2, 3, 4, 5]) {
    const wreckage = await storm(seed, 100);
    const known = new Set(wreckage.handled);
    for (const n of wreckage.lost.unknown) (known.has(n) ? handled : not).add(`tell ${seed} ${n}`);
    for (const n of wreckage.failed.unknown) (known.has(n) ? handled : not).add(`ask ${seed} ${n}`);
  }
  for (const kind of ["tell", "ask"]) {
    assert([...handled].some((one) => one.startsWith(kind)), `no ${kind} was handled`);
    assert([...not].some((one) => one.startsWith(kind)), `every ${kind} was handled`);
  }
});

Deno.test("`not-delivered` means never: it is not handled later either, when the connection or the actor is back.", async () => {
  await using office = await Office.open({ transport: new MemoryNetwork() });
  const client = await office.connect({ outageTimeout: 20 });
  const desk = client.remoteAddr("desk", DeskProtocol);
  await desk.send({ type: "note", n: 0 });
  const events = client.events;
  await office.server.shutdown({ timeout: 0 });
  for await (const { kind } of events) if (kind === "disconnected") break;
  const told = Array.fromAsync(client.events);
  // They wait for the connection, until nobody hopes any more.
  const tells = Array.from({ length: 20 }, (_, n) => desk.doSend({ type: "note", n: n + 1 }));
  const asks = Array.from(
    { length: 20 },
    (_, n) => assertRejects(() => desk.send({ type: "note", n: -n }), MessageError),
  );
  assertEquals(new Set(await Promise.all(tells)), new Set(["closed"]));
  assertEquals(new Set((await Promise.all(asks)).map(({ outcome }) => outcome)), new Set(["not-delivered"]));
  await office.bind();
  await (await office.desk()).send({ type: "note", n: 99 });
  await client.close();
  const outcomes = (await told).flatMap((event) => event.kind === "dead-letter" ? [event.outcome] : []);
  assertEquals([office.notes, outcomes], [[0, 99], Array(20).fill("not-delivered")]);
});

Deno.test("An ask whose time is over is unknown once it has left, and not delivered where it still waited.", async () => {
  await using office = await Office.open({ transport: new MemoryNetwork() });
  const client = await office.connect({ maxAsks: 1 });
  const desk = client.remoteAddr("desk", DeskProtocol);
  // The one that waits gives up first: the end of the other would make room for it.
  const outcomes = await Promise.all([[1, 100], [2, 50]].map(async ([n, timeout]) => {
    const gate = `never-${n}`;
    return (await assertRejects(() => desk.send({ type: "wait", gate }, { timeout: timeout! }), AskTimeoutError))
      .outcome;
  }));
  assertEquals(outcomes, ["unknown", "not-delivered"]);
  for (const n of [1, 2]) office.gates.open(`never-${n}`);
});

/** Takes each number once, whoever sends it how often: what a receiver does for whom `unknown` is not enough. */
class Ledger extends Actor<Note> {
  readonly #entries: number[];
  readonly #seen: Set<number> = new Set();

  constructor(entries: number[]) {
    super();
    this.#entries = entries;
  }

  note({ n }: Note): void {
    if (this.#seen.has(n)) return;
    this.#seen.add(n);
    this.#entries.push(n);
  }
}

Deno.test("Whoever sends again what is unknown, to a receiver that knows the numbers it has seen, has each handled exactly once.", async () => {
  const transport = new MemoryNetwork({ random: new SeededRandom(11), faults: { reset: 0.2 } });
  await using office = await Office.open({ transport: new MemoryNetwork() });
  const entries: number[] = [];
  const ledger = office.system.spawn(() => new Ledger(entries));
  const LedgerProtocol = protocol<Note>({ note: { name: "Note", request: json() } });
  office.router.route(LedgerProtocol, office.node.handler(ledger, { name: "ledger" }));
  await office.bind({ hostname: "ledger", port: 7000, transport });
  const client = await connectSomehow(() => office.connect({ hostname: "ledger", port: 7000, transport }));
  const remote = client.remoteAddr("ledger", LedgerProtocol);
  let again = 0;
  for (let n = 0; n < 40; n++) {
    for (;;) {
      const error = await remote.send({ type: "note", n }).catch((error: unknown) => error);
      if (error === undefined) break;
      assert(error instanceof MessageError && error.outcome !== "handled", `${error}`);
      again++;
    }
  }
  assertGreater(again, 0);
  assertEquals(entries, Array.from({ length: 40 }, (_, n) => n));
});

/** The network is bad from the first byte on. */
async function connectSomehow<T>(connect: () => Promise<T>): Promise<T> {
  for (let tries = 0;; tries++) {
    try {
      return await connect();
    } catch (error) {
      if (tries === 50) throw error;
    }
  }
}

/** Notes what it is told, and that somebody has ended. */
class Witness extends Actor<DeskMessage> {
  readonly #log: string[];
  readonly #gate: Promise<void>;

  constructor(log: string[], gate: Promise<void>) {
    super();
    this.#log = log;
    this.#gate = gate;
  }

  echo({ text }: { text: string }): string {
    return text;
  }
  note({ n }: Note): void {
    this.#log.push(`note ${n}`);
  }
  async wait({ gate }: { gate: string }, ctx: Context<DeskMessage>): Promise<string> {
    ctx.watch(this.#watched!);
    await this.#gate;
    return gate;
  }
  fail(): string {
    return "";
  }
  override terminated({ reason }: Terminated): void {
    this.#log.push(`ended, ${reason}`);
  }
  #watched: Parameters<Context<DeskMessage>["watch"]>[0] | undefined;

  /** Whom it watches when it is told to wait. */
  watches(ref: Parameters<Context<DeskMessage>["watch"]>[0]): this {
    this.#watched = ref;
    return this;
  }
}

Deno.test("In a cluster the notice that an actor has ended may overtake the last messages it sent.", async () => {
  await using cluster = new Cluster();
  const [one, two] = await cluster.start("one", "two");
  const worker = cluster.desk();
  two!.register("worker", worker, DeskProtocol);
  await cluster.known(one!, "worker");
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const witness = new Witness(log, gate.promise).watches(cluster.at(one!, "worker"));
  one!.register("witness", cluster.system.spawn(() => witness, { capacity: 1 }), DeskProtocol);
  await cluster.known(two!, "witness");
  const toWitness = cluster.at(two!, "witness");
  const held = toWitness.send({ type: "wait", gate: "open" }, { timeout: 60_000 });
  await cluster.clock.advance(100);
  // With one that is held, 31 have the credit to leave; the others wait on the node of the worker.
  const sent = Array.from({ length: 40 }, (_, n) => toWitness.doSend({ type: "note", n }));
  await cluster.run(Promise.all(sent.slice(0, 31)));
  await cluster.run(cluster.system.stop(worker));
  await cluster.until(() => one!.lookupActor("worker") === undefined);
  gate.resolve();
  await cluster.run(held);
  await cluster.until(() => log.length === 41);
  const at = log.indexOf("ended, stopped");
  assert(at >= 31 && at < 40, `the notice came as number ${at}`);
  assertEquals(log.toSpliced(at, 1), Array.from({ length: 40 }, (_, n) => `note ${n}`));
});

Deno.test("Nothing is kept for an actor that is not there yet: whoever calls a name too early is told.", async () => {
  await using system = new ActorSystem();
  await using office = await Office.open({ transport: new MemoryNetwork() });
  const client = await office.connect();
  const letters = recordAll(client.events);
  const late = client.remoteAddr("late", DeskProtocol);
  await late.doSend({ type: "note", n: 1 });
  await roundTrip(client);
  office.addDesk("late");
  await late.send({ type: "note", n: 2 });
  assertEquals([office.notes, letters.length, system.actors], [[2], 1, []]);
});

Deno.test("A reply that is larger than its asker takes is lost, and the asker is told that the message was handled.", async () => {
  await using office = await Office.open({ transport: new MemoryNetwork() });
  const desk = await office.desk({ frameBytesMax: 4_096 });
  const error = await assertRejects(() => desk.send({ type: "echo", text: "x".repeat(5_000) }), ReplyLostError);
  assertEquals(error.outcome, "handled");
  assertEquals(await desk.send({ type: "echo", text: "on" }), "on");
});

Deno.test("A tell to an actor that has ended in another process is a dead letter there, and not delivered.", async () => {
  await using office = await Office.open({ transport: new MemoryNetwork() });
  const addr = office.addDesk("short-lived");
  const client = await office.connect();
  const remote = client.remoteAddr("short-lived", DeskProtocol);
  await remote.send({ type: "note", n: 1 });
  const told = Array.fromAsync(client.events);
  await office.system.stop(addr);
  assertEquals(await remote.doSend({ type: "note", n: 2 }), "sent");
  await roundTrip(client);
  await client.close();
  const outcomes = (await told).flatMap((event) => event.kind === "dead-letter" ? [event.outcome] : []);
  assertEquals([office.notes, outcomes], [[1], ["not-delivered"]]);
});

Deno.test("What a process passes on to an actor of a third one keeps its order, its replies and its time-outs.", async () => {
  const transport = new MemoryNetwork();
  await using back = await Office.open({ transport });
  const behind = await back.desk();
  await using front = await Office.open({ transport });
  front.router.route(DeskProtocol, front.node.handler(behind, { name: "relay" }));
  const client = await front.connect();
  const relay = client.remoteAddr("relay", DeskProtocol);
  for (let n = 0; n < 20; n++) relay.doSend({ type: "note", n });
  assertEquals(await relay.send({ type: "echo", text: "through" }), "through");
  assertEquals(back.notes, Array.from({ length: 20 }, (_, n) => n));
  const error = await assertRejects(() => relay.send({ type: "wait", gate: "go" }, { timeout: 30 }), AskTimeoutError);
  assertEquals(error.outcome, "unknown");
  back.gates.open("go");
  assertEquals(await relay.send({ type: "echo", text: "on" }), "on");
});

Deno.test("A failure that nobody observes is one line on the console, so that it is not lost.", async () => {
  const { error: original } = console;
  const lines: unknown[][] = [];
  console.error = (...line: unknown[]) => void lines.push(line);
  try {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Scripted(), { name: "lonely" });
    addr.doSend(act(boom));
    // To wait for its end would be to observe it.
    await system.shutdown({ drain: true });
  } finally {
    console.error = original;
  }
  assertEquals(lines, [["Actor /lonely ended (failed): Error: boom"]]);
});

Deno.test("What was aborted before it was sent is not sent to another process either, and neither is what has a wrong time-out.", async () => {
  await using office = await Office.open({ transport: new MemoryNetwork() });
  const desk = await office.desk();
  const signal = AbortSignal.abort(new Error("enough"));
  assertEquals(await desk.doSend({ type: "note", n: 1 }, { signal }), "aborted");
  await assertRejects(() => desk.send({ type: "note", n: 2 }, { signal }), Error, "enough");
  await assertRejects(() => desk.send({ type: "note", n: 3 }, { timeout: -1 }), RangeError);
  await desk.send({ type: "note", n: 4 });
  assertEquals(office.notes, [4]);
});

Deno.test("Where too many wait for one mailbox, or it refuses a message, a remote sender is told, and its message was not delivered.", async () => {
  await using office = await Office.open({ transport: new MemoryNetwork() });
  office.addDesk("tight", { capacity: 1, maxWaiting: 1 });
  const size = (message: DeskMessage) => message.type === "echo" ? NaN : 1;
  office.addDesk("picky", { mailbox: { highWaterMark: 10, size } });
  const client = await office.connect();
  const told = Array.fromAsync(client.events);
  const tight = client.remoteAddr("tight", DeskProtocol);
  const held = tight.send({ type: "wait", gate: "go" });
  for (let n = 0; n < 5; n++) tight.doSend({ type: "note", n });
  await roundTrip(client);
  const picky = client.remoteAddr("picky", DeskProtocol);
  await picky.doSend({ type: "echo", text: "" });
  const refused = await assertRejects(() => picky.send({ type: "echo", text: "" }), MessageError);
  office.gates.open("go");
  await held;
  await tight.send({ type: "echo", text: "everything before it was handled" });
  await client.close();
  const outcomes = (await told).flatMap((event) => event.kind === "dead-letter" ? [event.outcome] : []);
  assertEquals([refused.outcome, new Set(outcomes)], ["not-delivered", new Set(["not-delivered"])]);
  // Each of the five was handled or told of, and so was the one that was refused.
  assert(office.notes.length >= 1 && office.notes.length <= 2, `${office.notes} were handled`);
  assertEquals(office.notes.length + outcomes.length, 6);
});

Deno.test("A network that cuts and joins what is sent keeps every byte and its order, and does join.", async () => {
  let joined = 0;
  for (const seed of [1, 2, 3, 4, 5]) {
    const network = new MemoryNetwork({ random: new SeededRandom(seed), faults: { split: true } });
    const listener = await network.listen({ hostname: "there", port: 1 });
    const [here, there] = await Promise.all([network.connect({ hostname: "there", port: 1 }), listener.accept()]);
    const sent = Array.from({ length: 20 }, (_, n) => new Uint8Array(10).fill(n));
    await Promise.all(sent.map((bytes) => here.write(bytes)));
    here.close();
    const read: number[] = [];
    for (let bytes = await there!.read(); bytes !== undefined; bytes = await there!.read()) {
      if (bytes.length > 10) joined++;
      read.push(...bytes);
    }
    assertEquals(read, sent.flatMap((bytes) => [...bytes]));
    there!.close();
    listener.close();
  }
  assertGreater(joined, 0);
});
