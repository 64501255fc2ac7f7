import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { Connections, type Loss } from "../../cluster/connections.ts";
import { NodeDownError } from "../../cluster/mod.ts";
import { ActorSystem } from "../../mod.ts";
import {
  ConnectionLostError,
  LocalNode,
  MemoryNetwork,
  MessageRouter,
  type RemoteClient,
  RemoteServer,
} from "../../remote/mod.ts";
import { Dialler, openClient } from "../../remote/spi.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { Desk, DeskProtocol, Gates } from "../support/desk.ts";
import { watch } from "../support/signals.ts";

/** Connections to nodes of a network in memory; each node has a desk. */
class Stage implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly gates = new Gates();
  readonly lost: Loss[] = [];
  readonly connections: Connections;
  opened = 0;
  readonly #system = new ActorSystem();
  readonly #network = new MemoryNetwork();
  readonly #servers: RemoteServer[] = [];

  constructor() {
    this.connections = new Connections(({ id }) => {
      this.opened++;
      const options = { hostname: id, port: 1, transport: this.#network, clock: this.clock, node: new LocalNode("a") };
      return openClient(new Dialler(options, undefined), options, id);
    }, (event) => this.lost.push(event));
  }

  /** Starts a node with one desk, which is to be asked by way of the client. */
  async serve(id: string): Promise<void> {
    const desk = this.#system.spawn(() => new Desk([], this.gates));
    const router = new MessageRouter().route(DeskProtocol, new LocalNode(id).handler(desk, { name: "desk" }));
    this.#servers.push(await RemoteServer.bind({ hostname: id, port: 1, transport: this.#network }, router));
  }

  /** The client of a node, once its connection has been made. */
  async reach(id: string, uid = 1): Promise<RemoteClient> {
    const client = this.connections.to(to(id, uid));
    await client.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "" });
    return client;
  }

  /** Breaks every connection. */
  cut(): void {
    this.#network.reset();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gates.open("go");
    const closing = this.connections.close(0);
    await this.clock.advance(60_000);
    await closing;
    await Promise.all(this.#servers.map((server) => server.shutdown({ timeout: 0 })));
    await this.#system.shutdown({ timeout: 0 });
  }
}

/** An ask that waits for its gate. */
function ask(client: RemoteClient, gate: string): Promise<string> {
  return client.remoteAddr("desk", DeskProtocol).send({ type: "wait", gate }, { timeout: Infinity });
}

const to = (id: string, uid = 1) => ({ id, uid, addr: `${id}:1` });

Deno.test("everybody shares one connection to a node, and there is none before it is wanted", async () => {
  await using stage = new Stage();
  const { connections } = stage;
  assertEquals(stage.opened, 0);
  const one = connections.to(to("b"));
  assertStrictEquals(connections.to(to("b")), one);
  assertNotStrictEquals(connections.to(to("c")), one);
  assertEquals(stage.opened, 2);
});

Deno.test("with a later start of a node the connection to the earlier one is given up, and its asks fail with the reason", async () => {
  await using stage = new Stage();
  await stage.serve("b");
  const client = await stage.reach("b");
  const asked = ask(client, "never");
  await stage.clock.settle();
  assertNotStrictEquals(stage.connections.to(to("b", 2)), client);
  const error = await assertRejects(() => asked, ConnectionLostError);
  assertEquals(error.outcome, "unknown");
  assertInstanceOf(error.cause, NodeDownError);
  assertEquals([error.cause.node, error.cause.message], ["b", "The node b has started anew"]);
});

Deno.test("giveUp fails what waits and what was asked at once, with what became of each", async () => {
  await using stage = new Stage();
  await stage.serve("b");
  const asked = ask(await stage.reach("b"), "never");
  const unreachable = stage.connections.to(to("nowhere")).remoteAddr("desk", DeskProtocol);
  const waiting = unreachable.send({ type: "echo", text: "" }, { timeout: Infinity });
  const told = unreachable.doSend({ type: "note", n: 1 });
  await stage.clock.settle();
  stage.connections.giveUp("b", "It is down");
  stage.connections.giveUp("nowhere", "It is down");
  stage.connections.giveUp("unknown", "It is down");
  const outcomes = await Promise.all([asked, waiting].map(async (promise) => {
    const error = await assertRejects(() => promise, ConnectionLostError);
    assertInstanceOf(error.cause, NodeDownError);
    return error.outcome;
  }));
  assertEquals([outcomes, await told], [["unknown", "not-delivered"], "closed"]);
});

