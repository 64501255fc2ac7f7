import { assert, assertEquals } from "@std/assert";
import { AntiEntropy, syncScale } from "../../../cluster/membership/anti_entropy.ts";
import type { Body } from "../../../cluster/membership/messages.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";
import { memberOf, newsOf, pure, Seen } from "../../support/members.ts";

interface Sent {
  readonly addr: string;
  readonly body: Body;
}

/** The anti-entropy of a node "a", and what it sends. */
function make(ids: readonly string[] = []): { view: Seen; sync: AntiEntropy; sent: Sent[] } {
  const view = new Seen();
  const sent: Sent[] = [];
  const send = ({ addr }: { addr: string }, body: Body) => void sent.push({ addr, body });
  const sync = new AntiEntropy({ view, random: new SeededRandom(1), send });
  for (const id of ids) view.apply(newsOf(id));
  return { view, sync, sent };
}

/** The ids in a state that was sent. */
function idsOf(sent: Sent | undefined): string[] {
  assert(sent?.body.kind === "state");
  return sent.body.records.map(({ id }) => id).sort();
}

pure("syncScale leaves the pace as it is up to 32 nodes, then slows down with the log", () => {
  const cases = [[1, 1], [32, 1], [33, 2], [64, 2], [65, 3], [128, 3], [1_000, 6]] as const;
  for (const [members, expected] of cases) assertEquals(syncScale(members), expected, String(members));
});

pure("AntiEntropy.sync sends its digest alone to a member that is up", () => {
  const { view, sync, sent } = make(["b", "c"]);
  view.apply(newsOf("c", { status: "suspect", from: "b" }));
  for (let i = 0; i < 20; i++) sync.sync();
  assertEquals(new Set(sent.map(({ addr }) => addr)), new Set(["b:1"]));
  assertEquals(sent[0]!.body, { kind: "digest", digest: view.digest, isJoin: false });
});

pure("AntiEntropy.sync says nothing where nobody is up", () => {
  const { sync, sent } = make();
  sync.sync();
  assertEquals(sent, []);
});

pure("AntiEntropy.answer is silent where the digests agree, and sends its state where they differ", () => {
  const { view, sync, sent } = make(["b", "c"]);
  sync.answer(memberOf("b"), view.digest);
  assertEquals(sent, []);
  sync.answer(memberOf("b"), view.digest + 1);
  assertEquals([sent[0]!.addr, idsOf(sent[0])], ["b:1", ["a", "b", "c"]]);
  sync.answer(memberOf("b"), undefined);
  assertEquals(sent.length, 2);
});

pure("AntiEntropy.compare takes what is newer and sends back only what the other lacks", () => {
  const { view, sync, sent } = make(["b", "c", "d", "e", "f"]);
  view.apply(newsOf("d", { incarnation: 2 }));
  view.apply(newsOf("e", { version: 5 }));
  view.apply(newsOf("f", { status: "left" }));
  const records = [
    memberOf("a"),
    memberOf("b", { incarnation: 1 }),
    memberOf("c"),
    memberOf("d"),
    memberOf("e"),
    memberOf("f"),
  ];
  sync.compare(memberOf("b"), records, true);
  assertEquals(view.list.get("b")?.incarnation, 1);
  assertEquals(idsOf(sent[0]), ["d", "e", "f"]);
  assert(sent[0]!.body.kind === "state");
  assertEquals(sent[0]!.body.wantsReply, false, "the exchange comes to an end");
});

pure("AntiEntropy.compare sends nothing back where nobody asked, or the other lacks nothing", () => {
  const { view, sync, sent } = make(["b"]);
  sync.compare(memberOf("b"), [], false);
  sync.compare(memberOf("b"), [view.self, ...view.list.values()], true);
  assertEquals(sent, []);
});

pure("AntiEntropy.compare: what another has given up is suspected first, and has the time to contradict", () => {
  for (const status of ["suspect", "down"] as const) {
    const { view, sync } = make(["b", "c"]);
    sync.compare(memberOf("b"), [memberOf("c", { status })], false);
    assertEquals(view.statusOf("c"), "suspect", status);
    view.apply(newsOf("c", { incarnation: 1 }));
    assertEquals(view.statusOf("c"), "up", status);
  }
  const { view, sync } = make(["b", "c"]);
  sync.compare(memberOf("b"), [memberOf("c", { status: "down" })], false);
  view.pass(24_000);
  assertEquals(view.statusOf("c"), "down", "but not for ever");
});

pure("AntiEntropy.compare takes a goodbye at its word, and what it never knew as it is", () => {
  const { view, sync } = make(["b", "c"]);
  sync.compare(memberOf("b"), [memberOf("c", { status: "left" }), memberOf("d", { status: "down" })], false);
  assertEquals([view.statusOf("c"), view.statusOf("d")], ["left", "down"]);
});

pure("AntiEntropy.compare: who has just come does not spread what everybody knows", () => {
  const records = [memberOf("b"), memberOf("c"), memberOf("d")];
  const fresh = make(["b"]);
  fresh.sync.compare(memberOf("b"), records, false);
  assertEquals([fresh.view.list.alive, fresh.view.news.about("c")], [3, undefined]);
  const old = make(["b", "x"]);
  old.sync.compare(memberOf("b"), records, false);
  assertEquals(old.view.news.about("c")?.id, "c");
});

pure("AntiEntropy.reconnect tries those who are down and seeds that are no members, not the node itself", () => {
  const { view, sync, sent } = make(["b", "c", "d"]);
  view.apply(newsOf("c", { status: "down" }));
  view.apply(newsOf("d", { status: "left" }));
  sync.seeds = ["a:1", "b:1", "x:1"];
  for (let i = 0; i < 25; i++) sync.reconnect();
  assertEquals(sent.length, 50, "each has its turn, and none is lost on itself");
  assertEquals(new Set(sent.map(({ addr }) => addr)), new Set(["c:1", "x:1"]));
  // Behind a name of its own a seed may be a member that is known: then nothing but the digest is sent, for ever.
  assertEquals(sent[0]!.body, { kind: "digest", digest: view.digest, isJoin: false });
});

pure("AntiEntropy.reconnect tries three at once of many, and all in turn", () => {
  const ids = Array.from({ length: 10 }, (_, i) => `n${i}`);
  const { view, sync, sent } = make(ids);
  for (const id of ids) view.apply(newsOf(id, { status: "down" }));
  for (let round = 0; round < 4; round++) sync.reconnect();
  assertEquals(sent.length, 12);
  assertEquals(new Set(sent.map(({ addr }) => addr)).size, 10);
});

pure("AntiEntropy.reconnect rests where nobody is missing", () => {
  const { sync, sent } = make(["b"]);
  sync.seeds = ["a:1", "b:1"];
  sync.reconnect();
  sync.askForState("a:1");
  assertEquals(sent, []);
});
