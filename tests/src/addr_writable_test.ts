import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ActorSystem, MailboxClosedError, MailboxFullError, MessageRefusedError } from "../../mod.ts";
import { cellOf } from "../../src/internal/local_addr.ts";
import { deadLetters, recordEvents } from "../support/record.ts";
import { watch } from "../support/signals.ts";
import { spawnTaker, type Take, take } from "../support/taker.ts";
import { VirtualSystem } from "../support/virtual.ts";

/** A stream of `count` messages that notes how many were pulled. */
function source(count: number): { readable: ReadableStream<Take>; pulled: () => number; isCancelled: () => boolean } {
  let [pulled, isCancelled] = [0, false];
  const readable = new ReadableStream<Take>({
    pull(controller) {
      if (pulled === count) controller.close();
      else controller.enqueue(take(pulled++));
    },
    cancel() {
      isCancelled = true;
    },
  }, { highWaterMark: 0 });
  return { readable, pulled: () => pulled, isCancelled: () => isCancelled };
}

Deno.test("Addr.writable() feeds an actor in order, and a closed stream leaves it running", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system, { capacity: 4 });
  for (let round = 0; round < 2; round++) await source(1_000).readable.pipeTo(addr.writable());
  assertEquals(await addr.send(take(-1)), -1);
  const once = Array.from({ length: 1_000 }, (_, n) => n);
  assertEquals(ledger.handled, [...once, ...once, -1]);
});

Deno.test("Addr.writable() holds its source back while the mailbox is full", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 3, held: true });
  const { readable, pulled } = source(100);
  const piped = watch(readable.pipeTo(addr.writable()));
  await clock.settle();
  // One in its handler, three in the mailbox, one that waits, and one or two in the pipe.
  assertEquals([ledger.started, pulled() >= 5 && pulled() <= 7, addr.desiredSize], [[0], true, -1]);
  ledger.release();
  await clock.settle();
  assertEquals([ledger.handled.length, piped.ended], [100, undefined]);
});

Deno.test("Addr.writable() errors when the actor ends, and the pipe cancels its source", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  const { readable, isCancelled } = source(100);
  const piped = watch(readable.pipeTo(addr.writable()));
  const idle = addr.writable();
  await clock.settle();
  const stopped = system.stop(addr);
  ledger.release();
  await stopped;
  await clock.settle();
  assertInstanceOf(piped.ended, MailboxClosedError);
  assertEquals(isCancelled(), true);
  // Also one that nothing was written to, and one that is made when the actor has ended.
  for (const writable of [idle, addr.writable()]) {
    const writer = writable.getWriter();
    await assertRejects(() => writer.write(take(1)), MailboxClosedError);
    await assertRejects(() => writer.closed, MailboxClosedError);
  }
});

Deno.test("Addr.writable() that is aborted takes its waiting message back, and the actor lives on", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const { addr, ledger } = spawnTaker(system, { capacity: 1, held: true });
  const writer = addr.writable().getWriter();
  const writes: { ended: unknown }[] = [];
  for (const n of [0, 1, 2, 3]) {
    writes.push(watch(writer.write(take(n))));
    await clock.settle();
  }
  assertEquals([addr.desiredSize, writes.map(({ ended }) => ended)], [-1, [
    undefined,
    undefined,
    "pending",
    "pending",
  ]]);
  watch(writer.closed);
  await writer.abort("enough");
  assertEquals([addr.desiredSize, writes[3]?.ended], [0, "enough"]);
  assertEquals(deadLetters(events), [["aborted", take(2)]]);
  ledger.release();
  assertEquals(await addr.send(take(-1)), -1);
  assertEquals(ledger.handled, [0, 1, -1]);
});

Deno.test("Addr.writable() errors for a message that is refused, or when too many wait, and the actor lives on", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const { addr, ledger } = spawnTaker(system, { capacity: 1, maxWaiting: 0, held: true });
  const refused = addr.writable().getWriter();
  await assertRejects(() => refused.write({ type: 5 } as never), MessageRefusedError);
  await assertRejects(() => refused.closed, MessageRefusedError);
  for (const n of [0, 1]) {
    addr.trySend(take(n));
    await clock.settle();
  }
  const full = addr.writable().getWriter();
  await assertRejects(() => full.write(take(2)), MailboxFullError);
  await assertRejects(() => full.closed, MailboxFullError);
  ledger.release();
  assertEquals(await addr.send(take(3)).catch(() => "full"), "full");
  await clock.settle();
  assertEquals([ledger.handled, addr.isAlive], [[0, 1], true]);
});

Deno.test("Addr.writable() gives a stream of its own each time, and several feed one actor side by side", async () => {
  await using system = new ActorSystem();
  const { addr, ledger } = spawnTaker(system, { capacity: 2 });
  await Promise.all([1, 2, 3].map(() => source(200).readable.pipeTo(addr.writable())));
  await addr.send(take(-1));
  const counts = Map.groupBy(ledger.handled, (n) => n);
  for (let n = 0; n < 200; n++) assertEquals(counts.get(n)?.length, 3);
});

Deno.test("Addr.writable() that is over is forgotten by the actor, however it ended", async () => {
  await using system = new ActorSystem();
  const { addr } = spawnTaker(system);
  const cell = cellOf(addr)!;
  let kept = 0;
  const { onClosed } = cell;
  cell.onClosed = (callback) => {
    kept++;
    const forget = onClosed.call(cell, callback);
    return () => (kept--, forget());
  };
  await addr.writable().close();
  await addr.writable().abort();
  const writer = addr.writable().getWriter();
  await assertRejects(() => writer.write(null as never), MessageRefusedError);
  await assertRejects(() => writer.closed, MessageRefusedError);
  assertEquals(kept, 0);
});
