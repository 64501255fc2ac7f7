import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { MemoryNetwork } from "../../remote/mod.ts";
import { Office } from "../support/desk.ts";
import { RawPeer } from "../support/raw_peer.ts";

Deno.test("an older session of a client has ended before the newer one is welcomed", async () => {
  await using office = await Office.open();
  using older = await RawPeer.greet(office.port, 1);
  using _newer = await RawPeer.greet(office.port, 2);
  // Not some time later, when the older one has been silent for too long.
  assertEquals(office.server.connections, 1);
  await older.closed();
});

Deno.test("of too many handshakes the oldest is ended at once, not when its time is over", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport, maxHandshakes: 10, handshakeTimeout: 3_600_000 });
  const silent = await Promise.all(Array.from({ length: 100 }, () => transport.connect(office.server.address)));
  let ended = 0;
  for (const connection of silent) connection.read().then((bytes) => bytes === undefined && ended++);
  const desk = await office.desk();
  assertEquals(await desk.send({ type: "echo", text: "in" }), "in");
  assertGreaterOrEqual(ended, 90);
  for (const connection of silent) connection.close();
});
