import { assert, assertEquals } from "@std/assert";
import type { ActorLocation, ClusterMember, ClusterNode } from "../../../cluster/mod.ts";
import { ClusterView } from "../../../cluster/observer/cluster_view.ts";
import { ENTRIES_MAX, MEMBERS_MAX } from "../../../cluster/observer/limits.ts";
import { ManualClock } from "../../../src/testing/mod.ts";
import { Cluster } from "../../support/cluster_nodes.ts";
import { DeskProtocol } from "../../support/desk.ts";

/** The view of a node that says it knows these. */
function viewOf(members: readonly ClusterMember[], actors: readonly ActorLocation[] = []): ClusterView {
  return new ClusterView(
    { id: "me", clusterName: "shop", members, actors } as unknown as ClusterNode,
    new ManualClock(),
  );
}

Deno.test("ClusterView shows the nodes, how long they took to answer, and who has which name", async () => {
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b");
  b!.register("desk", cluster.desk(), DeskProtocol, { actorType: "Desk" });
  await cluster.known(a!, "desk");
  const view = new ClusterView(a!, cluster.clock);
  await cluster.until(() => view.state.members[1]!.roundTripMs !== null);
  const { members, ...rest } = view.state;
  assertEquals(rest, {
    name: "default",
    self: "a",
    membersOmitted: 0,
    directory: [{ name: "desk", node: "b", actorType: "Desk" }],
    directoryOmitted: 0,
  });
  assertEquals(members[0], { id: "a", addr: "a:7000", status: "up", since: null, isSelf: true, roundTripMs: null });
  assert(members[1]!.roundTripMs! >= 0);
  assertEquals(members.map(({ id, status, isSelf }) => [id, status, isSelf]), [["a", "up", true], ["b", "up", false]]);
});

Deno.test("ClusterView goes on to show a node that has left, as left", async () => {
  await using cluster = new Cluster();
  const [a] = await cluster.start("a", "b");
  const view = new ClusterView(a!, cluster.clock);
  await cluster.run(a!.leave());
  assertEquals(view.state.members.map(({ id, status }) => `${id} ${status}`), ["a left", "b up"]);
});

Deno.test({
  name: "ClusterView shows so many members, this node and those that are not well before others, in their order",
  permissions: "none",
  fn() {
    const member = (id: string, status: ClusterMember["status"]) => ({ id, addr: `${id}:1`, status });
    const many = Array.from({ length: MEMBERS_MAX + 5 }, (_, n) => member(`a-${`${n}`.padStart(5, "0")}`, "up"));
    const { members, membersOmitted } =
      viewOf([...many, member("d", "down"), member("me", "up"), member("s", "suspect")])
        .state;
    assertEquals([members.length, membersOmitted], [MEMBERS_MAX, 8]);
    assertEquals(members.slice(-3).map(({ id }) => id), ["d", "me", "s"]);
    assertEquals(members.slice(0, 2).map(({ id }) => id), ["a-00000", "a-00001"]);
    const few = many.slice(0, MEMBERS_MAX);
    assertEquals(viewOf(few).state.members.map(({ id }) => id), few.map(({ id }) => id));
  },
});

Deno.test({
  name: "ClusterView shows so many names of a directory, and counts the others",
  permissions: "none",
  fn() {
    const actors = Array.from(
      { length: ENTRIES_MAX + 2 },
      (_, n) => ({ name: `n${n}`, node: "x", actorType: "actor" }),
    );
    const { directory, directoryOmitted } = viewOf([], actors).state;
    assertEquals([directory.length, directoryOmitted, directory[0]], [ENTRIES_MAX, 2, actors[0]]);
  },
});

Deno.test({
  name: "ClusterView reads lists that are dear to make now and then, and others at each look",
  permissions: "none",
  fn() {
    let now = 0;
    const reads = { members: 0, actors: 0 };
    const clock = Object.assign(new ManualClock(), { now: () => now });
    const node = {
      id: "me",
      clusterName: "shop",
      get members() {
        reads.members++;
        return [];
      },
      get actors() {
        reads.actors++;
        now += 40;
        return [];
      },
    };
    const view = new ClusterView(node as unknown as ClusterNode, clock);
    for (let look = 0; look < 10; look++) {
      assertEquals(view.state.directory, []);
      now += 1_000;
    }
    assertEquals(reads, { members: 10, actors: 5 });
  },
});

Deno.test({
  name: "ClusterView tells since when a member is what it is, and forgets the oldest of many changes",
  permissions: "none",
  fn() {
    const start = Date.now();
    const members: ClusterMember[] = [{ id: "a", addr: "a:1", status: "down" }, { id: "b", addr: "b:1", status: "up" }];
    const view = viewOf(members);
    const sinceOf = (id: string) => view.state.members.find((member) => member.id === id)!.since;
    assertEquals(sinceOf("a"), null);
    view.changed({ ...members[0]!, status: "suspect" });
    assertEquals(sinceOf("a"), null);
    view.changed(members[0]!);
    const since = sinceOf("a")!;
    assert(since >= start && since <= Date.now());
    assertEquals(sinceOf("b"), null);
    for (let n = 0; n < MEMBERS_MAX - 1; n++) view.changed({ id: `${n}`, addr: "c:1", status: "up" });
    assertEquals(sinceOf("a"), since);
    // What is said again is no change.
    view.changed(members[0]!);
    view.changed({ id: "one-more", addr: "c:1", status: "up" });
    assertEquals(sinceOf("a"), null);
  },
});
