import { assert, assertEquals, assertGreater, assertLess, assertNotEquals } from "@std/assert";
import type { MembershipConfig } from "../../../cluster/membership/config.ts";
import type { MemberRecord } from "../../../cluster/membership/member.ts";
import { INCARNATION_STEP_MAX } from "../../../cluster/membership/limits.ts";
import { memberOf, newsOf, pure, Seen } from "../../support/members.ts";

/** A view with members that are up; what it told of them is forgotten. */
function make(ids: readonly string[], config: Partial<MembershipConfig> = {}): Seen {
  const view = new Seen(config);
  for (const id of ids) view.apply(newsOf(id));
  view.heard();
  return view;
}

/** All news that are under way. */
function spread(view: Seen): MemberRecord[] {
  return view.news.take(Infinity, 1_000);
}

pure("a View takes a new member, tells of it once and passes it on", () => {
  const view = make([]);
  view.apply(newsOf("b", { version: 3 }));
  view.apply(newsOf("b", { version: 3 }));
  assertEquals(view.heard(), ["b up", "b version 3"]);
  assertEquals([view.size, spread(view).length], [2, 1]);
});

pure("duplicates and replays of old news change nothing and are told to nobody", () => {
  const view = make(["b"]);
  const history = [
    newsOf("b", { status: "suspect", from: "c" }),
    newsOf("b", { incarnation: 1 }),
    newsOf("b", { incarnation: 1, status: "down" }),
    newsOf("b", { incarnation: 2, version: 4 }),
  ];
  for (const update of history) view.apply(update);
  assertEquals(view.heard(), ["b suspect", "b up", "b down", "b up", "b version 4"]);
  const before = [view.list.get("b"), view.digest];
  spread(view);
  for (let i = 0; i < 3; i++) for (const update of history) view.apply(update);
  assertEquals([view.list.get("b"), view.digest], before);
  assertEquals(view.heard(), []);
});

pure("a suspicion that nobody contradicts ends with the member down, at the time that the curve says", () => {
  const view = make(["b", "c", "d"]);
  view.suspect("b", false);
  view.pass(23_999);
  assertEquals(view.statusOf("b"), "suspect");
  view.pass(1);
  assertEquals([view.statusOf("b"), view.heard()], ["down", ["b suspect", "b down"]]);
});

pure("each member that suspects it too shortens the suspicion, whoever is invented does not", () => {
  const view = make(["b", "c", "d", "e"]);
  view.suspect("b", false);
  for (const from of ["x1", "x2", "x3", ""]) view.apply(newsOf("b", { status: "suspect", from }));
  view.pass(4_000);
  assertEquals(view.statusOf("b"), "suspect", "invented names");
  view.apply(newsOf("b", { status: "suspect", from: "c" }));
  view.apply(newsOf("b", { status: "suspect", from: "c" }));
  view.pass(4_000);
  assertEquals(view.statusOf("b"), "suspect", "one, twice");
  view.apply(newsOf("b", { status: "suspect", from: "d" }));
  view.pass(0);
  assertEquals(view.statusOf("b"), "down", "two, and the minimum has passed");
});

pure("a member that contradicts is up again, and the timer of the old suspicion does it no harm", () => {
  const view = make(["b", "c"]);
  view.suspect("b", false);
  view.pass(3_000);
  view.apply(newsOf("b", { incarnation: 1 }));
  view.pass(2_000);
  assertEquals([view.statusOf("b"), view.heard()], ["up", ["b suspect", "b up"]]);
  view.suspect("b", false);
  view.pass(3_999);
  assertEquals(view.statusOf("b"), "suspect", "a new suspicion has its whole time");
});

pure("a member that is down and contradicts comes back up", () => {
  const view = make(["b"]);
  view.apply(newsOf("b", { status: "down" }));
  view.apply(newsOf("b"));
  assertEquals(view.statusOf("b"), "down", "not by old news");
  view.apply(newsOf("b", { incarnation: 1 }));
  assertEquals([view.statusOf("b"), view.heard()], ["up", ["b down", "b up"]]);
});

pure("a member that has left is not brought back by old news, but by a new start", () => {
  const view = make(["b"]);
  view.apply(newsOf("b", { status: "left" }));
  for (const status of ["up", "suspect", "down"] as const) view.apply(newsOf("b", { status, from: "c" }));
  view.suspect("b", true);
  assertEquals([view.statusOf("b"), view.size], ["left", 1]);
  view.apply(newsOf("b", { uid: 101 }));
  assertEquals([view.statusOf("b"), view.heard()], ["up", ["b left", "b up", "b version 0"]]);
});