Deno.test("finish lets a node that says goodbye answer what it was asked, and nothing new goes there", async () => {
  await using stage = new Stage();
  await stage.serve("b");
  const client = await stage.reach("b");
  const asked = ask(client, "go");
  stage.connections.finish("b");
  stage.connections.finish("b");
  await assertRejects(
    () => client.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "" }),
    ConnectionLostError,
  );
  assertNotStrictEquals(stage.connections.to(to("b")), client);
  stage.gates.open("go");
  assertEquals(await asked, "go");
  await client.closed;
});

Deno.test("finish lets who waits for room wait as long as the connection is there, and no longer", async () => {
  await using stage = new Stage();
  await stage.serve("b");
  const client = await stage.reach("b");
  // More than may be on their way at a time.
  const asks = Array.from({ length: 1_000 }, () => ask(client, "never"));
  const outcomes = Promise.all(asks.map((asked) => asked.then(() => "handled", ({ outcome }) => outcome)));
  const state = watch(outcomes);
  stage.connections.finish("b");
  await stage.clock.settle();
  assertEquals(state.ended, "pending");
  stage.cut();
  await stage.clock.settle();
  assertNotStrictEquals(state.ended, "pending");
  assertEquals([...new Set(await outcomes)], ["unknown", "not-delivered"]);
});

Deno.test("cutOff ends what finishes, so that a close waits no longer for it", async () => {
  await using stage = new Stage();
  await stage.serve("b");
  await stage.serve("c");
  const slow = ask(await stage.reach("b"), "never");
  stage.connections.finish("b");
  const other = ask(await stage.reach("c"), "never");
  const closed = watch(stage.connections.close(60_000));
  await stage.clock.settle();
  assertEquals(closed.ended, "pending");
  stage.connections.cutOff("This node has left");
  for (const asked of [slow, other]) {
    const { cause } = await assertRejects(() => asked, ConnectionLostError);
    assertInstanceOf(cause, NodeDownError);
  }
  await stage.clock.settle();
  assertEquals(closed.ended, undefined);
});

Deno.test("close waits for answers up to its time-out, and every message that was lost has been told by its end", async () => {
  await using stage = new Stage();
  await stage.serve("b");
  const asked = ask(await stage.reach("b"), "never");
  const unreachable = stage.connections.to(to("nowhere")).remoteAddr("desk", DeskProtocol);
  const told = Array.from({ length: 200 }, (_, n) => unreachable.doSend({ type: "note", n }));
  await stage.clock.settle();
  const lost: number[] = [];
  const closed = stage.connections.close(1_000).then(() => lost.push(stage.lost.length));
  const refused = assertRejects(() => asked, ConnectionLostError);
  await stage.clock.advance(999);
  assertEquals(lost, []);
  await stage.clock.advance(1);
  await Promise.all([closed, refused]);
  assertEquals(lost, [200]);
  assert((await Promise.all(told)).every((result) => result === "closed"));
});

Deno.test("what is lost at once and is too much to tell of each is counted: nothing is lost without a word", async () => {
  await using stage = new Stage();
  const unreachable = stage.connections.to(to("nowhere")).remoteAddr("desk", DeskProtocol);
  const told = Array.from({ length: 3_000 }, (_, n) => unreachable.doSend({ type: "note", n }));
  await stage.clock.settle();
  stage.connections.giveUp("nowhere", "It is down");
  await Promise.all(told);
  await stage.clock.settle();
  const count = stage.lost.reduce((sum, loss) => sum + (loss.kind === "missed" ? loss.count : 1), 0);
  assertEquals(count, 3_000);
});
