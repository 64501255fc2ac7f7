import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { CLUSTER, Lone, Machines, memberOf, newsOf, pure } from "../../support/members.ts";

const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);

/** A process dies: it is heard no more, all connections to it break, and its port refuses when others look. */
function kill(machines: Machines, id: string): void {
  const { addr } = machines.nodes.get(id)!.self;
  machines.nodes.delete(id);
  for (const other of machines.nodes.keys()) {
    machines.perform(other, (now, swim) => swim.connectionLost(addr, now));
    machines.perform(other, (now, swim) => swim.connectionRefused(addr, now));
  }
}

/** Who is believed to have a status, by all nodes together. */
function believed(machines: Machines, status: string): Set<string> {
  const all = [...machines.nodes.values()].flatMap(({ members }) => members);
  return new Set(all.filter((member) => member.status === status).map(({ id }) => id));
}

pure("twenty healthy nodes that run for ten minutes suspect nobody, and agree", () => {
  const machines = Machines.of(names(20));
  machines.run(600_000);
  assertEquals(machines.heard(/suspect|down/), []);
  assertEquals(new Set([...machines.nodes.values()].map(({ digest }) => digest)).size, 1);
});

pure("one forged frame that calls everybody down, the receiver included, is contradicted everywhere", () => {
  const machines = Machines.of(["a", "b", "c", "d"]);
  const updates = ["a", "b", "c"].map((id) => newsOf(id, { status: "down", from: "evil" }));
  const sender = memberOf("evil", { status: "left" });
  machines.perform(
    "b",
    (now, swim) => swim.receive({ cluster: CLUSTER, sender, body: { kind: "gossip" }, updates }, now),
  );
  // What somebody says of others is a suspicion here: they have the time to contradict.
  assertEquals(machines.heard(/suspect|down/), ["b: a suspect", "b: c suspect"]);
  machines.run(1_000);
  assertEquals(believed(machines, "down"), new Set());
  for (const id of ["a", "b", "c"]) assertGreater(machines.nodes.get(id)!.self.incarnation, 0, id);
  machines.run(60_000);
  for (const id of machines.nodes.keys()) {
    assertEquals(machines.viewOf(id).replace(", evil left", ""), "a up, b up, c up, d up");
  }
});

pure("what nobody could refute is rejected and counted, and the victim stays up", () => {
  const machines = Machines.of(["a", "b", "c"]);
  const updates = [
    newsOf("a", { status: "down", incarnation: 2 ** 40 }),
    newsOf("b", { status: "left", incarnation: 2 ** 50 }),
  ];
  const sender = memberOf("c");
  machines.perform(
    "b",
    (now, swim) => swim.receive({ cluster: CLUSTER, sender, body: { kind: "gossip" }, updates }, now),
  );
  assertEquals(machines.heard(/rejected/).length, 2);
  machines.run(60_000);
  for (const id of machines.nodes.keys()) assertEquals(machines.viewOf(id), "a up, b up, c up");
});

pure("a member that one node alone believes down is told so when it next talks, and comes back", () => {
  const lone = Lone.with(["b", "c"]);
  lone.gossip(memberOf("c"), newsOf("b", { status: "down", isRefused: true }));
  for (const kind of ["ack", "nack"] as const) {
    const done = lone.hear(memberOf("b"), { kind, sequence: 999 });
    assertEquals(done.to("b:1")[0]?.updates.map(({ id, status }) => `${id} ${status}`)[0], "b down", kind);
  }
  lone.gossip(memberOf("b", { incarnation: 1 }));
  assertEquals(lone.statusOf("b"), "up");
  assertEquals(lone.gossip(memberOf("b", { incarnation: 1 })).to("b:1"), [], "there is nothing to say then");
});

pure("a node that restarts at once with a lower uid wins its id back, though nobody had missed it", () => {
  for (const uid of [5, 5_000]) {
    const machines = Machines.of(["a", "b", "c", "d"]);
    machines.start("b", { uid });
    machines.perform("b", (now, swim) => swim.add(memberOf("c"), now));
    machines.run(2_000);
    const { self } = machines.nodes.get("b")!;
    assertGreater(self.uid, uid === 5 ? 100 : 4_999);
    for (const id of ["a", "c", "d"]) {
      assertEquals([machines.viewOf(id), machines.nodes.get(id)!.member("b")?.uid], [
        "a up, b up, c up, d up",
        self.uid,
      ]);
    }
    assertEquals(machines.heard(/^b down/).sort(), ["a: b down", "c: b down", "d: b down"], "the old start is over");
  }
});

