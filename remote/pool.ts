/**
 * One connection for each server, shared by everybody in this process who talks to it.
 * @module
 */

import { checkTimeout } from "../src/spi.ts";
import { RemoteClient } from "./client.ts";
import { ConnectError } from "./errors.ts";
import { POOL_MAX } from "./limits.ts";
import type { CloseOptions, ConnectOptions } from "./options.ts";
import type { Address } from "./transport/transport.ts";

/** Options of a {@linkcode ConnectionPool}: those of every connection that it makes, and its bound. */
export interface PoolOptions extends Omit<ConnectOptions, "hostname" | "port" | "signal"> {
  /**
   * Servers that there may be connections to at a time.
   *
   * @default {64}
   */
  readonly maxConnections?: number;
}

/**
 * Gives everybody who asks for a server the same client, so that messages of one process to one actor stay in order and
 * a server has one connection for each process. Connecting to one server never waits for another.
 *
 * A client that is closed leaves the pool; the next who asks gets a new one. `await using` closes all of them at the
 * end of the block.
 *
 * @example
 * ```ts
 * import { ConnectionPool, MessageRouter, RemoteServer } from "@cinema/cinema/remote";
 * import { assertStrictEquals } from "@std/assert";
 *
 * await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0 }, new MessageRouter());
 * await using pool = new ConnectionPool();
 * const [one, other] = await Promise.all([pool.connect(server.address), pool.connect(server.address)]);
 * assertStrictEquals(one, other);
 * ```
 */
export class ConnectionPool implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #clients: Map<string, Promise<RemoteClient>> = new Map();
  readonly #closed: AbortController = new AbortController();

  /** Creates an empty pool. */
  constructor(options?: PoolOptions) {
    this.#options = options ?? {};
  }

  /** How many servers there are connections to, those that are being made included. */
  get size(): number {
    return this.#clients.size;
  }

  /**
   * The client for a server; connects where there is none. Who asks meanwhile waits for the same attempt, and an
   * attempt that failed is forgotten.
   *
   * @throws {ConnectError} When connecting fails, the pool is full, or it is closed.
   */
  connect(to: Address): Promise<RemoteClient> {
    const { hostname, port } = to;
    const address = `${hostname}:${port}`;
    const known = this.#clients.get(address);
    if (known !== undefined) return known;
    const { maxConnections = POOL_MAX } = this.#options;
    const { signal } = this.#closed;
    if (signal.aborted) return Promise.reject(new ConnectError(`Cannot connect to ${address}: the pool is closed`));
    if (this.#clients.size >= maxConnections) {
      const text = `the pool has ${maxConnections} connection${maxConnections === 1 ? "" : "s"} already`;
      return Promise.reject(new ConnectError(`Cannot connect to ${address}: ${text}`));
    }
    const connecting = RemoteClient.connect({ ...this.#options, hostname, port, signal });
    this.#clients.set(address, connecting);
    const forget = () => void (this.#clients.get(address) === connecting && this.#clients.delete(address));
    connecting.then((client) => client.closed.then(forget), forget);
    return connecting;
  }

  /**
   * Closes every client as `RemoteClient.close` does. From now on nothing connects, and attempts under way are given
   * up.
   *
   * @throws {RangeError} When the time-out is no number >= 0; nothing is closed then.
   */
  async close(options?: CloseOptions): Promise<void> {
    checkTimeout(options?.timeout);
    this.#closed.abort(new ConnectError("Cannot connect: the pool has closed"));
    const closing = [...this.#clients.values()].map(async (connecting) => (await connecting).close(options));
    // An attempt that fails has nothing to close, and whoever waits for it is told.
    await Promise.allSettled(closing);
  }

  /** Closes the pool, with the default time-out. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
