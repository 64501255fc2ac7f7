/**
 * The cluster as a state: no more members and names than the bounds.
 * @module
 */

import type { Clock } from "../../src/spi.ts";
import type { ActorLocation, ClusterMember, ClusterNode } from "../mod.ts";
import { ENTRIES_MAX, MEMBERS_MAX } from "./limits.ts";
import { Paced } from "./paced.ts";
import { idText, nameText } from "./shown_text.ts";
import type { ClusterState, EntryState, MemberState } from "./state.ts";

/** Shows a node and what it knows of the others. */
export class ClusterView {
  readonly #node: ClusterNode;
  // A directory may have 250,000 names, and a node gives no part of its list.
  readonly #members: Paced<Pick<ClusterState, "members" | "membersOmitted">>;
  readonly #directory: Paced<Pick<ClusterState, "directory" | "directoryOmitted">>;

  /** Looks at nothing yet. */
  constructor(node: ClusterNode, clock: Clock) {
    this.#node = node;
    this.#members = new Paced(clock, () => {
      const { id, members } = node;
      return {
        members: shownOf(members, id).map((member) => memberOf(member, id)),
        membersOmitted: over(members, MEMBERS_MAX),
      };
    });
    this.#directory = new Paced(clock, () => {
      const { actors } = node;
      return { directory: actors.slice(0, ENTRIES_MAX).map(entryOf), directoryOmitted: over(actors, ENTRIES_MAX) };
    });
  }

  /** The cluster as it is now, or was a moment ago. */
  get state(): ClusterState {
    const { id, clusterName } = this.#node;
    return { name: nameText(clusterName), self: id, ...this.#members.value, ...this.#directory.value };
  }
}

/** Where there are too many: this node and those who are not well first, and then in the order of their names again. */
function shownOf(members: readonly ClusterMember[], self: string): readonly ClusterMember[] {
  if (members.length <= MEMBERS_MAX) return members;
  const rank = ({ id, status }: ClusterMember) =>
    id === self ? 0 : status === "suspect" ? 1 : status === "down" ? 2 : 3;
  const shown = new Set(members.toSorted((a, b) => rank(a) - rank(b)).slice(0, MEMBERS_MAX));
  return members.filter((member) => shown.has(member));
}

function memberOf({ id, addr, status, roundTripMs }: ClusterMember, self: string): MemberState {
  const isSelf = id === self;
  return { id, addr, status, isSelf, roundTripMs: roundTripMs === undefined ? null : tenths(roundTripMs) };
}

function entryOf({ name, node, actorType }: ActorLocation): EntryState {
  return { name: idText(name), node, actorType: nameText(actorType) };
}

function over(list: readonly unknown[], max: number): number {
  return Math.max(0, list.length - max);
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
