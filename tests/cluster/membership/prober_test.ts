import { assert, assertEquals, assertGreater } from "@std/assert";
import { type MembershipConfig, PRESETS } from "../../../cluster/membership/config.ts";
import type { Body } from "../../../cluster/membership/messages.ts";
import { Prober } from "../../../cluster/membership/prober.ts";
import { memberOf, newsOf, pure, Seen } from "../../support/members.ts";

interface Sent {
  readonly to: string;
  readonly body: Body;
}

/** The prober of a node "a" with members, and what it has sent since the last look. */
function make(ids: readonly string[], config: Partial<MembershipConfig> = {}): {
  view: Seen;
  prober: Prober;
  sent: () => Sent[];
} {
  const view = new Seen(config);
  for (const id of ids) view.apply(newsOf(id));
  const all: Sent[] = [];
  const send = ({ id }: { id: string }, body: Body) => void all.push({ to: id, body });
  const prober = new Prober({ config: { ...PRESETS.lan, ...config }, time: view.time, view, send });
  return { view, prober, sent: () => all.splice(0) };
}

/** Probes until `id` is the target, and returns the sequence of that probe; other targets answer at once. */
function probe({ view, prober, sent }: ReturnType<typeof make>, id: string): number {
  for (let i = 0; i < 100; i++) {
    prober.probe();
    const [ping] = sent();
    assert(ping?.body.kind === "ping");
    if (ping.to === id) return ping.body.sequence;
    prober.acked(ping.body.sequence, view.list.get(ping.to)!);
  }
  throw new Error("it was never probed");
}

pure("Prober pings the next member, and an answer in time keeps it up", () => {
  const { view, prober, sent } = make(["b"]);
  prober.probe();
  const [ping] = sent();
  assertEquals(ping, { to: "b", body: { kind: "ping", sequence: 1, target: { id: "b", uid: 100 } } });
  prober.acked(1, memberOf("b"));
  view.pass(10_000);
  assertEquals([view.statusOf("b"), sent()], ["up", []]);
});

pure("Prober does nothing without members", () => {
  const { view, prober, sent } = make([]);
  prober.probe();
  view.pass(10_000);
  assertEquals([sent(), view.awareness.score], [[], 0]);
});

pure("Prober asks three others after the time-out, none of them the target, suspected or gone", () => {
  const made = make(["b", "c", "d", "e", "f", "g"]);
  made.view.apply(newsOf("f", { status: "suspect", from: "c" }));
  made.view.apply(newsOf("g", { status: "down" }));
  const sequence = probe(made, "b");
  made.view.pass(499);
  assertEquals(made.sent(), []);
  made.view.pass(1);
  const asked = made.sent();
  assertEquals(asked.map(({ to }) => to).sort(), ["c", "d", "e"]);
  for (const { body } of asked) {
    assertEquals(body, { kind: "ping-req", sequence, target: { id: "b", uid: 100 }, addr: "b:1" });
  }
});

pure("Prober always finds a helper in a cluster of three", () => {
  for (let round = 0; round < 50; round++) {
    const made = make(["b", "c"], {});
    for (let i = 0; i < round; i++) made.view.list.pick(1, () => true);
    probe(made, "b");
    made.view.pass(500);
    assertEquals(made.sent().map(({ to }) => to), ["c"], `round ${round}`);
  }
});

pure("Prober suspects a member after the interval, and not a moment before", () => {
  const made = make(["b", "c"]);
  probe(made, "b");
  made.view.pass(999);
  assertEquals(made.view.statusOf("b"), "up");
  made.view.pass(1);
  assertEquals(made.view.statusOf("b"), "suspect");
});

pure("an answer through a helper counts, that of anybody else does not", () => {
  const made = make(["b", "c", "d"], { indirectProbes: 1 });
  for (const [who, expected] of [["helper", "up"], ["stranger", "suspect"]] as const) {
    const sequence = probe(made, "b");
    made.view.pass(500);
    const helper = made.sent()[0]!.to;
    const stranger = helper === "c" ? "d" : "c";
    made.prober.acked(sequence, memberOf(who === "helper" ? helper : stranger));
    made.view.pass(500);
    assertEquals(made.view.statusOf("b"), expected, who);
  }
});

pure("an answer of another start of the node, or to another probe, is none", () => {
  const made = make(["b", "c"]);
  const sequence = probe(made, "b");
  made.prober.acked(sequence, memberOf("b", { uid: 101 }));
  made.prober.acked(sequence + 1, memberOf("b"));
  made.prober.acked(sequence - 1, memberOf("b"));
  made.view.pass(1_000);
  assertEquals(made.view.statusOf("b"), "suspect");
});

