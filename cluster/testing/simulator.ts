/**
 * A cluster of many nodes in one process, in virtual time, from a seed.
 * @module
 */

import { SeededRandom } from "../../src/testing/mod.ts";
import { checkConfig, type MembershipConfig, PRESETS } from "../membership/config.ts";
import type { NodeStatus } from "../membership/member.ts";
import { Engine } from "./engine.ts";
import type { SimulatedHost, Traffic } from "./host.ts";
import { type FalseDown, Judge } from "./judge.ts";
import { CALM_NETWORK, type NetworkFault, SimulatedNetwork, type SimulatedNetworkOptions } from "./network.ts";
import type {
  ClusterSimulatorOptions,
  CrashOptions,
  PartitionOptions,
  RegisterActorOptions,
  SimulatedEvent,
  SimulatedNode,
  StartOptions,
} from "./options.ts";
import { addrOf, Population } from "./population.ts";
import { SimulationError, Trace } from "./trace.ts";
import { hasOneDirectory, hasOneView, newsMax } from "./views.ts";

const FIRST = "node-1";

/**
 * Nodes as they really are, membership, directory and codec, with a clock, a network and choices that repeat. Nothing
 * waits: an hour of a small cluster takes a fraction of a second. What must never be (a member that is well, but taken
 * for down, one that is back though dead) ends the run with a {@linkcode SimulationError}, which names the seed.
 *
 * @example
 * ```ts
 * import { ClusterSimulator } from "@cinema/cinema/testing";
 * import { assert, assertLess } from "@std/assert";
 *
 * const sim = new ClusterSimulator({ nodes: 5, seed: 7, network: { loss: 0.05 } });
 * sim.run(60_000); // a virtual minute
 * sim.crash("node-3", { isFast: false });
 * const tookMs = sim.runUntil(() => sim.isDownEverywhere("node-3"), 20_000);
 * assertLess(tookMs, 10_000);
 *
 * const fault = sim.partition(["node-1"], ["node-2", "node-4", "node-5"]);
 * sim.run(120_000);
 * fault.heal();
 * sim.runUntil(() => sim.isConverged, 30_000);
 * assert(sim.trace().includes("node-1"));
 * ```
 */
export class ClusterSimulator {
  readonly #seed: number;
  readonly #config: MembershipConfig;
  readonly #population: Population;
  readonly #network: SimulatedNetwork;
  readonly #trace: Trace;
  readonly #judge: Judge;
  readonly #engine: Engine;
  readonly #faultedAt: Map<string, number> = new Map();

