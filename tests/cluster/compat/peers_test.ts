import { assertEquals } from "@std/assert";
import type { CompatEvent } from "../../../cluster/compat/events.ts";
import type { ActorLocation, NodeInfo } from "../../../cluster/compat/gossip_codec.ts";
import { FORGET_MS, REPEAT_MS } from "../../../cluster/compat/limits.ts";
import { type Heard, Peers, type PeersOptions } from "../../../cluster/compat/peers.ts";

const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) };

/**
 * The view of "deno-1" of the cluster of "deno-1" and "deno-2", Suspect after 500 ms; time passes in steps of 100 ms.
 */
class View {
  readonly peers: Peers;
  readonly own: string[] = ["deno-1", "deno-2"];
  now = 0;

  constructor(options: Partial<PeersOptions> = {}) {
    const own = { nodeId: "deno-1", ownMembers: () => this.own };
    this.peers = new Peers({ ...own, intervalMs: 100, suspectTimeoutMs: 500, random, ...options }, 0);
  }

  /** Time passes; what happens meanwhile. */
  pass(ms: number): CompatEvent[] {
    const events: CompatEvent[] = [];
    for (const end = this.now + ms; this.now < end; events.push(...this.peers.tick(this.now))) this.now += 100;
    return events;
  }

  /** `id` gossips; by itself, or as an answer of the address `asked`. */
  hear(id: string, { asked, addr = `${id}:7000`, members = [], actors = [] }: Said = {}): CompatEvent[] {
    const self: NodeInfo = { id, addr, status: "up" };
    const heard = { gossip: { members: [self, ...members], actors }, sender: id, from: "somewhere:50000" };
    return this.peers.hear(asked === undefined ? heard : { ...heard, asked }, this.now).events;
  }

  get statuses(): Record<string, string> {
    return Object.fromEntries(this.peers.all.map(({ id, status }) => [id, status]));
  }
}

interface Said {
  readonly asked?: Heard["asked"] & string;
  readonly addr?: string;
  readonly members?: readonly NodeInfo[];
  readonly actors?: readonly ActorLocation[];
}

const at = (nodeId: string, actorId: string): ActorLocation => ({ actorId, nodeId, actorType: "Store" });

const member = (id: string, status: NodeInfo["status"] = "up", addr = `${id}:7000`): NodeInfo => ({ id, addr, status });

const reasons = (events: readonly CompatEvent[]): string[] =>
  events.map((event) => event.kind === "rejected" ? event.reason : event.kind);

/** A test without io. */
function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

pure(
  "a peer is Up while it gossips, Suspect after a time-out without it, Down after twice that, and Up when heard again",
  () => {
    const view = new View();
    const status = { kind: "status", id: "rust-1", addr: "rust-1:7000" } as const;
    assertEquals(view.hear("rust-1"), [{ ...status, status: "up", before: undefined }]);
    for (let i = 0; i < 10; i++) assertEquals([view.pass(400), view.hear("rust-1")], [[], []]);
    assertEquals(view.pass(400), []);
    assertEquals(view.pass(100), [{ ...status, status: "suspect", before: "up" }]);
    assertEquals(view.pass(400), []);
    assertEquals(view.pass(100), [{ ...status, status: "down", before: "suspect" }]);
    assertEquals(view.pass(5_000), []);
    assertEquals(view.hear("rust-1"), [{ ...status, status: "up", before: "down" }]);
    view.pass(500);
    assertEquals(view.hear("rust-1"), [{ ...status, status: "up", before: "suspect" }]);
  },
);

pure("a peer that answers is Up as one that gossips", () => {
  const view = new View();
  view.peers.seed("rust-1:7000", 0);
  for (let i = 0; i < 10; i++) {
    assertEquals(view.peers.due(view.now), ["rust-1:7000"]);
    view.hear("rust-1", { asked: "rust-1:7000" });
    assertEquals([view.statuses, view.pass(400)], [{ "rust-1": "up" }, []]);
  }
});

