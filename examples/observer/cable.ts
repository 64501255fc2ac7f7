/**
 * The cable of one node, which can be pulled out and put in again.
 * @module
 */

import type { Address, Connection, Listener, Transport, TransportConnectOptions } from "@cinema/cinema/remote";

/** A way into a network that can be cut. */
export class Cable implements Transport {
  readonly #network: Transport;
  readonly #open: Set<Connection> = new Set();
  #isCut = false;

  /** Leads into `network`. */
  constructor(network: Transport) {
    this.#network = network;
  }

  /** Breaks what is connected, and lets nothing new through. */
  cut(): void {
    this.#isCut = true;
    for (const connection of this.#open) connection.close();
    this.#open.clear();
  }

  /** Lets new connections through again. */
  mend(): void {
    this.#isCut = false;
  }

  /** Connects, unless it is cut. */
  async connect(address: Address, options?: TransportConnectOptions): Promise<Connection> {
    if (this.#isCut) throw new Error(`No way to ${address.hostname}: the cable is cut`);
    return this.#keep(await this.#network.connect(address, options));
  }

  /** Listens; whoever comes while it is cut is sent away. */
  async listen(address: Address): Promise<Listener> {
    const listener = await this.#network.listen(address);
    return {
      address: listener.address,
      accept: async () => {
        for (;;) {
          const connection = await listener.accept();
          if (connection === undefined || !this.#isCut) return connection && this.#keep(connection);
          connection.close();
        }
      },
      close: () => listener.close(),
    };
  }

  /** Remembers a connection until it is closed. */
  #keep(connection: Connection): Connection {
    const kept: Connection = {
      remote: connection.remote,
      read: () => connection.read(),
      write: (bytes) => connection.write(bytes),
      close: () => {
        this.#open.delete(kept);
        connection.close();
      },
    };
    this.#open.add(kept);
    return kept;
  }
}
