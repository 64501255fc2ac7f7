import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ClusterClient, ClusterNode, type ClusterNodeOptions, JoinError } from "../../cluster/mod.ts";
import { clusterTag } from "../../cluster/membership/messages.ts";
import { ClusterCodec } from "../../cluster/wire/cluster_codec.ts";
import { ActorSystem } from "../../mod.ts";
import { CHANNEL_TYPE } from "../../remote/channel.ts";
import { BindError, ConnectError, HandshakeError, json } from "../../remote/mod.ts";
import { Authority } from "../support/certificates.ts";
import { Desk, DeskProtocol, Gates } from "../support/desk.ts";
import { RawPeer } from "../support/raw_peer.ts";
import { recordOf, updateOf } from "../support/cluster_records.ts";
import { recordAll } from "../support/record.ts";

/** A node on a free port of this machine. */
function nodeOf(id: string, options: ClusterNodeOptions = {}): ClusterNode {
  return new ClusterNode(id, "127.0.0.1:0", { preset: "local", ...options });
}

function membersOf({ members }: ClusterNode): string {
  return members.map(({ id, status }) => `${id} ${status}`).join();
}

/** The first event of that kind, from when it is called. */
async function next(node: ClusterNode, kind: string): Promise<unknown> {
  for await (const event of node.events) if (event.kind === kind) return event;
  throw new Error(`The events ended without "${kind}"`);
}

Deno.test("nodes find and call each other over TCP, on ports that were chosen for them", async () => {
  await using system = new ActorSystem();
  await using one = nodeOf("one");
  one.register("desk", system.spawn(() => new Desk([], new Gates())), DeskProtocol);
  await one.join([]);
  assert(/^127\.0\.0\.1:[1-9]\d+$/.test(one.addr), one.addr);
  await using two = nodeOf("two");
  await two.join([one.addr]);
  const desk = new ClusterClient(two).remoteAddr("desk", DeskProtocol);
  assertEquals([await desk.call({ type: "echo", text: "hello" }), membersOf(two)], ["hello", "one up,two up"]);
});

Deno.test("a port that is taken is an error that says so, and the node may try another one", async () => {
  await using one = nodeOf("one");
  await one.join([]);
  const port = Number(one.addr.split(":")[1]);
  await using two = nodeOf("two");
  await assertRejects(() => two.startServer(port), BindError, `Cannot listen on 127.0.0.1:${port}`);
  await two.startServer(0);
  await two.join([one.addr]);
});

Deno.test("with a key nodes talk, one with another key is refused, and nothing is learned on either side", async () => {
  const [key, other] = [32, 32].map((length) => crypto.getRandomValues(new Uint8Array(length)));
  await using one = nodeOf("one", { key: key! });
  await one.join([]);
  await using two = nodeOf("two", { key: key! });
  await two.join([one.addr]);
  for (const options of [{ key: other! }, {}]) {
    await using stranger = nodeOf("stranger", options);
    const error = await assertRejects(() => stranger.join([one.addr]), JoinError, `Cannot join by way of ${one.addr}`);
    assertEquals([error.code, membersOf(stranger)], ["key", "stranger up"]);
    assertInstanceOf(error.cause, ConnectError);
    assertInstanceOf(error.cause.cause, HandshakeError);
  }
  assertEquals(membersOf(one), "one up,two up");
});

Deno.test("a key is needed where others can reach the port, unless it is said that it is not", async () => {
  const open = new ClusterNode("one", "0.0.0.0:0", { advertise: "127.0.0.1:1" });
  await assertRejects(() => open.startServer(), BindError, "without key and tls");
  await open.leave();
  await using insecure = new ClusterNode("one", "0.0.0.0:0", { advertise: "127.0.0.1:1", insecure: true });
  await insecure.startServer();
});

