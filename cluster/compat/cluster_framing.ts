/**
 * Lets the remote layer speak on a cluster port of Cinema-rs 0.1: whatever it writes travels within cluster frames, and
 * what comes in such frames it reads as if they were not there. Gossip that comes in is answered on the way.
 * @module
 */

import type { Address, Connection, Listener, Transport, TransportConnectOptions } from "../../remote/mod.ts";
import type { CinemaError, Clock } from "../../src/spi.ts";
import { FramedConnection, type FramedHost } from "./framed_connection.ts";
import type { Gossip } from "./gossip_codec.ts";
import { CONNECTIONS_MAX, FRAME_BYTES_MAX, UNFINISHED_BYTES_MAX } from "./limits.ts";

/** What a framing needs. */
export interface ClusterFramingOptions {
  /** The node of this side. */
  readonly node: string;
  /** The time. */
  readonly clock: Clock;
  /** Gives the answer to gossip that came in; undefined to answer by closing the connection. */
  readonly gossiped: (gossip: Gossip, sender: string, remote: Address) => Gossip | undefined;
  /** Hears why a connection that came in was broken off. */
  readonly failed: (remote: Address, error: CinemaError) => void;
  /** Bytes of the largest message. */
  readonly frameBytesMax?: number;
  /** Connections that are accepted. */
  readonly connectionsMax?: number;
  /** Bytes of frames on accepted connections that are not whole. */
  readonly unfinishedBytesMax?: number;
}

/** See the module. It is a transport around a transport. */
export class ClusterFraming implements Transport {
  readonly #transport: Transport;
  readonly #options: ClusterFramingOptions;

  /** Creates a framing over a transport. */
  constructor(transport: Transport, options: ClusterFramingOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  /** Connects, to send messages. */
  async connect(address: Address, options?: TransportConnectOptions): Promise<Connection> {
    const { node, frameBytesMax = FRAME_BYTES_MAX } = this.#options;
    const connection = await this.#transport.connect(address, options);
    return new FramedConnection(connection, { node, frameBytesMax, host: undefined });
  }

  /** Listens, for messages and gossip. */
  async listen(address: Address): Promise<Listener> {
    return new FramedListener(await this.#transport.listen(address), this.#options);
  }
}

/** Accepts connections, and bounds what all of them may cost. */
class FramedListener implements Listener, FramedHost {
  readonly address: Address;
  readonly clock: Clock;
  readonly #listener: Listener;
  readonly #options: ClusterFramingOptions;
  // The one that was silent the longest comes first.
  readonly #connections: Set<FramedConnection> = new Set();
  #kept = 0;

  constructor(listener: Listener, options: ClusterFramingOptions) {
    this.address = listener.address;
    this.clock = options.clock;
    this.#listener = listener;
    this.#options = options;
  }

  async accept(): Promise<Connection | undefined> {
    const inner = await this.#listener.accept();
    if (inner === undefined) return undefined;
    const { node, frameBytesMax = FRAME_BYTES_MAX, connectionsMax = CONNECTIONS_MAX } = this.#options;
    const connection = new FramedConnection(inner, { node, frameBytesMax, host: this });
    this.#connections.add(connection);
    const [silent] = this.#connections;
    if (this.#connections.size > connectionsMax) silent!.close();
    return connection;
  }

  close(): void {
    this.#listener.close();
  }

  gossiped(gossip: Gossip, sender: string, remote: Address): Gossip | undefined {
    return this.#options.gossiped(gossip, sender, remote);
  }

  heard(connection: FramedConnection): void {
    if (this.#connections.delete(connection)) this.#connections.add(connection);
  }

  keep(bytes: number): boolean {
    const { unfinishedBytesMax = UNFINISHED_BYTES_MAX } = this.#options;
    this.#kept += bytes;
    return bytes <= 0 || this.#kept <= unfinishedBytesMax;
  }

  ended(connection: FramedConnection, error: CinemaError | undefined): void {
    this.#connections.delete(connection);
    if (error !== undefined) this.#options.failed(connection.remote, error);
  }
}
