/**
 * The cluster as a state: no more members and names than the bounds.
 * @module
 */

import { type Clock, unixMs } from "../../src/spi.ts";
import type { ActorLocation, ClusterMember, ClusterNode, NodeStatus } from "../mod.ts";
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
  /** What members have become, and when; whoever changed last stands last. */
  readonly #changes: Map<string, { readonly status: NodeStatus; readonly at: number }> = new Map();

  /** Looks at nothing yet. */
  constructor(node: ClusterNode, clock: Clock) {
    this.#node = node;
    this.#members = new Paced(clock, () => {
      const { id, members } = node;
      return {
        members: shownOf(members, id).map((member) => this.#memberOf(member, id)),
        membersOmitted: over(members, MEMBERS_MAX),
      };
    });
    this.#directory = new Paced(clock, () => {
      const { actors } = node;
      return { directory: actors.slice(0, ENTRIES_MAX).map(entryOf), directoryOmitted: over(actors, ENTRIES_MAX) };
    });
  }

  /** A member has become what it is now. */
  changed({ id, status }: ClusterMember): void {
    if (this.#changes.get(id)?.status === status) return;
    this.#changes.delete(id);
    this.#changes.set(id, { status, at: unixMs() });
    if (this.#changes.size > MEMBERS_MAX) this.#changes.delete(this.#changes.keys().next().value!);
  }

  /** The cluster as it is now, or was a moment ago. */
  get state(): ClusterState {
    const { id, clusterName } = this.#node;
    return { name: nameText(clusterName), self: id, ...this.#members.value, ...this.#directory.value };
  }

  #memberOf({ id, addr, status, roundTripMs }: ClusterMember, self: string): MemberState {
    // The news of a change may come a moment after the change.
    const change = this.#changes.get(id);
    const since = change?.status === status ? change.at : null;
    const isSelf = id === self;
    return { id, addr, status, since, isSelf, roundTripMs: roundTripMs === undefined ? null : tenths(roundTripMs) };
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

function entryOf({ name, node, actorType }: ActorLocation): EntryState {
  return { name: idText(name), node, actorType: nameText(actorType) };
}

function over(list: readonly unknown[], max: number): number {
  return Math.max(0, list.length - max);
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
