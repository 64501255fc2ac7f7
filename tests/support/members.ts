import { type MembershipConfig, PRESETS } from "../../cluster/membership/config.ts";
import { LivedTime } from "../../cluster/membership/lived_time.ts";
import type { MemberRecord, NodeStatus } from "../../cluster/membership/member.ts";
import {
  type Body,
  clusterTag,
  type Effect,
  type MemberEvent,
  type Packet,
  type Update,
} from "../../cluster/membership/messages.ts";
import { Swim } from "../../cluster/membership/swim.ts";
import { View } from "../../cluster/membership/view.ts";
import { SeededRandom } from "../../src/testing/mod.ts";

/** The hash of the cluster that all tests are about. */
export const CLUSTER: number = clusterTag("test");

/** A test that shows with its permissions that it is pure. */
export function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

/** The record of a member that is up; its address is made of its id. */
export function memberOf(id: string, change: Partial<MemberRecord> = {}): MemberRecord {
  return { id, uid: 100, addr: `${id}:1`, incarnation: 0, status: "up", version: 0, ...change };
}

/** A piece of news about a member, said by nobody in particular. */
export function newsOf(id: string, change: Partial<Update> = {}): Update {
  return { ...memberOf(id), from: "", isRefused: false, ...change };
}

/** Short forms of events: `"b up"`, `"conflict b"`, `"refused id-taken"`, `"rejected: why"`. */
export function brief(events: readonly MemberEvent[]): string[] {
  return events.map((event) => {
    if (event.kind === "status") return `${event.member.id} ${event.member.status}`;
    if (event.kind === "version") return `${event.member.id} version ${event.member.version}`;
    if (event.kind === "conflict") return `conflict ${event.known.id}`;
    if (event.kind === "refused") return `refused ${event.code}`;
    return event.kind === "rejected" ? `rejected: ${event.reason}` : event.kind;
  });
}

/** A view of a node named "a", with what it has told. */
export class Seen extends View {
  /** The time, which {@linkcode Seen.pass} moves. */
  readonly time: LivedTime;
  /** All events so far. */
  readonly events: MemberEvent[];
  #now = 0;

  constructor(config: Partial<MembershipConfig> = {}, seed = 1) {
    const events: MemberEvent[] = [];
    const time = new LivedTime(0, Infinity, () => {});
    super(memberOf("a"), {
      config: { ...PRESETS.lan, ...config },
      random: new SeededRandom(seed),
      time,
      emit: (event) => events.push(event),
      hurry: () => {},
    });
    this.time = time;
    this.events = events;
  }

  /** Time passes. */
  pass(ms: number): void {
    this.time.pass(this.#now += ms);
    this.time.run();
  }

  /** The status of a member. */
  statusOf(id: string): NodeStatus | undefined {
    return this.list.get(id)?.status;
  }

  /** The short forms of the events since the last look. */
  heard(): string[] {
    return brief(this.events.splice(0));
  }
}

/** What a machine did: packets by address, and events. */
export class Outcome {
  /** The packets that it wants sent. */
  readonly sends: readonly (Effect & { kind: "send" })[];
  /** What it told. */
  readonly events: readonly MemberEvent[];

  constructor(effects: readonly Effect[]) {
    this.sends = effects.filter((effect) => effect.kind === "send");
    this.events = effects.filter((effect) => effect.kind === "event").map(({ event }) => event);
  }

  /** The short forms of the events, those about versions left out. */
  get heard(): string[] {
    return brief(this.events).filter((text) => !text.includes(" version "));
  }

  /** The packets to an address. */
  to(addr: string): Packet[] {
    return this.sends.filter((send) => send.addr === addr).map(({ packet }) => packet);
  }

  /** The packets of a kind, with where they go. */
  ofKind<K extends Body["kind"]>(kind: K): { addr: string; body: Body & { kind: K } }[] {
    return this.sends.filter(({ packet }) => packet.body.kind === kind)
      .map(({ addr, packet }) => ({ addr, body: packet.body as Body & { kind: K } }));
  }
}

/** One machine, "a" at "a:1", whose peers are played by the test. */
export class Lone {
  /** The machine. */
  readonly swim: Swim;
  /** The time outside. */
  now = 0;

  constructor(config: Partial<MembershipConfig> = {}, seed = 1) {
    const random = new SeededRandom(seed);
    const options = { id: "a", uid: 100, addr: "a:1", cluster: CLUSTER, clusterName: "test", random };
    this.swim = new Swim({ ...options, config: { ...PRESETS.lan, ...config } }, 0);
  }

  /** Starts, with members who are up. */
  static with(ids: readonly string[], config: Partial<MembershipConfig> = {}, seed = 1): Lone {
    const lone = new Lone(config, seed);
    lone.swim.start(0);
    for (const id of ids) lone.swim.add(memberOf(id), 0);
    return lone;
  }

  /** A peer sends a packet. */
  hear(sender: MemberRecord, body: Body, updates: readonly Update[] = [], cluster: number = CLUSTER): Outcome {
    return new Outcome(this.swim.receive({ cluster, sender, body, updates }, this.now));
  }