pure("a node that is stopped in the middle of its probes and wakes up late accuses nobody", () => {
  for (let pauseAt = 3_000; pauseAt < 5_000; pauseAt += 50) {
    const machines = Machines.of(["a", "b", "c", "d", "e"]);
    machines.run(pauseAt);
    machines.paused.add("a");
    machines.run(3_000);
    machines.paused.delete("a");
    machines.told.length = 0;
    machines.run(1);
    assertGreater(machines.nodes.get("a")!.health, 0, "it noticed");
    machines.run(10_000);
    assertEquals(machines.heard(/ down$|^[b-e] suspect/), [], `paused at ${pauseAt}`);
    for (const id of machines.nodes.keys()) assertEquals(machines.viewOf(id), "a up, b up, c up, d up, e up");
  }
});

pure("what arrived while a node did not run is read before a suspicion ends", () => {
  const lone = Lone.with(["b", "c"]);
  lone.gossip(memberOf("c"), newsOf("b", { status: "suspect", from: "c" }));
  lone.run(3_990);
  assertEquals(lone.statusOf("b"), "suspect");
  const woken = lone.sleep(60_000);
  assertEquals([woken.heard, lone.swim.health > 0], [[], true]);
  lone.gossip(memberOf("b", { incarnation: 1 }));
  lone.run(100);
  assertEquals(lone.statusOf("b"), "up");
});

pure("a clock that jumps ahead or back ends no suspicion and starts none", () => {
  for (const jump of [3_600_000, -3_600_000]) {
    const lone = Lone.with(["b", "c", "d"]);
    lone.gossip(memberOf("c"), newsOf("b", { status: "suspect", from: "c" }));
    lone.run(100);
    const before = ["b", "c", "d"].map((id) => lone.statusOf(id));
    lone.sleep(jump);
    lone.run(100);
    assertEquals(["b", "c", "d"].map((id) => lone.statusOf(id)), before, `${jump}`);
  }
});

pure("two islands give each other up, and find together again without a restart", () => {
  const machines = Machines.of(["a", "b", "c", "d", "e", "f"]);
  const side = (id: string) => id < "d";
  machines.passes = (from, to) => side(from) === side(to);
  machines.run(600_000);
  assertEquals(machines.viewOf("a"), "a up, b up, c up, d down, e down, f down");
  assertEquals(machines.viewOf("f"), "a down, b down, c down, d up, e up, f up");
  machines.passes = () => true;
  machines.run(30_000);
  for (const id of machines.nodes.keys()) assertEquals(machines.viewOf(id), "a up, b up, c up, d up, e up, f up");
});

pure("a pair that cannot talk while others reach both is never given up", () => {
  const machines = Machines.of(["a", "b", "c", "d"]);
  machines.passes = (from, to) => !(from + to === "ab" || from + to === "ba");
  machines.run(120_000);
  assertEquals(machines.heard(/down/), []);
});

pure("a hung member does not delay the detection of a dead one", () => {
  const machines = Machines.of(["a", "b", "c", "d", "e", "f"]);
  machines.paused.add("b");
  machines.nodes.delete("c");
  machines.run(30_000);
  for (const id of ["a", "d", "e", "f"]) assertEquals(machines.viewOf(id), "a up, b down, c down, d up, e up, f up");
});

pure("a closed connection alone suspects, but is no proof", () => {
  const machines = Machines.of(["a", "b", "c"]);
  machines.perform("a", (now, swim) => swim.connectionLost("b:1", now));
  assertEquals(machines.heard(/./), ["a: b suspect"]);
  machines.run(10_000);
  assertEquals(machines.viewOf("a"), "a up, b up, c up");
  assertEquals(machines.heard(/down/), []);
});

pure("a closed port is no news of a member that answers, nor is anything of an address where nobody lives", () => {
  const lone = Lone.with(["b"]);
  assertEquals(lone.swim.connectionRefused("b:1", 0), []);
  assertEquals(lone.swim.connectionLost("x:1", 0), []);
  assertEquals(lone.statusOf("b"), "up");
});

