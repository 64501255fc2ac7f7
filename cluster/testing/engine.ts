/**
 * The machine of a simulation: events in the order of their time, and what hosts send each other.
 * @module
 */

import { Heap, isDueBefore, type Random } from "../../src/spi.ts";
import type { Core } from "../core.ts";
import type { CoreEffect, CoreEvent } from "../core_event.ts";
import { LINK_IDLE_MS, MESH_MAX, RECHECK_MS } from "../limits.ts";
import { ClusterCodec, type ClusterMessage } from "../wire/cluster_codec.ts";
import { isAlive } from "../membership/member.ts";
import type { SimulatedHost } from "./host.ts";
import type { Judge } from "./judge.ts";
import type { SimulatedNetwork } from "./network.ts";
import { describe, type Trace } from "./trace.ts";

interface Event {
  readonly dueAt: number;
  readonly order: number;
  readonly act: () => void;
}

/** The parts that the machine moves. */
export interface EngineParts {
  /** All hosts, by their names. */
  readonly hosts: ReadonlyMap<string, SimulatedHost>;
  /** The network. */
  readonly network: SimulatedNetwork;
  /** What happened. */
  readonly trace: Trace;
  /** Who checks it. */
  readonly judge: Judge;
  /** The choices. */
  readonly random: Random;
}

/** Time that any wake-up takes: what is due at once comes a moment later, so that time goes on. */
const WAKE_MS_MIN = 0.001;

/** See the module. */
export class Engine {
  /** The time, in ms. */
  now = 0;
  readonly #parts: EngineParts;
  readonly #events: Heap<Event> = new Heap<Event>(isDueBefore);
  // Only to say in the trace what travels.
  readonly #reader = new ClusterCodec();
  #order = 0;
  #processed = 0;

  /** Creates a machine that stands still. */
  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** How many events there have been. */
  get processed(): number {
    return this.#processed;
  }

  /** Does something at a time. */
  at(at: number, act: () => void): void {
    this.#events.push({ dueAt: Math.max(at, this.now), order: this.#order++, act });
  }

  /**
   * Runs all that is due until `end`, and stops there; earlier when `isOver` says so, which is asked after each event.
   */
  runTo(end: number, isOver?: () => boolean): boolean {
    for (let event = this.#events.peek(); event !== undefined && event.dueAt <= end; event = this.#events.peek()) {
      this.#events.pop();
      this.now = event.dueAt;
      this.#processed++;
      event.act();
      if (isOver?.() === true) return true;
    }
    this.now = end;
    return isOver?.() === true;
  }

  /** Lets a node do something, and does what it wants done. */
  do(host: SimulatedHost, act: (core: Core, now: number) => CoreEffect[]): void {
    this.#perform(host, act(host.core, this.now + host.clockMs));
  }

  /** Gives a process what comes in: at once, or when it runs again. */
  give(host: SimulatedHost, act: () => void): void {
    if (host.state === "running") act();
    else if (host.state === "paused") host.inbox.push(act);
  }

  /** A process is stopped. */
  pause(host: SimulatedHost): void {
    host.state = "paused";
    host.pausedAt = Infinity;
    this.#parts.judge.stopped();
  }

  /** A process that was stopped runs again. */
  resume(host: SimulatedHost): void {
    host.state = "running";
    host.pausedAt = this.now;
    const waiting = host.inbox.splice(0);
    const advance = () => this.do(host, (core, now) => core.advance(now));
    // Which comes first, the timers or the sockets, is up to the system.
    const isTimerFirst = this.#parts.random.next() < 0.5;
    if (isTimerFirst) advance();
    for (const act of waiting) act();
    if (!isTimerFirst) advance();
    this.#parts.judge.stopped();
  }

  /** Asks seeds until one has answered. */
  join(host: SimulatedHost, seeds: readonly string[]): void {
    const { core } = host;
    host.seeds = seeds;
    const ask = () => {
      if (host.core !== core || !host.isThere || host.seeds.length === 0) return;
      this.give(host, () => this.do(host, (node, now) => node.join(seeds, now)));
      this.at(this.now + 1_000, ask);
    };
    ask();
  }