pure("nobody is Suspect because this process did not run: a step of time counts up to half a time-out", () => {
  const view = new View();
  for (let i = 0; i < 20; i++) view.hear(`rust-${i}`);
  view.now += 60_000;
  assertEquals(view.peers.tick(view.now), []);
  assertEquals(view.pass(200), []);
  // A clock that goes back is none that has gone on.
  view.now -= 30_000;
  assertEquals(view.peers.tick(view.now), []);
  assertEquals(view.statuses["rust-7"], "up");
});

pure("a peer that is Down is forgotten after an hour", () => {
  const view = new View({ suspectTimeoutMs: 500_000 });
  view.hear("rust-1");
  for (view.now = 0; view.now < 1_000_000 + FORGET_MS - 100_000; view.now += 100_000) view.peers.tick(view.now);
  assertEquals(view.statuses, { "rust-1": "down" });
  view.peers.tick(view.now += 100_000);
  view.peers.tick(view.now += 100_000);
  assertEquals(view.statuses, {});
});

pure("no peer can mark anybody Suspect or Down, itself included", () => {
  const view = new View();
  view.hear("rust-1");
  view.hear("rust-2");
  for (const status of ["suspect", "down"] as const) {
    const members = ["rust-2", "rust-1", "deno-1", "deno-2"].map((id) => member(id, status));
    assertEquals(view.hear("rust-1", { members }), []);
    assertEquals(view.hear("rust-1", { members, asked: "rust-1:7000" }), []);
  }
  assertEquals(view.statuses, { "rust-1": "up", "rust-2": "up" });
});

pure("nor can it bring anybody back: a peer that is Down comes back by itself alone", () => {
  const view = new View();
  view.hear("rust-2");
  view.pass(1_000);
  view.hear("rust-1", { members: [member("rust-2", "up")] });
  assertEquals(view.statuses, { "rust-1": "up", "rust-2": "down" });
});

pure("a member that a peer reports is a candidate until it answers itself", () => {
  const view = new View();
  view.hear("rust-1", { members: [member("rust-2"), member("rust-3", "down")] });
  assertEquals(view.statuses, { "rust-1": "up" });
  assertEquals(view.peers.due(view.now), ["rust-1:7000", "rust-2:7000", "rust-3:7000"]);
  assertEquals(view.peers.missed("rust-2:7000", new Error("refused"), view.now), []);
  assertEquals(reasons(view.hear("rust-3", { asked: "rust-3:7000" })), ["status"]);
  assertEquals(view.statuses, { "rust-1": "up", "rust-3": "up" });
});

pure("nodes of our own cluster, and addresses that are none, are no candidates", () => {
  const view = new View();
  const nonsense = ["", "rust-9", "rust-9:0", "rust-9:70000", "a b:1", `${"x".repeat(300)}:1`, "http://rust-9:80/"];
  const members = [member("deno-1"), member("deno-2"), member("", "up", "x:1"), member("x".repeat(256), "up", "x:1")];
  members.push(...nonsense.map((addr, i) => member(`rust-${i + 10}`, "up", addr)));
  assertEquals(reasons(view.hear("rust-1", { members })), ["status"]);
  assertEquals(view.peers.due(view.now), ["rust-1:7000"]);
});

pure("who claims to be a node of our own cluster is rejected and told of", () => {
  const view = new View();
  assertEquals(reasons(view.hear("deno-2")), ['it claims to be "deno-2", a node of our own cluster']);
  assertEquals(reasons(view.hear("deno-1")), ['it claims to be "deno-1", as this node is called']);
  const asked = { asked: "evil:1", members: [member("rust-2")], actors: [at("deno-2", "bank"), at("rust-2", "bank")] };
  assertEquals(view.hear("deno-2", asked), [{
    kind: "rejected",
    addr: "evil:1",
    reason: 'it claims to be "deno-2", a node of our own cluster',
  }]);
  assertEquals([view.statuses, view.peers.lookup("bank"), view.peers.due(0)], [{}, undefined, []]);
});