pure("of two nodes, the own second refusal 200 ms after the first proves that the other died", () => {
  const lone = Lone.with(["b"]);
  lone.swim.connectionLost("b:1", 0);
  lone.swim.connectionRefused("b:1", 0);
  lone.swim.connectionRefused("b:1", 199);
  lone.swim.connectionLost("b:1", 300);
  assertEquals(lone.statusOf("b"), "suspect");
  lone.swim.connectionRefused("b:1", 301);
  assertEquals(lone.statusOf("b"), "down");
});

pure("a refusal must be confirmed by min(2, n - 2) others, not by the same one twice and not by a stranger", () => {
  const refused = (from: string) => newsOf("b", { status: "suspect", from, isRefused: true });
  const lone = Lone.with(["b", "c", "d", "e"]);
  for (const from of ["c", "d", "e"]) lone.gossip(memberOf(from), refused(from));
  assertEquals(lone.statusOf("b"), "suspect", "this node has not looked itself");
  lone.swim.connectionRefused("b:1", 0);
  assertEquals(lone.statusOf("b"), "down");
  for (const [ids, confirmers] of [[["b", "c"], 1], [["b", "c", "d"], 2], [["b", "c", "d", "e", "f"], 2]] as const) {
    const made = Lone.with(ids);
    made.swim.connectionLost("b:1", 0);
    made.swim.connectionRefused("b:1", 0);
    made.swim.connectionRefused("b:1", 250);
    made.gossip(
      memberOf(ids[1]),
      newsOf("b", { status: "suspect", from: ids[1] }),
      refused("stranger"),
      refused("other"),
    );
    for (let i = 1; i <= confirmers; i++) {
      assertEquals(made.statusOf("b"), "suspect", `${ids.length + 1} nodes`);
      made.gossip(memberOf(ids[i]!), refused(ids[i]!), refused(ids[i]!));
    }
    assertEquals(made.statusOf("b"), "down", `${ids.length + 1} nodes`);
  }
});

pure("a killed process is suspect everywhere within 100 ms and down within 1 s, with 3 to 12 nodes", () => {
  for (let count = 3; count <= 12; count++) {
    const machines = Machines.of(names(count));
    const at = machines.now;
    kill(machines, "n1");
    machines.run(1_000);
    for (const id of machines.nodes.keys()) {
      const times = (status: string) => machines.told.filter((told) => told.id === id && told.text === `n1 ${status}`);
      assertLess(times("suspect")[0]!.at - at, 100);
      assertEquals(times("down").length, 1, `${id} of ${count}`);
    }
    assertEquals(believed(machines, "down"), new Set(["n1"]));
    assertEquals(believed(machines, "suspect"), new Set());
  }
});

pure("a killed process whose connections only some nodes had is down within 1 s for all", () => {
  const machines = Machines.of(names(12));
  machines.nodes.delete("n1");
  for (const id of ["n2", "n3", "n4"]) {
    machines.perform(id, (now, swim) => swim.connectionLost("n1:1", now));
    machines.perform(id, (now, swim) => swim.connectionRefused("n1:1", now));
  }
  machines.run(1_000);
  for (const { members } of machines.nodes.values()) {
    assertEquals(members.find(({ id }) => id === "n1")?.status, "down");
  }
});

pure("with healthMax 0 and Lifeguard's knobs off, a silent member is still found, in the plain times of SWIM", () => {
  const machines = Machines.of(["a", "b", "c"], { healthMax: 0, suspicionMaxMult: 1 });
  machines.nodes.delete("b");
  machines.run(8_000);
  assertEquals(machines.viewOf("a"), "a up, b down, c up");
  assertEquals(machines.nodes.get("a")!.health, 0);
});

pure("a flood of members beyond the bound is refused, and those that are known go on", () => {
  const lone = Lone.with(["b", "c"], { membersMax: 2 });
  const done = lone.gossip(memberOf("b"), ...names(100).map((id) => newsOf(id)));
  assertEquals(done.heard.length, 100);
  assert(done.heard.every((text) => text.startsWith("rejected: ")));
  assertEquals(lone.swim.members.length, 2);
});
