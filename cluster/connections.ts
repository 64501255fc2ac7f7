/**
 * The connections that carry messages to the actors of other nodes: one for each node, shared by everybody, made when
 * it is needed and given up with its node.
 * @module
 */

import type { ClientEvent, RemoteClient } from "../remote/mod.ts";
import { abortClient, finishClient } from "../remote/spi.ts";
import { NodeDownError } from "./errors.ts";
import type { MemberRecord } from "./membership/member.ts";

/** Which start of which node, and where. */
export type Destination = Pick<MemberRecord, "id" | "uid" | "addr">;

/**
 * A message that a connection has lost; or how many there were besides, where too many were lost at once to tell of
 * each.
 */
export type Loss = ClientEvent & { readonly kind: "dead-letter" | "missed" };

interface Open {
  readonly uid: number;
  readonly client: RemoteClient;
}

/** See the module. */
export class Connections {
  readonly #open: (destination: Destination) => RemoteClient;
  readonly #lost: ((event: Loss) => void) | undefined;
  readonly #clients: Map<string, Open> = new Map();
  readonly #closing: Map<RemoteClient, Promise<void>> = new Map();
  readonly #listening: Set<Promise<void>> = new Set();

  /** Creates no connections; `open` makes one, and `lost` hears of the messages that one has lost. */
  constructor(open: (destination: Destination) => RemoteClient, lost?: (event: Loss) => void) {
    this.#open = open;
    this.#lost = lost;
  }

  /** The client of a node. One of an earlier start of it is given up. */
  to(destination: Destination): RemoteClient {
    const { id, uid } = destination;
    const known = this.#clients.get(id);
    if (known?.uid === uid) return known.client;
    if (known !== undefined) this.giveUp(id, `The node ${id} has started anew`);
    const client = this.#open(destination);
    if (this.#lost !== undefined) this.#listen(client.events, this.#lost);
    this.#clients.set(id, { uid, client });
    return client;
  }

  /** A node is gone: what was asked of it fails at once. */
  giveUp(id: string, reason: string): void {
    const known = this.#clients.get(id);
    if (known === undefined) return;
    this.#clients.delete(id);
    this.#track(known.client, abortClient(known.client, new NodeDownError(reason, { node: id })));
  }

  /** A node has said goodbye: it still answers what it was asked. */
  finish(id: string): void {
    const known = this.#clients.get(id);
    if (known === undefined) return;
    this.#clients.delete(id);
    this.#track(known.client, finishClient(known.client, new NodeDownError(`The node ${id} has left`, { node: id })));
  }

  /** What is being closed does not wait for answers any more: whoever asked is told `reason`. */
  cutOff(reason: string): void {
    for (const client of [...this.#closing.keys()]) {
      this.#track(client, abortClient(client, new NodeDownError(reason, { node: client.node })));
    }
  }

  /** Closes all, and resolves when nothing is left; what is open after `timeout` ms is cut off. */
  async close(timeout: number): Promise<void> {
    for (const { client } of this.#clients.values()) this.#track(client, client.close({ timeout }));
    this.#clients.clear();
    await Promise.all([...this.#closing.values(), ...this.#listening]);
  }

  #listen(events: RemoteClient["events"], lost: (event: Loss) => void): void {
    const listen = async () => {
      // A connection that breaks loses all that was on its way in one turn, which may be more than the stream holds.
      for await (const event of events) if (event.kind === "dead-letter" || event.kind === "missed") lost(event);
    };
    // It ends with the client.
    const listening = listen().finally(() => this.#listening.delete(listening));
    this.#listening.add(listening);
  }

  #track(client: RemoteClient, closing: Promise<void>): void {
    this.#closing.set(client, closing.finally(() => this.#closing.delete(client)));
  }
}
