import { Actor, ActorSystem, type Message, MessageRefusedError } from "@cinema/cinema";
import { ClusterClient, ClusterNode } from "@cinema/cinema/cluster";
import { json, LocalNode, MemoryNetwork, MessageRouter, protocol } from "@cinema/cinema/remote";
import { RemoteClient, RemoteServer, ReplyLostError } from "@cinema/cinema/remote";
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";

interface Follow extends Message<unknown> {
  type: "follow";
  follower: unknown; // the compiler would refuse an address
}
const RoomProtocol = protocol<Follow>({ follow: { name: "Follow", request: json(), reply: json() } });
let handled = 0;
class Room extends Actor<Follow> {
  follow(_: Follow, { address }: { readonly address: unknown }): unknown {
    handled++;
    return { room: address };
  }
}

Deno.test({
  name: "An address is logged with its id, on the console and as JSON, wherever its actor lives",
  permissions: "none",
  async fn() {
    await using system = new ActorSystem();
    const events = system.events.getReader();
    const local = system.spawn(() => new Room(), { name: "room" });
    assertEquals([Deno.inspect(local), JSON.stringify({ addr: local })], ["Addr(/room)", '{"addr":"/room"}']);
    const { value } = await events.read();
    assertEquals(JSON.parse(JSON.stringify(value)), { kind: "started", addr: "/room" });

    const transport = new MemoryNetwork();
    const at = { hostname: "rooms", port: 7000, transport };
    await using _server = await RemoteServer.bind(at, new MessageRouter());
    await using client = await RemoteClient.connect(at);
    const remote = client.remoteAddr("room", RoomProtocol);
    assertEquals([Deno.inspect(remote), JSON.stringify(remote)], [`RemoteAddr(${remote.id})`, `"${remote.id}"`]);

    await using node = new ClusterNode("a", "a:7000", { transport });
    const named = new ClusterClient(node).remoteAddr("room", RoomProtocol);
    assertEquals([Deno.inspect(named), JSON.stringify(named)], [`ClusterRemoteAddr(${named.id})`, `"${named.id}"`]);
    await events.cancel();
  },
});

Deno.test({
  name: "An address in a message or a reply of json() is refused, and the error says what to send instead",
  permissions: "none",
  async fn() {
    handled = 0;
    const at = { hostname: "rooms", port: 7000, transport: new MemoryNetwork() };
    await using system = new ActorSystem();
    const handler = new LocalNode("rooms").handler(system.spawn(() => new Room(), { name: "hall" }), { name: "room" });
    await using _server = await RemoteServer.bind(at, new MessageRouter().route(RoomProtocol, handler));
    await using client = await RemoteClient.connect(at);
    const room = client.remoteAddr("room", RoomProtocol);
    const follower = system.spawn(() => new Room(), { name: "ann" });

    const refused = await assertRejects(() => room.send({ type: "follow", follower }), MessageRefusedError);
    assertMatch(refused.message, /^Cannot send "follow" to .*: Cannot send the address of \/ann .* send its name$/);
    assertEquals(handled, 0);
    await assertRejects(() => room.send({ type: "follow", follower: null }), ReplyLostError);
    assertEquals(handled, 1);
  },
});

Deno.test({
  name: "An address that was written to a log is no reason to refuse the next message",
  permissions: "none",
  async fn() {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Room());
    const codec = json();
    JSON.stringify(addr);
    assertEquals(codec.decode(codec.encode({ n: 1 }) as Uint8Array), { n: 1 });
    assertThrows(() => codec.encode({ deep: [{ addr }] }), TypeError, "Cannot send the address");
    assertEquals(codec.decode(codec.encode({ n: 2 }) as Uint8Array), { n: 2 });
  },
});
