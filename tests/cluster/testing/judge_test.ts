import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { ClusterSimulator, SimulationError } from "../../../cluster/testing/mod.ts";
import type { MemberRecord } from "../../../cluster/membership/member.ts";
import type { SimulatedHost } from "../../../cluster/testing/host.ts";
import { Judge, type JudgeOptions } from "../../../cluster/testing/judge.ts";
import { CALM_NETWORK, SimulatedNetwork } from "../../../cluster/testing/network.ts";
import { Population } from "../../../cluster/testing/population.ts";
import { PRESETS } from "../../../cluster/membership/config.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";

/** A judge, three hosts, and what it objects to. */
function court(options: Partial<JudgeOptions> = {}) {
  const random = new SeededRandom(1);
  const time = { now: 0 };
  const now = () => time.now;
  const population = new Population({ config: PRESETS.lan, random, now });
  const network = new SimulatedNetwork(random, now, CALM_NETWORK);
  const fail = (message: string): never => {
    throw new Error(message);
  };
  const { hosts } = population;
  const judge = new Judge({ hosts, network, now, graceMs: 10_000, countsFalseDowns: false, fail, ...options });
  const [a, b, c] = ["a", "b", "c"].map((name) => population.start(name, name)) as [
    SimulatedHost,
    SimulatedHost,
    SimulatedHost,
  ];
  for (const host of [a, b, c]) judge.started(host.core.self);
  const says = (observer: SimulatedHost, member: MemberRecord) =>
    judge.heard(observer, { kind: "status", member, before: { ...member, status: "suspect" } });
  return { a, b, c, time, network, judge, says };
}

Deno.test({
  name: "Judge objects to a healthy member that is taken for down, and not to one that has died",
  permissions: "none",
  fn() {
    const { a, b, c, says } = court();
    c.state = "closed";
    says(a, { ...c.core.self, status: "down" });
    assertThrows(() => says(a, { ...b.core.self, status: "down" }), Error, "a takes b for down, which is healthy");
  },
});

Deno.test({
  name: "Judge lets a member that was stopped or cut off be taken for down for a while",
  permissions: "none",
  fn() {
    const { a, b, c, time, network, judge, says } = court({ countsFalseDowns: true });
    b.pausedAt = Infinity;
    says(a, { ...b.core.self, status: "down" });
    b.pausedAt = 0;
    says(a, { ...b.core.self, status: "down" });
    const fault = network.cut(["a", "b"], ["c"], false);
    judge.looked();
    says(a, { ...c.core.self, status: "down" });
    fault.heal();
    judge.looked();
    time.now = 9_000;
    says(a, { ...c.core.self, status: "down" });
    assertEquals(judge.falseDowns, []);
    time.now = 10_000;
    c.pausedAt = 9_000;
    says(c, { ...b.core.self, status: "down" });
    assertEquals(judge.falseDowns, [{ at: 10_000, observer: "c", subject: "b", isObserverHealthy: false }]);
  },
});

Deno.test({
  name: "Judge counts on no way through a host that is stopped, where two hosts have no direct one",
  permissions: "none",
  fn() {
    const { a, b, c, time, network, judge, says } = court({ countsFalseDowns: true });
    const down = () => {
      says(a, { ...b.core.self, status: "down" });
      return judge.falseDowns.length;
    };
    c.state = "paused";
    judge.stopped();
    assertEquals(down(), 1, "they hear each other all the same");
    c.state = "running";
    const fault = network.cut(["a"], ["b"], false);
    judge.looked();
    assertEquals(down(), 2, "c reaches both");
    c.state = "paused";
    judge.stopped();
    time.now = 100_000;
    assertEquals(down(), 2);
    c.state = "running";
    judge.stopped();
    time.now = 109_000;
    assertEquals(down(), 2, "that was a moment ago");
    time.now = 110_000;
    assertEquals(down(), 3);
    fault.heal();
  },
});

Deno.test({
  name: "Judge lets a process that runs again read first what a dead one had said before",
  permissions: "none",
  fn() {
    const { a, b, c, time, says } = court();
    const dead = c.core.self;
    c.state = "dark";
    time.now = 5_000;
    b.pausedAt = 5_000;
    says(b, { ...dead, status: "down" });
    says(b, dead);
    time.now = 5_001;
    says(a, { ...dead, status: "down" });
    assertThrows(() => says(b, dead), Error, "b believes that c is back");
  },
});

Deno.test({
  name: "Judge objects to a member that is back after all had given it up, and to a start that never was",
  permissions: "none",
  fn() {
    const { a, b, c, says } = court();
    c.state = "dark";
    const dead = c.core.self;
    says(a, { ...dead, status: "down" });
    assertThrows(() => says(b, dead), Error, "b believes that c is back");
    assertThrows(() => says(a, { ...b.core.self, uid: 1 }), Error, "a start of b that never was");
  },
});

Deno.test({
  name: "Judge ends the simulation of a cluster whose knobs make it take healthy members for down",
  permissions: "none",
  fn() {
    // An answer takes longer than a probe waits.
    const slow = {
      nodes: 4,
      seed: 1,
      tuning: { suspicionMs: 1, healthMax: 0 },
      network: { delayMs: [600, 700] as const },
    };
    assertThrows(() => new ClusterSimulator(slow).run(60_000), SimulationError, "which is healthy and connected");
    const counting = new ClusterSimulator({ ...slow, countsFalseDowns: true });
    counting.run(60_000);
    assertGreater(counting.falseDowns.length, 0);
  },
});
