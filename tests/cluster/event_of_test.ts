import { assertEquals } from "@std/assert";
import type { CoreEvent } from "../../cluster/core_event.ts";
import { actorOf, eventOf, memberOf } from "../../cluster/event_of.ts";
import { locationOf, recordOf } from "../support/cluster_records.ts";

const permissions = "none";

Deno.test({
  name: "memberOf and actorOf show what users see, and none of the numbers behind it",
  permissions,
  fn() {
    assertEquals(memberOf(recordOf({ uid: 9, incarnation: 3, version: 7, status: "suspect" })), {
      id: "node-1",
      addr: "127.0.0.1:7001",
      status: "suspect",
    });
    assertEquals(actorOf(locationOf({ entryUid: 9 })), { name: "bank", node: "node-1", actorType: "Bank" });
  },
});

Deno.test({
  name: "eventOf tells each change of a status by its name",
  permissions,
  fn() {
    for (const status of ["up", "suspect", "down", "left"] as const) {
      const member = recordOf({ status });
      assertEquals(eventOf({ kind: "status", member, before: recordOf() }), { kind: status, member: memberOf(member) });
    }
  },
});

Deno.test({
  name: "eventOf keeps quiet about a member that was gone before this node came",
  permissions,
  fn() {
    for (const status of ["down", "left"] as const) {
      assertEquals(eventOf({ kind: "status", member: recordOf({ status }), before: undefined }), undefined);
    }
    assertEquals(eventOf({ kind: "status", member: recordOf(), before: undefined })?.kind, "up");
    assertEquals([eventOf({ kind: "synced", addr: "a:1" }), eventOf({ kind: "caught-up" })], [undefined, undefined]);
  },
});

Deno.test({
  name: "eventOf tells once of a member that was named before it was heard",
  permissions,
  fn() {
    const before = recordOf({ uid: 0 });
    assertEquals(eventOf({ kind: "status", member: recordOf(), before }), undefined);
    const down = recordOf({ status: "down" });
    assertEquals(eventOf({ kind: "status", member: down, before }), { kind: "down", member: memberOf(down) });
  },
});

Deno.test({
  name: "eventOf tells of actors, names, conflicts and refusals without inner numbers",
  permissions,
  fn() {
    const [known, other] = [recordOf(), recordOf({ addr: "elsewhere:1" })];
    const location = locationOf();
    const cases: [CoreEvent, unknown][] = [
      [{ kind: "appeared", location }, { kind: "registered", name: "bank", node: "node-1", actorType: "Bank" }],
      [
        { kind: "gone", location, reason: "node-down" },
        { kind: "unregistered", name: "bank", node: "node-1", reason: "node-down" },
      ],
      [{ kind: "name-lost", name: "bank", winner: location }, { kind: "name-lost", name: "bank", winner: "node-1" }],
      [{ kind: "conflict", known, other }, { kind: "conflict", known: memberOf(known), other: memberOf(other) }],
      [
        { kind: "conflict", known, other: { ...other, uid: known.uid + 1 } },
        { kind: "conflict", known: memberOf(other), other: memberOf(known) },
      ],
      [
        { kind: "refused", addr: "a:1", code: "cluster", message: "no" },
        { kind: "refused", addr: "a:1", message: "no" },
      ],
      [{ kind: "rejected", addr: "a:1", reason: "no" }, { kind: "rejected", addr: "a:1", reason: "no" }],
    ];
    for (const [event, told] of cases) assertEquals<unknown>(eventOf(event), told);
  },
});
