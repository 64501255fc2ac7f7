import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Actor, type ActorRef, type Context, type StopReason, type Terminated } from "../../../mod.ts";
import { setWatchable, type Watchable, watchableOf } from "../../../src/internal/watchable.ts";
import { TestProbe } from "../../../src/testing/mod.ts";
import { type Take, take } from "../../support/taker.ts";
import { VirtualSystem } from "../../support/virtual.ts";

/** An actor elsewhere, whose end the test decides. */
class Distant implements Watchable {
  readonly watchers = new Set<(reason: StopReason) => void>();
  watches = 0;

  watch(ended: (reason: StopReason) => void): { cancel(): void } {
    this.watches++;
    this.watchers.add(ended);
    return { cancel: () => this.watchers.delete(ended) };
  }

  end(reason: StopReason): void {
    for (const ended of [...this.watchers]) ended(reason);
  }

  /** One more address of it. */
  address(id = "desk@b"): ActorRef<never> {
    const ref = { id } as ActorRef<never>;
    setWatchable(ref, this);
    return ref;
  }
}

Deno.test({
  name: "watchableOf gives what was set, and nothing for what is no address",
  permissions: "none",
  fn() {
    const distant = new Distant();
    assertStrictEquals(watchableOf(distant.address()), distant);
    for (const other of [{}, null, undefined, "text"]) assertEquals(watchableOf(other as object), undefined);
  },
});

Deno.test("the end of a distant actor is one notice for each watcher, with the address that was watched", async () => {
  await using system = new VirtualSystem();
  const distant = new Distant();
  const address = distant.address();
  const probes = [new TestProbe(system), new TestProbe(system)];
  for (const probe of probes) await probe.watch(address);
  distant.end("node-down");
  for (const probe of probes) assertEquals(await probe.receiveTerminated(), { addr: address, reason: "node-down" });
});

Deno.test("two addresses of one distant actor are one watch, however often it is asked for", async () => {
  await using system = new VirtualSystem();
  const distant = new Distant();
  const probe = new TestProbe(system);
  const [first, second] = [distant.address(), distant.address()];
  for (const address of [first, second, first]) await probe.watch(address);
  assertEquals(distant.watches, 1);
  distant.end("stopped");
  assertStrictEquals((await probe.receiveTerminated()).addr, first);
  await assertRejects(() => probe.receiveTerminated({ timeout: 1 }), Error, "no termination notice came");
});

Deno.test("after its notice a distant actor can be watched anew", async () => {
  await using system = new VirtualSystem();
  const distant = new Distant();
  const probe = new TestProbe(system);
  for (const reason of ["node-down", "failed"] as const) {
    await probe.watch(distant.address());
    distant.end(reason);
    assertEquals((await probe.receiveTerminated()).reason, reason);
  }
});

Deno.test("a watcher whose mailbox is full gets the notice all the same, behind what was there before", async () => {
  await using system = new VirtualSystem();
  const distant = new Distant();
  const probe = new TestProbe<Take>(system, { capacity: 1 });
  await probe.watch(distant.address());
  probe.hold();
  probe.addr.trySend(take(1));
  await system.clock.settle();
  probe.addr.trySend(take(2));
  assertEquals(probe.addr.trySend(take(3)), "full");
  distant.end("node-down");
  probe.release();
  assertEquals((await probe.receiveTerminated()).reason, "node-down");
  assertEquals(probe.pending.map(({ n }) => n), [1, 2]);
});

Deno.test("a watcher that ends takes its distant watches back", async () => {
  await using system = new VirtualSystem();
  const distant = new Distant();
  const probe = new TestProbe(system);
  await probe.watch(distant.address());
  await system.stop(probe.addr);
  assertEquals(distant.watchers.size, 0);
});

Deno.test("unwatch() takes a distant watch back, through whichever address, with a notice that is queued already", async () => {
  await using system = new VirtualSystem();
  const distant = new Distant();
  const notices: StopReason[] = [];
  class Watcher extends Actor<Take> {
    override started(ctx: Context<Take>): void {
      ctx.watch(distant.address());
    }
    take(_: Take, ctx: Context<Take>): number {
      distant.end("stopped");
      ctx.unwatch(distant.address());
      return 0;
    }
    override terminated({ reason }: Terminated): void {
      notices.push(reason);
    }
  }
  const watcher = system.spawn(() => new Watcher());
  await watcher.send(take(1));
  await watcher.send(take(2));
  assertEquals([notices, distant.watchers.size], [[], 0]);
});

Deno.test("an address of nowhere cannot be watched", async () => {
  await using system = new VirtualSystem();
  const probe = new TestProbe(system);
  await assertRejects(() => probe.watch({ id: "x@y" } as ActorRef<never>), TypeError, "Cannot watch x@y");
});
