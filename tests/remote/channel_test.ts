import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Channel, CHANNEL_TYPE, type ChannelPeer, isChannel } from "../../remote/channel.ts";
import type { Dialled } from "../../remote/dialler.ts";
import { bindNode, Dialler } from "../../remote/spi.ts";
import { LocalNode, MemoryNetwork, MessageRouter, RemoteClient, RemoteServer } from "../../remote/mod.ts";
import { decodeEnvelope, type Envelope } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import { ActorSystem, AskTimeoutError, CinemaError } from "../../mod.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { dialledOf, FarEnd, textOf } from "../support/cluster_nodes.ts";
import { Desk, DeskProtocol, Gates, type Note } from "../support/desk.ts";
import { envelopeOf, framesOf } from "../support/frames.ts";
import { watch } from "../support/signals.ts";

const AT = { hostname: "b", port: 1 };
const bytesOf = (line: string) => new TextEncoder().encode(line);

/** A channel to a far end that the test holds. */
async function stage() {
  const network = new MemoryNetwork();
  const clock = new ManualClock();
  const listener = await network.listen(AT);
  const dialled = dialledOf(await network.connect(AT), "b");
  const far = new FarEnd((await listener.accept())!);
  listener.close();
  const heard: string[] = [];
  const channel = new Channel(dialled, clock, (payload, { node }) => heard.push(`${node}: ${textOf(payload)}`));
  return { network, clock, far, channel, heard };
}

Deno.test({
  name: "isChannel knows frames of the channel from messages for an actor of that name, and from replies",
  permissions: "none",
  fn() {
    const frame = { messageType: CHANNEL_TYPE };
    const others = [{}, { messageType: "other" }, { ...frame, targetActor: "x" }, { ...frame, isResponse: true }];
    assertEquals([frame, ...others].map((fields) => isChannel(envelopeOf(fields))), [true, false, false, false, false]);
  },
});

Deno.test("a channel carries payloads both ways, in order, and says who is there", async () => {
  const { clock, far, channel, heard } = await stage();
  const ended = channel.run();
  for (const line of ["1", "2", "3"]) assert(channel.say(bytesOf(line)));
  await channel.drained();
  await far.say({ messageType: CHANNEL_TYPE, payload: bytesOf("a") }, {
    messageType: CHANNEL_TYPE,
    payload: bytesOf("b"),
  });
  await clock.settle();
  assertEquals([far.texts, heard], [["1", "2", "3"], ["b: a", "b: b"]]);
  assertEquals([channel.node, channel.remote, channel.isLeft], ["b", AT, false]);
  channel.close();
  assertEquals([await ended, channel.say(bytesOf("late"))], [undefined, false]);
  await clock.settle();
  assert(far.isOver);
});

Deno.test("for a peer that reads nothing so many bytes wait and no more: what is said then is dropped", async () => {
  const { network, channel } = await stage();
  network.pause();
  const ended = channel.run();
  const payload = new Uint8Array(262_144);
  let said = 0;
  while (said < 100 && channel.say(payload)) said++;
  assert(said >= 15 && said <= 17, `${said} of them`);
  // Something is on its way now, so there is room for as much again, once.
  for (let round = 0; round < 10; round++) {
    await undefined;
    if (channel.say(payload)) said++;
  }
  assert(said <= 33, `${said} of them`);
  channel.close();
  await ended;
});

Deno.test("a channel ends in order with the other side, and when that says goodbye, which is known then", async () => {
  const closing = await stage();
  const ended = closing.channel.run();
  closing.far.close();
  assertEquals([await ended, closing.channel.isLeft], [undefined, false]);
  const leaving = await stage();
  const left = leaving.channel.run();
  await leaving.far.say({ control: "goodbye" });
  assertEquals([await left, leaving.channel.isLeft], [undefined, true]);
});

