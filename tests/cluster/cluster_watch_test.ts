import { assertEquals, assertStrictEquals } from "@std/assert";
import type { ClusterNode } from "../../cluster/mod.ts";
import { Actor, type ActorRef, type Addr, type Context, type Message, type Terminated } from "../../mod.ts";
import { SeededRandom } from "../../src/testing/mod.ts";
import { Cluster } from "../support/cluster_nodes.ts";
import { DeskProtocol } from "../support/desk.ts";

interface Watch extends Message {
  readonly type: "watch" | "unwatch";
  readonly ref: ActorRef<never>;
}

/** Watches what it is told to, and keeps the notices. */
class Watcher extends Actor<Watch & { type: "watch" } | Watch & { type: "unwatch" }> {
  readonly #notices: Terminated[];

  constructor(notices: Terminated[]) {
    super();
    this.#notices = notices;
  }

  watch({ ref }: Watch, ctx: Context<never>): void {
    ctx.watch(ref);
  }

  unwatch({ ref }: Watch, ctx: Context<never>): void {
    ctx.unwatch(ref);
  }

  override terminated(notice: Terminated): void {
    this.#notices.push(notice);
  }
}

type WatcherAddr = Addr<Watch & { type: "watch" } | Watch & { type: "unwatch" }>;

/** Three nodes; the second has a desk that the others know, and somebody watches it from the first. */
async function stage(cluster: Cluster) {
  const [a, b, c] = await cluster.start("a", "b", "c") as [ClusterNode, ClusterNode, ClusterNode];
  const desk = cluster.desk({ stopTimeout: 0 });
  b.register("desk", desk, DeskProtocol);
  for (const node of [a, c]) await cluster.known(node, "desk");
  const notices: Terminated[] = [];
  const watcher: WatcherAddr = cluster.system.spawn(() => new Watcher(notices), { capacity: 1 });
  const ref = cluster.at(a, "desk");
  await watcher.send({ type: "watch", ref });
  const reasons = () => notices.map(({ reason }) => reason);
  return { a, b, c, desk, notices, watcher, ref, reasons };
}

Deno.test("a node that dies is one notice, node-down, with the address that was watched", async () => {
  await using cluster = new Cluster();
  const { ref, notices, reasons } = await stage(cluster);
  cluster.hosts.kill("b");
  await cluster.until(() => notices.length > 0);
  await cluster.clock.advance(60_000);
  assertEquals(reasons(), ["node-down"]);
  assertStrictEquals<unknown>(notices[0]!.addr, ref);
});

Deno.test("a node that hangs, or is cut off, is node-down too, and what it says later changes nothing", async () => {
  await using cluster = new Cluster();
  const { reasons, b, a } = await stage(cluster);
  cluster.hosts.hang("b", ["a", "c"]);
  await cluster.until(() => reasons().length > 0, 120_000);
  cluster.hosts.resume("b", ["a", "c"]);
  await cluster.until(() => a.lookupActor("desk") !== undefined, 120_000);
  b.unregisterActor("desk");
  await cluster.clock.advance(60_000);
  assertEquals(reasons(), ["node-down"]);
});

Deno.test("a node that leaves is node-down for who watches its actors, once", async () => {
  await using cluster = new Cluster();
  const { reasons, b } = await stage(cluster);
  await cluster.run(b.leave());
  await cluster.clock.advance(60_000);
  assertEquals(reasons(), ["node-down"]);
});

Deno.test("an actor that ends alone is told of with its own reason, and a later owner of the name is another", async () => {
  for (const reason of ["stopped", "failed"] as const) {
    await using cluster = new Cluster();
    const { desk, reasons, c, a } = await stage(cluster);
    if (reason === "stopped") await cluster.run(cluster.system.stop(desk));
    else desk.trySend({ type: "fail", how: "throw" });
    await cluster.until(() => reasons().length > 0);
    assertEquals(reasons(), [reason]);
    const later = cluster.desk();
    c.register("desk", later, DeskProtocol);
    await cluster.known(a, "desk");
    await cluster.run(cluster.system.stop(later));
    cluster.hosts.kill("c");
    await cluster.clock.advance(60_000);
    assertEquals(reasons(), [reason]);
  }
});

