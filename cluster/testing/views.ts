/**
 * What the nodes of a simulation believe together.
 * @module
 */

import type { MembershipConfig } from "../membership/config.ts";
import { isAlive, type MemberRecord } from "../membership/member.ts";
import { REFUSALS_MAX } from "../membership/suspicion.ts";
import type { SimulatedHost } from "./host.ts";

/** Whether every process that runs believes exactly in all that run. */
export function hasOneView(running: readonly SimulatedHost[]): boolean {
  const truth = new Map(running.map(({ core: { self } }) => [self.id, self.uid]));
  return running.every(({ core }) => {
    // The sums differ long before the lists are compared.
    if (core.digest !== running[0]!.core.digest) return false;
    const alive = core.members.filter((member) => isAlive(member));
    if (alive.length !== truth.size - 1) return false;
    return alive.every(({ id, uid, status }) => status === "up" && truth.get(id) === uid);
  });
}

/** Whether all processes that run have the same directory, which is what they host. */
export function hasOneDirectory(running: readonly SimulatedHost[]): boolean {
  const texts = (core: SimulatedHost["core"]) =>
    [...core.entries()].map(({ name, node, uid, entryUid }) => `${name} ${node} ${uid} ${entryUid}`);
  const own = running.flatMap(({ core }) => texts(core).filter((_, i) => i < core.ownSize)).sort().join("\n");
  return running.every(({ core }) => texts(core).sort().join("\n") === own);
}

/**
 * How many pieces of news a node may have under way: one about each member and one about itself. Of one that is
 * suspected there are more: each who confirms it or finds the port closed is a piece of its own, and so is what the
 * node itself repeats.
 */
export function newsMax(members: readonly MemberRecord[], { suspicionMult }: MembershipConfig): number {
  const suspected = members.filter(({ status }) => status === "suspect").length;
  const words = Math.max(0, Math.ceil(suspicionMult) - 2) + REFUSALS_MAX + 1;
  return members.length + 1 + suspected * words;
}
