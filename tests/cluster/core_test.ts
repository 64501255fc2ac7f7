import { assert, assertEquals, assertThrows } from "@std/assert";
import { Core } from "../../cluster/core.ts";
import type { CoreEffect, CoreEvent } from "../../cluster/core_event.ts";
import { CATCH_UP_MAX_MS } from "../../cluster/directory/fetches.ts";
import { PRESETS } from "../../cluster/membership/config.ts";
import { clusterTag } from "../../cluster/membership/messages.ts";
import type { ClusterMessage } from "../../cluster/wire/cluster_codec.ts";
import { SeededRandom } from "../../src/testing/mod.ts";

/** Nodes whose messages arrive at once, in one order. */
class Nodes {
  readonly cores: Map<string, Core> = new Map();
  readonly events: Map<string, CoreEvent[]> = new Map();
  readonly sent: { from: string; to: string; message: ClusterMessage; isBulk: boolean }[] = [];
  /** Messages to these are lost. */
  readonly deaf: Set<string> = new Set();
  now = 0;

  constructor(...ids: string[]) {
    for (const [i, id] of ids.entries()) this.create(id, 100 + i);
  }

  create(id: string, uid: number, seed = uid, entriesMax = 100): Core {
    const cluster = clusterTag("test");
    const random = new SeededRandom(seed);
    const addr = `${id}:1`;
    const core = new Core({ id, uid, addr, cluster, clusterName: "test", config: PRESETS.lan, random, entriesMax }, 0);
    this.cores.set(id, core);
    this.events.set(id, []);
    return core;
  }

  get(id: string): Core {
    return this.cores.get(id)!;
  }

  /** Lets a node do something; what follows from it is done as well. */
  do(id: string, act: (core: Core) => CoreEffect[]): void {
    const open = act(this.get(id)).map((effect) => ({ id, effect }));
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      const { id: from, effect } = next;
      if (effect.kind === "event") {
        this.events.get(from)!.push(effect.event);
        continue;
      }
      const to = effect.addr.split(":")[0]!;
      this.sent.push({ from, to, message: effect.message, isBulk: effect.isBulk });
      if (this.deaf.has(to) || !this.cores.has(to)) continue;
      open.push(...this.get(to).receive(effect.message, this.now).map((each) => ({ id: to, effect: each })));
    }
  }

  /** All nodes join through the first. */
  join(): void {
    const [first, ...others] = this.cores.keys();
    for (const id of others) this.do(id, (core) => core.join([`${first}:1`], this.now));
    for (const id of this.cores.keys()) this.do(id, (core) => core.start(this.now));
    this.pass(1_000);
  }

  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += 10;
      for (const [id, core] of this.cores) {
        if (core.nextAt <= this.now) this.do(id, (node) => node.advance(this.now));
      }
    }
  }

  kinds(id: string, ...kinds: CoreEvent["kind"][]): string[] {
    return this.events.get(id)!.filter(({ kind }) => kinds.includes(kind)).map((event) => {
      if (event.kind === "appeared") return `${event.location.name} on ${event.location.node}`;
      if (event.kind === "gone") return `${event.location.name} gone: ${event.reason}`;
      if (event.kind === "name-lost") return `${event.name} lost to ${event.winner.node}`;
      return event.kind;
    });
  }
}

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

pure("Core.advance returns what is to be sent as time passes", () => {
  const nodes = new Nodes("a", "b");
  nodes.join();
  nodes.sent.length = 0;
  nodes.pass(3_000);
  const kinds = nodes.sent.map(({ message }) => message.kind === "packet" ? message.packet.body.kind : message.kind);
  assert(kinds.includes("ping") && kinds.includes("ack"), kinds.join());
});

pure("Core finds the actors of other nodes, and hears why they are gone", () => {
  const nodes = new Nodes("a", "b", "c");
  nodes.join();
  nodes.do("b", (core) => core.register("store", "Store", false, nodes.now));
  nodes.pass(1_000);
  const { uid } = nodes.get("b").self;
  const { entryUid: _, ...location } = nodes.get("a").lookup("store", "")!;
  assertEquals(location, { name: "store", node: "b", uid, actorType: "Store" });
  assertEquals(nodes.get("c").hosts("store").length, 1);
  nodes.do("b", (core) => core.unregister("store", "failed", nodes.now));
  nodes.pass(1_000);
  assertEquals(nodes.get("a").lookup("store", ""), undefined);
  const seen = ["store on b", "store gone: failed"];
  assertEquals(nodes.kinds("a", "appeared", "gone"), seen);
  assertEquals(nodes.kinds("b", "appeared", "gone"), seen);
  assertEquals(nodes.get("b").unregister("store", "", nodes.now), []);
});

