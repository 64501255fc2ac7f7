import { assert } from "@std/assert";
import { ActorSystem, type Addr, type SpawnOptions } from "../../mod.ts";
import {
  ClusterClient,
  type ClusterEvent,
  ClusterNode,
  type ClusterNodeOptions,
  type ClusterRemoteAddr,
} from "../../cluster/mod.ts";
import {
  type Address,
  type Connection,
  type Listener,
  MemoryNetwork,
  type Transport,
  type TransportConnectOptions,
} from "../../remote/mod.ts";
import type { Dialled } from "../../remote/spi.ts";
import { decodeEnvelope, type Envelope } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import { ManualClock, SeededRandom } from "../../src/testing/mod.ts";
import { Desk, type DeskMessage, DeskProtocol, Gates } from "./desk.ts";
import { framesOf } from "./frames.ts";

/** What stands between two hosts: whether anything passes at the moment. */
class Gate {
  #closed: PromiseWithResolvers<void> | undefined;

  /** Resolves when something may pass; undefined when it may at once. */
  get held(): Promise<void> | undefined {
    return this.#closed?.promise;
  }

  close(): void {
    this.#closed ??= Promise.withResolvers<void>();
  }

  open(): void {
    this.#closed?.resolve();
    this.#closed = undefined;
  }
}

/** A connection that one host has made to another, as the first sees it. What does not pass waits, as TCP has it. */
class Wire implements Connection {
  readonly remote: Address;
  readonly hosts: readonly string[];
  readonly #inner: Connection;
  readonly #gate: Gate;
  readonly #closed: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  readonly #over: () => void;
  #isClosed = false;

  constructor(inner: Connection, hosts: readonly string[], gate: Gate, over: () => void) {
    this.remote = inner.remote;
    this.hosts = hosts;
    this.#inner = inner;
    this.#gate = gate;
    this.#over = over;
  }

  async read(): Promise<Uint8Array | undefined> {
    const bytes = await this.#inner.read();
    await this.#pass();
    return this.#isClosed ? undefined : bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#pass();
    await this.#inner.write(bytes);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed.resolve();
    this.#inner.close();
    this.#over();
  }

  async #pass(): Promise<void> {
    while (!this.#isClosed && this.#gate.held !== undefined) {
      await Promise.race([this.#gate.held, this.#closed.promise]);
    }
  }
}

/** A process: what it has opened ends with it. */
class Process {
  readonly host: string;
  readonly wires: Set<Wire> = new Set();
  readonly listeners: Set<Listener> = new Set();
  isDead = false;

  constructor(host: string) {
    this.host = host;
  }
}

/** Hosts whose network can be cut between any two, with one process each, which can die or hang. */
export class Hosts {
  /** How many attempts to connect there were, by the address. */
  readonly dials: Map<string, number> = new Map();
  readonly #network: MemoryNetwork;
  readonly #gates: Map<string, Gate> = new Map();
  readonly #processes: Map<string, Process> = new Map();
  readonly #hung: Set<string> = new Set();

  constructor(clock: ManualClock) {
    this.#network = new MemoryNetwork({ clock, random: new SeededRandom(7) });
  }

  /** The network, as a new process of a host uses it. */
  of(host: string): Transport {
    const process = new Process(host);
    this.#processes.set(host, process);
    return {
      connect: (address, options) => this.#connect(process, address, options),
      listen: async (address) => {
        const listener = await this.#network.listen(address);
        process.listeners.add(listener);
        return listener;
      },
    };
  }

