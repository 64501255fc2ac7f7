import { assertEquals, assertFalse, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Actor, ActorSystem, type Message, SupervisorStrategy } from "../../../mod.ts";
import { cellOf } from "../../../src/internal/local_addr.ts";
import { spawnTaker, take } from "../../support/taker.ts";
import { VirtualSystem } from "../../support/virtual.ts";

Deno.test("Addr.desiredSize falls with each message, is below zero when senders wait, and null once closed", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 2, held: true });
  assertEquals(addr.desiredSize, 2);
  addr.trySend(take(0));
  assertEquals(addr.desiredSize, 1);
  // The first one leaves the mailbox when its handler starts.
  await clock.settle();
  assertEquals(addr.desiredSize, 2);
  for (const n of [1, 2, 3, 4]) addr.doSend(take(n));
  assertEquals(addr.desiredSize, -2);
  addr.send(take(5));
  assertEquals(addr.desiredSize, -3);
  ledger.release();
  await clock.settle();
  assertEquals([addr.desiredSize, ledger.handled], [2, [0, 1, 2, 3, 4, 5]]);
  await system.stop(addr);
  assertEquals(addr.desiredSize, null);
});

Deno.test("Addr.desiredSize speaks the unit of the strategy", async () => {
  await using system = new ActorSystem();
  const { addr } = spawnTaker(system, { mailbox: { highWaterMark: 100, size: ({ n }) => n } });
  addr.trySend(take(60));
  addr.trySend(take(70));
  assertEquals(addr.desiredSize, -30);
  await addr.send(take(0));
  assertEquals(addr.desiredSize, 100);
});

Deno.test("Addr.ready resolves when there is room, not while others wait", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  await addr.ready;
  for (const n of [0, 1]) {
    addr.trySend(take(n));
    await clock.settle();
  }
  addr.doSend(take(2));
  let isReady = false;
  addr.ready.then(() => isReady = true);
  await clock.settle();
  assertFalse(isReady);
  ledger.release();
  await clock.settle();
  assertEquals([isReady, addr.desiredSize], [true, 1]);
});

Deno.test("Addr.ready resolves when the mailbox closes, and is resolved for a closed one", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  addr.trySend(take(0));
  await clock.settle();
  addr.trySend(take(1));
  const { ready } = addr;
  const stopped = system.stop(addr);
  await ready;
  assertEquals([addr.isAlive, addr.desiredSize], [false, null]);
  await addr.ready;
  ledger.release();
  await stopped;
  await addr.ready;
});

Deno.test("Addr.isAlive is false from the request to stop on, Addr.closed settles at the end", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { held: true });
  addr.trySend(take(0));
  await clock.settle();
  let isClosed = false;
  addr.closed.then(() => isClosed = true);
  const stopped = system.stop(addr);
  await clock.settle();
  assertEquals([addr.isAlive, isClosed], [false, false]);
  ledger.release();
  await stopped;
  const notice = await addr.closed;
  assertEquals([notice.addr === addr, notice.reason, isClosed], [true, "stopped", true]);
  assertEquals((await addr.closed) === notice, true);
});

interface Fail extends Message {
  readonly type: "fail";
}

class Failing extends Actor<Fail> {
  fail(): void {
    throw new Error("boom");
  }
}

Deno.test("Addr stays the same and open over a restart", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Failing(), { strategy: SupervisorStrategy.restart(5, 1_000) });
  let isClosed = false;
  addr.closed.then(() => isClosed = true);
  for (let i = 0; i < 2; i++) {
    await addr.send({ type: "fail" }).catch((error) => assertStringIncludes(`${error}`, "fail"));
  }
  assertEquals([addr.isAlive, isClosed, addr.desiredSize], [true, false, 256]);
});

Deno.test("Addr shows whose it is, as a text and in a log", async () => {
  await using system = new ActorSystem();
  const { addr } = spawnTaker(system, { name: "store" });
  assertEquals([addr.id, `${addr}`], ["/store", "/store"]);
  assertStringIncludes(Deno.inspect(addr), "/store");
  assertEquals(spawnTaker(system).addr.id.startsWith("/Taker-"), true);
  assertEquals(Object.keys(addr), []);
});

Deno.test("cellOf() knows local addresses only", async () => {
  await using system = new ActorSystem();
  const { addr } = spawnTaker(system);
  assertStrictEquals(cellOf(addr)?.addr, addr);
  for (const other of [{}, { ...addr }, Object.create(addr), () => {}]) assertEquals(cellOf(other), undefined);
});

Deno.test("Addr cannot be made or changed by its user", async () => {
  await using system = new ActorSystem();
  const { addr } = spawnTaker(system);
  assertThrows(() => Object.assign(addr, { id: "/other" }), TypeError);
  assertThrows(() => Object.assign(addr, { isAlive: true }), TypeError);
});