pure("Core asks for entries again until somebody answers", () => {
  const nodes = new Nodes("a", "b");
  nodes.join();
  const requests = () =>
    nodes.sent.filter(({ from, message }) =>
      from === "a" && message.kind === "directory" && message.message.body.kind === "request"
    ).length;
  // The news arrive, but the answer is lost.
  const version = nodes.get("b").register("store", "Store", false, nodes.now);
  nodes.deaf.add("b");
  nodes.do("b", () => version);
  for (let tries = 0; tries < 100 && requests() === 0; tries++) nodes.pass(100);
  assertEquals(requests(), 1);
  nodes.pass(2_000);
  assertEquals(requests(), 2);
  nodes.deaf.clear();
  nodes.pass(2_100);
  assertEquals(nodes.get("a").lookup("store", "")?.node, "b");
  const after = requests();
  nodes.pass(10_000);
  assertEquals(requests(), after);
});

/** Three nodes with an actor each, and `d`, which joins by way of `a` when it is told to. */
function newcomer(): { nodes: Nodes; join(): void; told(): string[] } {
  const nodes = new Nodes("a", "b", "c");
  for (const id of ["a", "b", "c"]) nodes.do(id, (core) => core.register(`actor of ${id}`, "A", false, 0));
  nodes.join();
  nodes.create("d", 50);
  nodes.do("d", (core) => core.start(nodes.now));
  return {
    nodes,
    join: () => nodes.do("d", (core) => core.join(["a:1"], nodes.now)),
    told: () => nodes.kinds("d", "synced", "appeared", "caught-up"),
  };
}

pure("Core has caught up when it knows the actors of all members that the seed has told of", () => {
  const { nodes, join, told } = newcomer();
  join();
  assertEquals(told(), ["synced", "actor of a on a", "actor of b on b", "actor of c on c", "caught-up"]);
  // Once for each answer: what comes later is no part of it.
  nodes.do("b", (core) => core.register("later", "A", false, nodes.now));
  nodes.pass(60_000);
  const [synced, caughtUp] = ["synced", "caught-up"].map((kind) => told().filter((what) => what === kind).length);
  assertEquals(caughtUp, synced);
  join();
  assertEquals(told().slice(-2), ["synced", "caught-up"]);
});

pure("Core waits only so long for the actors of a member that does not answer", () => {
  const { nodes, join, told } = newcomer();
  nodes.deaf.add("b");
  join();
  nodes.pass(CATCH_UP_MAX_MS - 10);
  assertEquals(told(), ["synced", "actor of a on a", "actor of c on c"]);
  nodes.pass(10);
  assertEquals(told().slice(3), ["caught-up"]);
  nodes.deaf.clear();
  nodes.pass(10_000);
  assertEquals(told().slice(4), ["actor of b on b"]);
});

pure("Core does not wait for the actors of an earlier start of a member", () => {
  const { nodes, join, told } = newcomer();
  nodes.deaf.add("b");
  join();
  const { uid } = nodes.create("b", 500).self;
  nodes.do("b", (core) => core.start(nodes.now));
  nodes.do("b", (core) => core.join(["d:1"], nodes.now));
  nodes.pass(CATCH_UP_MAX_MS / 2);
  assertEquals([nodes.get("d").member("b")?.uid, told().at(-1)], [uid, "caught-up"]);
});

pure(
  "Core does not wait for the actors of a member that is gone meanwhile, nor for those of a join that was given up",
  () => {
    const { nodes, join, told } = newcomer();
    nodes.deaf.add("b");
    join();
    nodes.do("b", (core) => core.leave(nodes.now));
    nodes.pass(1_000);
    assertEquals([nodes.get("d").member("b")?.status, told().at(-1)], ["left", "caught-up"]);
    const other = newcomer();
    other.nodes.deaf.add("b");
    other.join();
    other.nodes.do("d", (core) => core.join([], other.nodes.now));
    other.nodes.pass(60_000);
    assertEquals(other.told().includes("caught-up"), false);
  },
);

pure("Core loses the actors of a node that goes down, and finds those of its next start", () => {
  const nodes = new Nodes("a", "b", "c");
  nodes.join();
  nodes.do("b", (core) => core.register("store", "Store", false, nodes.now));
  nodes.pass(1_000);
  nodes.cores.delete("b");
  nodes.pass(20_000);
  assertEquals(nodes.get("a").member("b")?.status, "down");
  assertEquals(nodes.kinds("a", "gone"), ["store gone: node-down"]);
  assertEquals([...nodes.get("a").entries()], []);
  const fresh = nodes.create("b", 50);
  nodes.do("b", (core) => core.register("shop", "Shop", false, nodes.now));
  nodes.do("b", (core) => core.start(nodes.now));
  nodes.do("b", (core) => core.join(["c:1"], nodes.now));
  nodes.pass(5_000);
  assertEquals(nodes.get("a").member("b")?.uid, fresh.self.uid);
  assertEquals([...nodes.get("a").entries()].map(({ name, uid }) => [name, uid]), [["shop", fresh.self.uid]]);
});