  /** A peer sends nothing but news. */
  gossip(sender: MemberRecord, ...updates: Update[]): Outcome {
    return this.hear(sender, { kind: "gossip" }, updates);
  }

  /** Time passes, with a wake-up wherever the machine wants one; `answer` plays the peers. */
  run(ms: number, answer: (addr: string, packet: Packet) => void = () => {}): Outcome {
    const until = this.now + ms;
    const effects: Effect[] = [];
    while (this.swim.nextAt <= until) {
      this.now = Math.max(this.now, this.swim.nextAt);
      const done = this.swim.advance(this.now);
      effects.push(...done);
      for (const effect of done) if (effect.kind === "send") answer(effect.addr, effect.packet);
    }
    this.now = until;
    return new Outcome(effects);
  }

  /** The machine does not run for a while, and then wakes up late. */
  sleep(ms: number): Outcome {
    this.now += ms;
    return new Outcome(this.swim.advance(this.now));
  }

  /** The status of a member. */
  statusOf(id: string): NodeStatus | undefined {
    return this.swim.member(id)?.status;
  }
}

interface Flight {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly packet: Packet;
}

/** Several machines that hear each other over a network without io: each packet takes 1 ms. */
export class Machines {
  /** The machines by id. */
  readonly nodes: Map<string, Swim> = new Map();
  /** What each has told, in short forms, with the time. */
  readonly told: { readonly at: number; readonly id: string; readonly text: string }[] = [];
  /** Which packets get through. */
  passes: (from: string, to: string, packet: Packet) => boolean = () => true;
  /** The time. */
  now = 0;
  /** Who neither runs nor hears; what it is sent waits. */
  readonly paused: Set<string> = new Set();
  #flights: Flight[] = [];
  readonly #config: MembershipConfig;
  #seed = 1;

  constructor(config: Partial<MembershipConfig> = {}) {
    this.#config = { ...PRESETS.lan, ...config };
  }

  /** Starts nodes that have all joined through the first, and lets them find each other. */
  static of(ids: readonly string[], config: Partial<MembershipConfig> = {}): Machines {
    const machines = new Machines(config);
    for (const id of ids) machines.start(id, { seeds: [`${ids[0]}:1`] });
    machines.run(3_000);
    machines.told.length = 0;
    return machines;
  }

  /** Starts a node, in place of an older start of the same id. */
  start(id: string, options: { uid?: number; addr?: string; seeds?: readonly string[] } = {}): Swim {
    const { uid = 100, addr = `${id}:1`, seeds = [] } = options;
    const random = new SeededRandom(this.#seed++);
    const swim = new Swim(
      { id, uid, addr, cluster: CLUSTER, clusterName: "test", config: this.#config, random },
      this.now,
    );
    this.nodes.set(id, swim);
    this.perform(id, (now) => [...swim.start(now), ...swim.join(seeds, now)]);
    return swim;
  }

  /** Does something with a node, and carries out what comes of it. */
  perform(id: string, act: (now: number, swim: Swim) => Effect[]): void {
    for (const effect of act(this.now, this.nodes.get(id)!)) {
      if (effect.kind === "event") {
        this.told.push({ at: this.now, id, text: brief([effect.event])[0]! });
      } else this.#flights.push({ at: this.now + 1, from: id, to: effect.addr, packet: effect.packet });
    }
  }

  /** Time passes for all. */
  run(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = Math.min(...this.#awake().map(([, swim]) => swim.nextAt), ...this.#arriving().map(({ at }) => at));
      if (next > until) break;
      this.now = Math.max(this.now, next);
      this.#deliver();
      for (const [id, swim] of this.#awake()) {
        if (swim.nextAt <= this.now) this.perform(id, (now) => swim.advance(now));
      }
    }
    this.now = until;
  }

  /** What one node believes of all: `"a up, b suspect"`. */
  viewOf(id: string): string {
    const swim = this.nodes.get(id)!;
    const records = [swim.self, ...swim.members].map((record) => `${record.id} ${record.status}`);
    return records.sort().join(", ");
  }

  /** What was told of a kind, by all. */
  heard(pattern: RegExp): string[] {
    return this.told.filter(({ text }) => pattern.test(text)).map(({ id, text }) => `${id}: ${text}`);
  }

  #awake(): [string, Swim][] {
    return [...this.nodes].filter(([id]) => !this.paused.has(id));
  }

  #ownerOf(addr: string): string | undefined {
    for (const [id, { self }] of this.nodes) if (self.addr === addr) return id;
    return undefined;
  }

  #arriving(): Flight[] {
    return this.#flights.filter(({ to }) => !this.paused.has(this.#ownerOf(to) ?? ""));
  }

  #deliver(): void {
    const due = this.#arriving().filter(({ at }) => at <= this.now);
    this.#flights = this.#flights.filter((flight) => !due.includes(flight));
    for (const { from, to, packet } of due) {
      const owner = this.#ownerOf(to);
      if (owner === undefined || !this.passes(from, owner, packet)) continue;
      this.perform(owner, (now, swim) => swim.receive(packet, now));
    }
  }
}
