/**
 * The nodes of a Cinema-rs cluster as this node shows them: among its members, its actors and its events.
 * @module
 */

import { type RemoteClient, WireError } from "../../remote/mod.ts";
import { textOf } from "../../remote/spi.ts";
import { formatAddress } from "../address.ts";
import type { Location } from "../directory/entry.ts";
import type { ClusterEvent, ClusterMember } from "../events.ts";
import { CompatBridge, type CompatBridgeOptions } from "./bridge.ts";
import type { CompatEvent } from "./events.ts";
import { Repeats } from "./repeats.ts";

/** What a peering needs, and who hears of it. */
export interface PeeringOptions extends Omit<CompatBridgeOptions, "emit"> {
  /** Hears what users are told. */
  readonly emit: (event: ClusterEvent) => void;
  /** An actor of a peer can be found. */
  readonly appeared: (location: Location) => void;
  /** It cannot any more, for `reason`. */
  readonly gone: (location: Location, reason: string) => void;
}

/** See the module. */
export class Peering {
  readonly #options: PeeringOptions;
  readonly #actors: Map<string, Location> = new Map();
  #bridge!: CompatBridge;
  readonly #repeats: Repeats = new Repeats();
  // It ends with the bridge.
  #telling: Promise<void> | undefined;

  private constructor(options: PeeringOptions) {
    this.#options = options;
  }

  /**
   * Listens for such nodes.
   *
   * @throws {BindError} When the address is taken, or others can reach it and `insecure` is not said.
   */
  static async open(options: PeeringOptions): Promise<Peering> {
    const peering = new Peering(options);
    peering.#bridge = await CompatBridge.open({ ...options, emit: (event) => peering.#heard(event) });
    peering.#telling = peering.#tellUnhandled();
    return peering;
  }

  /** Where it listens. */
  get port(): number {
    return this.#bridge.address.port;
  }

  /** The peers. */
  get members(): ClusterMember[] {
    return this.#bridge.peers.map(({ id, addr, status }) => ({ id, addr, status }));
  }

  /** Their actors. */
  get actors(): Iterable<Location> {
    return this.#actors.values();
  }

  /** Asks the node at an address again and again. */
  addPeer(addr: string): void {
    this.#bridge.addPeer(addr);
  }

  /** Where an actor of a peer is. */
  lookup(name: string): Location | undefined {
    return this.#actors.get(name);
  }

  /** The connection to the actors of a peer; undefined for one that is unknown or down. */
  client(node: string): RemoteClient | undefined {
    return this.#bridge.client(node);
  }

  /** Stops; what is in hand after `timeout` ms is cut off. */
  async close(timeout: number): Promise<void> {
    await this.#bridge.close({ timeout });
    await this.#telling;
  }

  /** Over there it is silence when a message reaches nobody: only here can anybody be told. */
  async #tellUnhandled(): Promise<void> {
    for await (const event of this.#bridge.serverEvents) {
      if (event.kind === "dead-letter") {
        this.#rejected(event.node, `"${event.messageType}" was not handled: ${textOf(event.error)}`);
      } else if (event.kind === "disconnected" && event.error instanceof WireError) {
        this.#rejected(formatAddress(event.remote), event.error.message);
      }
    }
  }

  /** What was not taken of a message; the bridge has told of the frame around it already. */
  #rejected(addr: string, reason: string): void {
    const { clock, emit } = this.#options;
    if (this.#repeats.isNews(subjectOf(addr, reason), clock.now())) emit({ kind: "rejected", addr, reason });
  }

  #heard(event: CompatEvent): void {
    const { clock, emit, intervalMs: retryInMs } = this.#options;
    switch (event.kind) {
      case "status":
        return emit({ kind: event.status, member: { id: event.id, addr: event.addr, status: event.status } });
      case "actor":
        return this.#moved(event.name, event.node);
      case "rejected":
        this.#repeats.isNews(subjectOf(event.addr, event.reason), clock.now());
        return emit({ kind: "rejected", addr: event.addr, reason: event.reason });
      case "unreachable":
        return emit({ kind: "unreachable", addr: event.addr, error: event.error, retryInMs });
    }
  }

  /** The directory of such a cluster tells no more than where a name leads now. */
  #moved(name: string, node: string | undefined): void {
    const { appeared, gone } = this.#options;
    const before = this.#actors.get(name);
    this.#actors.delete(name);
    if (before !== undefined) gone(before, this.#isAlive(before.node) ? "stopped" : "node-down");
    if (node === undefined) return;
    const actorType = this.#bridge.lookup(name)?.actorType ?? "";
    const location = { name, node, uid: 0, actorType, entryUid: 0 };
    this.#actors.set(name, location);
    appeared(location);
  }

  #isAlive(node: string): boolean {
    return this.#bridge.peers.some(({ id, status }) => id === node && status !== "down");
  }
}

/** Who connects has another port each time. */
function subjectOf(addr: string, reason: string): string {
  return `${addr.slice(0, addr.lastIndexOf(":"))} ${reason}`;
}
