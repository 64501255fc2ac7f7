/**
 * Probing: one member after the other is asked whether it is there, and those who cannot be reached are asked through
 * others.
 * @module
 */

import type { MembershipConfig } from "./config.ts";
import { ERRANDS_MAX } from "./limits.ts";
import type { LivedTime } from "./lived_time.ts";
import { isAlive, type MemberRecord } from "./member.ts";
import type { Body, Identity } from "./messages.ts";
import type { View } from "./view.ts";

/** What a prober needs. */
export interface ProberOptions {
  /** The knobs. */
  readonly config: MembershipConfig;
  /** The time. */
  readonly time: LivedTime;
  /** The members. */
  readonly view: View;
  /** Sends something to a member. */
  readonly send: (to: Pick<MemberRecord, "id" | "addr">, body: Body) => void;
}

interface Probe {
  readonly target: MemberRecord;
  readonly sentAt: number;
  /** Who was asked to try, and has neither had an answer nor said so. */
  readonly silent: Set<string>;
  hasHelpers: boolean;
}

interface Errand {
  readonly asker: MemberRecord;
  readonly sequence: number;
  readonly target: Identity;
}

/** See the module. */
export class Prober {
  readonly #options: ProberOptions;
  readonly #probes: Map<number, Probe> = new Map();
  readonly #errands: Map<number, Errand> = new Map();
  // The uid tells one start of a node from another.
  readonly #roundTrips: Map<string, { readonly uid: number; readonly ms: number }> = new Map();
  #sequence = 0;

  /** Creates a prober that has not started. */
  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Ms that the last answer of a living member to this node itself took; undefined where there was none. */
  roundTripOf(member: MemberRecord): number | undefined {
    const known = this.#roundTrips.get(member.id);
    return known?.uid === member.uid && isAlive(member) ? known.ms : undefined;
  }

  /** Probes the next member; the probes of several members may be under way, so a silent one delays nobody. */
  probe(): void {
    const { config, time, view, send } = this.#options;
    const { awareness } = view;
    const target = view.list.nextTarget();
    if (target === undefined) return;
    const sequence = ++this.#sequence;
    this.#probes.set(sequence, { target, sentAt: time.now, silent: new Set(), hasHelpers: false });
    send(target, { kind: "ping", sequence, target: { id: target.id, uid: target.uid } });
    time.schedule(awareness.scale(config.probeTimeoutMs), () => this.#askOthers(sequence));
    time.schedule(awareness.scale(config.probeIntervalMs), () => this.#conclude(sequence));
  }

  /** A member has answered, to this node or through another. */
  acked(sequence: number, from: MemberRecord): void {
    const errand = this.#errands.get(sequence);
    if (errand !== undefined) {
      if (!isOf(errand.target, from)) return;
      this.#errands.delete(sequence);
      return this.#options.send(errand.asker, { kind: "ack", sequence: errand.sequence });
    }
    const probe = this.#probes.get(sequence);
    // The word of whoever was not asked says nothing, nor does that of another start of the node.
    if (probe === undefined || !(isOf(probe.target, from) || probe.silent.has(from.id))) return;
    this.#probes.delete(sequence);
    this.#options.view.awareness.apply(-1);
    if (isOf(probe.target, from)) this.#measure(from, probe.sentAt);
  }

  /** One who was asked to try had no answer either: so it is not this node that is cut off. */
  nacked(sequence: number, from: MemberRecord): void {
    this.#probes.get(sequence)?.silent.delete(from.id);
  }

  /** Tries a member for another node. */
  runErrand(asker: MemberRecord, sequence: number, target: Identity & { readonly addr: string }): void {
    const { config, time, send } = this.#options;
    const own = ++this.#sequence;
    this.#errands.set(own, { asker, sequence, target });
    if (this.#errands.size > ERRANDS_MAX) this.#errands.delete(this.#errands.keys().next().value!);
    send(target, { kind: "ping", sequence: own, target: { id: target.id, uid: target.uid } });
    // Early enough for the asker to hear of it before it concludes.
    const nackMs = (config.probeIntervalMs - config.probeTimeoutMs) * 0.6;
    time.schedule(nackMs, () => {
      if (this.#errands.delete(own)) send(asker, { kind: "nack", sequence });
    });
  }

  #measure({ id, uid }: Identity, sentAt: number): void {
    const { time, view } = this.#options;
    this.#roundTrips.set(id, { uid, ms: time.now - sentAt });
    // There are more than members that live: some have gone.
    if (this.#roundTrips.size <= view.list.alive) return;
    for (const other of this.#roundTrips.keys()) {
      const known = view.list.get(other);
      if (known === undefined || !isAlive(known)) this.#roundTrips.delete(other);
    }
  }

  #askOthers(sequence: number): void {
    const probe = this.#probes.get(sequence);
    if (probe === undefined) return;
    const { config, view, send } = this.#options;
    const { id, uid, addr } = probe.target;
    const helpers = view.list.pick(config.indirectProbes, (record) => record.id !== id && record.status === "up");
    probe.hasHelpers = helpers.length > 0;
    for (const helper of helpers) {
      probe.silent.add(helper.id);
      send(helper, { kind: "ping-req", sequence, target: { id, uid }, addr });
    }
  }

  #conclude(sequence: number): void {
    const probe = this.#probes.get(sequence);
    if (probe === undefined) return;
    this.#probes.delete(sequence);
    const { view } = this.#options;
    const { target, hasHelpers, silent } = probe;
    const known = view.list.get(target.id);
    // It has started anew meanwhile, or is gone: that it was silent says nothing, neither about it nor about this node.
    if (known === undefined || known.uid !== target.uid || !isAlive(known)) return;
    // Lifeguard, section IV.A: a nack that is missing hints at this node, a failed probe without helpers may.
    view.awareness.apply(hasHelpers ? silent.size : 1);
    view.suspect(target.id, false);
  }
}

/** Whether an answer is that of the member that was asked; a uid of 0 is one that nobody knows yet. */
function isOf({ id, uid }: Identity, from: MemberRecord): boolean {
  return from.id === id && (from.uid === uid || uid === 0);
}
