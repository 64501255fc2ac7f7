import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import * as fc from "fast-check";
import { isAlive, type MemberRecord, overrides, STATUSES, withVersion } from "../../cluster/membership/member.ts";
import { digestOf } from "../../cluster/membership/member_list.ts";
import type { Body, MemberEvent, Packet, Update } from "../../cluster/membership/messages.ts";
import { ClusterCodec } from "../../cluster/wire/cluster_codec.ts";
import { CLUSTER, Lone, newsOf, Outcome, Seen } from "../support/members.ts";
import { anyBody, anyUpdate } from "./cluster_messages.ts";
import { type Property, property } from "./property.ts";

/** The node itself, and three others. */
const IDS = ["a", "b", "c", "d"];

/** News about few members, of few starts and incarnations, so that they meet. One start has one address. */
function anyNews(ids: readonly string[]): fc.Arbitrary<Update> {
  return fc.record({
    id: fc.constantFrom(...ids),
    uid: fc.constantFrom(99, 100, 101),
    incarnation: fc.nat(3),
    status: fc.constantFrom(...STATUSES),
    version: fc.nat(3),
    // Not "a": what others say in the name of the node itself, they have from it.
    from: fc.constantFrom("", "b", "c", "d"),
    isRefused: fc.boolean(),
  }).map((fields) => newsOf(fields.id, { ...fields, addr: `${fields.id}:${fields.uid - 98}` }));
}

/** The records of a view in the order of their ids. */
function recordsOf(view: Seen): MemberRecord[] {
  return [...view.list.values()].sort((a, b) => a.id < b.id ? -1 : 1);
}

/** What two records of one member come to, by the rule alone. */
function merged(one: MemberRecord, other: MemberRecord): MemberRecord {
  return overrides(other, one) ? withVersion(other, one) : withVersion(one, other);
}

/**
 * The same for any number of them, in the plainest way: of the newest start and incarnation, the most that was said.
 */
function highest(records: readonly MemberRecord[]): MemberRecord {
  const uid = Math.max(...records.map((record) => record.uid));
  const started = records.filter((record) => record.uid === uid);
  const incarnation = Math.max(...started.map((record) => record.incarnation));
  const last = started.filter((record) => record.incarnation === incarnation);
  const status = STATUSES[Math.max(...last.map((record) => STATUSES.indexOf(record.status)))]!;
  return { ...last[0]!, status, version: Math.max(...last.map((record) => record.version)) };
}

/** Whoever hears nothing but the events must know who is there. */
class Listener {
  readonly #alive: Map<string, number> = new Map();
  readonly #versions: Map<string, string> = new Map();

  hear(events: readonly MemberEvent[]): void {
    for (const event of events) {
      if (event.kind !== "status" && event.kind !== "version") continue;
      const { member } = event;
      this.#versions.set(member.id, nameOf(member));
      if (event.kind === "version") continue;
      const known = this.#alive.get(member.id);
      if (isAlive(member)) {
        assert(known === undefined || known === member.uid, "the end of a start is told before the next is there");
        this.#alive.set(member.id, member.uid);
      } else this.#alive.delete(member.id);
    }
  }

  check(records: Iterable<MemberRecord>): void {
    const alive = [...records].filter(isAlive);
    assertEquals(new Map(this.#alive), new Map(alive.map(({ id, uid }) => [id, uid])));
    for (const record of alive) assertEquals(this.#versions.get(record.id), nameOf(record));
  }
}

function nameOf({ id, uid, version }: MemberRecord): string {
  return `${id} ${uid} version ${version}`;
}

/** The digest of a list, counted anew. */
function digestAnew(records: readonly MemberRecord[]): number {
  return records.filter(isAlive).reduce((sum, record) => (sum + digestOf(record)) >>> 0, 0);
}

/** Something that happens to a view: news, or time that passes. */
const anyStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ news: anyNews(IDS), isHeard: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ ms: fc.constantFrom(100, 3_000, 60_000) }) },
  { weight: 1, arbitrary: fc.record({ suspect: fc.constantFrom(...IDS), isRefused: fc.boolean() }) },
);

/** Packets of members and strangers to the node "a", with anything in them. */
const anyPacket: fc.Arbitrary<Packet> = fc.record({
  cluster: fc.oneof({ weight: 9, arbitrary: fc.constant(CLUSTER) }, fc.constant(7)),
  sender: fc.oneof(anyNews(IDS), anyUpdate).map(({ from: _, isRefused: __, ...record }) => record),
  body: fc.oneof(
    anyBody as fc.Arbitrary<Body>,
    fc.record({
      kind: fc.constant("state" as const),
      records: fc.array(anyNews(IDS).map(({ from: _, isRefused: __, ...record }) => record), { maxLength: 4 }),
      wantsReply: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("ping" as const),
      sequence: fc.nat(9),
      target: fc.record({ id: fc.constantFrom(...IDS), uid: fc.constantFrom(0, 99, 100, 101) }),
    }),
    fc.record({ kind: fc.constantFrom("ack" as const, "nack" as const), sequence: fc.nat(20) }),
  ),
  updates: fc.array(fc.oneof({ weight: 3, arbitrary: anyNews(IDS) }, anyUpdate), { maxLength: 4 }),
});

const anyScript = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ packet: anyPacket }) },
    { weight: 2, arbitrary: fc.record({ ms: fc.constantFrom(1, 300, 2_500, 40_000) }) },
    { weight: 1, arbitrary: fc.record({ sleepMs: fc.constantFrom(500, 20_000) }) },
    {
      weight: 1,
      arbitrary: fc.record({ addr: fc.constantFrom("b:1", "b:2", "c:2", "d:3"), isRefused: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ version: fc.nat(5) }) },
  ),
  { maxLength: 30, size: "max" },
);

