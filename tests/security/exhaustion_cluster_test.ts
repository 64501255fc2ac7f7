// What a peer that was let in can make a node of a cluster keep: each test pushes against one bound and measures.

import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { LINKS_MAX } from "../../cluster/limits.ts";
import { ClusterNode, type ClusterNodeOptions } from "../../cluster/mod.ts";
import { type Connection, MemoryNetwork } from "../../remote/mod.ts";
import { EVENT_BUFFER } from "../../src/limits.ts";
import { present, recordOf } from "../support/cluster_records.ts";
import { growth, MIB } from "./growth.ts";
import { LonelyNetwork } from "./lonely_network.ts";
import { lostIsEnded, Stranger } from "./stranger.ts";

const HOME = { hostname: "one", port: 7000 };

/** The longest name that there may be, with a number in it. */
const longest = (n: number): string => `${n}`.padStart(255, "x");

/** A node that has formed a cluster of its own. It ends at once: whoever is waited for will not answer. */
class Scene implements AsyncDisposable {
  readonly transport: LonelyNetwork = new LonelyNetwork();
  readonly node: ClusterNode;

  private constructor(options: ClusterNodeOptions) {
    this.node = new ClusterNode("one", "one:7000", { transport: this.transport, ...options });
  }

  static async open(options: ClusterNodeOptions = {}): Promise<Scene> {
    const scene = new Scene(options);
    await scene.node.join([]);
    return scene;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node.leave({ timeout: 0 });
  }
}

/** Resolves when the node has taken everything that the stranger has sent before. */
async function taken(stranger: Stranger): Promise<void> {
  const target = { id: "one", uid: 0 };
  await stranger.gossip({ body: { kind: "ping", sequence: 77, target } });
  for (;;) {
    const message = await stranger.hear();
    if (message === undefined) throw new Error("The node has closed the connection");
    const { body } = message.kind === "packet" ? message.packet : message.message;
    // It answers that it is another start of itself, or with an ack: either way it has read all.
    if ("sequence" in body || body.kind === "gossip") return;
  }
}

/** Members that were never there. */
function crowd(first: number, count: number, status: "up" | "down"): ReturnType<typeof recordOf>[] {
  return Array.from({ length: count }, (_, i) => {
    const n = first + i;
    return recordOf({ id: longest(n), addr: `nowhere-${n}:7000`, uid: n + 1, status });
  });
}

Deno.test("a peer that invents members fills the list of a node to its bound, keeps the others in it, and costs some MiB", async () => {
  await using scene = await Scene.open({ tuning: { membersMax: 1_000, downMax: 100 } });
  const { node } = scene;
  using stranger = await Stranger.greet(scene.transport.network, HOME);
  const grown = await growth(async () => {
    for (let round = 0; round < 10; round++) {
      const records = [...crowd(round * 2_000, 1_000, "up"), ...crowd(round * 2_000 + 1_000, 1_000, "down")];
      await stranger.gossip({ body: { kind: "state", records, wantsReply: false } });
    }
    await taken(stranger);
  });
  const alive = node.members.filter(({ status }) => status === "up" || status === "suspect");
  // The node itself is one more, and whoever is known is not driven out.
  assertEquals([alive.length, alive.some(({ id }) => id === "stranger")], [1_001, true]);
  assertLessOrEqual(node.members.length, 1_101);
  assertLess(grown, 16 * MIB);
});

Deno.test("a peer that names thousands of addresses makes a node connect to no more than 256 of them at a time", async () => {
  await using scene = await Scene.open();
  const { node } = scene;
  using stranger = await Stranger.greet(scene.transport.network, HOME);
  for (let round = 0; round < 10; round++) {
    for (const record of crowd(round * 200, 200, "up")) {
      // Each as a suspicion: the node then looks for itself.
      const update = { ...record, status: "suspect" as const, from: "stranger", isRefused: false };
      await stranger.gossip({ updates: [update] });
    }
  }
  await taken(stranger);
  assert(node.members.length > 1_000);
  assertLessOrEqual(scene.transport.most, LINKS_MAX + 1);
});

