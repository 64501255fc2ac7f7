// Both sides of the mode for peers of Cinema-rs 0.1, against frames that the running original was seen to send.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { deadline } from "@std/async";
import protobuf from "protobufjs";
import { Actor, ActorSystem, AskTimeoutError, type Message, Rejection } from "../../mod.ts";
import {
  LocalNode,
  MessageRouter,
  NoRouteError,
  type Protocol,
  protocol,
  RemoteClient,
  RemoteServer,
} from "../../remote/mod.ts";
import { RawPeer } from "../support/raw_peer.ts";
import { recordAll } from "../support/record.ts";

const compat = "cinema-rs-0.1";
const local = { hostname: "127.0.0.1", port: 0 } as const;

// `calc.Add { n: 5 }` from "calc-client" for "calculator", and the answer of a calculator that held 100.
const REQUEST = "000000290a0863616c632e416464120208051801220b63616c632d636c69656e742a0a63616c63756c61746f72";
const RESPONSE = "000000320a0e63616c632e416464526573756c74120208691801220b63616c632d736572766572" +
  "2a0b63616c632d636c69656e743001";

const fromHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));

interface Add extends Message<{ value: number }> {
  readonly type: "add";
  readonly n: number;
}
interface Clear extends Message {
  readonly type: "clear";
}
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Add { int32 n = 1; }
  message Clear {}
  message AddResult { int32 value = 1; }
