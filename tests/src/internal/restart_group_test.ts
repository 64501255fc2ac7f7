import { assert, assertEquals } from "@std/assert";
import { type Addr, type ChildrenPolicy, SupervisorStrategy } from "../../../mod.ts";
import { deadLetters, recordEvents } from "../../support/record.ts";
import {
  act,
  boom,
  type Child,
  type Do,
  hang,
  noting,
  parentOf,
  type Script,
  Scripted,
  Stage,
} from "../../support/scripted.ts";

const strategy = SupervisorStrategy.restart(2, 1_000);

/** Four siblings under a parent with `policy`, each with what is given for all and for itself. */
async function siblings(
  stage: Stage,
  policy: ChildrenPolicy,
  own: Record<string, Child> = {},
  all: Child = { strategy },
): Promise<Record<string, Addr<Do>> & { parent: Addr<Do> }> {
  const addrs = new Map<string, Addr<Do>>();
  const children: Record<string, Child> = {};
  for (const name of ["a", "b", "c", "d"]) children[name] = { ...all, ...own[name] };
  const parent = await stage.spawn("p", parentOf(stage.log, addrs, children), { children: policy });
  stage.take();
  return { ...Object.fromEntries(addrs), parent } as Record<string, Addr<Do>> & { parent: Addr<Do> };
}

/** Hooks that take a few turns of the event loop, and note when they are over. */
function slowly(stage: Stage, name: string): Script {
  return {
    started: async () => {
      await stage.clock.yield();
      stage.log.push(`++${name}`);
    },
    stopped: async () => {
      await stage.clock.yield();
      stage.log.push(`--${name}`);
    },
  };
}

const ORDERS: Record<ChildrenPolicy, string[]> = {
  "one-for-one": ["-b", "+b"],
  "one-for-all": ["-b", "-d", "-c", "-a", "+a", "+b", "+c", "+d"],
  "rest-for-one": ["-b", "-d", "-c", "+b", "+c", "+d"],
};

for (const [policy, expected] of Object.entries(ORDERS) as [ChildrenPolicy, string[]][]) {
  Deno.test(`${policy} ends the failed child, then the others in reverse, and starts them in order`, async () => {
    await using stage = new Stage();
    const { b } = await siblings(stage, policy);
    b!.doSend(act(boom));
    await stage.clock.settle();
    assertEquals(stage.take(), expected);
  });

  Deno.test(`${policy} waits for each stopped before the next, and for each started too`, async () => {
    await using stage = new Stage();
    const own = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, { script: slowly(stage, name) }]));
    const { b } = await siblings(stage, policy, own);
    stage.take();
    b!.doSend(act(boom));
    await stage.clock.settle();
    assertEquals(stage.take(), expected.flatMap((entry) => [entry, entry[0] + entry]));
  });
}

for (const policy of ["one-for-all", "rest-for-one"] as const) {
  Deno.test(`${policy} charges the budget of the failed child only`, async () => {
    await using stage = new Stage();
    const { a, b, c, d } = await siblings(stage, policy);
    for (let i = 0; i < 2; i++) {
      a!.doSend(act(boom));
      await stage.clock.settle();
    }
    // The others were restarted twice, and have still both of their own.
    for (const other of [b!, c!, d!]) {
      for (let i = 0; i < 2; i++) {
        other.doSend(act(boom));
        await stage.clock.settle();
        assert(other.isAlive);
      }
    }
    a!.doSend(act(boom));
    await stage.clock.settle();
    assertEquals((await a!.closed).reason, "restart-limit");
    assert(b!.isAlive && c!.isAlive && d!.isAlive);
  });

  Deno.test(`${policy} restarts siblings whatever their own strategy is, with mailbox and address`, async () => {
    await using stage = new Stage();
    const { stop, escalate, resume } = SupervisorStrategy;
    const own = { b: { strategy: stop }, c: { strategy: escalate }, d: { strategy: resume } };
    const { a, b, c, d } = await siblings(stage, policy, own);
    const untilAborted = act((ctx) => new Promise((done) => ctx.signal.addEventListener("abort", done)));
    for (const [name, addr] of [["b", b!], ["c", c!], ["d", d!]] as const) {
      addr.doSend(untilAborted);
      for (const i of [1, 2]) addr.doSend(act(() => stage.log.push(`${name}${i}`)));
    }
    a!.doSend(act(boom));
    await stage.clock.settle();
    const noted = stage.take();
    for (const name of ["b", "c", "d"]) {
      const own = noted.filter((entry) => entry.includes(name));
      assertEquals(own, [`-${name}`, `+${name}`, `${name}1`, `${name}2`]);
    }
  });

  Deno.test(`${policy} waits for a busy sibling, whose signal aborts, and whose asker gets its reply`, async () => {
    await using stage = new Stage();
    const { a, c } = await siblings(stage, policy);
    const aborted = c!.send(act((ctx) => new Promise((done) => ctx.signal.addEventListener("abort", () => done("a")))));
    await stage.clock.settle();
    a!.doSend(act(boom));
    assertEquals(await aborted, "a");
    await stage.clock.settle();
    assertEquals(stage.take(), ["-a", "-d", "-c", "-b", "+a", "+b", "+c", "+d"]);
  });

  Deno.test(`${policy} abandons a busy sibling after its stop time-out, without its stopped`, async () => {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const { a, c } = await siblings(stage, policy, { c: { strategy, stopTimeout: 300 } });
    const hanging = act(hang);
    c!.doSend(hanging);
    await stage.clock.settle();
    a!.doSend(act(boom));
    await stage.clock.advance(299);
    assertEquals(stage.take(), ["-a", "-d"]);
    await stage.clock.advance(1);
    assertEquals(stage.take(), ["-b", "+a", "+b", "+c", "+d"]);
    assertEquals(deadLetters(events).at(-1), ["abandoned", hanging]);
    assertEquals(await c!.send(act(() => "fresh")), "fresh");
  });

  Deno.test(`${policy} treats what fails while it ends as restarted, and charges nothing for it`, async () => {
    await using stage = new Stage();
    const once = SupervisorStrategy.restart(1, 1_000);
    const { a, c } = await siblings(stage, policy, { c: { strategy: once } });
    const cut = act((ctx) => new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject("cut"))));
    c!.doSend(cut);
    await stage.clock.settle();
    a!.doSend(act(boom));
    await stage.clock.settle();
    assertEquals(stage.take(), ["-a", "-d", "-c", "-b", "+a", "+b", "+c", "+d"]);
    c!.doSend(act(boom));
    await stage.clock.settle();
    assert(c!.isAlive);
  });

  Deno.test(`${policy} starts the group once for two that fail at once`, async () => {
    await using stage = new Stage();
    const { a, c } = await siblings(stage, policy);
    a!.doSend(act(boom));
    c!.doSend(act(boom));
    await stage.clock.settle();
    const starts = stage.take().filter((entry) => entry.startsWith("+"));
    assertEquals(starts, ["+a", "+b", "+c", "+d"]);
  });

  Deno.test(`${policy} rests for the back-off of the failed child with all of the group ended`, async () => {
    await using stage = new Stage();
    const own = { a: { strategy: SupervisorStrategy.restart(2, 1_000, { backoff: 100 }) } };
    const { a, c } = await siblings(stage, policy, own);
    a!.doSend(act(boom));
    await stage.clock.advance(99);
    assertEquals(stage.take(), ["-a", "-d", "-c", "-b"]);
    c!.doSend(act(() => stage.log.push("mail")));
    await stage.clock.advance(1);
    assertEquals(stage.take(), ["+a", "+b", "+c", "mail", "+d"]);
  });
}