Deno.test("a name that nobody has is told of at once, and one that is watched again is watched anew", async () => {
  await using cluster = new Cluster();
  const { watcher, a, b, reasons } = await stage(cluster);
  await watcher.send({ type: "watch", ref: cluster.at(a, "nobody") });
  await cluster.clock.settle();
  assertEquals(reasons(), ["stopped"]);
  b.register("nobody", cluster.desk(), DeskProtocol);
  await cluster.known(a, "nobody");
  await watcher.send({ type: "watch", ref: cluster.at(a, "nobody") });
  b.unregisterActor("nobody");
  await cluster.until(() => reasons().length > 1);
  assertEquals(reasons(), ["stopped", "stopped"]);
});

Deno.test("two addresses of one name are one watch, and either takes it back", async () => {
  await using cluster = new Cluster();
  const { watcher, a, b, reasons } = await stage(cluster);
  await watcher.send({ type: "watch", ref: cluster.at(a, "desk") });
  b.register("other", cluster.desk(), DeskProtocol);
  await cluster.known(a, "other");
  await watcher.send({ type: "watch", ref: cluster.at(a, "other") });
  await watcher.send({ type: "unwatch", ref: cluster.at(a, "other") });
  cluster.hosts.kill("b");
  await cluster.until(() => reasons().length > 0);
  await cluster.clock.advance(10_000);
  assertEquals(reasons(), ["node-down"]);
});

Deno.test("every watcher is told, also one whose mailbox is full", async () => {
  await using cluster = new Cluster();
  const { a, ref, reasons, watcher } = await stage(cluster);
  const held = Promise.withResolvers<void>();
  const notices: string[] = [];
  class Busy extends Actor<Message & { type: "hold" }> {
    override started(ctx: Context<never>): void {
      ctx.watch(ref);
    }
    async hold(): Promise<void> {
      await held.promise;
    }
    override terminated({ reason }: Terminated): void {
      notices.push(reason);
    }
  }
  const busy = cluster.system.spawn(() => new Busy(), { capacity: 1 });
  await cluster.clock.settle();
  busy.trySend({ type: "hold" });
  await cluster.clock.settle();
  assertEquals([busy.trySend({ type: "hold" }), busy.trySend({ type: "hold" })], ["sent", "full"]);
  await watcher.send({ type: "watch", ref: cluster.at(a, "desk") });
  cluster.hosts.kill("b");
  await cluster.until(() => reasons().length > 0);
  held.resolve();
  await cluster.clock.settle();
  assertEquals([notices, reasons()], [["node-down"], ["node-down"]]);
});

Deno.test("an actor of the own node is watched by its name as any other", async () => {
  await using cluster = new Cluster();
  const { watcher, a, reasons } = await stage(cluster);
  const own = cluster.desk();
  a.register("own", own, DeskProtocol);
  await watcher.send({ type: "watch", ref: cluster.at(a, "own") });
  a.registerActor("own", "Better described");
  await cluster.clock.settle();
  assertEquals(reasons(), []);
  await cluster.run(cluster.system.stop(own));
  await cluster.clock.settle();
  assertEquals(reasons(), ["stopped"]);
});

Deno.test("a new description of an actor elsewhere is no end of it", async () => {
  await using cluster = new Cluster();
  const { a, b, desk, reasons } = await stage(cluster);
  b.registerActor("desk", "Better described");
  await cluster.until(() => a.lookupActor("desk")?.actorType === "Better described");
  assertEquals(reasons(), []);
  await cluster.run(cluster.system.stop(desk));
  await cluster.until(() => reasons().length > 0);
  assertEquals(reasons(), ["stopped"]);
});

Deno.test("a node that restarts at once has ended what it had, although the name is there again", async () => {
  await using cluster = new Cluster();
  const { a, reasons } = await stage(cluster);
  cluster.hosts.kill("b");
  const again = cluster.node("b", { random: new SeededRandom(99) });
  again.register("desk", cluster.desk(), DeskProtocol);
  await cluster.run(again.join(["c:7000"]));
  await cluster.until(() => reasons().length > 0);
  await cluster.known(a, "desk");
  await cluster.clock.advance(60_000);
  assertEquals(reasons(), ["node-down"]);
});

Deno.test("whoever watches is told when its own node leaves, and so is who watches later", async () => {
  await using cluster = new Cluster();
  const { watcher, a, reasons } = await stage(cluster);
  await cluster.run(a.leave());
  assertEquals(reasons(), ["node-down"]);
  await watcher.send({ type: "watch", ref: cluster.at(a, "desk") });
  await cluster.clock.settle();
  assertEquals(reasons(), ["node-down", "node-down"]);
});