`);
const CalculatorProtocol: Protocol<Add | Clear> = protocol<Add | Clear>({
  add: {
    name: "calc.Add",
    request: root.lookupType("Add"),
    reply: root.lookupType("AddResult"),
    replyName: "calc.AddResult",
  },
  clear: { name: "calc.Clear", request: root.lookupType("Clear") },
});

class Calculator extends Actor<Add | Clear> {
  #value = 100;
  add({ n }: Add): { value: number } {
    if (n === 13) throw new Error("unlucky");
    if (n === 14) throw new Rejection("not that");
    return { value: this.#value += n };
  }
  clear(): void {
    this.#value = 0;
  }
}

/** A server for such peers, and one of them. */
class Pair implements AsyncDisposable {
  readonly system: ActorSystem = new ActorSystem({ onUnobservedFailure: () => {} });
  server!: RemoteServer;
  peer!: RawPeer;

  static async open(): Promise<Pair> {
    const pair = new Pair();
    const calculator = new LocalNode("calc-server").handler(pair.system.spawn(() => new Calculator()), {
      name: "calculator",
    });
    const router = new MessageRouter().route(CalculatorProtocol, calculator);
    pair.server = await RemoteServer.bind({ ...local, compat }, router);
    pair.peer = await RawPeer.connect(pair.server.address.port);
    return pair;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.peer.close();
    await this.server.shutdown({ timeout: 0 });
    await this.system.shutdown();
  }
}

Deno.test("a Cinema-rs client gets byte for byte the answer that the original gives", async () => {
  await using pair = await Pair.open();
  await pair.peer.write(fromHex(REQUEST));
  assertEquals((await pair.peer.bytes(RESPONSE.length / 2)).toHex(), RESPONSE);
});

Deno.test("a Cinema-rs client may number its asks up to 2^64 - 1, and name no actor or any", async () => {
  await using pair = await Pair.open();
  const payload = new Uint8Array([0x08, 0x01]);
  const largest = 2n ** 64n - 1n;
  await pair.peer.send(
    { messageType: "calc.Add", payload, correlationId: largest },
    { messageType: "calc.Add", payload, correlationId: 2, targetActor: "somebody else" },
  );
  assertEquals((await pair.peer.receive())?.correlationId, largest);
  assertEquals((await pair.peer.receive())?.correlationId, 2);
});

Deno.test("what fails for a Cinema-rs client is silence there and an event here, and the connection lives", async () => {
  await using pair = await Pair.open();
  const events = recordAll(pair.server.events);
  await pair.peer.send(
    { messageType: "calc.Nonsense", correlationId: 1 },
    { messageType: "calc.Add", payload: new Uint8Array([0xFF]), correlationId: 2 },
    { messageType: "calc.Clear", correlationId: 3 },
    {},
    { messageType: "calc.Add", payload: new Uint8Array([0x08, 0x07]), correlationId: 4 },
  );
  const answer = await pair.peer.receive();
  assertEquals([answer?.correlationId, answer?.payload], [4, new Uint8Array([0x08, 0x07])]);
  assertEquals(events.filter(({ kind }) => kind === "dead-letter").length, 3);
});

Deno.test("an ask of a Cinema-rs client that fails is silence there and an event here, whatever has become of the actor", async () => {
  await using pair = await Pair.open();
  const events = pair.server.events.values();
  const failure = async (): Promise<string> => {
    for (;;) {
      const { value } = await deadline(events.next(), 5_000);
      if (value?.kind === "dead-letter") return `${value.messageType}: ${value.error}`;
    }
  };
  const add = (n: number) => ({ messageType: "calc.Add", payload: new Uint8Array([0x08, n]), correlationId: n });
  await pair.peer.send(add(14), add(1));
  assertEquals((await pair.peer.receive())?.correlationId, 1);
  assertEquals(await failure(), "calc.Add: Rejection: not that");
  await pair.peer.send(add(13));
  assertMatch(await failure(), /^calc.Add: ActorFailedError: /);
  await pair.peer.send(add(2));
  assertMatch(await failure(), /^calc.Add: MailboxClosedError: /);
  assertEquals(pair.server.connections, 1);
  await events.return?.();
});

Deno.test("a client of ours asks a Cinema-rs server byte for byte as the original does", async () => {
  using listener = Deno.listen(local);
  const node = new LocalNode("calc-client");
  await using client = await RemoteClient.connect({ ...local, port: listener.addr.port, compat, node });
  using peer = new RawPeer(await listener.accept());
  const calculator = client.remoteAddr("calculator", CalculatorProtocol);
  const asked = calculator.sendEnvelope({ type: "add", n: 5 });
  assertEquals((await peer.bytes(REQUEST.length / 2)).toHex(), REQUEST);
  await peer.write(fromHex(RESPONSE));
  const { messageType, senderNode, targetActor, payload } = await asked;
  assertEquals([messageType, senderNode, targetActor], ["calc.AddResult", "calc-server", "calc-client"]);
  assertEquals(root.lookupType("AddResult").decode(payload).toJSON(), { value: 105 });
});

Deno.test("a Cinema-rs server that does not answer costs the asker its time-out and no more", async () => {
  using listener = Deno.listen(local);
  await using client = await RemoteClient.connect({ ...local, port: listener.addr.port, compat });
  using peer = new RawPeer(await listener.accept());
  const calculator = client.remoteAddr("calculator", CalculatorProtocol);
  await assertRejects(() => calculator.send({ type: "add", n: 1 }, { timeout: 10 }), AskTimeoutError);
  assertEquals((await peer.receive())?.correlationId, 1);
  assertEquals(await calculator.doSend({ type: "clear" }), "sent");
  // No cancel came between: the next frame is the tell, numbered like no ask.
  const tell = await peer.receive();
  assertEquals([tell?.messageType, tell?.correlationId, tell?.control], ["calc.Clear", 0, "none"]);
  const asked = calculator.send({ type: "add", n: -1 });
  const { correlationId = 0 } = await peer.receive() ?? {};
  await peer.send({ isResponse: true, correlationId, payload: new Uint8Array([0x08, 0x63]) });
  assertEquals((await asked).value, 99);
});

Deno.test("a tell to a Cinema-rs server has left when the client has closed", async () => {
  using listener = Deno.listen(local);
  const client = await RemoteClient.connect({ ...local, port: listener.addr.port, compat });
  using peer = new RawPeer(await listener.accept());
  assertEquals(await client.remoteAddr("calculator", CalculatorProtocol).doSend({ type: "clear" }), "sent");
  const start = performance.now();
  await client.close();
  assert(performance.now() - start < 5_000);
  assertEquals((await peer.receive())?.messageType, "calc.Clear");
});

Deno.test("the two modes do not understand each other, and neither is talked down to the other", async () => {
  await using pair = await Pair.open();
  const { port } = pair.server.address;
  await assertRejects(() => RemoteClient.connect({ ...local, port, connectTimeout: 50 }));
  await using ours = await RemoteServer.bind(local, new MessageRouter());
  const events = recordAll(ours.events);
  using peer = await RawPeer.connect(ours.address.port);
  await peer.write(fromHex(REQUEST));
  await peer.closed();
  assert(events.some(({ kind }) => kind === "refused"));
});

Deno.test("a key and the mode for Cinema-rs peers cannot go together", async () => {
  const key = "x".repeat(32);
  await assertRejects(() => RemoteServer.bind({ ...local, compat, key }, new MessageRouter()), TypeError, "key");
  await assertRejects(() => RemoteClient.connect({ ...local, compat, key }), TypeError, "key");
});

Deno.test("of several actors that take its message a Cinema-rs client reaches the one that it names, and no other", async () => {
  await using system = new ActorSystem();
  const node = new LocalNode("calc-server");
  const spawn = () => system.spawn(() => new Calculator());
  const [other, calculator] = [spawn(), spawn()];
  const router = new MessageRouter()
    .route(CalculatorProtocol, node.handler(other, { name: "other" }))
    .route(CalculatorProtocol, node.handler(calculator, { name: "calculator" }));
  await using server = await RemoteServer.bind({ ...local, compat }, router);
  const events = recordAll(server.events);
  using peer = await RawPeer.connect(server.address.port);
  await peer.write(fromHex(REQUEST));
  assertEquals((await peer.bytes(RESPONSE.length / 2)).toHex(), RESPONSE);

  const add = { messageType: "calc.Add", payload: new Uint8Array([0x08, 0x01]) };
  await peer.send(
    { ...add, correlationId: 2 },
    { ...add, correlationId: 3, targetActor: "somebody else" },
    { ...add, correlationId: 4, targetActor: "other" },
  );
  // 101: nobody has taken the two before it.
  const answer = await peer.receive();
  assertEquals([answer?.correlationId, answer?.payload.toHex()], [4, "0865"]);
  const errors = events.flatMap((event) => event.kind === "dead-letter" ? [event.error] : []);
  assertEquals(errors.map((error) => error instanceof NoRouteError && error.target), ["", "somebody else"]);
});

Deno.test("a server for Cinema-rs peers closes when what is in hand was answered", async () => {
  await using pair = await Pair.open();
  const events = recordAll(pair.server.events);
  await pair.peer.write(fromHex(REQUEST));
  await pair.peer.bytes(RESPONSE.length / 2);
  await Promise.all([pair.server.shutdown(), pair.peer.closed()]);
  // A connection that is cut off at the time-out ends with an error.
  const ends = events.filter(({ kind }) => kind === "disconnected");
  assertEquals(ends.map((event) => "error" in event), [false]);
});

Deno.test("an ask of a Cinema-rs client that has gone, and that no handler has begun, is taken back", async () => {
  await using system = new ActorSystem();
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let handled = 0;
  class Slow extends Actor<Add> {
    async add(): Promise<{ value: number }> {
      handled++;
      begun.resolve();
      await gate.promise;
      return { value: 0 };
    }
  }
  const SlowProtocol: Protocol<Add> = protocol<Add>({
    add: { name: "calc.Add", request: root.lookupType("Add"), reply: root.lookupType("AddResult") },
  });
  const slow = system.spawn(() => new Slow());
  const router = new MessageRouter().route(SlowProtocol, new LocalNode("calc-server").handler(slow, { name: "slow" }));
  await using server = await RemoteServer.bind({ ...local, compat }, router);
  const ended = (async () => {
    for await (const { kind } of server.events) if (kind === "disconnected") return;
  })();
  const peer = await RawPeer.connect(server.address.port);
  const add = { messageType: "calc.Add", payload: new Uint8Array([0x08, 0x01]) };
  await peer.send({ ...add, correlationId: 1 }, { ...add, correlationId: 2 });
  await begun.promise;
  peer.close();
  await ended;
  gate.resolve();
  await system.stop(slow, { drain: true });
  assertEquals(handled, 1);
});