pure("a member whose uid nobody knows yet may answer with any", () => {
  const made = make(["c"]);
  made.view.apply(newsOf("b", { uid: 0 }));
  const sequence = probe(made, "b");
  made.view.awareness.apply(1);
  made.view.apply(newsOf("b", { uid: 77 }));
  made.prober.acked(sequence, memberOf("b", { uid: 77 }));
  made.view.pass(1_000);
  assertEquals([made.view.statusOf("b"), made.view.awareness.score], ["up", 0]);
});

pure("a node that started anew during the probe is not suspected for the silence of the old one", () => {
  const made = make(["b", "c"]);
  probe(made, "b");
  made.view.apply(newsOf("b", { uid: 200 }));
  made.view.pass(1_000);
  assertEquals([made.view.statusOf("b"), made.view.awareness.score], ["up", 0]);
});

pure("local health changes only with a nack that is missing: with all of them it stays", () => {
  const made = make(["b", "c", "d", "e"]);
  for (const [silent, expected] of [[0, 0], [1, 1], [3, 4]] as const) {
    made.view.apply(newsOf("b", { incarnation: expected + 1 }));
    const { score } = made.view.awareness;
    const sequence = probe(made, "b");
    // Those who answered meanwhile have made it better.
    made.view.awareness.apply(score - made.view.awareness.score);
    made.view.pass(made.view.awareness.scale(500));
    const helpers = made.sent().map(({ to }) => to);
    for (const helper of helpers.slice(silent)) made.prober.nacked(sequence, memberOf(helper));
    made.view.pass(made.view.awareness.scale(500));
    assertEquals([made.view.statusOf("b"), made.view.awareness.score], ["suspect", expected]);
  }
});

pure("a nack that comes twice, or of one who was not asked, does not stand for a missing one", () => {
  const made = make(["b", "c", "d", "e"], { indirectProbes: 2 });
  const sequence = probe(made, "b");
  made.view.pass(500);
  const [first, second] = made.sent().map(({ to }) => to);
  const stranger = ["c", "d", "e"].find((id) => id !== first && id !== second)!;
  for (const id of [first!, first!, stranger]) made.prober.nacked(sequence, memberOf(id));
  made.view.pass(500);
  assertEquals(made.view.awareness.score, 1);
});

pure("a failed probe that nobody could help with hints at the node itself, a good one makes it healthier", () => {
  const made = make(["b"]);
  probe(made, "b");
  made.view.pass(1_000);
  assertEquals(made.view.awareness.score, 1);
  const sequence = probe(made, "b");
  made.prober.acked(sequence, memberOf("b"));
  made.prober.acked(sequence, memberOf("b"));
  assertEquals(made.view.awareness.score, 0, "once for each probe");
});

pure("a node of poor health gives its probes more time; with healthMax 0 it never does", () => {
  for (const [healthMax, expected] of [[8, "up"], [0, "suspect"]] as const) {
    const made = make(["b", "c"], { healthMax });
    made.view.awareness.apply(2);
    probe(made, "b");
    made.view.awareness.apply(2);
    made.view.pass(1_000);
    assertEquals(made.view.statusOf("b"), expected, `healthMax ${healthMax}`);
  }
});

pure("Prober.runErrand pings for another, passes the answer on and sends no nack then", () => {
  const { view, prober, sent } = make(["b", "c"]);
  prober.runErrand(memberOf("c"), 77, { id: "b", uid: 100, addr: "b:1" });
  const [ping] = sent();
  assert(ping?.body.kind === "ping");
  assertEquals([ping.to, ping.body.target], ["b", { id: "b", uid: 100 }]);
  prober.acked(ping.body.sequence, memberOf("c"));
  prober.acked(ping.body.sequence, memberOf("b", { uid: 101 }));
  assertEquals(sent(), [], "only the target can answer");
  prober.acked(ping.body.sequence, memberOf("b"));
  prober.acked(ping.body.sequence, memberOf("b"));
  assertEquals(sent(), [{ to: "c", body: { kind: "ack", sequence: 77 } }]);
  view.pass(10_000);
  assertEquals(sent(), []);
});

pure("Prober.runErrand says so when there is no answer, while the asker still waits for it", () => {
  const { view, prober, sent } = make(["b", "c"]);
  prober.runErrand(memberOf("c"), 77, { id: "b", uid: 100, addr: "b:1" });
  sent();
  view.pass(400);
  assertEquals(sent(), [{ to: "c", body: { kind: "nack", sequence: 77 } }]);
  view.pass(10_000);
  assertEquals([sent(), view.statusOf("b"), view.awareness.score], [[], "up", 0], "it draws no conclusion of its own");
});

