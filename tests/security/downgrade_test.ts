// Nobody is talked out of a key, of TLS or of the handshake: not on the port of a server, of a cluster, or of Cinema-rs
// peers.

import { assertEquals, assertRejects } from "@std/assert";
import { ClusterNode } from "../../cluster/mod.ts";
import {
  BindError,
  ConnectError,
  MemoryNetwork,
  MessageRouter,
  RemoteClient,
  RemoteServer,
  type Transport,
} from "../../remote/mod.ts";
import { Dialler, KeyRing } from "../../remote/spi.ts";
import { DeskProtocol, Office } from "../support/desk.ts";
import { Authority } from "../support/certificates.ts";
import { framesOf } from "../support/frames.ts";
import { lostIsEnded } from "./stranger.ts";

const key = "a secret of 32 random bytes or more";
const note = new TextEncoder().encode(JSON.stringify({ n: 1 }));

/** Whether the other side closes without having said a single word that is an answer. */
async function isTurnedAway(transport: Transport, port: number, hostname: string, bytes: Uint8Array): Promise<boolean> {
  const connection = await transport.connect({ hostname, port });
  await connection.write(bytes);
  let said = 0;
  for (;;) {
    const chunk = await connection.read().catch(lostIsEnded);
    if (chunk === undefined) break;
    said += chunk.length;
  }
  connection.close();
  // A refusal of the handshake is short; an answer would be no refusal.
  return said < 200;
}

const ATTEMPTS: Record<string, Uint8Array> = {
  "a message without a handshake": framesOf({ messageType: "desk.Note", targetActor: "desk", payload: note }),
  "a message as Cinema-rs sends it": framesOf({
    ...{ messageType: "desk.Note", targetActor: "desk", payload: note },
    ...{ correlationId: 1, senderNode: "rust" },
  }),
  "a request of HTTP": new TextEncoder().encode("GET / HTTP/1.1\r\nHost: desk\r\n\r\n"),
  "a hello of TLS": new Uint8Array([22, 3, 1, 0, 5, 1, 0, 0, 1, 3]),
};

for (const [what, bytes] of Object.entries(ATTEMPTS)) {
  Deno.test(`${what} is not handled, with a key or without, by a server or by a node of a cluster`, async () => {
    for (const options of [{ key }, {}]) {
      const transport = new MemoryNetwork();
      await using office = await Office.open({ transport, ...options });
      const { hostname, port } = office.server.address;
      assertEquals(await isTurnedAway(transport, port, hostname, bytes), true);
      await using node = new ClusterNode("one", "one:7000", { transport, ...options });
      node.register("desk", office.addDesk("of-cluster"), DeskProtocol);
      await node.join([]);
      assertEquals(await isTurnedAway(transport, 7000, "one", bytes), true);
      assertEquals(office.notes, []);
    }
  });
}

Deno.test("a client with a key talks to no server without one, however that answers, and its messages stay with it", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport });
  await assertRejects(() => office.connect({ key }), ConnectError);
  // A server that loses its key while it is away is not the same to its clients any more.
  await using keyed = await Office.open({ transport, key, port: 7001, hostname: "keyed" });
  const client = await keyed.connect({ outageTimeout: 300 });
  const { events } = client;
  await keyed.server.shutdown({ timeout: 0 });
  const plain = await RemoteServer.bind({ hostname: "keyed", port: 7001, transport }, keyed.router);
  // Until then it may still put messages on the connection that is going, where nobody else reads them either.
  for await (const { kind } of events) if (kind === "disconnected") break;
  const results = await Promise.all(
    [1, 2].map((n) => client.remoteAddr("desk", DeskProtocol).doSend({ type: "note", n })),
  );
  assertEquals(new Set(results), new Set(["closed"]));
  assertEquals(keyed.notes, []);
  await plain.shutdown({ timeout: 0 });
});

Deno.test("a client with TLS talks to no server without it, and the other way round", async () => {
  const authority = await Authority.create("authority");
  const tls = { ...await authority.issue("server"), ca: authority.cert };
  await using plain = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0 }, new MessageRouter());
  const { port } = plain.address;
  await assertRejects(
    () => RemoteClient.connect({ hostname: "127.0.0.1", port, tls, connectTimeout: 500 }),
    ConnectError,
  );
  await using secure = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0, tls }, new MessageRouter());
  const address = { hostname: "127.0.0.1", port: secure.address.port, connectTimeout: 500 };
  await assertRejects(() => RemoteClient.connect(address), ConnectError);
});

Deno.test("the mode for Cinema-rs peers is never on by itself, and never beside a key", async () => {
  const at = { hostname: "127.0.0.1", port: 0, compat: "cinema-rs-0.1" } as const;
  await assertRejects(() => RemoteServer.bind({ ...at, key }, new MessageRouter()), TypeError);
  await assertRejects(() => RemoteClient.connect({ ...at, port: 1, key }), TypeError);
  await assertRejects(() => RemoteServer.bind({ ...at, hostname: "0.0.0.0" }, new MessageRouter()), BindError);
  await using node = new ClusterNode("one", "127.0.0.1:0", { key });
  await node.join([]);
  await assertRejects(() => node.startCompatServer(0, { hostname: "0.0.0.0", advertise: "127.0.0.1:1" }), BindError);
});

Deno.test("a connection that is for one start of a node is given to no other node, and to no other start of it", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport, key });
  const keys = await KeyRing.import(key);
  const options = { ...office.server.address, transport, key };
  const { signal } = new AbortController();
  const { connection, peer } = await new Dialler(options, keys).dial(signal);
  connection.close();
  const dial = (node: string, uid: string) => new Dialler(options, keys, { node, uid }).dial(signal);
  await assertRejects(() => dial(peer.node, "another"), ConnectError, "a later or earlier start of it");
  await assertRejects(() => dial("another", "another"), ConnectError, `the node "${peer.node}"`);
  const { uid } = peer as unknown as { uid: string };
  (await dial(peer.node, uid)).connection.close();
});
