import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { bytesOf, clusterTag } from "../../../cluster/membership/messages.ts";
import { Lone, Machines, memberOf, newsOf, pure } from "../../support/members.ts";

const PING = { kind: "ping", sequence: 9, target: { id: "a", uid: 100 } } as const;

pure("Swim answers a ping that is meant for it, and tells who is there to one for another or an older start", () => {
  const lone = Lone.with(["b"]);
  const kindOf = (id: string, uid: number) =>
    lone.hear(memberOf("b"), { ...PING, target: { id, uid } }).to("b:1")[0]?.body.kind;
  assertEquals([kindOf("a", 100), kindOf("a", 0), kindOf("a", 99), kindOf("x", 100)], [
    "ack",
    "ack",
    "gossip",
    "gossip",
  ]);
  assertEquals(lone.hear(memberOf("b"), PING).ofKind("ack")[0]?.body.sequence, 9);
});

pure("Swim takes whoever talks to it as a member", () => {
  const lone = new Lone();
  lone.hear(memberOf("b", { version: 2 }), PING);
  assertEquals(lone.swim.members, [memberOf("b", { version: 2 })]);
});

pure("Swim does nothing by itself before it is started", () => {
  const lone = new Lone();
  lone.swim.add(memberOf("b"), 0);
  assertEquals([lone.swim.nextAt, lone.run(60_000).sends], [Infinity, []]);
});

pure("Swim probes each of n members within n intervals, and suspects those that are silent", () => {
  const lone = Lone.with(["b", "c", "d"]);
  const answers = (addr: string, { body }: { body: { kind: string; sequence?: number } }) => {
    if (body.kind !== "ping" || addr === "b:1") return;
    lone.hear(memberOf(addr[0]!), { kind: "ack", sequence: body.sequence! });
  };
  const done = lone.run(6_500, answers as Parameters<Lone["run"]>[1]);
  assertEquals(new Set(done.ofKind("ping").map(({ addr }) => addr)), new Set(["b:1", "c:1", "d:1"]));
  assertEquals(["b", "c", "d"].map((id) => lone.statusOf(id)), ["suspect", "up", "up"]);
});

pure("Swim keeps its packets within the limit, whomever they are for", () => {
  const lone = Lone.with([], { packetBytesMax: 400 });
  for (let i = 0; i < 50; i++) lone.swim.add(memberOf(`member-${i}`, i % 3 === 0 ? { status: "suspect" } : {}), 0);
  const { sends } = lone.run(3_000);
  assertGreater(sends.length, 10);
  for (const { packet } of sends) {
    assertLessOrEqual(packet.updates.reduce((sum, update) => sum + bytesOf(update), 0), 400);
  }
  assert(sends.some(({ packet }) => packet.updates.length > 2));
});

pure("Swim passes each piece of news on as often as the budget says, then its gossip rests", () => {
  const lone = Lone.with(["b", "c", "d"], { probeIntervalMs: Infinity, syncIntervalMs: Infinity });
  lone.run(10_000);
  lone.gossip(memberOf("b"), newsOf("e"));
  const { sends } = lone.run(60_000);
  const count = sends.filter(({ packet }) => packet.updates.some(({ id }) => id === "e")).length;
  assertEquals(count, 4);
  assertEquals(lone.run(60_000).ofKind("gossip"), []);
});

pure("Swim tells whoever is suspected first of all, from whoever talks to it", () => {
  const lone = Lone.with(["b", "c"]);
  lone.gossip(memberOf("c"), newsOf("b", { status: "suspect", from: "c" }));
  lone.run(20_000);
  const done = lone.hear(memberOf("b"), PING);
  assertEquals(done.to("b:1")[0]?.updates.map(({ id, status }) => `${id} ${status}`)[0], "b down");
});

pure("Swim.join asks every seed but itself for everything", () => {
  const lone = new Lone();
  const sent = lone.swim.join(["a:1", "s1:1", "s2:1"], 0).filter((effect) => effect.kind === "send");
  assertEquals(sent.map(({ addr, isBulk }) => [addr, isBulk]), [["s1:1", true], ["s2:1", true]]);
});