pure("Core takes only pages that it asked for, of the start that it knows", () => {
  const nodes = new Nodes("a", "b");
  nodes.join();
  const change = { name: "bank", actorType: "Bank", entryUid: 7, reason: "" };
  const { self } = nodes.get("b");
  const forged = (uid: number): ClusterMessage => ({
    kind: "directory",
    message: {
      cluster: clusterTag("test"),
      sender: self,
      body: { kind: "page", page: { uid, since: 0, version: 9, compacted: 0, changes: [change] } },
    },
  });
  nodes.do("a", (core) => core.receive(forged(self.uid), nodes.now));
  assertEquals(nodes.get("a").lookup("bank", ""), undefined);
  nodes.deaf.add("b");
  const effects = nodes.get("b").register("store", "Store", false, nodes.now);
  nodes.do("b", () => effects);
  nodes.pass(1_000);
  nodes.do("a", (core) => core.receive(forged(self.uid + 1), nodes.now));
  assertEquals(nodes.get("a").lookup("bank", ""), undefined);
  const other = { ...forged(self.uid), message: { ...(forged(self.uid) as never as { message: object }).message } };
  Object.assign(other.message, { cluster: 1 });
  nodes.do("a", (core) => core.receive(other as ClusterMessage, nodes.now));
  assertEquals(nodes.get("a").lookup("bank", ""), undefined);
});

pure("Core agrees on one owner of a name, and tells the loser once", () => {
  const nodes = new Nodes("a", "b", "c");
  nodes.do("a", (core) => core.register("leader", "A", false, 0));
  nodes.do("b", (core) => core.register("leader", "B", false, 0));
  nodes.join();
  nodes.pass(5_000);
  const winners = [...nodes.cores.values()].map((core) => core.lookup("leader", "any")!.node);
  const [winner] = winners;
  assertEquals(winners, [winner, winner, winner]);
  const loser = winner === "a" ? "b" : "a";
  assertEquals(nodes.kinds(loser, "name-lost"), [`leader lost to ${winner}`]);
  assertEquals(nodes.kinds(winner!, "name-lost"), []);
  assertEquals(nodes.get("c").hosts("leader").length, 2);
  // A change of something else tells nothing again; when the winner goes, the loser has the name.
  nodes.do(winner!, (core) => core.register("other", "O", false, nodes.now));
  nodes.do(winner!, (core) => core.register("leader", "Another", false, nodes.now));
  nodes.pass(2_000);
  assertEquals(nodes.get(loser).lookup("leader", "")?.actorType, "Another");
  assertEquals(nodes.kinds(loser, "name-lost").length, 1);
  nodes.do(winner!, (core) => core.unregister("leader", "stopped", nodes.now));
  nodes.pass(2_000);
  assertEquals([...nodes.cores.values()].map((core) => core.lookup("leader", "")!.node), [loser, loser, loser]);
});

pure("Core places the keys of a group in the same way on every node", () => {
  const nodes = new Nodes("a", "b", "c");
  for (const id of ["a", "b", "c"]) nodes.do(id, (core) => core.register("worker", "W", true, 0));
  nodes.join();
  nodes.pass(5_000);
  const placed = new Set<string>();
  for (let i = 0; i < 50; i++) {
    const hosts = [...nodes.cores.values()].map((core) => core.lookup("worker", `key-${i}`)!.node);
    assertEquals(new Set(hosts).size, 1);
    placed.add(hosts[0]!);
  }
  assertEquals([...placed].sort(), ["a", "b", "c"]);
  assertEquals(nodes.kinds("a", "name-lost"), []);
});

pure("Core refuses names that are none, and more actors than it may have, and has changed nothing", () => {
  const nodes = new Nodes();
  const core = nodes.create("a", 1, 1, 1);
  assertThrows(() => core.register("", "A", false, 0), TypeError);
  core.register("one", "A", false, 0);
  assertThrows(() => core.register("two", "A", false, 0), Error, "there are 1 actors already");
  assertEquals([core.ownSize, core.self.version], [1, 1]);
  // Again the same is no change.
  const again = core.register("one", "A", false, 0);
  assertEquals([again, core.self.version], [[], 1]);
});

pure("Core.configure keeps the node, its members and its actors", () => {
  const nodes = new Nodes("a", "b");
  const core = nodes.get("a");
  core.register("store", "Store", false, 0);
  core.add({ ...nodes.get("b").self }, 0);
  const { uid } = core.self;
  core.configure({ config: PRESETS.wan }, 0);
  assertEquals([core.self.uid, core.self.version, core.members.map(({ id }) => id)], [uid, 1, ["b"]]);
  assertEquals(core.lookup("store", "")?.node, "a");
});

pure("Core says goodbye to everybody, and does nothing afterwards", () => {
  const nodes = new Nodes("a", "b", "c");
  nodes.join();
  nodes.do("c", (core) => core.leave(nodes.now));
  assertEquals(["a", "b"].map((id) => nodes.get(id).member("c")?.status), ["left", "left"]);
  assertEquals(nodes.get("c").nextAt, Infinity);
  nodes.pass(30_000);
  assertEquals(nodes.get("a").member("c")?.status, "left");
});