/** A `started` that fails in the given lives, counted from 1. */
function failingIn(...lives: number[]): Script {
  let life = 0;
  return { started: () => lives.includes(++life) ? boom() : undefined };
}

Deno.test("a member whose started fails in a rest-for-one restart restarts its own rest, and nobody before it", async () => {
  await using stage = new Stage();
  const { a, c } = await siblings(stage, "rest-for-one", { c: { strategy, script: failingIn(2) } });
  a!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals(stage.take(), ["-a", "-d", "-c", "-b", "+a", "+b", "+c", "-c", "+c", "+d"]);
  assert(c!.isAlive);
});

Deno.test("a member whose started fails in a one-for-all restart restarts all again", async () => {
  await using stage = new Stage();
  const { a } = await siblings(stage, "one-for-all", { c: { strategy, script: failingIn(2) } });
  a!.doSend(act(boom));
  await stage.clock.settle();
  const again = ["-c", "-b", "-a", "+a", "+b", "+c", "+d"];
  assertEquals(stage.take(), ["-a", "-d", "-c", "-b", "+a", "+b", "+c", ...again]);
});

Deno.test("a member whose started fails in a group restart answers by its strategy, and the others go on", async () => {
  for (const policy of ["one-for-all", "rest-for-one"] as const) {
    for (const own of [SupervisorStrategy.stop, SupervisorStrategy.resume, SupervisorStrategy.restart(0, 1)]) {
      await using stage = new Stage();
      const { a, c, d } = await siblings(stage, policy, { c: { strategy: own, script: failingIn(2) } });
      a!.doSend(act(boom));
      await stage.clock.settle();
      const noted = stage.take();
      assertEquals(noted.filter((entry) => /[a-d]$/.test(entry) && entry.startsWith("+")), ["+a", "+b", "+c", "+d"]);
      assertEquals(noted.filter((entry) => entry === "-c").length, 2);
      assertEquals([c!.isAlive, d!.isAlive], [false, true]);
    }
  }
});

Deno.test("a member that escalates from its started in a group restart ends them all with the parent", async () => {
  await using stage = new Stage();
  const own = { c: { strategy: SupervisorStrategy.escalate, script: failingIn(2) } };
  const { a, d, parent } = await siblings(stage, "one-for-all", own);
  a!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals((await parent.closed).reason, "failed");
  assertEquals((await d!.closed).reason, "parent");
});

Deno.test("a member that fails again and again in its started ends at its limit, and the others are left alone", async () => {
  await using stage = new Stage();
  const { a, c, d } = await siblings(stage, "rest-for-one", { c: { strategy, script: failingIn(2, 3, 4) } });
  a!.doSend(act(boom));
  await stage.clock.settle();
  assertEquals((await c!.closed).reason, "restart-limit");
  assert(d!.isAlive);
  assertEquals(stage.take().filter((entry) => entry === "+d").length, 1);
});

Deno.test("a factory that fails in a group restart is a failure of that member", async () => {
  await using stage = new Stage();
  let calls = 0;
  const factory = () => ++calls === 2 ? boom() : new Scripted(noting(stage.log, "late"));
  let first!: Addr<Do>;
  const started: Script["started"] = (ctx) => {
    first = ctx.spawnChild(() => new Scripted(noting(stage.log, "first")), { name: "first", strategy });
    ctx.spawnChild(factory, { name: "late", strategy });
  };
  await stage.spawn("p", { started }, { children: "rest-for-one" });
  stage.take();
  first.doSend(act(boom));
  await stage.clock.settle();
  assertEquals([calls, stage.take()], [3, ["-first", "-late", "+first", "+late"]]);
});
