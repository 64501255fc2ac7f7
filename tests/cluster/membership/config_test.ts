import { assert, assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  checkConfig,
  configOf,
  type MembershipConfig,
  PRESETS,
  suspicionBounds,
} from "../../../cluster/membership/config.ts";
import { CinemaError } from "../../../mod.ts";
import { pure } from "../../support/members.ts";

pure("suspicionBounds gives the published times of the lan preset: 4 s up to 10 members, then with the log", () => {
  const cases = [[1, 4, 24], [2, 4, 24], [10, 4, 24], [32, 6, 36], [100, 8, 48], [1_000, 12, 72]] as const;
  for (const [members, min, max] of cases) {
    const { minMs, maxMs } = suspicionBounds(PRESETS.lan, members);
    // The table is in whole seconds: at 32 members the formula gives 6.02 s.
    assertAlmostEquals(minMs / 1_000, min, 0.03, `${members} members`);
    assertAlmostEquals(maxMs / 1_000, max, 0.15, `${members} members`);
    if (members !== 32) assertEquals([minMs, maxMs], [min * 1_000, max * 1_000]);
  }
});

pure("suspicionBounds waits for nobody's confirmation where n - 2 members cannot give enough", () => {
  const confirmations = (members: number) => suspicionBounds(PRESETS.lan, members).confirmations;
  assertEquals([1, 2, 3, 4, 5, 100].map(confirmations), [0, 0, 0, 2, 2, 2]);
  assertEquals(suspicionBounds({ ...PRESETS.lan, suspicionMult: 5 }, 4).confirmations, 0);
  assertEquals(suspicionBounds({ ...PRESETS.lan, suspicionMult: 1 }, 100).confirmations, 0);
});

pure("suspicionBounds: a fixed time takes the place of the formula", () => {
  const bounds = suspicionBounds({ ...PRESETS.lan, suspicionMs: 100 }, 1_000);
  assertEquals(bounds, { minMs: 100, maxMs: 100, confirmations: 0 });
});

pure("all presets pass checkConfig, and lan has memberlist's figures", () => {
  for (const preset of Object.values(PRESETS)) assertEquals(checkConfig(preset), preset);
  const { probeIntervalMs, probeTimeoutMs, indirectProbes, suspicionMult, suspicionMaxMult, healthMax } = PRESETS.lan;
  assertEquals([probeIntervalMs, probeTimeoutMs, indirectProbes], [1_000, 500, 3]);
  assertEquals([suspicionMult, suspicionMaxMult, healthMax], [4, 6, 8]);
  const { gossipIntervalMs, gossipNodes, retransmitMult, syncIntervalMs, packetBytesMax } = PRESETS.lan;
  assertEquals([gossipIntervalMs, gossipNodes, retransmitMult], [200, 3, 4]);
  assertEquals([syncIntervalMs, packetBytesMax], [30_000, 1_400]);
});

pure("checkConfig names the knob that is no number, is negative, or would stop the time", () => {
  const base = PRESETS.lan;
  for (const value of [NaN, -1, "5", null]) {
    const config = { ...base, gossipNodes: value } as MembershipConfig;
    assertStringIncludes(assertThrows(() => checkConfig(config), RangeError).message, "gossipNodes");
  }
  const intervals = ["probeIntervalMs", "gossipIntervalMs", "syncIntervalMs", "reconnectIntervalMs", "lagMs"];
  for (const name of intervals) {
    const config = { ...base, probeTimeoutMs: 0, [name]: 0 };
    assertStringIncludes(assertThrows(() => checkConfig(config), RangeError).message, `${name} 0: it must be`);
  }
  assertEquals(checkConfig({ ...base, healthMax: 0, indirectProbes: 0 }).healthMax, 0);
});

pure("checkConfig refuses a time-out that is longer than the probe", () => {
  assertThrows(() => checkConfig({ ...PRESETS.lan, probeTimeoutMs: 1_001 }), CinemaError, "a probe has 1000 ms in all");
});

pure("configOf makes the two figures of Cinema-rs into knobs that pass checkConfig", () => {
  for (const [interval, suspect] of [[50, 100], [100, 5_000], [1, 1], [1_000, 60_000]] as const) {
    const config = checkConfig(configOf(PRESETS.local, interval, suspect));
    assertEquals([config.gossipIntervalMs, config.suspicionMs], [interval, suspect]);
    assert(config.probeIntervalMs <= Math.max(10, suspect / 4));
    assert(config.probeTimeoutMs < config.probeIntervalMs);
  }
  for (const bad of [0, -1, NaN, Infinity]) {
    assertThrows(() => configOf(PRESETS.local, bad, 100), RangeError, "with interval");
    assertThrows(() => configOf(PRESETS.local, 100, bad), RangeError, "with suspectTimeout");
  }
});