Deno.test("a channel ends with an error when the connection is lost, or what comes makes no sense", async () => {
  const lost = await stage();
  const ended = lost.channel.run();
  lost.network.reset();
  assertInstanceOf(await ended, Error);
  const garbled = await stage();
  const over = garbled.channel.run();
  await garbled.far.say({ handshake: bytesOf("nonsense") }, { messageType: CHANNEL_TYPE, payload: bytesOf("fine") });
  garbled.far.close();
  await over;
  // Messages, grants and the like are nothing here, and pass.
  assertEquals(garbled.heard, ["b: fine"]);
});

/** What a server without a channel, and one with it, make of a channel. */
async function dialTo(network: MemoryNetwork): Promise<Dialled> {
  return await new Dialler({ ...AT, transport: network, node: new LocalNode("a") }, undefined).dial();
}

Deno.test("a server without a channel is found out by what it answers", async () => {
  const network = new MemoryNetwork();
  const clock = new ManualClock();
  await using _server = await RemoteServer.bind({ ...AT, transport: network, clock }, new MessageRouter());
  const channel = new Channel(await dialTo(network), new ManualClock(), () => {});
  const ended = channel.run();
  channel.say(bytesOf("hello"));
  const error = await ended;
  assertInstanceOf(error, CinemaError);
  assertEquals(error.message, "The other side is no node of a cluster");
});

Deno.test("a server with a channel serves both on one port: payloads and the messages of clients", async () => {
  const network = new MemoryNetwork();
  await using system = new ActorSystem();
  const desk = system.spawn(() => new Desk([], new Gates()));
  const router = new MessageRouter().route(DeskProtocol, new LocalNode("b").handler(desk, { name: "desk" }));
  const echo = (payload: Uint8Array, peer: ChannelPeer) => void peer.say(bytesOf(`${peer.node}, ${textOf(payload)}`));
  const identity = { node: "b", uid: "7", channel: echo };
  await using _server = await bindNode({ ...AT, transport: network }, router, identity);
  const answers = Promise.withResolvers<string>();
  const channel = new Channel(await dialTo(network), new ManualClock(), (payload) => answers.resolve(textOf(payload)));
  const ended = channel.run();
  channel.say(bytesOf("hello"));
  assertEquals(await answers.promise, "a, hello");
  await using client = await RemoteClient.connect({ ...AT, transport: network });
  assertEquals(await client.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "both" }), "both");
  channel.close();
  await ended;
});

Deno.test("a channel is heard also while so many messages wait for the actors of a server that it reads no others", async () => {
  const network = new MemoryNetwork();
  await using system = new ActorSystem();
  const gates = new Gates();
  const desk = system.spawn(() => new Desk([], gates), { capacity: 1 });
  const router = new MessageRouter().route(DeskProtocol, new LocalNode("b").handler(desk, { name: "desk" }));
  const echo = (payload: Uint8Array, peer: ChannelPeer) => void peer.say(payload);
  const identity = { node: "b", uid: "7", channel: echo };
  const options = { ...AT, transport: network, serverReceiveBytesMax: 10_000 };
  await using _server = await bindNode(options, router, identity);
  await using client = await RemoteClient.connect({ ...AT, transport: network });
  const addr = client.remoteAddr("desk", DeskProtocol);
  const held = addr.send({ type: "wait", gate: "later" });
  const padding = "x".repeat(1_000);
  for (let n = 0; n < 30; n++) addr.doSend({ type: "note", n, padding });
  const other = addr.send({ type: "echo", text: "" }, { timeout: 20 });
  await assertRejects(() => other, AskTimeoutError);
  let heard = Promise.withResolvers<string>();
  const channel = new Channel(await dialTo(network), new ManualClock(), (payload) => heard.resolve(textOf(payload)));
  const ended = channel.run();
  for (const line of ["are you there?", "still?"]) {
    channel.say(bytesOf(line));
    assertEquals(await heard.promise, line);
    heard = Promise.withResolvers();
  }
  gates.open("later");
  assertEquals(await held, "later");
  channel.close();
  await ended;
});

