import {
  type Address,
  type Connection,
  type Listener,
  MemoryNetwork,
  type Transport,
  type TransportConnectOptions,
} from "../../remote/mod.ts";
import { type ManualClock, SeededRandom } from "../../src/testing/mod.ts";

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
