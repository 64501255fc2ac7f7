import { assertEquals, assertNotStrictEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ConnectError, ConnectionPool } from "../../remote/mod.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { DeskProtocol, Office } from "../support/desk.ts";

Deno.test("a pool gives everybody the same client, also while it connects", async () => {
  await using office = await Office.open();
  await using pool = new ConnectionPool();
  const address = office.server.address;
  const [one, other] = await Promise.all([pool.connect(address), pool.connect(address)]);
  assertStrictEquals(one, other);
  assertEquals([pool.size, office.server.connections], [1, 1]);
  assertEquals(await one.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "hi" }), "hi");
});

Deno.test("a client that is closed leaves the pool, and the next who asks gets a new one", async () => {
  await using office = await Office.open();
  await using pool = new ConnectionPool();
  const first = await pool.connect(office.server.address);
  await first.close();
  assertEquals(pool.size, 0);
  const second = await pool.connect(office.server.address);
  assertNotStrictEquals(first, second);
});

Deno.test("an attempt that failed is forgotten", async () => {
  await using office = await Office.open();
  await using pool = new ConnectionPool();
  const { address } = office.server;
  await office.server.shutdown();
  await assertRejects(() => pool.connect(address), ConnectError);
  assertEquals(pool.size, 0);
  await office.bind();
  await pool.connect(address);
});

Deno.test("a full pool and a closed pool say so", async () => {
  await using office = await Office.open();
  const pool = new ConnectionPool({ maxConnections: 1 });
  const client = await pool.connect(office.server.address);
  await assertRejects(() => pool.connect({ hostname: "127.0.0.1", port: 1 }), ConnectError, "1 connection already");
  await pool.close();
  await client.closed;
  await assertRejects(() => pool.connect(office.server.address), ConnectError, "closed");
});

Deno.test("a pool refuses to close within a time that is none, and stays open", async () => {
  await using office = await Office.open();
  await using pool = new ConnectionPool();
  const client = await pool.connect(office.server.address);
  for (const timeout of [-1, NaN]) await assertRejects(() => pool.close({ timeout }), RangeError, "time-out");
  assertStrictEquals(await pool.connect(office.server.address), client);
  assertEquals(await client.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "hi" }), "hi");
});

Deno.test("a pool that closes gives up connecting: a server that says nothing does not hold it up", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const clock = new ManualClock(); // its time stands still, so that no time-out can help
  const pool = new ConnectionPool({ clock });
  const connecting = assertRejects(() => pool.connect(silent.addr), ConnectError, "the pool has closed");
  const peer = await silent.accept();
  await pool.close();
  await connecting;
  assertEquals(pool.size, 0);
  peer.close();
});