pure("a peer whose id a node of our own cluster gets is no peer any more", () => {
  const view = new View();
  view.hear("rust-1", { actors: [at("rust-1", "store")] });
  view.own.push("rust-1");
  const kinds = view.peers.tick(0).map(({ kind }) => kind);
  assertEquals([kinds, view.statuses, view.peers.lookup("store")], [["rejected", "status", "actor"], {}, undefined]);
});

pure("an id that is empty or too long is rejected", () => {
  const view = new View();
  assertEquals(reasons(view.hear("")), ["its id has 0 characters, not 1 to 255"]);
  assertEquals(reasons(view.hear("x".repeat(256))), ["its id has 256 characters, not 1 to 255"]);
  assertEquals(view.statuses, {});
});

pure("who does not say where it listens is believed only where it was asked", () => {
  const view = new View();
  assertEquals(reasons(view.hear("rust-1", { addr: "" })), ['"rust-1" does not say where it can be reached']);
  view.hear("rust-1", { addr: "", asked: "rust-1:7000" });
  assertEquals(view.peers.get("rust-1")?.addr, "rust-1:7000");
});

pure("only what a peer says of its own actors counts", () => {
  const view = new View();
  view.hear("rust-2", { actors: [at("rust-2", "bank")] });
  const actors = [at("rust-1", "shop"), at("rust-1", "bank"), at("deno-1", "kv"), at("rust-2", "kv"), at("rust-1", "")];
  assertEquals(view.hear("rust-1", { actors, asked: "rust-1:7000" }).slice(1), [
    { kind: "actor", name: "shop", node: "rust-1" },
  ]);
  // The bank stays where it is: its peer lives, and was the first to claim it.
  assertEquals(view.peers.lookup("bank"), { node: "rust-2", actorType: "Store" });
  assertEquals([view.peers.lookup("kv"), view.peers.lookup("")], [undefined, undefined]);
});

pure(
  "an actor goes when its peer does not name it in an answer, or is Down, and not because anybody gossips without it",
  () => {
    const view = new View();
    view.hear("rust-1", { actors: [at("rust-1", "a"), at("rust-1", "b")] });
    assertEquals(view.hear("rust-1", { actors: [at("rust-1", "a")] }), []);
    assertEquals(view.hear("rust-1", { actors: [at("rust-1", "a")], asked: "rust-1:7000" }), [
      { kind: "actor", name: "b", node: undefined },
    ]);
    assertEquals(view.pass(900).length, 1);
    assertEquals(view.peers.lookup("a")?.node, "rust-1");
    assertEquals(view.pass(100).slice(1), [{ kind: "actor", name: "a", node: undefined }]);
  },
);

pure("an answer that was cut takes no actor away, and that is told", () => {
  const view = new View();
  view.hear("rust-1", { actors: [at("rust-1", "a")] });
  const gossip = { members: [member("rust-1")], actors: [], isCut: true };
  const { events } = view.peers.hear({ gossip, sender: "rust-1", from: "", asked: "rust-1:7000" }, 0);
  assertEquals(reasons(events), ["it names more members or actors than are taken: the rest is missing"]);
  assertEquals(view.peers.lookup("a")?.node, "rust-1");
});

pure("nobody can move a peer that lives to another address, nor take its actors by a second one", () => {
  const view = new View();
  view.hear("rust-1", { actors: [at("rust-1", "bank")], asked: "rust-1:7000" });
  const evil = { addr: "evil:1", actors: [at("rust-1", "more")] };
  const why = 'it claims to be "rust-1" at evil:1, which is known at rust-1:7000';
  assertEquals(reasons(view.hear("rust-1", evil)), [why]);
  assertEquals(reasons(view.hear("rust-1", { ...evil, asked: "evil:1" })), [why]);
  assertEquals([view.peers.get("rust-1")?.addr, view.peers.lookup("more")], ["rust-1:7000", undefined]);
  // It is no sign of life of the real one either.
  for (let i = 0; i < 5; i++) view.pass(100), view.hear("rust-1", evil);
  assertEquals(view.statuses, { "rust-1": "suspect" });
});

