import { assertEquals } from "@std/assert";
import { ACTORS_MAX, CHILDREN_MAX, DEPTH_MAX } from "../../../cluster/observer/limits.ts";
import type { ActorState } from "../../../cluster/observer/state.ts";
import { type Tree, treeOf } from "../../../cluster/observer/tree.ts";
import { Actor, type Addr, type Context, SupervisorStrategy } from "../../../mod.ts";
import { Inspection } from "../../../src/internal/inspection.ts";
import { act, boom, type Do, hang, parentOf, Stage } from "../../support/scripted.ts";

/** Spawns children by the number of each level, and those of the next level below each. */
class Node extends Actor<Do> {
  readonly #below: readonly number[];

  constructor(below: readonly number[]) {
    super();
    this.#below = below;
  }

  override started(ctx: Context<Do>): void {
    const [count = 0, ...below] = this.#below;
    for (let n = 0; n < count; n++) ctx.spawnChild(() => new Node(below), { name: `${n}` });
  }

  do(): void {}
}

function look(stage: Stage): Tree {
  return treeOf(new Inspection(stage.system), { rateOf: () => 0, lastFailureOf: () => undefined });
}

const countOf = (actors: readonly ActorState[]): number =>
  actors.reduce((sum, { children }) => sum + 1 + countOf(children), 0);

Deno.test("treeOf shows each actor with all that is known of it", async () => {
  await using stage = new Stage();
  const failure = { at: 1, id: "/p", error: "boom" };
  const addrs = new Map<string, Addr<Do>>();
  await stage.spawn("p", parentOf([], addrs, { a: { capacity: 1 }, b: { capacity: 1, stopTimeout: 0 } }));
  const b = addrs.get("b")!;
  for (let n = 0; n < 3; n++) b.doSend(act(hang));
  await stage.clock.advance(250);
  const { actors, omitted, queued } = treeOf(new Inspection(stage.system), {
    rateOf: ({ addr }) => addr === b ? 1.5 : 0,
    lastFailureOf: (id) => id === "/p" ? failure : undefined,
  });
  assertEquals([omitted, queued, actors.length], [0, 1, 1]);
  const [{ children, ...parent }] = actors as [ActorState];
  const idle = {
    className: "Scripted",
    status: "idle",
    queued: 0,
    used: 0,
    capacity: 256,
    waiting: 0,
    handled: 0,
    handledPerSecond: 0,
    restarts: 0,
    busyMs: null,
    lastFailure: null,
    omitted: 0,
  };
  assertEquals(parent, { ...idle, id: "/p", label: "p", lastFailure: failure } as unknown as typeof parent);
  const child = { ...idle, id: "/p/b", label: "b", status: "busy", queued: 1, used: 1, capacity: 1, waiting: 1 };
  assertEquals(children, [
    { ...idle, id: "/p/a", label: "a", capacity: 1, children: [] },
    { ...child, handled: 1, handledPerSecond: 1.5, busyMs: 250, children: [] },
  ] as unknown as ActorState[]);
});

Deno.test("treeOf shows a mailbox without a bound as one without capacity", async () => {
  await using stage = new Stage();
  await stage.spawn("a", {}, { capacity: Infinity });
  assertEquals(look(stage).actors[0]!.capacity, null);
});

Deno.test("treeOf shows so many children of one parent and so many top-level actors, and counts the others", async () => {
  await using stage = new Stage();
  stage.system.spawn(() => new Node([CHILDREN_MAX + 7]), { name: "many" });
  for (let n = 1; n < CHILDREN_MAX + 3; n++) stage.system.spawn(() => new Node([]), { name: `top-${n}` });
  await stage.clock.settle();
  const { actors, omitted } = look(stage);
  assertEquals([actors.length, omitted], [CHILDREN_MAX, 3]);
  assertEquals([actors[0]!.children.length, actors[0]!.omitted], [CHILDREN_MAX, 7]);
  assertEquals([actors[1]!.id, actors[0]!.children.at(-1)!.id], ["/top-1", `/many/${CHILDREN_MAX - 1}`]);
});

Deno.test("treeOf shows so many actors in all, the levels above first, and counts the others where they are", async () => {
  await using stage = new Stage();
  for (let n = 0; n < 50; n++) stage.system.spawn(() => new Node([10, 10]), { name: `${n}` });
  await stage.clock.settle();
  const { actors, omitted } = look(stage);
  assertEquals([countOf(actors), omitted], [ACTORS_MAX, 0]);
  const middle = actors.flatMap(({ children }) => children);
  assertEquals([middle.length, new Set(actors.map((actor) => actor.omitted)).size], [500, 1]);
  assertEquals(middle.reduce((sum, { children, omitted }) => sum + children.length + omitted, 0), 5_000);
  assertEquals(countOf(middle) - 500, ACTORS_MAX - 550);
});

Deno.test("treeOf goes so many levels down, and counts what is below", async () => {
  await using stage = new Stage();
  stage.system.spawn(() => new Node(Array.from({ length: DEPTH_MAX + 3 }, () => 1)));
  await stage.clock.settle();
  let [actor] = look(stage).actors as [ActorState];
  let depth = 1;
  for (; actor.children.length > 0; depth++) actor = actor.children[0]!;
  assertEquals([depth, actor.omitted], [DEPTH_MAX, 1]);
});

Deno.test("treeOf takes a class whose name is no text, and names of any length", async () => {
  await using stage = new Stage();
  class Odd extends Node {
    static override readonly name = { toJSON: boom } as never;
  }
  const strategy = SupervisorStrategy.stop;
  stage.system.spawn(() => new Odd([]), { name: "n".repeat(100_000), strategy });
  await stage.clock.settle();
  const tree = look(stage);
  assertEquals(tree.actors[0]!.className, "Actor");
  assertEquals(JSON.stringify(tree).length < 2_000, true);
});