pure("a goodbye that is heard before the join is remembered, and told to nobody", () => {
  const view = make(["c"]);
  view.apply(newsOf("b", { status: "left" }));
  view.apply(newsOf("b"));
  assertEquals([view.statusOf("b"), view.heard(), view.size], ["left", [], 2]);
});

pure("leaving and failing are told apart", () => {
  const view = make(["b", "c"]);
  view.apply(newsOf("b", { status: "left" }));
  view.apply(newsOf("c", { status: "down" }));
  assertEquals(view.heard(), ["b left", "c down"]);
  assertEquals(view.list.down().map(({ id }) => id), ["c"]);
});

pure("a node that starts anew ends its old start first, even when nobody has missed it", () => {
  const view = make(["b"]);
  view.suspect("b", false);
  view.heard();
  view.apply(newsOf("b", { uid: 101, version: 1 }));
  assertEquals(view.heard(), ["b down", "b up", "b version 1"]);
  view.pass(60_000);
  assertEquals(view.statusOf("b"), "up", "the suspicion was of the old start");
});

pure("a suspicion about the node itself is refuted with a higher incarnation, which is passed on", () => {
  const view = make(["b"]);
  for (const [status, incarnation] of [["suspect", 0], ["down", 1], ["left", 2]] as const) {
    view.apply(newsOf("a", { status, incarnation, from: "b" }));
    assertEquals([view.self.incarnation, view.self.status], [incarnation + 1, "up"]);
    assertEquals(view.news.about("a")?.incarnation, incarnation + 1);
  }
  assertEquals(view.awareness.score, 3);
  view.apply(newsOf("a", { status: "down", incarnation: 1 }));
  assertEquals(view.self.incarnation, 3, "what is refuted already needs no more");
});

pure("a version that the node never had is refuted, so that its real one counts again", () => {
  const view = make(["b"]);
  view.declare({ version: 7 });
  view.apply(newsOf("a", { version: 9_000 }));
  assertEquals([view.self.incarnation, view.self.version], [1, 7]);
  const other = make(["b"]);
  other.apply(newsOf("b", { version: 9_000 }));
  other.apply(newsOf("b", { version: 7, incarnation: 1 }));
  assertEquals(other.list.get("b")?.version, 7);
});

pure("a huge incarnation is rejected and counted: of a known member, of a new one, of the node itself", () => {
  const view = make(["b"]);
  const incarnation = INCARNATION_STEP_MAX + 1;
  for (const id of ["a", "b", "new"]) view.apply(newsOf(id, { incarnation, status: "down" }));
  view.apply(newsOf("b", { incarnation, uid: 101 }));
  view.apply(newsOf("a", { incarnation, uid: 101 }));
  assertEquals([view.self.incarnation, view.self.uid, view.statusOf("b"), view.statusOf("new")], [
    0,
    100,
    "up",
    undefined,
  ]);
  const heard = view.heard();
  assertEquals(heard.length, 5);
  for (const text of heard) assert(text.startsWith("rejected: "), text);
  view.apply(newsOf("b", { incarnation: incarnation - 1 }));
  assertEquals(view.list.get("b")?.incarnation, incarnation - 1);
});

pure("a member that was driven far up is still taken by newcomers, at its own word", () => {
  const view = make([]);
  const update = newsOf("b", { incarnation: 5 * INCARNATION_STEP_MAX });
  view.apply(update);
  assertEquals(view.statusOf("b"), undefined);
  view.apply(update, true, true);
  assertEquals(view.statusOf("b"), "up");
});

pure("a restarted node wins its id back from its older start, also when that had the higher uid", () => {
  for (const status of ["up", "suspect", "down", "left"] as const) {
    const view = make(["b"]);
    view.apply(newsOf("a", { uid: 5_000, incarnation: 3, status }));
    assertGreater(view.self.uid, 5_000, status);
    assertLess(view.self.uid, 6_002, status);
    assertEquals([view.self.incarnation, view.self.status, view.heard()], [0, "up", []]);
    assertEquals(view.news.about("a")?.uid, view.self.uid);
  }
});

pure("a node wins its id back even from the highest uid there is", () => {
  const view = make(["b"]);
  const forged = newsOf("a", { uid: Number.MAX_SAFE_INTEGER, incarnation: 4, status: "down" });
  view.apply(forged);
  assert(Number.isSafeInteger(view.self.uid));
  const other = new Seen();
  other.apply({ ...forged, id: "b" });
  assertEquals(other.statusOf("b"), "down");
  other.apply({ ...view.self, id: "b", from: "", isRefused: false });
  assertEquals(other.statusOf("b"), "up");
});