pure("Prober.runErrand for a target that nobody knows is harmless", () => {
  const { view, prober, sent } = make(["c"]);
  prober.runErrand(memberOf("c"), 1, { id: "nobody", uid: 5, addr: "x:1" });
  assertEquals(sent().map(({ to }) => to), ["nobody"]);
  view.pass(10_000);
  assertEquals(sent(), [{ to: "c", body: { kind: "nack", sequence: 1 } }]);
  assertEquals([view.statusOf("nobody"), view.list.size, view.events.length], [undefined, 1, 2]);
});

pure("Prober runs a bounded number of errands: beyond it the oldest are dropped without a word", () => {
  const { view, prober, sent } = make(["c"]);
  for (let i = 0; i < 1_500; i++) prober.runErrand(memberOf("c"), i, { id: "x", uid: 1, addr: "x:1" });
  assertEquals(sent().length, 1_500);
  view.pass(400);
  const nacks = sent().map(({ body }) => body.kind === "nack" ? body.sequence : -1);
  assertEquals([nacks.length, nacks[0]], [1_000, 500]);
});

pure("a hung member delays no other probe: each has a time-out of its own", () => {
  const made = make(["b", "c", "d"]);
  for (let i = 0; i < 3; i++) made.prober.probe();
  const pings = made.sent();
  assertEquals(new Set(pings.map(({ to }) => to)).size, 3);
  for (const { to, body } of pings) {
    if (to !== "b" && body.kind === "ping") made.prober.acked(body.sequence, memberOf(to));
  }
  made.view.pass(1_000);
  assertEquals(["b", "c", "d"].map((id) => made.view.statusOf(id)), ["suspect", "up", "up"]);
  assertGreater(made.view.time.nextAt, 1_000);
});

pure("Prober asks nobody for help who is suspected itself", () => {
  for (let seed = 0; seed < 20; seed++) {
    const made = make(["b", "c", "d"], { indirectProbes: 1 });
    for (let i = 0; i < seed; i++) made.view.list.pick(1, () => true);
    const sequence = probe(made, "b");
    made.view.apply(newsOf("d", { status: "suspect", from: "c" }));
    made.view.pass(500);
    const asked = made.sent();
    assertEquals(asked.map(({ to, body }) => [to, body.kind === "ping-req" && body.sequence]), [["c", sequence]]);
  }
});

pure("Prober.roundTripOf is how long the last answer of a member took, and undefined before the first", () => {
  const made = make(["b", "c"]);
  const { view, prober } = made;
  const tripOf = (id: string) => prober.roundTripOf(view.list.get(id)!);
  const sequence = probe(made, "b");
  view.pass(30);
  assertEquals(tripOf("b"), undefined);
  prober.acked(sequence, memberOf("b"));
  // An answer that comes twice, or to no question, is none.
  view.pass(100);
  prober.acked(sequence, memberOf("b"));
  prober.acked(999, memberOf("b"));
  assertEquals(tripOf("b"), 30);
  const next = probe(made, "b");
  view.pass(7);
  prober.acked(next, memberOf("b"));
  assertEquals(tripOf("b"), 7);
});

pure("Prober.roundTripOf counts what a member answers itself, also late, and not what a helper says", () => {
  const made = make(["b", "c"]);
  const { view, prober, sent } = made;
  const helped = probe(made, "b");
  view.pass(500);
  assertEquals(sent().map(({ to, body }) => `${to} ${body.kind}`), ["c ping-req"]);
  const before = prober.roundTripOf(memberOf("c"));
  prober.acked(helped, memberOf("c"));
  assertEquals([prober.roundTripOf(memberOf("b")), prober.roundTripOf(memberOf("c"))], [undefined, before]);
  const late = probe(made, "b");
  view.pass(700);
  sent();
  prober.acked(late, memberOf("b"));
  assertEquals(prober.roundTripOf(memberOf("b")), 700);
  // An answer to an errand for another node is none to this one.
  prober.runErrand(memberOf("c"), 1, memberOf("b"));
  const [ping] = sent();
  view.pass(3);
  prober.acked(ping!.body.kind === "ping" ? ping!.body.sequence : 0, memberOf("b"));
  assertEquals(prober.roundTripOf(memberOf("b")), 700);
});

pure("Prober.roundTripOf is undefined for members that are gone, and for another start of one", () => {
  const made = make(["b", "c"]);
  const { view, prober } = made;
  prober.acked(probe(made, "b"), memberOf("b"));
  assertEquals(prober.roundTripOf(memberOf("b")), 0);
  assertEquals(prober.roundTripOf(memberOf("b", { status: "suspect" })), 0);
  for (const change of [{ uid: 101 }, { status: "down" }, { status: "left" }] as const) {
    assertEquals(prober.roundTripOf(memberOf("b", change)), undefined);
  }
  // When it is back it has to answer first, where another has answered meanwhile.
  view.apply(newsOf("b", { status: "down" }));
  prober.acked(probe(made, "c"), memberOf("c"));
  assertEquals(prober.roundTripOf(memberOf("b")), undefined);
});