pure("a seed that nobody answers at is tried now and then for good", () => {
  const lone = new Lone();
  lone.swim.start(0);
  lone.swim.join(["s:1"], 0);
  const done = lone.run(3_600_000);
  const tries = done.ofKind("digest").filter(({ addr }) => addr === "s:1").length;
  assertGreater(tries, 500);
  assertEquals(lone.swim.members, []);
});

pure("whoever joins gets all members, and those hear of it", () => {
  const machines = Machines.of(["a", "b", "c"]);
  machines.start("d", { seeds: ["b:1"] });
  machines.run(1_000);
  for (const id of ["a", "b", "c", "d"]) assertEquals(machines.viewOf(id), "a up, b up, c up, d up");
  assertEquals(machines.heard(/synced/).at(0), "d: synced");
  assertEquals(machines.heard(/down|suspect|conflict|rejected/), []);
});

pure("Swim refuses a packet of another cluster, takes nothing from it, and says which cluster it is", () => {
  const lone = Lone.with(["b"]);
  const stranger = memberOf("x");
  const done = lone.hear(stranger, { kind: "digest", digest: 0, isJoin: true }, [
    newsOf("b", { status: "down" }),
  ], clusterTag("other"));
  assertEquals(done.heard, ["rejected: it is of another cluster"]);
  const [refusal] = done.ofKind("refusal");
  assertEquals([refusal?.addr, refusal?.body.code], ["x:1", "cluster"]);
  assertEquals(refusal?.body.message, 'this is the cluster "test", version 1');
  assertEquals([lone.statusOf("x"), lone.statusOf("b")], [undefined, "up"]);
});

pure("a refusal gives away no news, and is told once without an answer", () => {
  const lone = Lone.with(["b"]);
  lone.gossip(memberOf("b"), newsOf("c", { status: "suspect" }));
  const done = lone.hear(memberOf("c"), { kind: "gossip" }, [], clusterTag("other"));
  assertEquals(done.to("c:1")[0]?.updates, []);
  const answer = lone.hear(memberOf("x"), { kind: "refusal", code: "cluster", message: "no" }, [], clusterTag("other"));
  assertEquals([answer.heard, answer.sends], [["refused cluster"], []]);
});

pure("a node whose id lives at another address may not join, and hears why", () => {
  const lone = Lone.with(["b"]);
  const join = { kind: "digest", digest: 0, isJoin: true } as const;
  for (const id of ["b", "a"]) {
    const done = lone.hear(memberOf(id, { uid: 200, addr: "elsewhere:1" }), join);
    assertEquals(done.sends.map(({ addr, packet }) => [addr, packet.body]), [["elsewhere:1", {
      kind: "refusal",
      code: "id-taken",
      message: `a node "${id}" lives at another address`,
    }]]);
  }
  assertEquals([lone.swim.member("b")?.addr, lone.swim.self.uid], ["b:1", 100]);
});

pure("a node may take the id of one that is gone, and start anew at its own address", () => {
  const lone = Lone.with(["b", "c"]);
  lone.gossip(memberOf("c"), newsOf("b", { status: "left" }));
  const join = { kind: "digest", digest: 0, isJoin: true } as const;
  lone.hear(memberOf("b", { uid: 200, addr: "elsewhere:1" }), join);
  assertEquals([lone.statusOf("b"), lone.swim.member("b")?.addr], ["up", "elsewhere:1"]);
  lone.hear(memberOf("c", { uid: 300 }), join);
  assertEquals([lone.statusOf("c"), lone.swim.member("c")?.uid], ["up", 300]);
});

pure("a node whose id is taken is refused whatever it says, with a higher uid too, and takes nothing", () => {
  const lone = Lone.with(["b"]);
  const second = memberOf("b", { uid: 200, addr: "elsewhere:1" });
  for (const body of [{ kind: "gossip" }, { kind: "ping", sequence: 1, target: lone.swim.self }] as const) {
    const { sends } = lone.hear(second, body);
    assertEquals(sends.map(({ packet }) => packet.body.kind), ["refusal"]);
  }
  assertEquals([lone.statusOf("b"), lone.swim.member("b")?.addr], ["up", "b:1"]);
});

