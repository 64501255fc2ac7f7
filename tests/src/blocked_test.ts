import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  Actor,
  type ActorSystem,
  type Addr,
  AskTimeoutError,
  type Context,
  type Message,
  type SystemEvent,
} from "../../mod.ts";
import type { ManualClock } from "../../src/testing/mod.ts";
import { deadLetters, recordEvents } from "../support/record.ts";
import { watch } from "../support/signals.ts";
import { spawnTaker, take } from "../support/taker.ts";
import { VirtualSystem } from "../support/virtual.ts";

/** The ends of every wait that took too long, by their ids. */
function blocked(events: readonly SystemEvent[]): { from: string | undefined; to: string; waitedMs: number }[] {
  return events.flatMap((event) =>
    event.kind === "blocked" ? [{ from: event.from?.id, to: event.to.id, waitedMs: event.waitedMs }] : []
  );
}

interface Go extends Message {
  readonly type: "go";
  readonly how: (ctx: Context<Go>) => unknown;
}

/** Does what it is told with its own context. */
class Goer extends Actor<Go> {
  async go({ how }: Go, ctx: Context<Go>): Promise<void> {
    await how(ctx);
  }
}

/** A taker whose mailbox of one is full, behind a handler that is held. */
async function spawnFull(system: ActorSystem, clock: ManualClock) {
  const full = spawnTaker(system, { name: "full", capacity: 1, held: true });
  for (const n of [0, 1]) {
    full.addr.trySend(take(n));
    await clock.settle();
  }
  return full;
}

Deno.test("A blocked event comes once, when a sender has waited for 5 s, and not when it waited less", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const { addr, ledger } = await spawnFull(system, clock);
  for (const timeout of [4_999, 60_000]) addr.doSend(take(timeout), { timeout });
  await clock.advance(4_999);
  assertEquals(blocked(events), []);
  await clock.advance(1);
  assertEquals(blocked(events), [{ from: undefined, to: "/full", waitedMs: 5_000 }]);
  await clock.advance(20_000);
  assertEquals(blocked(events).length, 1);
  ledger.release();
  await clock.settle();
});

Deno.test("A blocked event names the actor that waits: in the synchronous part of its handler, or by its signal", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const { addr: full, ledger } = await spawnFull(system, clock);
  const ways: Record<string, (ctx: Context<Go>) => unknown> = {
    tells: () => full.doSend(take(2)),
    asks: () => full.send(take(3), { timeout: Infinity }),
    "tells-later": async ({ signal }) => (await undefined, await full.doSend(take(4), { signal })),
    "asks-later": async ({ signal }) => (await undefined, await full.send(take(5), { signal, timeout: 60_000 })),
    anonymous: async () => (await undefined, await full.doSend(take(6))),
  };
  for (const [name, how] of Object.entries(ways)) {
    system.spawn(() => new Goer(), { name }).trySend({ type: "go", how });
    await clock.settle();
  }
  await clock.advance(5_000);
  const seen = blocked(events).map(({ from, to }) => `${from} to ${to}`);
  const known = ["/asks", "/asks-later", "/tells", "/tells-later", "undefined"];
  assertEquals(seen.sort(), known.map((from) => `${from} to /full`));
  ledger.release();
  await clock.settle();
  assertEquals(ledger.handled, [0, 1, 2, 3, 4, 5, 6]);
});

interface Fill extends Message {
  readonly type: "fill";
}
interface Swap extends Message {
  readonly type: "swap";
  readonly with: Addr<Fill | Swap>;
  readonly send: "doSend" | "send" | "signal";
}

/** Sends three messages to its peer at once, more than fit, and keeps what came of them. */
class Peer extends Actor<Fill | Swap> {
  readonly #results: unknown[][];
  constructor(results: unknown[][]) {
    super();
    this.#results = results;
  }
  fill(): void {}
  async swap({ with: peer, send }: Swap, { signal }: Context<Fill | Swap>): Promise<void> {
    const fill = { type: "fill" } as const;
    const sendOne = () => {
      if (send === "send") return peer.send(fill).catch((error) => error);
      return peer.doSend(fill, send === "signal" ? { signal } : {});
    };
    this.#results.push(await Promise.all([sendOne(), sendOne(), sendOne()]));
  }
}

/** Two actors with full mailboxes of one, each in a handler that waits for room in the other's. */
async function entangle(system: ActorSystem, clock: ManualClock, send: Swap["send"], results: unknown[][]) {
  const [left, right] = ["left", "right"].map((name) => system.spawn(() => new Peer(results), { name, capacity: 1 }));
  left!.trySend({ type: "swap", with: right!, send });
  right!.trySend({ type: "swap", with: left!, send });
  await clock.settle();
  assertEquals([left!.desiredSize, right!.desiredSize, results], [-2, -2, []]);
  return { left: left!, right: right! };
}

Deno.test("Two full mailboxes that wait for each other are seen: each is named as blocked by the other", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const results: unknown[][] = [];
  const { left, right } = await entangle(system, clock, "doSend", results);
  await clock.advance(5_000);
  const seen = ["left", "right"].map((name) =>
    blocked(events).filter(({ from }) => from === `/${name}`).map(({ to }) => to)
  );
  assertEquals(seen, [["/right", "/right"], ["/left", "/left"]]);
  assertEquals([blocked(events).length, results], [4, []]);
  // Stopping one of them turns the other's messages away, and everything goes on.
  const stopped = system.stop(left);
  await clock.settle();
  assertEquals(results, [["sent", "closed", "closed"], ["sent", "sent", "sent"]]);
  await stopped;
  assertEquals([left.isAlive, right.isAlive], [false, true]);
});

Deno.test("Two full mailboxes that wait for each other with asks end by their time-outs, and both actors live on", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const results: unknown[][] = [];
  const peers = await entangle(system, clock, "send", results);
  await clock.advance(5_000);
  assertEquals(results.map(({ length }) => length), [3, 3]);
  for (const result of results.flat()) assertInstanceOf(result, AskTimeoutError);
  for (const peer of Object.values(peers)) assertEquals(await peer.send({ type: "fill" }), undefined);
});

Deno.test("Two full mailboxes that wait for each other do not hold up a shutdown, and nobody is abandoned", async () => {
  for (const [send, withinMs] of [["doSend", 0], ["signal", 0], ["send", 3_000]] as const) {
    await using system = new VirtualSystem({ askTimeout: 3_000 });
    const { clock } = system;
    const events = recordEvents(system);
    const results: unknown[][] = [];
    await entangle(system, clock, send, results);
    const down = watch(system.shutdown());
    // The first to stop turns the other's waiting messages away; a queued ask has its time-out.
    await clock.advance(withinMs);
    assertEquals([send, down.ended, results.length], [send, undefined, 2]);
    assertEquals(deadLetters(events).filter(([reason]) => reason === "abandoned"), []);
  }
});