  /** A process has died on a host that lives: whoever is connected to it notices, and then finds its port closed. */
  breakConnections(dead: SimulatedHost): void {
    const { hosts, network, trace } = this.#parts;
    for (const host of hosts.values()) {
      const usedAt = host.talkedAt.get(dead.addr) ?? -Infinity;
      if (!host.isThere || host === dead || this.now - usedAt > LINK_IDLE_MS || !this.#isLinked(host, dead)) continue;
      this.at(this.now + network.delay(dead.name, host.name), () =>
        this.give(host, () => {
          trace.add(this.now, () => `${host.name} loses its connection to ${dead.name}`);
          this.#dial(host, dead, true);
        }));
    }
  }

  /** A host tries to connect to another. Where it is refused it looks again, as the driver of a real node does. */
  #dial(host: SimulatedHost, other: SimulatedHost, isLost: boolean): void {
    const { network, trace } = this.#parts;
    const roundTripMs = network.delay(host.name, other.name) + network.delay(other.name, host.name);
    const { core } = host;
    this.at(this.now + roundTripMs, () => {
      if (other.state !== "closed" || host.core !== core || !this.#isLinked(host, other)) return;
      this.give(host, () => {
        trace.add(this.now, () => `${host.name} is refused by ${other.name}`);
        if (isLost) this.do(host, (node, now) => node.connectionLost(other.addr, now));
        this.do(host, (node, now) => node.connectionRefused(other.addr, now));
        this.#redial(host, other);
      });
    });
  }

  #redial(host: SimulatedHost, other: SimulatedHost): void {
    const { core, redials } = host;
    if (redials.has(other.addr) || !core.members.some((member) => member.addr === other.addr && isAlive(member))) {
      return;
    }
    redials.add(other.addr);
    this.at(this.now + RECHECK_MS, () => {
      redials.delete(other.addr);
      if (host.core === core) this.#dial(host, other, false);
    });
  }

  #perform(host: SimulatedHost, effects: readonly CoreEffect[]): void {
    const { judge, trace } = this.#parts;
    for (const effect of effects) {
      if (effect.kind === "send") this.#send(host, effect.addr, effect.message, effect.isBulk);
      else {
        const { event } = effect;
        host.heard(event);
        trace.add(this.now, () => `${host.name} ${eventText(event)}`);
        judge.heard(host, event);
        this.#heard(host, event);
      }
    }
    const { self } = host.core;
    if (self.uid !== host.uid) {
      host.uid = self.uid;
      judge.started(self);
    }
    this.#wakeLater(host);
  }

  /** What the driver of a real node does about its connections. */
  #heard(host: SimulatedHost, event: CoreEvent): void {
    if (event.kind !== "status") return;
    const { addr, status } = event.member;
    const other = this.#parts.hosts.get(hostOf(addr));
    // Whoever hears of a suspicion looks for itself: a closed port that several have found is a process that died.
    if (status === "suspect" && other !== undefined) this.#dial(host, other, false);
    // In a small cluster everybody is connected with everybody.
    if (status === "up" && host.core.members.length <= MESH_MAX) host.talkedAt.set(addr, this.now);
  }

  #send(host: SimulatedHost, addr: string, message: ClusterMessage, isBulk: boolean): void {
    const { hosts, network, trace } = this.#parts;
    const to = hosts.get(hostOf(addr));
    const bytes = host.encode(message);
    const arrive = (at: number) => this.at(at, () => this.#arrive(host, to!, bytes));
    const isSent = to !== undefined && network.carry(host, to, isBulk, arrive);
    if (!trace.isOn) return;
    const fate = isSent ? "sends" : "loses";
    trace.add(this.now, () => `${host.name} ${fate} to ${addr}: ${this.#read(bytes)} (${bytes.length} bytes)`);
  }

  #arrive(from: SimulatedHost, to: SimulatedHost, bytes: Uint8Array): void {
    if (to.state === "closed") return this.#dial(from, to, false);
    from.talkedAt.set(to.addr, this.now);
    this.give(to, () => {
      this.#parts.trace.add(this.now, () => `${to.name} has from ${from.name}: ${this.#read(bytes)}`);
      this.#perform(to, to.receive(bytes, this.now));
    });
  }

  #wakeLater(host: SimulatedHost): void {
    const { core } = host;
    const at = Math.max(core.nextAt - host.clockMs, this.now + WAKE_MS_MIN);
    if (at >= host.wakeAt || at === Infinity) return;
    host.wakeAt = at;
    this.at(at, () => {
      // An earlier one has taken its place, or the process is another.
      if (host.wakeAt !== at || host.core !== core) return;
      host.wakeAt = Infinity;
      // Whoever is stopped looks at its timers when it runs again.
      if (host.state === "running") this.do(host, (node, now) => node.advance(now));
    });
  }

  #isLinked(a: SimulatedHost, b: SimulatedHost): boolean {
    const { network } = this.#parts;
    return network.isOpen(a.name, b.name) && network.isOpen(b.name, a.name);
  }

  #read(bytes: Uint8Array): string {
    const message = this.#reader.decode(bytes);
    return message === undefined ? "something unknown" : describe(message);
  }
}

function hostOf(addr: string): string {
  return addr.slice(0, addr.lastIndexOf(":"));
}

function eventText(event: CoreEvent): string {
  switch (event.kind) {
    case "status":
      return `takes ${event.member.id} for ${event.member.status} (${event.member.uid}:${event.member.incarnation})`;
    case "conflict":
      return `sees ${event.other.id} at ${event.other.addr} and at ${event.known.addr}`;
    case "appeared":
    case "gone":
      return `${event.kind === "gone" ? "loses" : "finds"} ${event.location.name} on ${event.location.node}`;
    case "name-lost":
      return `has lost its name ${event.name} to ${event.winner.node}`;
    default:
      return JSON.stringify(event);
  }
}
