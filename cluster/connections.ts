/**
 * The connections that carry messages to the actors of other nodes: one for each node, shared by everybody, made when it is needed
 * and given up with its node.
 * @module
 */

import type { RemoteClient } from "../remote/mod.ts";
import { abortClient } from "../remote/spi.ts";
import { NodeDownError } from "./errors.ts";
import type { MemberRecord } from "./membership/member.ts";

/** Which start of which node, and where. */
export type Destination = Pick<MemberRecord, "id" | "uid" | "addr">;

interface Open {
  readonly uid: number;
  readonly client: RemoteClient;
}

/** See the module. */
export class Connections {
  readonly #open: (destination: Destination) => RemoteClient;
  readonly #clients: Map<string, Open> = new Map();
  readonly #closing: Set<Promise<void>> = new Set();

  /** Creates no connections; `open` makes one. */
  constructor(open: (destination: Destination) => RemoteClient) {
    this.#open = open;
  }

  /** The client of a node. One of an earlier start of it is given up. */
  to(destination: Destination): RemoteClient {
    const { id, uid } = destination;
    const known = this.#clients.get(id);
    if (known?.uid === uid) return known.client;
    if (known !== undefined) this.giveUp(id, `The node ${id} has started anew`);
    const client = this.#open(destination);
    this.#clients.set(id, { uid, client });
    return client;
  }

  /** A node is gone: what was asked of it fails at once. */
  giveUp(id: string, reason: string): void {
    const known = this.#clients.get(id);
    if (known === undefined) return;
    this.#clients.delete(id);
    this.#track(abortClient(known.client, new NodeDownError(reason, { node: id })));
  }

  /** A node has said goodbye: it still answers what it was asked. */
  finish(id: string): void {
    const known = this.#clients.get(id);
    if (known === undefined) return;
    this.#clients.delete(id);
    this.#track(known.client.close());
  }

  /** Closes all, and resolves when nothing is left; what is open after `timeout` ms is cut off. */
  async close(timeout: number): Promise<void> {
    for (const { client } of this.#clients.values()) this.#track(client.close({ timeout }));
    this.#clients.clear();
    await Promise.all(this.#closing);
  }

  #track(closing: Promise<void>): void {
    const tracked = closing.finally(() => this.#closing.delete(tracked));
    this.#closing.add(tracked);
  }
}