  /** How many connections are open from one host to another. */
  open(from: string, to: string): number {
    return [...this.#processes.get(from)?.wires ?? []].filter((wire) => wire.hosts.includes(to)).length;
  }

  /** From now on nothing passes between two hosts. It waits, until they are healed. */
  cut(one: string, other: string): void {
    this.#gate(one, other).close();
  }

  /** Lets everything pass again that the two have for each other. */
  heal(one: string, other: string): void {
    this.#gate(one, other).open();
  }

  /** A process stops running: whoever connects is connected, and never hears anything. */
  hang(host: string, others: readonly string[]): void {
    this.#hung.add(host);
    for (const other of others) this.cut(host, other);
  }

  /** It runs again. */
  resume(host: string, others: readonly string[]): void {
    this.#hung.delete(host);
    for (const other of others) this.heal(host, other);
  }

  /** A process dies: its connections break, and its port refuses. The objects in it go on, but nobody hears of it. */
  kill(host: string): void {
    const process = this.#processes.get(host)!;
    process.isDead = true;
    for (const listener of process.listeners) listener.close();
    this.breakConnections(host);
  }

  /** Breaks all connections of a host, which lives on. */
  breakConnections(host: string): void {
    for (const { wires } of this.#processes.values()) {
      for (const wire of wires) if (wire.hosts.includes(host)) wire.close();
    }
  }

  async #connect(process: Process, address: Address, options: TransportConnectOptions = {}): Promise<Connection> {
    const [from, to, name] = [process.host, address.hostname, `${address.hostname}:${address.port}`];
    if (process.isDead) throw new Error("This process is dead");
    this.dials.set(name, (this.dials.get(name) ?? 0) + 1);
    const gate = this.#gate(from, to);
    if (!this.#hung.has(to)) await reachable(gate, options.signal);
    const inner = await this.#network.connect(address, options);
    const wire = new Wire(inner, [from, to], gate, () => process.wires.delete(wire));
    process.wires.add(wire);
    return wire;
  }

  #gate(one: string, other: string): Gate {
    const key = [one, other].sort().join(" ");
    let gate = this.#gates.get(key);
    if (gate === undefined) this.#gates.set(key, gate = new Gate());
    return gate;
  }
}

/** Waits until something passes, as a first packet that is sent again and again. */
async function reachable(gate: Gate, signal: AbortSignal | undefined): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const abort = () => aborted.resolve();
  signal?.addEventListener("abort", abort, { once: true });
  while (gate.held !== undefined && signal?.aborted !== true) await Promise.race([gate.held, aborted.promise]);
  signal?.removeEventListener("abort", abort);
  signal?.throwIfAborted();
}

/** Several nodes in virtual time, with an actor system for their actors. Ends by making all of them leave. */
export class Cluster implements AsyncDisposable {
  /** The time of everything. */
  readonly clock: ManualClock = new ManualClock(1_000);
  /** The network. */
  readonly hosts: Hosts = new Hosts(this.clock);
  /** Where the actors live. */
  readonly system: ActorSystem = new ActorSystem({ clock: this.clock, onUnobservedFailure: () => {} });
  /** What the desks wait at. */
  readonly gates: Gates = new Gates();
  /** What the desks have noted. */
  readonly notes: number[] = [];
  /** The events of every node since it was made, by its id; those of a later node of the same id follow. */
  readonly events: Map<string, ClusterEvent[]> = new Map();
  readonly #nodes: ClusterNode[] = [];
  #seed = 1;

