import { assert, assertEquals, assertGreater } from "@std/assert";
import { PRESETS } from "../../../cluster/membership/config.ts";
import { type Addressee, Gossip } from "../../../cluster/membership/gossip.ts";
import { memberOf, newsOf, pure, Seen } from "../../support/members.ts";

/** The gossip of a node "a" with members whom nobody needs to hear of any more, and when it sent to whom. */
function make(ids: readonly string[]): { view: Seen; gossip: Gossip; sent: string[] } {
  const view = new Seen();
  for (const id of ids) view.apply(newsOf(id));
  view.news.take(Infinity, 1);
  const sent: string[] = [];
  const send = (to: Addressee) => {
    sent.push(`${to.id} at ${view.time.now}`);
    gossip.newsFor(to, undefined);
  };
  const gossip: Gossip = new Gossip({ config: PRESETS.lan, time: view.time, view, send });
  gossip.isOn = true;
  return { view, gossip, sent };
}

pure("Gossip rests without news, and without a start", () => {
  const { view, gossip, sent } = make(["b"]);
  gossip.soon();
  assertEquals(view.time.nextAt, Infinity);
  view.declare({ version: 1 });
  gossip.isOn = false;
  gossip.soon();
  gossip.hurry();
  assertEquals([view.time.nextAt, sent], [Infinity, []]);
});

pure("Gossip goes to three members each interval while there are news, then rests", () => {
  const { view, gossip, sent } = make(["b", "c", "d", "e", "f"]);
  view.declare({ version: 1 });
  gossip.soon();
  gossip.soon();
  view.pass(200);
  assertEquals(new Set(sent).size, 3);
  view.pass(200);
  // Four times in all: that is the budget of news among six.
  assertEquals([sent.length, view.news.size, view.time.nextAt], [4, 0, Infinity]);
});

pure("Gossip that is to hurry comes within 10 ms, in place of the round that was to come", () => {
  const { view, gossip, sent } = make(["b"]);
  view.declare({ version: 1 });
  gossip.soon();
  view.pass(50);
  gossip.hurry();
  view.pass(10);
  assertEquals(sent, ["b at 60"]);
  view.pass(150);
  assertEquals(sent, ["b at 60"], "the old round is over");
  view.pass(50);
  assertEquals(sent, ["b at 60", "b at 260"]);
});

pure("Gossip.newsFor tells first what the other side has wrong about itself, and only once", () => {
  const { view, gossip } = make(["b", "c"]);
  const first = (to: Addressee) => gossip.newsFor(to, view.list.get("b")).map(({ id, status }) => `${id} ${status}`);
  assertEquals(first(view.list.get("b")!), []);
  view.apply(newsOf("b", { status: "suspect", from: "c" }));
  assertEquals(first(view.list.get("b")!), ["b suspect"]);
  view.apply(newsOf("b", { incarnation: 3 }));
  view.news.take(Infinity, 1);
  assertEquals(first(memberOf("b", { incarnation: 3 })), []);
  assertEquals(first(memberOf("b", { incarnation: 2 })), ["b up"], "an incarnation that it never had");
  assertEquals(first(memberOf("b", { uid: 5 })), ["b up"], "an older start of it, with a higher uid");
});

pure("Gossip.newsFor says of one whose port was closed that it was, so that others believe it at once", () => {
  const { view, gossip } = make(["b", "c"]);
  view.suspect("b", false);
  view.suspect("b", true);
  view.apply(newsOf("b", { status: "suspect", from: "c", isRefused: true }));
  assertEquals(view.statusOf("b"), "down");
  const [word] = gossip.newsFor(memberOf("b"), view.list.get("b"));
  assertEquals([word?.status, word?.isRefused, word?.from], ["down", true, "a"]);
  view.apply(newsOf("c", { status: "down" }));
  assertEquals(gossip.newsFor(memberOf("c"), view.list.get("c"))[0]?.isRefused, false);
});

pure("each node that finds a port closed is a piece of news of its own: none takes the place of another", () => {
  const { view } = make(["b", "c", "d", "e"]);
  view.suspect("b", false);
  view.suspect("b", true);
  view.apply(newsOf("b", { status: "suspect", from: "c", isRefused: true }));
  const words = view.news.take(Infinity, 1).filter(({ isRefused }) => isRefused).map(({ from }) => from);
  assertEquals(words.sort(), ["a", "c"]);
  view.suspect("b", true);
  assertEquals(view.news.size, 0, "it has just said so");
  view.pass(200);
  view.suspect("b", true);
  assertEquals(
    view.news.take(Infinity, 1).map(({ from }) => from),
    ["a"],
    "its own word again, as long as it is not believed",
  );
});

pure("what was said of a suspicion is spread no longer when that is over", () => {
  const { view } = make(["b", "c", "d", "e"]);
  view.suspect("b", false);
  for (const from of ["c", "d"]) view.apply(newsOf("b", { status: "suspect", from }));
  view.apply(newsOf("b", { incarnation: 1 }));
  const news = view.news.take(Infinity, 1).map(({ id, status, incarnation }) => `${id} ${status} ${incarnation}`);
  assertEquals(news, ["b up 1"]);
});

pure("a piece of news that is larger than a packet goes alone, rather than never", () => {
  const view = new Seen({ packetBytesMax: 300 });
  const long = "x".repeat(250);
  view.apply(newsOf(long));
  view.apply(newsOf("b"));
  const packets = [view.news.take(300, 1), view.news.take(300, 1)].map((news) => news.map(({ id }) => id));
  assertEquals(packets, [["b"], [long]]);
  assertEquals(view.news.size, 0);
});

pure("Gossip among a hundred fair rounds reaches everybody, not always the same", () => {
  const { view, gossip, sent } = make(["b", "c", "d", "e", "f", "g", "h", "i"]);
  for (let version = 1; version <= 100; version++) {
    view.declare({ version });
    gossip.soon();
    view.pass(200);
  }
  const reached = new Set(sent.map((text) => text[0]));
  assertEquals(reached.size, 8);
  assertGreater(sent.length, 200);
  assert(sent.every((text) => text[0] !== "a"));
});
