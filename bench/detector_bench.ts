/**
 * The failure detector without a network: a virtual second of one node, whose members all answer. The floor is what a
 * detector by heartbeats does in each round, as that of Cinema-rs: it looks when each member was last heard of.
 *
 * @module
 */

import type { Core } from "../cluster/core.ts";
import type { MemberRecord } from "../cluster/membership/member.ts";
import { coreWith, packetFrom, recordsOf, SIZES } from "./cluster_cores.ts";
import { compare, expectHandled, times } from "./compare.ts";

const SECONDS = times(20_000);
const LOOKS = times(1_000_000);
const SECOND_MS = 1_000;

// Or the first figures would be those of code that is not compiled yet.
seconds(recordsOf(SIZES[0]!));
for (const size of SIZES) {
  detect(size);
  look(size);
}

/** Times are for each member and second. */
function detect(size: number): void {
  const records = recordsOf(size);
  const heardAt = new Map(records.map(({ id }) => [id, 0]));
  compare({
    name: `detector: a second, ${size} nodes (floor: look at the last sign of life of each)`,
    operations: SECONDS * size,
    floor: () => {
      let well = 0;
      for (let second = 0; second < SECONDS; second++) {
        for (const { id } of records) if (second - heardAt.get(id)! < SECONDS) well++;
      }
      expectHandled(well, SECONDS * size);
      return Promise.resolve();
    },
    cinema: () => {
      seconds(records);
      return Promise.resolve();
    },
  });
}

/** All seconds of one node. */
function seconds(records: readonly MemberRecord[]): void {
  const core = coreWith(records);
  core.start(0);
  const byAddr = new Map(records.map((record) => [record.addr, record]));
  expectHandled(live(core, byAddr, SECONDS * SECOND_MS), SECONDS);
  expectHandled(core.members.filter(({ status }) => status === "up").length, records.length);
}

/** Wakes a node whenever it wants, and lets its members answer; returns how many pings they have answered. */
function live(core: Core, members: ReadonlyMap<string, MemberRecord>, untilMs: number): number {
  let pings = 0;
  for (let now = core.nextAt; now <= untilMs; now = core.nextAt) {
    for (const effect of core.advance(now)) {
      if (effect.kind !== "send" || effect.message.kind !== "packet") continue;
      const { body } = effect.message.packet;
      if (body.kind !== "ping") continue;
      core.receive(packetFrom(members.get(effect.addr)!, { kind: "ack", sequence: body.sequence }), now);
      pings++;
    }
  }
  return pings;
}

/** When a driver must wake the node: it asks after every packet. */
function look(size: number): void {
  const core = coreWith(recordsOf(size));
  core.start(0);
  const dueAt = { at: core.nextAt };
  compare({
    name: `detector: nextAt, ${size} nodes (floor: read a field)`,
    operations: LOOKS,
    floor: () => {
      let sum = 0;
      for (let i = 0; i < LOOKS; i++) sum += dueAt.at + i;
      expectHandled(Number.isFinite(sum) ? LOOKS : 0, LOOKS);
      return Promise.resolve();
    },
    cinema: () => {
      let sum = 0;
      for (let i = 0; i < LOOKS; i++) sum += core.nextAt + i;
      expectHandled(Number.isFinite(sum) ? LOOKS : 0, LOOKS);
      return Promise.resolve();
    },
  });
}