pure("of two nodes with one id in two halves that meet, the higher uid keeps it: the others tell", () => {
  const lone = Lone.with(["b", "c"]);
  lone.gossip(memberOf("c"), newsOf("b", { uid: 200, addr: "elsewhere:1" }));
  assertEquals([lone.statusOf("b"), lone.swim.member("b")?.addr], ["up", "elsewhere:1"]);
});

pure("Swim.leave says goodbye to every member, and then does nothing any more", () => {
  const ids = Array.from({ length: 40 }, (_, i) => `n${i}`);
  const lone = Lone.with(ids);
  const effects = lone.swim.leave(0).filter((effect) => effect.kind === "send");
  assertEquals(new Set(effects.map(({ addr }) => addr)).size, 40);
  for (const { packet } of effects) assertEquals(packet.sender.status, "left");
  assertEquals(lone.swim.nextAt, Infinity);
  assertEquals(lone.sleep(60_000).sends, []);
  assertEquals(lone.swim.connectionLost("n1:1", lone.now), []);
  assertEquals(lone.hear(memberOf("n1"), PING).sends, []);
  assertEquals(lone.gossip(memberOf("n1"), newsOf("a", { status: "down" })).sends, []);
});

pure("a node that leaves is left everywhere, never suspected, and stays so", () => {
  const machines = Machines.of(["a", "b", "c", "d"]);
  machines.perform("b", (now, swim) => swim.leave(now));
  machines.run(5);
  for (const id of ["a", "c", "d"]) assertEquals(machines.viewOf(id), "a up, b left, c up, d up");
  machines.run(120_000);
  for (const id of ["a", "c", "d"]) assertEquals(machines.viewOf(id), "a up, b left, c up, d up");
  assertEquals(machines.heard(/ (suspect|down)/), []);
});

pure("a node that left comes back with a new start, whatever its uid", () => {
  for (const uid of [7, 7_000]) {
    const machines = Machines.of(["a", "b", "c"]);
    machines.perform("b", (now, swim) => swim.leave(now));
    machines.run(1_000);
    machines.start("b", { uid, seeds: ["a:1"] });
    machines.run(1_000);
    for (const id of ["a", "b", "c"]) assertEquals(machines.viewOf(id), "a up, b up, c up", `uid ${uid}`);
  }
});

pure("a setVersion is known everywhere within a few rounds of gossip", () => {
  const machines = Machines.of(["a", "b", "c", "d", "e"]);
  machines.perform("c", (now, swim) => swim.setVersion(42, now));
  machines.run(1_500);
  for (const id of ["a", "b", "d", "e"]) assertEquals(machines.nodes.get(id)!.member("c")?.version, 42);
});

pure("whoever asks for everything gets it, also where its digest is the same", () => {
  const lone = Lone.with(["b"]);
  const { digest } = lone.swim;
  const ask = (isJoin: boolean) => lone.hear(memberOf("b"), { kind: "digest", digest, isJoin }).ofKind("state").length;
  assertEquals([ask(false), ask(true)], [0, 1]);
});

pure("a node that has left neither probes nor gossips, even when it is still woken on time", () => {
  const lone = Lone.with(["b", "c"]);
  lone.swim.leave(0);
  for (let i = 0; i < 300; i++) {
    const { sends, events } = lone.sleep(50);
    assertEquals([sends, events], [[], []]);
  }
});

pure("a member that was driven far up is taken at its own word, not at another's", () => {
  const lone = Lone.with(["c"]);
  const far = { incarnation: 5_000_000 };
  assertEquals(lone.gossip(memberOf("c"), newsOf("b", far)).heard.length, 1);
  assertEquals(lone.statusOf("b"), undefined);
  lone.gossip(memberOf("b", far));
  assertEquals(lone.statusOf("b"), "up");
});

pure("that another found a port closed is passed on at once, also when the suspicion is old", () => {
  const lone = Lone.with(["b", "c", "d", "e"], { probeIntervalMs: 1e6 });
  lone.gossip(memberOf("c"), newsOf("b", { status: "suspect", from: "c" }));
  lone.run(3_500);
  lone.gossip(memberOf("d"), newsOf("b", { status: "suspect", from: "d", isRefused: true }));
  const words = lone.run(11).sends.flatMap(({ packet }) => packet.updates);
  assert(words.some(({ from, isRefused }) => from === "d" && isRefused));
});