  /** Starts all nodes. */
  constructor(options: ClusterSimulatorOptions) {
    const { nodes, seed, preset = "lan", tuning, network, isFormed = true, traceMax = 1_000 } = options;
    const { countsFalseDowns = false, graceMs = 60_000 } = options;
    this.#seed = seed;
    const random = new SeededRandom(seed);
    const now = () => this.#engine.now;
    const config = this.#config = checkConfig({ ...PRESETS[preset], ...tuning });
    this.#population = new Population({ config, random, now });
    this.#network = new SimulatedNetwork(random, now, { ...CALM_NETWORK, ...network });
    this.#trace = new Trace(traceMax);
    const shared = { hosts: this.#population.hosts, network: this.#network };
    this.#judge = new Judge({ ...shared, now, countsFalseDowns, graceMs, fail: (message) => this.fail(message) });
    this.#engine = new Engine({ ...shared, random, trace: this.#trace, judge: this.#judge });
    for (let i = 1; i <= nodes; i++) this.#judge.started(this.#population.start(`node-${i}`, `node-${i}`).core.self);
    const introductions = isFormed ? this.#population.introductions() : [];
    for (const [host, message] of introductions) this.#engine.do(host, (core, at) => core.receive(message, at));
    for (const host of this.#population.hosts.values()) {
      if (!isFormed && host.name !== FIRST) this.#engine.join(host, [addrOf(FIRST)]);
      this.#engine.do(host, (core, at) => core.start(at));
    }
  }

  /** The virtual time, in ms. */
  get now(): number {
    return this.#engine.now;
  }

  /** How many events there have been. */
  get events(): number {
    return this.#engine.processed;
  }

  /** The names of all hosts. */
  get hosts(): string[] {
    return [...this.#population.hosts.keys()];
  }

  /** The names of those whose process runs and is not stopped. */
  get running(): string[] {
    return this.#population.running().map(({ name }) => name);
  }

  /** The names of those whose process is stopped for a while. */
  get stopped(): string[] {
    return this.hosts.filter((name) => this.#host(name).state === "paused");
  }

  /** Healthy members that were taken for down, where they are counted. */
  get falseDowns(): readonly FalseDown[] {
    return this.#judge.falseDowns;
  }

  /** Whether every process that runs believes exactly in all that run. */
  get isConverged(): boolean {
    return hasOneView(this.#population.running());
  }

  /** Whether all processes that run have the same directory. */
  get hasOneDirectory(): boolean {
    return hasOneDirectory(this.#population.running());
  }

  /** Lets `ms` of virtual time pass, and then checks what must hold at any time. */
  run(ms: number): void {
    this.#engine.runTo(this.now + ms);
    this.check();
  }

  /**
   * Lets time pass until something holds, and returns how many ms that took. It looks every `everyMs` virtual ms.
   *
   * @throws {SimulationError} When it does not hold within `limitMs`.
   */
  runUntil(condition: () => boolean, limitMs: number, everyMs = 10): number {
    const start = this.now;
    while (!condition()) {
      if (this.now - start >= limitMs) this.fail(`What was waited for did not come within ${limitMs} ms: ${condition}`);
      this.#engine.runTo(this.now + everyMs);
    }
    return this.now - start;
  }

  /** A process ends without a word; its host goes on, and says so, unless `isFast` is false. */
  crash(host: string, options?: CrashOptions): void {
    const dead = this.#host(host);
    this.#fault(dead, options?.isFast === false ? "is gone with its host" : "dies");
    dead.state = options?.isFast === false ? "dark" : "closed";
    this.#judge.looked();
    if (dead.state === "closed") this.#engine.breakConnections(dead);
  }

  /** A host starts: a new one, or one whose process has ended, which gets a new uid. */
  start(host: string, options?: StartOptions): void {
    const started = this.#population.start(host, options?.id ?? host);
    this.#fault(started, "starts");
    this.#judge.started(started.core.self);
    this.#judge.looked();
    this.#engine.join(started, (options?.seeds ?? [FIRST]).filter((seed) => seed !== host).map(addrOf));
    this.#engine.do(started, (core, now) => core.start(now));
  }

  /** A node says goodbye, and its process ends. */
  leave(host: string): void {
    const leaving = this.#host(host);
    this.#fault(leaving, "leaves");
    this.#engine.do(leaving, (core, now) => core.leave(now));
    leaving.state = "closed";
    this.#judge.looked();
  }

  /** Stops a process for `ms` virtual ms: what is sent to it waits, and comes all at once. */
  pause(host: string, ms: number): void {
    const paused = this.#host(host);
    const { core } = paused;
    if (paused.state !== "running") return;
    this.#fault(paused, `is stopped for ${ms} ms`);
    this.#engine.pause(paused);
    this.#engine.at(this.now + ms, () => {
      if (paused.core !== core || paused.state !== "paused") return;
      this.#trace.add(this.now, () => `${host} runs again`);
      this.#engine.resume(paused);
    });
  }

  /** Puts the clock of one host forward by `ms`, or back where that is negative. */
  jumpClock(host: string, ms: number): void {
    this.#trace.add(this.now, () => `the clock of ${host} jumps by ${ms} ms`);
    this.#host(host).jump(ms);
  }

  /** Calls `act` after `ms` virtual ms, as a part of the simulation. */
  after(ms: number, act: () => void): void {
    this.#engine.at(this.now + ms, act);
  }

  /** Treats packets in another way from now on; with `from` and `to` only those in this direction. */
  setNetwork(options: Partial<SimulatedNetworkOptions>, from?: readonly string[], to?: readonly string[]): void {
    this.#network.set(options, from, to);
  }

  /** Loses everything between two groups of hosts; with `isOneWay` only from the first to the second. */
  partition(from: readonly string[], to: readonly string[], options?: PartitionOptions): NetworkFault {
    return this.#cut(from, to, options?.isOneWay ?? false, false);
  }

  /** Holds back everything between two groups of hosts; when it is healed it arrives all at once. */
  clog(from: readonly string[], to: readonly string[], options?: PartitionOptions): NetworkFault {
    return this.#cut(from, to, options?.isOneWay ?? false, true);
  }

  /** Registers an actor on a host. */
  register(host: string, name: string, options?: RegisterActorOptions): void {
    const type = options?.actorType ?? "actor";
    this.#engine.do(this.#host(host), (core, now) => core.register(name, type, options?.group ?? false, now));
  }

  /** Takes an actor of a host out of the directory. */
  unregister(host: string, name: string, reason = "stopped"): void {
    this.#engine.do(this.#host(host), (core, now) => core.unregister(name, reason, now));
  }

  /** The node on a host, to look at it. */
  node(host: string): SimulatedNode {
    return this.#host(host).core;
  }

  /** What happened on a host since its process started, changes of status apart. */
  eventsOf(host: string): readonly SimulatedEvent[] {
    return this.#host(host).events;
  }

  /** What a host has sent since it was made. */
  trafficOf(host: string): Traffic {
    return this.#host(host).traffic;
  }

  /** What a host believes of a node. */
  statusAt(observer: string, id: string): NodeStatus | undefined {
    return this.#host(observer).core.member(id)?.status;
  }

  /** Whether all other processes that run take a node for down, or have forgotten it. */
  isDownEverywhere(id: string): boolean {
    const others = this.#population.running().filter((host) => host.id !== id);
    return others.every(({ core }) => (core.member(id)?.status ?? "down") === "down");
  }

  /** How many ms after the last fault of a node, as its crash, each host first said so of it; others are missing. */
  saidAfter(id: string, status: NodeStatus): Map<string, number> {
    const faultedAt = this.#faultedAt.get(id) ?? 0;
    return new Map([...this.#judge.firstAt(id, status)].map(([observer, at]) => [observer, at - faultedAt]));
  }

  /** What happened, as text: the last lines of it. */
  trace(): string {
    return this.#trace.text();
  }

  /**
   * Checks what must hold at any time and is not checked with each event.
   *
   * @throws {SimulationError} When it does not.
   */
  check(): void {
    for (const { name, core, isThere } of this.#population.hosts.values()) {
      const size = isThere ? core.newsSize : 0;
      if (size > newsMax(core.members, this.#config)) this.fail(`${name} keeps ${size} pieces of news`);
    }
  }

  /** Ends the simulation with what is wrong. */
  fail(message: string): never {
    throw new SimulationError(message, this.#seed, this.trace());
  }

  #cut(from: readonly string[], to: readonly string[], isOneWay: boolean, isClogged: boolean): NetworkFault {
    const verb = isClogged ? "is clogged" : "loses all";
    this.#trace.add(this.now, () => `the network ${verb} from ${from} to ${to}${isOneWay ? "" : " and back"}`);
    const faults = [this.#network.cut(from, to, isClogged)];
    if (!isOneWay) faults.push(this.#network.cut(to, from, isClogged));
    this.#judge.looked();
    const heal = () => {
      this.#trace.add(this.now, () => `the network is healed from ${from} to ${to}`);
      for (const fault of faults) fault.heal();
      this.#judge.looked();
    };
    return { heal };
  }

  #fault({ name, id }: SimulatedHost, what: string): void {
    this.#trace.add(this.now, () => `${name} ${what}`);
    this.#faultedAt.set(id, this.now);
    this.#judge.faulted(id);
  }

  #host(name: string): SimulatedHost {
    return this.#population.host(name);
  }
}