  /** Makes a node: its host has the name of its id, unless `host` says otherwise. It does not start. */
  node(id: string, { host = id, ...options }: ClusterNodeOptions & { readonly host?: string } = {}): ClusterNode {
    const node = new ClusterNode(id, `${host}:7000`, {
      transport: this.hosts.of(host),
      clock: this.clock,
      random: new SeededRandom(this.#seed++),
      ...options,
    });
    this.#nodes.push(node);
    const events = this.events.get(id) ?? [];
    this.events.set(id, events);
    this.#record(node.events, events);
    return node;
  }

  /** Nodes that have joined each other and know all of them, named as said. */
  async start(...ids: readonly string[]): Promise<ClusterNode[]> {
    const nodes = ids.map((id) => this.node(id));
    for (const [i, node] of nodes.entries()) await this.run(node.join(i === 0 ? [] : [`${ids[0]}:7000`]));
    await this.until(() => nodes.every(({ members }) => members.filter(isUp).length === nodes.length));
    return nodes;
  }

  /** Moves the time until a promise has settled, and gives its result. */
  async run<T>(promise: Promise<T>, maxMs = 60_000): Promise<T> {
    let isOver = false;
    const over = () => void (isOver = true);
    promise.then(over, over);
    await this.until(() => isOver, maxMs, "the promise is still pending");
    return await promise;
  }

  /** Moves the time until something holds. */
  async until(holds: () => boolean, maxMs = 60_000, what = "it does not hold"): Promise<void> {
    const end = this.clock.now() + maxMs;
    await this.clock.settle();
    while (!holds()) {
      assert(this.clock.now() < end, `After ${maxMs} ms ${what}`);
      await this.clock.advance(10);
    }
  }

  /** Spawns a desk, without registering it. */
  desk(options: SpawnOptions<DeskMessage> = {}, notes: number[] = this.notes): Addr<DeskMessage> {
    return this.system.spawn(() => new Desk(notes, this.gates), options);
  }

  /** The address of a desk, seen from a node. */
  at(node: ClusterNode, name: string, key?: string): ClusterRemoteAddr<DeskMessage> {
    return new ClusterClient(node).remoteAddr(name, DeskProtocol, key === undefined ? {} : { key });
  }

  /** Moves the time until a node knows an actor of that name. */
  known(node: ClusterNode, name: string): Promise<unknown> {
    return this.run(node.waitForActor(name));
  }

  /** The events of a node about members, in short: `"b up"`. */
  statuses(id: string): string[] {
    return (this.events.get(id) ?? []).flatMap((event) =>
      "member" in event ? [`${event.member.id} ${event.kind}`] : []
    );
  }

  /** The events of a node of one kind. */
  eventsOf<K extends ClusterEvent["kind"]>(id: string, kind: K): (ClusterEvent & { kind: K })[] {
    return (this.events.get(id) ?? []).filter((event) => event.kind === kind) as (ClusterEvent & { kind: K })[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(Promise.all(this.#nodes.map((node) => node.leave({ timeout: 0 }))));
    await this.run(this.system.shutdown({ timeout: 0 }));
  }

  async #record(stream: ReadableStream<ClusterEvent>, events: ClusterEvent[]): Promise<void> {
    for await (const event of stream) events.push(event);
  }
}

/** Whether a member is up. */
export function isUp({ status }: { readonly status: string }): boolean {
  return status === "up";
}

/** The members of a node, in short: `"a up"`. */
export function membersOf({ members }: ClusterNode): string[] {
  return members.map(({ id, status }) => `${id} ${status}`);
}

/** A connection whose handshake is done, to a node of that name. */
export function dialledOf(connection: Connection, node: string): Dialled {
  const peer = { node, frameBytesMax: 16_777_216, windowMessages: 1, windowBytes: 1 };
  return { connection, decoder: new FrameDecoder(16_777_216), peer };
}

/** Payloads as text. */
export function textOf(payload: Uint8Array): string {
  return new TextDecoder().decode(payload);
}

/** The far end of a connection whose handshake is done, in the hand of a test. */
export class FarEnd {
  /** The payloads that have come. */
  readonly heard: Uint8Array[] = [];
  /** Whether the other side, or a loss, has ended it. */
  isOver = false;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#read();
  }

  /** The payloads that have come, as text. */
  get texts(): string[] {
    return this.heard.map(textOf);
  }

  /** Sends one frame for each envelope. */
  say(...envelopes: Partial<Envelope>[]): Promise<void> {
    return this.#connection.write(framesOf(...envelopes));
  }

  /** Ends the connection. */
  close(): void {
    this.#connection.close();
  }

  async #read(): Promise<void> {
    const decoder = new FrameDecoder(16_777_216);
    const strings = new StringCache();
    try {
      for (let bytes = await this.#connection.read(); bytes !== undefined; bytes = await this.#connection.read()) {
        decoder.push(bytes.slice());
        while (decoder.next()) this.heard.push(decodeEnvelope(decoder, strings).payload.slice());
      }
    } catch {
      // A reset is an end too.
    }
    this.isOver = true;
  }
}
