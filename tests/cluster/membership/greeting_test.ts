import { assertEquals } from "@std/assert";
import type { MemberRecord } from "../../../cluster/membership/member.ts";
import { Lone, Machines, memberOf, newsOf, pure } from "../../support/members.ts";

/** Nothing spreads by itself: neither rounds of gossip nor probes nor comparisons. */
const SILENT = { gossipNodes: 0, probeIntervalMs: Infinity, syncIntervalMs: Infinity, reconnectIntervalMs: Infinity };

/** Members "m1" to "m<count>", who are up. */
function membersOf(count: number): MemberRecord[] {
  return Array.from({ length: count }, (_, i) => memberOf(`m${i + 1}`));
}

/** A node that has asked "m1" for everything. */
function joining(): Lone {
  const lone = new Lone(SILENT);
  lone.swim.start(0);
  lone.swim.join(["m1:1"], 0);
  return lone;
}

/** Whom it says hello to when a member tells it all of these; news ride on the answer. */
function greeted(lone: Lone, records: readonly MemberRecord[]): string[] {
  const answer = { kind: "state", records, wantsReply: false } as const;
  return lone.hear(records[0]!, answer, [newsOf("m2"), newsOf("m3")]).ofKind("gossip").map(({ addr }) => addr);
}

pure("a chain of nodes, each of which joins the one before, knows all as soon as packets can be there", () => {
  const machines = new Machines(SILENT);
  const ids = ["a", "b", "c", "d", "e", "f", "g"];
  for (const [i, id] of ids.entries()) {
    machines.start(id, { seeds: ids.slice(Math.max(0, i - 1), i).map((seed) => `${seed}:1`) });
    // The question, the answer and the greeting take 1 ms each.
    machines.run(3);
  }
  const all = ids.map((id) => `${id} up`).join(", ");
  for (const id of ids) assertEquals(machines.viewOf(id), all);
});

pure("whoever has joined greets each living member of a small cluster but its seed, once", () => {
  const lone = joining();
  const records = [...membersOf(3), memberOf("m4", { status: "down" }), memberOf("m5", { status: "left" })];
  assertEquals(greeted(lone, records), ["m2:1", "m3:1"]);
  assertEquals(greeted(lone, records), []);
  lone.swim.join(["m1:1"], 0);
  assertEquals(greeted(lone, records), ["m2:1", "m3:1"]);
});

pure("in a large cluster whoever has joined leaves it to gossip", () => {
  assertEquals(greeted(joining(), membersOf(64)).length, 63);
  assertEquals(greeted(joining(), membersOf(65)), []);
});

pure("a node that compares its state without having joined greets nobody", () => {
  const lone = new Lone(SILENT);
  lone.swim.start(0);
  assertEquals(greeted(lone, membersOf(3)), []);
});