pure("a peer that has fallen silent and answers at another address has moved", () => {
  const view = new View();
  view.hear("rust-1", { asked: "rust-1:7000" });
  assertEquals(view.peers.get("rust-1")?.moves, 0);
  view.pass(500);
  assertEquals(reasons(view.hear("rust-1", { addr: "new:1" })).length, 1);
  assertEquals(view.peers.due(view.now).includes("new:1"), true);
  assertEquals(view.hear("rust-1", { addr: "new:1", asked: "new:1" }), [
    { kind: "status", id: "rust-1", addr: "new:1", status: "up", before: "suspect" },
  ]);
  assertEquals([view.peers.get("rust-1")?.addr, view.peers.get("rust-1")?.moves], ["new:1", 1]);
});

pure("a peer that is reached by another address than it says stays reached there, and is told of as it says", () => {
  const view = new View();
  view.peers.seed("seed:7000", 0);
  view.hear("rust-1", { asked: "seed:7000" });
  view.hear("rust-1");
  assertEquals(view.peers.get("rust-1")?.addr, "seed:7000");
  assertEquals(view.peers.known, [member("rust-1")]);
});

pure("others are told of peers that are Up, and of no other", () => {
  const view = new View();
  view.hear("rust-1");
  view.pass(500);
  view.hear("rust-2");
  assertEquals(view.peers.known, [member("rust-2")]);
});

pure(
  "a seed that is this node itself is not asked again, one that cannot be reached is, and is told of once a minute",
  () => {
    const view = new View();
    view.peers.seed("me:1", 0);
    view.peers.seed("gone:1", 0);
    assertEquals(view.peers.due(0), ["me:1", "gone:1"]);
    assertEquals(view.hear("deno-1", { asked: "me:1" }), [
      { kind: "rejected", addr: "me:1", reason: "it is this node itself" },
    ]);
    const error = new Error("refused");
    assertEquals(view.peers.missed("gone:1", error, 0), [{ kind: "unreachable", addr: "gone:1", error }]);
    view.now = REPEAT_MS - 100;
    assertEquals(view.peers.due(view.now), ["gone:1"]);
    assertEquals(view.peers.missed("gone:1", error, view.now), []);
    view.now += REPEAT_MS;
    assertEquals(view.peers.due(view.now), ["gone:1"]);
    assertEquals(view.peers.missed("gone:1", error, view.now).length, 1);
  },
);

pure("the same rejection is told once a minute", () => {
  const view = new View();
  assertEquals([view.hear("deno-2").length, view.hear("deno-2").length], [1, 0]);
  view.now = REPEAT_MS;
  assertEquals(view.hear("deno-2").length, 1);
});

pure("peers and what they claim are bounded; a new one takes the place of one that is Down", () => {
  const view = new View({ peersMax: 2, actorsMax: 3 });
  const actors = (id: string) => ({ actors: ["a", "b"].map((name) => at(id, `${name}-${id}`)) });
  view.hear("rust-1", actors("rust-1"));
  view.hear("rust-2", actors("rust-2"));
  assertEquals(view.peers.lookup("b-rust-2"), undefined);
  assertEquals(reasons(view.hear("rust-3")), ["there are 2 peers already"]);
  view.pass(1_000);
  view.hear("rust-1");
  view.hear("rust-3");
  assertEquals(view.statuses, { "rust-1": "up", "rust-3": "up" });
});

pure("a peer that reports thousands of members makes nobody ask all of them", () => {
  const view = new View();
  const members = Array.from({ length: 4_000 }, (_, i) => member(`x-${i}`));
  assertEquals(reasons(view.hear("rust-1", { members })), ["status", "it reports more addresses than can be asked"]);
});