Deno.test("a member that claims actors without end fills the directory to its bound, and takes nobody's name", async () => {
  await using scene = await Scene.open({ maxEntries: 5_000 });
  const { node } = scene;
  node.registerActor("bank", "Bank");
  using stranger = await Stranger.greet(scene.transport.network, HOME);
  const claims = (first: number) =>
    Array.from({ length: 5_000 }, (_, i) => present(longest(first + i), { actorType: "y".repeat(255), entryUid: 7 }));
  let requests = 0;
  const grown = await growth(async () => {
    let version = 0;
    for (let round = 0; round < 10; round++) {
      const sender = recordOf({ id: "stranger", addr: "stranger:7000", version: version + 5_000 });
      // Where probes go the node would not ask back: a digest travels where large things do.
      await stranger.gossip({ sender, body: { kind: "digest", digest: 0, isJoin: false } });
      const message = await request(stranger);
      requests++;
      assertEquals(message.since, version);
      const page = { uid: 1, since: version, version: version + 5_000, changes: claims(version), compacted: 0 };
      await stranger.direct(sender, { kind: "page", page });
      version += 5_000;
    }
    await taken(stranger);
  });
  assertEquals([node.actors.length, node.lookupActor("bank")?.node, requests], [5_001, "one", 10]);
  assertLess(grown, 16 * MIB);
});

/** The next request for entries of the directory. */
async function request(stranger: Stranger): Promise<{ readonly since: number }> {
  for (;;) {
    const message = await stranger.hear();
    if (message === undefined) throw new Error("The node has closed the connection");
    if (message.kind === "directory" && message.message.body.kind === "request") return message.message.body;
  }
}

Deno.test("a page of entries that nobody has asked for changes nothing", async () => {
  await using scene = await Scene.open();
  const { node } = scene;
  using stranger = await Stranger.greet(scene.transport.network, HOME);
  const sender = recordOf({ id: "stranger", addr: "stranger:7000" });
  await stranger.gossip({ sender });
  const page = { uid: 1, since: 0, version: 1, changes: [present("bank")], compacted: 0 };
  await stranger.direct(sender, { kind: "page", page });
  await taken(stranger);
  assertEquals(node.lookupActor("bank"), undefined);
});

Deno.test("a node whose events nobody reads keeps the newest of them and no more, whatever peers provoke", async () => {
  await using scene = await Scene.open();
  const { node } = scene;
  using stranger = await Stranger.greet(scene.transport.network, HOME);
  const events = node.events;
  const forged = recordOf({ id: "another", addr: "another:7000" });
  const grown = await growth(async () => {
    for (let n = 0; n < 5_000; n++) await stranger.gossip({ sender: forged });
    await taken(stranger);
  });
  assertLess(grown, 4 * MIB);
  const reader = events.getReader();
  const { value: first } = await reader.read();
  assert(first?.kind === "missed" && first.count >= 5_000 - EVENT_BUFFER, JSON.stringify(first));
  await reader.cancel();
});

Deno.test("thousands of connections that never end their handshake keep no member out of a cluster with a key", async () => {
  const transport = new MemoryNetwork();
  const key = "a secret of 32 random bytes or more";
  await using node = new ClusterNode("one", "one:7000", { transport, key });
  await node.join([]);
  const flood: Connection[] = [];
  const grown = await growth(async () => {
    for (let n = 0; n < 5_000; n++) flood.push(await transport.connect(HOME));
  });
  await using two = new ClusterNode("two", "two:7000", { transport, key });
  await two.join(["one:7000"]);
  assertEquals(node.members.map(({ id }) => id), ["one", "two"]);
  assertLess(grown, 32 * MIB);
  // All but the last 128 were closed to make room.
  assertEquals(await flood[0]!.read().catch(lostIsEnded), undefined);
  for (const connection of flood) connection.close();
});

Deno.test("a member whose pages bring nothing is not asked again at once, however often it answers", async () => {
  await using scene = await Scene.open();
  using stranger = await Stranger.greet(scene.transport.network, HOME);
  const sender = recordOf({ id: "stranger", addr: "stranger:7000", version: 5 });
  await stranger.gossip({ sender, body: { kind: "digest", digest: 0, isJoin: false } });
  assertEquals((await request(stranger)).since, 0);
  const page = { uid: 1, since: 3, version: 5, changes: [present("bank")], compacted: 0 };
  for (let n = 0; n < 1_000; n++) await stranger.direct(sender, { kind: "page", page });
  // Whatever it has asked meanwhile came before the answer to this.
  await stranger.gossip({ sender, body: { kind: "ping", sequence: 7, target: { id: "one", uid: 0 } } });
  let requests = 0;
  for (;;) {
    const message = (await stranger.hear())!;
    if (message.kind === "directory") requests++;
    else if (message.packet.body.kind !== "state") break;
  }
  assertEquals([requests, scene.node.lookupActor("bank")], [0, undefined]);
});