Deno.test("with mutual TLS nodes talk, and one without a certificate of the authority keeps trying and learns nothing", async () => {
  const authority = await Authority.create("authority");
  const stranger = await Authority.create("stranger");
  const tls = { ...await authority.issue("node"), ca: authority.cert };
  await using one = nodeOf("one", { tls });
  await one.join([]);
  await using two = nodeOf("two", { tls });
  await two.join([one.addr]);
  assertEquals(membersOf(two), "one up,two up");
  await using other = nodeOf("other", { tls: { ...await stranger.issue("node"), ca: authority.cert } });
  const stop = new AbortController();
  await other.startServer();
  const told = next(other, "unreachable");
  const joined = assertRejects(() => other.join([one.addr], { signal: stop.signal }), Error, "enough");
  await told;
  stop.abort(new Error("enough"));
  await joined;
  assertEquals([membersOf(one), membersOf(other)], ["one up,two up", "other up"]);
});

Deno.test("a seed at which nobody listens is unreachable, and refused is what its error says", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using node = nodeOf("one");
  await node.startServer();
  const told = next(node, "unreachable") as Promise<{ addr: string; error: Error; retryInMs: number }>;
  const stop = new AbortController();
  const joined = assertRejects(() => node.join([`127.0.0.1:${port}`], { signal: stop.signal }), Error, "enough");
  const { addr, error, retryInMs } = await told;
  assertEquals([addr, error instanceof ConnectError], [`127.0.0.1:${port}`, true]);
  assert(retryInMs > 0 && retryInMs <= 200);
  stop.abort(new Error("enough"));
  await joined;
});

Deno.test("a header of 4 GiB, a flood behind it, and bytes that trickle cost the port of a node nothing", async () => {
  await using node = nodeOf("one");
  await node.join([]);
  const port = Number(node.addr.split(":")[1]);
  const before = Deno.memoryUsage().rss;
  for (const isGreeted of [false, true]) {
    using peer = isGreeted ? await RawPeer.greet(port) : await RawPeer.connect(port);
    await peer.write(Uint8Array.of(0xFF, 0xFF, 0xFF, 0xFF));
    try {
      for (let sent = 0; sent < 16_777_216; sent += 65_536) await peer.write(new Uint8Array(65_536));
    } catch {
      // The node has closed the connection, as it should.
    }
    await peer.closed();
  }
  using slow = await RawPeer.greet(port);
  await slow.write(Uint8Array.of(0, 0xFF, 0xFF, 0xFF, 8));
  await using two = nodeOf("two");
  await two.join([node.addr]);
  assertEquals(membersOf(node), "one up,two up");
  const grown = Deno.memoryUsage().rss - before;
  assert(grown < 64 * 1_048_576, `${grown} bytes`);
});

Deno.test("one connection that gossips what it likes marks nobody down, adds nobody and takes no name", async () => {
  await using system = new ActorSystem();
  await using one = nodeOf("one");
  one.register("bank", system.spawn(() => new Desk([], new Gates())), DeskProtocol);
  await one.join([]);
  await using two = nodeOf("two");
  await two.join([one.addr]);
  const port = Number(one.addr.split(":")[1]);
  const events = recordAll(one.events);
  using peer = await RawPeer.greet(port);
  const victim = updateOf({ id: "two", addr: two.addr, status: "down", uid: 2 ** 52, incarnation: 1 });
  const packet = new ClusterCodec().encodePacket({
    cluster: clusterTag("default"),
    // The peer has introduced itself as "raw".
    sender: recordOf({ id: "two", addr: two.addr, uid: 2 ** 52 }),
    body: { kind: "gossip" },
    updates: [victim, { ...victim, id: "one", addr: one.addr }, updateOf({ id: "evil" })],
  });
  const ask = JSON.stringify({ text: "safe" });
  const junk = Uint8Array.of(0x82, 0x01, 0xFF, 0xFF);
  await peer.send(
    { messageType: CHANNEL_TYPE, payload: packet },
    { messageType: CHANNEL_TYPE, payload: junk },
    { messageType: "desk.Echo", targetActor: "bank", correlationId: 1, payload: new TextEncoder().encode(ask) },
  );
  // The connection lives on, and what came behind is served.
  assertEquals(json().decode((await peer.receive())!.payload), "safe");
  assertEquals(events.filter(({ kind }) => kind === "rejected").length, 2);
  assertEquals([membersOf(one), one.lookupActor("bank")?.node], ["one up,two up", "one"]);
});