pure("an older start of the node with a lower uid is answered with the node's own record", () => {
  const view = make(["b"]);
  spread(view);
  view.apply(newsOf("a", { uid: 5, addr: "old:1", status: "down" }));
  assertEquals([view.self.uid, view.news.about("a")?.uid, view.heard()], [100, 100, []]);
});

pure("two nodes with one id: both tell of the conflict, and the higher uid keeps it", () => {
  const view = make(["b"]);
  view.apply(newsOf("b", { uid: 101, addr: "elsewhere:1" }));
  assertEquals(view.heard()[0], "conflict b");
  assertEquals(view.list.get("b")?.addr, "elsewhere:1");
  view.apply(newsOf("b"));
  assertEquals([view.heard(), view.list.get("b")?.uid], [["conflict b"], 101]);
  view.apply(newsOf("a", { uid: 99, addr: "elsewhere:1" }));
  view.apply(newsOf("a", { uid: 101, addr: "elsewhere:1" }));
  assertEquals([view.heard(), view.self.uid], [["conflict a", "conflict a"], 100]);
});

pure("a View takes a bounded number of living members; further ones are rejected and counted", () => {
  const view = make(["b", "c"], { membersMax: 2 });
  view.apply(newsOf("d"));
  assertEquals(view.heard(), ["rejected: d: there are too many members"]);
  view.apply(newsOf("b", { incarnation: 1 }));
  view.apply(newsOf("c", { status: "down" }));
  view.apply(newsOf("d"));
  assertEquals([view.statusOf("d"), view.list.alive], ["up", 2], "those who are gone take no place");
  view.apply(newsOf("c", { incarnation: 1 }));
  assertEquals([view.statusOf("c"), view.list.alive], ["down", 2]);
});

pure("a View remembers a bounded number of those who are gone, and of news about them", () => {
  const view = make([], { downMax: 10 });
  for (let i = 0; i < 25_000; i++) view.apply(newsOf(`n${i}`, { status: "down" }));
  assertEquals([view.list.size, view.news.size], [10, 20_000]);
});

pure("the version of a directory is merged by itself, and a suspicion that is on its way does not take it back", () => {
  const view = make(["b", "c"]);
  view.apply(newsOf("b", { version: 5 }));
  view.apply(newsOf("b", { version: 4, status: "suspect", from: "c" }));
  assertEquals(view.heard(), ["b version 5", "b suspect"]);
  assertEquals([view.list.get("b")?.version, view.news.about("b")?.version], [5, 5]);
  view.apply(newsOf("b", { version: 6 }));
  assertEquals([view.statusOf("b"), view.news.about("b")?.from], ["suspect", "c"]);
});

pure("views with the same members have the same digest, whichever of them is the node itself", () => {
  const view = make(["b", "c"]);
  const digest = (record: MemberRecord) => {
    const other = new Seen();
    other.apply({ ...record, id: "b", from: "", isRefused: false });
    other.apply(newsOf("c"));
    return other.digest;
  };
  assertEquals(digest(memberOf("b")), view.digest);
  assertNotEquals(digest(memberOf("b", { version: 1 })), view.digest);
});

pure(
  "View.hear takes another's word that a member is down as a suspicion, until that had the time to contradict",
  () => {
    const down = newsOf("b", { status: "down", from: "c" });
    const view = make(["b", "c", "d", "e"]);
    view.hear(down);
    assertEquals(view.statusOf("b"), "suspect");
    view.pass(1_999);
    view.hear(down);
    assertEquals(view.statusOf("b"), "suspect");
    view.pass(1);
    view.hear(down);
    assertEquals(view.statusOf("b"), "down");
  },
);

pure("View.hear believes at once that a port was closed, and that a member has left", () => {
  const view = make(["b", "c", "d"]);
  view.hear(newsOf("b", { status: "down", from: "c", isRefused: true }));
  view.hear(newsOf("d", { status: "left" }));
  assertEquals([view.statusOf("b"), view.statusOf("d")], ["down", "left"]);
});

pure("of two members that fail together neither waits for the word of the other", () => {
  const view = make(["b", "c", "d"]);
  view.suspect("b", false);
  view.suspect("c", false);
  view.apply(newsOf("b", { status: "suspect", from: "d" }));
  view.pass(4_000);
  assertEquals([view.statusOf("b"), view.statusOf("c")], ["down", "suspect"]);
});

pure("a member says nothing about its own death", () => {
  const view = make(["b"]);
  view.suspect("b", true);
  view.pass(250);
  view.apply(newsOf("b", { status: "suspect", from: "b", isRefused: true }));
  assertEquals(view.statusOf("b"), "suspect");
});
