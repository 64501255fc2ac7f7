/**
 * What connects a node with others: one port for everything, and the connections to theirs.
 * @module
 */

import type { Address, MessageRouter, RemoteClient } from "../remote/mod.ts";
import { LocalNode, type RemoteServer } from "../remote/mod.ts";
import { bindNode, type ChannelReceiver, type Dialled, Dialler, KeyRing, openClient } from "../remote/spi.ts";
import { parseAddress } from "./address.ts";
import type { Destination } from "./connections.ts";
import { DIAL_TIMEOUT_MS } from "./limits.ts";
import type { ClusterNodeOptions } from "./options.ts";

/** What both ends of a connection are set up with. */
type Shared = Pick<ClusterNodeOptions, "key" | "tls" | "transport" | "frameBytesMax" | "clock" | "random">;

/** The port of a node that serves. */
export class Endpoint {
  /** What takes the connections of others. */
  readonly server: RemoteServer;
  readonly #node: LocalNode;
  readonly #shared: Shared;
  readonly #askTimeout: number | undefined;
  readonly #keys: KeyRing | undefined;

  private constructor(server: RemoteServer, node: LocalNode, options: ClusterNodeOptions, keys: KeyRing | undefined) {
    this.server = server;
    this.#node = node;
    this.#shared = sharedOf(options);
    this.#askTimeout = options.askTimeout;
    this.#keys = keys;
  }

  /**
   * Listens.
   *
   * @throws {BindError} When the address is taken, or may not be used without a key or TLS.
   */
  static async bind(
    address: Address,
    identity: { readonly id: string; readonly uid: () => number; readonly channel: ChannelReceiver },
    router: MessageRouter,
    options: ClusterNodeOptions,
  ): Promise<Endpoint> {
    const { id, uid, channel } = identity;
    const { key, insecure = false } = options;
    const keys = key === undefined ? undefined : await KeyRing.import(key);
    const bound = { ...sharedOf(options), ...address, insecure };
    const server = await bindNode(bound, router, {
      node: id,
      // A node that was there before raises it when it hears of its earlier start.
      get uid(): string {
        return textOf(uid());
      },
      channel,
    });
    return new Endpoint(server, new LocalNode(id), options, keys);
  }

  /** Connects for gossip with whoever is there. */
  dial(addr: string, signal: AbortSignal): Promise<Dialled> {
    const options = { ...this.#shared, ...parseAddress(addr), node: this.#node, connectTimeout: DIAL_TIMEOUT_MS };
    return new Dialler(options, this.#keys).dial(signal);
  }

  /** Opens the connection for messages to the actors of a node; nothing but that very start of it is taken. */
  open({ id, uid, addr }: Destination): RemoteClient {
    const askTimeout = this.#askTimeout === undefined ? {} : { askTimeout: this.#askTimeout };
    const options = { ...this.#shared, ...parseAddress(addr), node: this.#node, ...askTimeout };
    return openClient(new Dialler(options, this.#keys, { node: id, uid: textOf(uid) }), options, id);
  }
}

function sharedOf({ key, tls, transport, frameBytesMax, clock, random }: ClusterNodeOptions): Shared {
  // What was left out must stay so: `undefined` would not be the same.
  const given = Object.entries({ key, tls, transport, frameBytesMax, clock, random });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** A uid as the handshake tells it. */
function textOf(uid: number): string {
  return uid.toString(16);
}