Deno.test("who has used a channel and reads no replies is not read without end", async () => {
  const network = new MemoryNetwork();
  const clock = new ManualClock();
  await using system = new ActorSystem();
  const notes: number[] = [];
  const told = Promise.withResolvers<void>();
  class TellingDesk extends Desk {
    override note(msg: Note): void {
      super.note(msg);
      if (msg.n === 2) told.resolve();
    }
  }
  const desk = system.spawn(() => new TellingDesk(notes, new Gates()));
  const router = new MessageRouter().route(DeskProtocol, new LocalNode("b").handler(desk, { name: "desk" }));
  const identity = { node: "b", uid: "7", channel: () => {} };
  await using _server = await bindNode({ ...AT, transport: network, sendBytesMax: 20_000 }, router, identity);
  const { connection } = await dialTo(network);
  const send = (fields: Partial<Envelope>, body: unknown) =>
    connection.write(framesOf({ ...fields, payload: bytesOf(JSON.stringify(body)) }));
  await send({ messageType: CHANNEL_TYPE }, "hello");
  for (let correlationId = 1; correlationId <= 15; correlationId++) {
    await send({ messageType: "desk.Echo", targetActor: "desk", correlationId }, { text: "x".repeat(10_000) });
    await clock.settle();
    if (correlationId === 1) await send({ messageType: "desk.Note", targetActor: "desk" }, { n: 1 });
  }
  const last = send({ messageType: "desk.Note", targetActor: "desk" }, { n: 2 });
  await clock.settle();
  assertEquals(notes, [1]);
  const reading = (async () => {
    while (await connection.read() !== undefined);
  })();
  await last;
  await told.promise;
  assertEquals(notes, [1, 2]);
  connection.close();
  await reading;
});

Deno.test("a peer that asks and asks whether this side is there, and reads nothing, has one answer waiting", async () => {
  const network = new MemoryNetwork();
  const clock = new ManualClock();
  const listener = await network.listen(AT);
  const channel = new Channel(dialledOf(await network.connect(AT), "b"), clock, () => {});
  const far = (await listener.accept())!;
  listener.close();
  const ended = channel.run();
  for (let n = 0; n < 2; n++) channel.say(new Uint8Array(100_000));
  await clock.settle();
  await far.write(framesOf(...Array.from({ length: 10_000 }, () => ({ control: "ping" } as const))));
  await clock.settle();
  channel.say(bytesOf("last"));
  const decoder = new FrameDecoder(16_777_216);
  const strings = new StringCache();
  let pongs = 0;
  for (let isLast = false; !isLast;) {
    decoder.push((await far.read())!.slice());
    while (decoder.next()) {
      const { control, payload } = decodeEnvelope(decoder, strings);
      if (control === "pong") pongs++;
      isLast ||= textOf(payload) === "last";
    }
  }
  assertEquals(pongs, 1);
  await far.write(framesOf({ control: "ping" }));
  decoder.push((await far.read())!.slice());
  assert(decoder.next());
  assertEquals(decodeEnvelope(decoder, strings).control, "pong");
  channel.close();
  await ended;
});

Deno.test("a server that closes says goodbye on its channels too, and does not wait for them", async () => {
  const network = new MemoryNetwork();
  const identity = { node: "b", uid: "7", channel: () => {} };
  const server = await bindNode({ ...AT, transport: network }, new MessageRouter(), identity);
  const channel = new Channel(await dialTo(network), new ManualClock(), () => {});
  const ended = channel.run();
  channel.say(bytesOf("hello"));
  await channel.drained();
  const closed = watch(server.shutdown({ timeout: Infinity }));
  assertEquals([await ended, channel.isLeft], [undefined, true]);
  await new ManualClock().settle();
  assertEquals(closed.ended, undefined);
});
