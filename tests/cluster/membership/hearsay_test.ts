import { assertEquals } from "@std/assert";
import { AntiEntropy } from "../../../cluster/membership/anti_entropy.ts";
import type { Body } from "../../../cluster/membership/messages.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";
import { Lone, memberOf, newsOf, pure, Seen } from "../../support/members.ts";

/** A view with members who are up. */
function viewOf(...ids: string[]): Seen {
  const view = new Seen();
  for (const id of ids) view.apply(newsOf(id));
  view.heard();
  return view;
}

pure("what others have given up is suspected here, and has half of the shortest time to contradict", () => {
  const view = viewOf("b", "c", "d", "e");
  view.hear(newsOf("b", { status: "down", from: "c" }));
  view.hear(newsOf("b", { status: "down", from: "d" }));
  assertEquals(view.heard(), ["b suspect"]);
  view.pass(1_990);
  view.hear(newsOf("b", { status: "down", from: "c" }));
  assertEquals(view.statusOf("b"), "suspect");
  view.pass(10);
  view.hear(newsOf("b", { status: "down", from: "c" }));
  assertEquals(view.heard(), ["b down"]);
});

pure("whoever contradicts in that time was never down", () => {
  const view = viewOf("b", "c", "d", "e");
  view.hear(newsOf("b", { status: "down", from: "c" }));
  view.apply(newsOf("b", { incarnation: 1 }));
  view.hear(newsOf("b", { status: "down", from: "d" }));
  view.pass(60_000);
  assertEquals(view.heard(), ["b suspect", "b up"]);
});

pure("two who have given it up confirm the suspicion, which then lasts no longer than the shortest time", () => {
  for (const [witnesses, expected] of [[["c"], "suspect"], [["c", "d", "e"], "down"]] as const) {
    const view = viewOf("b", "c", "d", "e");
    for (const from of witnesses) view.hear(newsOf("b", { status: "down", from }));
    view.pass(4_010);
    assertEquals(view.statusOf("b"), expected);
  }
});

pure("a goodbye, and a port that several have found closed, count at once", () => {
  const view = viewOf("b", "c", "d");
  view.hear(newsOf("b", { status: "left" }));
  view.hear(newsOf("c", { status: "down", from: "d", isRefused: true }));
  assertEquals(view.heard(), ["b left", "c down"]);
  assertEquals(view.wordOf(view.list.get("c")!).isRefused, true);
  assertEquals(view.wordOf(view.list.get("d")!), newsOf("d", { from: "a" }));
});

pure("the end of an earlier start with a higher number does not end the start that lives", () => {
  const view = viewOf("b");
  for (const status of ["down", "left"] as const) view.hear(newsOf("b", { uid: 900, status }));
  assertEquals([view.heard(), view.statusOf("b")], [[], "up"]);
  // One that is suspected may well be the earlier one, but has half of the shortest time to contradict.
  view.suspect("b", false);
  for (const status of ["down", "left"] as const) {
    view.hear(newsOf("b", { uid: 900, status, from: "c", isRefused: status === "down" }));
  }
  assertEquals([view.heard(), view.statusOf("b")], [["b suspect"], "suspect"]);
  view.pass(2_000);
  view.hear(newsOf("b", { uid: 900, status: "left" }));
  assertEquals(view.list.get("b")?.uid, 900);
});

pure("with a hung and a dead one among four, the word of the one who is left is enough", () => {
  const view = viewOf("b", "c", "d");
  view.suspect("b", false);
  view.apply(newsOf("b", { status: "suspect", from: "d" }));
  view.pass(5_000);
  assertEquals(view.statusOf("b"), "suspect", "the word of c is missing");
  view.suspect("c", false);
  view.pass(1);
  assertEquals(view.statusOf("b"), "down", "that of d is enough, now that c is suspected itself");
  // This node alone may be the one that is cut off: then it waits for the longest time.
  const alone = viewOf("b", "c", "d");
  for (const id of ["b", "c", "d"]) alone.suspect(id, false);
  alone.pass(23_000);
  assertEquals(["b", "c", "d"].map((id) => alone.statusOf(id)), ["suspect", "suspect", "suspect"]);
  alone.pass(1_001);
  assertEquals(["b", "c", "d"].map((id) => alone.statusOf(id)), ["down", "down", "down"]);
});

pure("whoever spreads what was true once is told what is true now", () => {
  const lone = Lone.with(["b", "c", "d"]);
  lone.gossip(memberOf("c"), newsOf("d", { incarnation: 3 }));
  const done = lone.gossip(memberOf("b"), newsOf("d", { status: "suspect", incarnation: 2, from: "b" }));
  const [packet] = done.to("b:1");
  assertEquals(packet?.body.kind, "gossip");
  assertEquals([packet?.updates[0]?.id, packet?.updates[0]?.incarnation, packet?.updates[0]?.status], ["d", 3, "up"]);
  assertEquals(lone.gossip(memberOf("b"), newsOf("d", { incarnation: 3 })).to("b:1"), []);
});

pure("AntiEntropy.recheck compares only where nothing has changed since the last time", () => {
  const view = viewOf("b");
  const sent: Body[] = [];
  const sync = new AntiEntropy({ view, random: new SeededRandom(1), send: (_, body) => void sent.push(body) });
  sync.recheck();
  assertEquals(sent, [], "it has not looked before");
  sync.recheck();
  assertEquals(sent.length, 1);
  view.apply(newsOf("c"));
  sync.recheck();
  assertEquals(sent.length, 1, "the news may be under way still");
  sync.recheck();
  assertEquals(sent[1], { kind: "digest", digest: view.digest, isJoin: false });
});

pure("what this node has said of a closed port, and hears again, is no look of its own", () => {
  const view = viewOf("b", "c", "d");
  view.hear(newsOf("b", { status: "suspect", from: "a", isRefused: true }));
  view.hear(newsOf("b", { status: "suspect", from: "c", isRefused: true }));
  view.hear(newsOf("b", { status: "suspect", from: "d", isRefused: true }));
  assertEquals(view.heard(), ["b suspect"], "it has not found the port closed itself");
});
