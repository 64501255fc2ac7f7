/**
 * A network within the process, for tests and simulations.
 * @module
 */

import { type Clock, type Random, systemClock, systemRandom } from "../../src/spi.ts";
import { type Faults, Pipe } from "./pipe.ts";
import type { Address, Connection, Listener, Transport, TransportConnectOptions } from "./transport.ts";

/** How a {@linkcode MemoryNetwork} behaves. */
export interface MemoryNetworkOptions {
  /**
   * Times delays. Give a `ManualClock` to have them in virtual time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /**
   * Decides about faults. Give a `SeededRandom` to have the same ones again.
   *
   * @default {systemRandom}
   */
  readonly random?: Random;
  /**
   * What goes wrong.
   *
   * @default {nothing}
   */
  readonly faults?: Faults;
}

/**
 * A {@linkcode Transport} without sockets: clients reach the servers that listen on the same network. Bytes arrive as
 * fast as microtasks run, and a write waits while its reader is more than 64 KiB behind. Faults can be seeded, so that
 * a run that failed can be run again.
 *
 * @example
 * ```ts
 * import { MemoryNetwork, MessageRouter, RemoteClient, RemoteServer } from "@cinema/cinema/remote";
 * import { assertEquals } from "@std/assert";
 *
 * const transport = new MemoryNetwork({ faults: { split: true } });
 * const at = { hostname: "server", port: 7000, transport };
 * await using server = await RemoteServer.bind(at, new MessageRouter());
 * await using client = await RemoteClient.connect(at);
 * assertEquals(client.node, server.node);
 * ```
 */
export class MemoryNetwork implements Transport {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #listeners: Map<string, MemoryListener> = new Map();
  readonly #pipes: Set<Pipe> = new Set();
  #nextPort = 49_152;
  #isPaused = false;

  /** Creates a network on which nobody listens. */
  constructor(options?: MemoryNetworkOptions) {
    const { clock = systemClock, random = systemRandom, faults = {} } = options ?? {};
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
  }

  /** Connects to whoever listens there; rejects when nobody does, or a fault refuses. */
  async connect(address: Address, options?: TransportConnectOptions): Promise<Connection> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    // Nobody hears of a connection within the call that makes it.
    await undefined;
    signal?.throwIfAborted();
    const listener = this.#listeners.get(nameOf(address));
    const isRefused = this.#random.next() < (this.#faults.refuse ?? 0);
    if (listener === undefined || isRefused) throw new Error(`Connection refused: ${nameOf(address)}`);
    const [there, back] = [this.#pipe(), this.#pipe()];
    const own: Address = { hostname: "memory", port: this.#nextPort++ };
    const lost = () => [there, back].forEach((pipe) => pipe.break());
    there.onReset = back.onReset = lost;
    listener.push(new MemoryConnection(own, there, back));
    return new MemoryConnection(address, back, there);
  }

  /** Listens; rejects when the address is taken. */
  listen(at: Address): Promise<Listener> {
    const { hostname, port } = at;
    const address = { hostname, port: port === 0 ? this.#freePort(hostname) : port };
    const name = nameOf(address);
    if (this.#listeners.has(name)) return Promise.reject(new Error(`Address already in use: ${name}`));
    const listener = new MemoryListener(address, () => this.#listeners.delete(name));
    this.#listeners.set(name, listener);
    return Promise.resolve(listener);
  }

  /** Breaks every connection: on both sides reads and writes reject. Who listens goes on. */
  reset(): void {
    for (const pipe of [...this.#pipes]) pipe.break();
  }

  /** From now on nothing arrives, and nothing is lost: as if the other machines were frozen. */
  pause(): void {
    this.#isPaused = true;
    for (const pipe of this.#pipes) pipe.pause();
  }

  /** Lets everything arrive that was held up. */
  resume(): void {
    this.#isPaused = false;
    for (const pipe of this.#pipes) pipe.resume();
  }

  #freePort(hostname: string): number {
    while (this.#listeners.has(nameOf({ hostname, port: this.#nextPort }))) this.#nextPort++;
    return this.#nextPort++;
  }

  #pipe(): Pipe {
    const pipe = new Pipe(this.#clock, this.#random, this.#faults, () => this.#pipes.delete(pipe));
    this.#pipes.add(pipe);
    if (this.#isPaused) pipe.pause();
    return pipe;
  }
}

class MemoryConnection implements Connection {
  readonly remote: Address;
  readonly #incoming: Pipe;
  readonly #outgoing: Pipe;

  constructor(remote: Address, incoming: Pipe, outgoing: Pipe) {
    this.remote = remote;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  read(): Promise<Uint8Array | undefined> {
    return this.#incoming.read();
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#outgoing.write(bytes);
  }

  close(): void {
    this.#outgoing.end();
    this.#incoming.stop();
  }
}

class MemoryListener implements Listener {
  readonly address: Address;
  readonly #forget: () => void;
  #queue: Connection[] = [];
  #waiting: ((connection: Connection | undefined) => void)[] = [];
  #isClosed = false;

  constructor(address: Address, forget: () => void) {
    this.address = address;
    this.#forget = forget;
  }

  push(connection: Connection): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#queue.push(connection);
    else waiting(connection);
  }

  accept(): Promise<Connection | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    const connection = this.#queue.shift();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forget();
    for (const connection of this.#queue) connection.close();
    for (const waiting of this.#waiting) waiting(undefined);
    this.#queue = [];
    this.#waiting = [];
  }
}

function nameOf({ hostname, port }: Address): string {
  return `${hostname}:${port}`;
}
