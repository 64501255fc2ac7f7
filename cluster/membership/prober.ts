/**
 * Probing: one member after the other is asked whether it is there, and those who cannot be reached are asked through others.
 * @module
 */

import type { MembershipConfig } from "./config.ts";
import type { LivedTime } from "./lived_time.ts";
import type { MemberRecord } from "./member.ts";
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
  nacksWanted: number;
  nacks: number;
}

interface Errand {
  readonly asker: MemberRecord;
  readonly sequence: number;
}

/** Bounds the errands that a node runs for others at a time: the oldest is dropped, whose asker has given up by then. */
const ERRANDS_MAX = 1_000;

/** See the module. */
export class Prober {
  readonly #options: ProberOptions;
  readonly #probes: Map<number, Probe> = new Map();
  readonly #errands: Map<number, Errand> = new Map();
  #sequence = 0;

  /** Creates a prober that has not started. */
  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Probes the next member; the probes of several members may be under way, so a silent one delays nobody. */
  probe(): void {
    const { config, time, view, send } = this.#options;
    const { awareness } = view;
    const target = view.list.nextTarget();
    if (target === undefined) return;
    const sequence = ++this.#sequence;
    this.#probes.set(sequence, { target, nacksWanted: 0, nacks: 0 });
    send(target, { kind: "ping", sequence, target: { id: target.id, uid: target.uid } });
    time.schedule(awareness.scale(config.probeTimeoutMs), () => this.#askOthers(sequence));
    time.schedule(awareness.scale(config.probeIntervalMs), () => this.#conclude(sequence));
  }

  /** A member has answered, to this node or through another. */
  acked(sequence: number, from: MemberRecord): void {
    const errand = this.#errands.get(sequence);
    if (errand !== undefined) {
      this.#errands.delete(sequence);
      return this.#options.send(errand.asker, { kind: "ack", sequence: errand.sequence });
    }
    const probe = this.#probes.get(sequence);
    if (probe === undefined) return;
    // The answer of another node that lives at the same address now is none.
    if (from.id === probe.target.id && from.uid !== probe.target.uid) return;
    this.#probes.delete(sequence);
    this.#options.view.awareness.apply(-1);
  }

  /** One who was asked to try had no answer either: so it is not this node that is cut off. */
  nacked(sequence: number): void {
    const probe = this.#probes.get(sequence);
    if (probe !== undefined) probe.nacks++;
  }

  /** Tries a member for another node. */
  runErrand(asker: MemberRecord, sequence: number, target: Identity & { readonly addr: string }): void {
    const { config, time, send } = this.#options;
    const own = ++this.#sequence;
    this.#errands.set(own, { asker, sequence });
    if (this.#errands.size > ERRANDS_MAX) this.#errands.delete(this.#errands.keys().next().value!);
    send(target, { kind: "ping", sequence: own, target: { id: target.id, uid: target.uid } });
    // Early enough for the asker to hear of it before it concludes.
    const nackMs = (config.probeIntervalMs - config.probeTimeoutMs) * 0.6;
    time.schedule(nackMs, () => {
      if (this.#errands.delete(own)) send(asker, { kind: "nack", sequence });
    });
  }

  #askOthers(sequence: number): void {
    const probe = this.#probes.get(sequence);
    if (probe === undefined) return;
    const { config, view, send } = this.#options;
    const { id, uid, addr } = probe.target;
    const helpers = view.list.pick(config.indirectProbes, (record) => record.id !== id && record.status === "up");
    probe.nacksWanted = helpers.length;
    for (const helper of helpers) send(helper, { kind: "ping-req", sequence, target: { id, uid }, addr });
  }

  #conclude(sequence: number): void {
    const probe = this.#probes.get(sequence);
    if (probe === undefined) return;
    this.#probes.delete(sequence);
    const { view } = this.#options;
    const { target, nacksWanted, nacks } = probe;
    // Lifeguard, section IV.A: a nack that is missing hints at this node, a failed probe without helpers may.
    view.awareness.apply(nacksWanted > 0 ? Math.max(0, nacksWanted - nacks) : 1);
    const known = view.list.get(target.id);
    if (known !== undefined && known.uid === target.uid) view.suspect(target.id, false);
  }
}