const codec = new ClusterCodec();
const MEMBERS_MAX = 5;
const DOWN_MAX = 4;

/** What a node says must be readable, and its news must fit. */
function checkSends(outcome: Outcome): void {
  for (const { packet } of outcome.sends) {
    assertEquals(codec.decode(codec.encodePacket(packet)), { kind: "packet", packet });
    const news = codec.encodePacket({ ...packet, body: { kind: "gossip" } });
    assertLessOrEqual(news.length, 1_400 + 1_200, "the news of a packet fit");
  }
}

/** Runs a script against a lone node, and looks at it after each step. */
function runScript(script: typeof anyScript extends fc.Arbitrary<infer S> ? S : never): void {
  const lone = Lone.with(["b", "c"], { membersMax: MEMBERS_MAX, downMax: DOWN_MAX });
  const { swim } = lone;
  const listener = new Listener();
  for (const id of ["b", "c"]) {
    const member = swim.member(id)!;
    listener.hear([{ kind: "status", member, before: undefined }, { kind: "version", member }]);
  }
  for (const step of script) {
    let outcome: Outcome;
    if ("packet" in step) outcome = new Outcome(swim.receive(step.packet, lone.now));
    else if ("ms" in step) outcome = lone.run(step.ms);
    else if ("sleepMs" in step) outcome = lone.sleep(step.sleepMs);
    else if ("version" in step) outcome = new Outcome(swim.setVersion(step.version + swim.self.version, lone.now));
    else if (step.isRefused) outcome = new Outcome(swim.connectionRefused(step.addr, lone.now));
    else outcome = new Outcome(swim.connectionLost(step.addr, lone.now));
    checkSends(outcome);
    listener.hear(outcome.events);
    listener.check(swim.members);
    const { self, members } = swim;
    assertEquals([self.id, self.addr, self.status], ["a", "a:1", "up"]);
    const alive = members.filter(isAlive).length;
    assertLessOrEqual(alive, MEMBERS_MAX);
    assertLessOrEqual(members.length - alive, DOWN_MAX);
    assertEquals(swim.digest, (digestAnew(members) + digestOf(self)) >>> 0);
    if (!("sleepMs" in step)) assertGreater(swim.nextAt + 1e-6, lone.now);
  }
}

/** The laws of what a node believes of others and of itself. */
export const MEMBERSHIP: readonly Property[] = [
  property(
    "merging two records of a member is commutative, associative, idempotent and never goes back",
    3_000,
    fc.tuple(anyNews(["b"]), anyNews(["b"]), anyNews(["b"])),
    ([a, b, c]) => {
      const plain = ({ from: _, isRefused: __, ...record }: Update): MemberRecord => record;
      const [x, y, z] = [plain(a), plain(b), plain(c)];
      assertEquals(merged(x, y), merged(y, x));
      assertEquals(merged(merged(x, y), z), merged(x, merged(y, z)));
      assertEquals(merged(x, x), x);
      assert(!overrides(x, merged(x, y)) && !overrides(y, merged(x, y)));
    },
  ),
  property(
    "two nodes that have heard the same news believe the same, in whichever order and however often",
    1_000,
    fc.array(anyNews(["b", "c", "d"]), { minLength: 1, maxLength: 8 }).chain((news) =>
      fc.tuple(
        fc.constant(news),
        fc.shuffledSubarray([...news, ...news], { minLength: news.length }),
        fc.shuffledSubarray(news, { minLength: news.length }),
      )
    ),
    ([news, some, all]) => {
      const [one, other] = [new Seen(), new Seen()];
      for (const update of news) one.apply(update);
      for (const update of [...some, ...all]) other.apply(update);
      assertEquals(recordsOf(other), recordsOf(one));
      assertEquals(other.digest, one.digest);
      for (const { id } of news) {
        const all = news.filter((update) => update.id === id).map(({ from: _, isRefused: __, ...record }) => record);
        assertEquals(one.list.get(id), highest(all));
      }
    },
  ),
  property(
    "what a node believes of a member never goes back, and its events tell who is there",
    1_500,
    fc.array(anyStep, { maxLength: 20, size: "max" }),
    (steps) => {
      const seen = new Seen();
      const listener = new Listener();
      for (const step of steps) {
        const before = new Map(recordsOf(seen).map((record) => [record.id, record]));
        if ("news" in step) step.isHeard ? seen.hear(step.news) : seen.apply(step.news);
        else if ("ms" in step) seen.pass(step.ms);
        else seen.suspect(step.suspect, step.isRefused);
        listener.hear(seen.events.splice(0));
        listener.check(seen.list.values());
        for (const [id, record] of before) assert(!overrides(record, seen.list.get(id)!), `${id} went back`);
      }
    },
  ),
  property(
    "no news make a node believe that it is dead, and whatever is said of it, it says more",
    1_500,
    fc.array(anyStep, { maxLength: 20, size: "max" }),
    (steps) => {
      const seen = new Seen();
      for (const step of steps) {
        if ("ms" in step) seen.pass(step.ms);
        if (!("news" in step)) continue;
        const update = { ...step.news, id: "a" };
        const before = seen.self;
        step.isHeard ? seen.hear(update) : seen.apply(update);
        const { self } = seen;
        assertEquals([self.id, self.addr, self.status], ["a", "a:1", "up"]);
        assert(!overrides(before, self), "it never goes back");
        const isRival = isAlive(update) && update.addr !== self.addr && update.uid > self.uid;
        if (!isRival) assert(!overrides(update, self), "it has contradicted");
      }
    },
  ),
  property(
    "whatever packets come and whenever, a node stays itself, within its bounds, and can be understood",
    300,
    anyScript,
    runScript,
  ),
];
