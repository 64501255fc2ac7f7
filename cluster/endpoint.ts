/**
 * What connects a node with others: one port for everything, and the connections to theirs.
 * @module
 */

import type { Address, BindOptions, MessageRouter, RemoteClient } from "../remote/mod.ts";
import { LocalNode, type RemoteServer } from "../remote/mod.ts";
import { bindNode, type ChannelReceiver, type Dialled, Dialler, KeyRing, openClient } from "../remote/spi.ts";
import type { Clock, Random } from "../src/spi.ts";
import { parseAddress } from "./address.ts";
import type { Destination } from "./connections.ts";
import { DIAL_TIMEOUT_MS } from "./limits.ts";

/** How connections are made. */
export interface EndpointOptions extends Pick<BindOptions, "key" | "tls" | "transport" | "insecure" | "frameBytesMax"> {
  /** The time. */
  readonly clock: Clock;
  /** Makes nonces and jitter. */
  readonly random: Random;
  /** Ms that an ask may take unless it says so itself; undefined for the default. */
  readonly askTimeout: number | undefined;
}

/** The port of a node that serves. */
export class Endpoint {
  /** What takes the connections of others. */
  readonly server: RemoteServer;
  readonly #node: LocalNode;
  readonly #options: EndpointOptions;
  readonly #keys: KeyRing | undefined;

  private constructor(server: RemoteServer, node: LocalNode, options: EndpointOptions, keys: KeyRing | undefined) {
    this.server = server;
    this.#node = node;
    this.#options = options;
    this.#keys = keys;
  }

  /**
   * Listens.
   *
   * @throws {BindError} When the address is taken, or may not be used without a key or TLS.
   */
  static async bind(
    address: Address,
    identity: { readonly id: string; readonly uid: number; readonly channel: ChannelReceiver },
    router: MessageRouter,
    options: EndpointOptions,
  ): Promise<Endpoint> {
    const { id, uid, channel } = identity;
    const { askTimeout: _, ...shared } = options;
    const keys = options.key === undefined ? undefined : await KeyRing.import(options.key);
    const server = await bindNode({ ...shared, ...address }, router, { node: id, uid: textOf(uid), channel });
    return new Endpoint(server, new LocalNode(id), options, keys);
  }

  /** Connects for gossip with whoever is there. */
  dial(addr: string, signal: AbortSignal): Promise<Dialled> {
    const { askTimeout: _, insecure: __, ...shared } = this.#options;
    const options = { ...shared, ...parseAddress(addr), node: this.#node, connectTimeout: DIAL_TIMEOUT_MS };
    return new Dialler(options, this.#keys).dial(signal);
  }

  /** Opens the connection for messages to the actors of a node; nothing but that very start of it is taken. */
  open({ id, uid, addr }: Destination): RemoteClient {
    const { askTimeout, insecure: _, ...shared } = this.#options;
    const options = {
      ...shared,
      ...parseAddress(addr),
      node: this.#node,
      ...askTimeout === undefined ? {} : { askTimeout },
    };
    return openClient(new Dialler(options, this.#keys, { node: id, uid: textOf(uid) }), options, id);
  }
}

/** A uid as the handshake tells it. */
function textOf(uid: number): string {
  return uid.toString(16);
}
