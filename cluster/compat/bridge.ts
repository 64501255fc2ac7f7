/**
 * A listener in the mode of Cinema-rs 0.1, by which nodes of such a cluster and this one find and call each other's
 * actors.
 * @module
 */

import {
  type Address,
  BindError,
  type CloseOptions,
  type Listener,
  LocalNode,
  type MessageRouter,
  type RemoteClient,
  type RemoteServer,
  type ServerEvent,
  type Transport,
} from "../../remote/mod.ts";
import { bindNode, checkName, Dialler, isLoopback, openClient, tcpTransport } from "../../remote/spi.ts";
import { checkTimeout, type Clock, type ClockTimer, type Random } from "../../src/spi.ts";
import { formatAddress, isEveryHost, parseAddress } from "../address.ts";
import { Connections } from "../connections.ts";
import { ClusterFrameWriter } from "./cluster_frame.ts";
import { ClusterFraming } from "./cluster_framing.ts";
import type { CompatEvent, Peer } from "./events.ts";
import { exchange } from "./exchange.ts";
import type { Gossip } from "./gossip_codec.ts";
import { CONNECTIONS_MAX, EXCHANGE_MAX_MS, FRAME_BYTES_MAX } from "./limits.ts";
import { Peers } from "./peers.ts";

/** Options of {@linkcode CompatBridge.open}. */
export interface CompatBridgeOptions extends Address {
  /** The id of this node. */
  readonly nodeId: string;
  /** What peers are told to reach this node at, as `host:port`; without it the address where it listens. */
  readonly advertise?: string;
  /** The actors that peers may call. */
  readonly router: MessageRouter;
  /** What carries the bytes; without it TCP. */
  readonly transport?: Transport;
  /** Says that an address that others can reach may be used, although such peers prove nothing. */
  readonly insecure?: boolean;
  /** Such peers know neither keys nor certificates. */
  readonly key?: never;
  /** See `key`. */
  readonly tls?: never;
  /** The time. */
  readonly clock: Clock;
  /** Spreads exchanges, and numbers connections. */
  readonly random: Random;
  /** Ms between two exchanges of gossip with one peer. */
  readonly intervalMs: number;
  /** Ms after which a peer that was not heard is Suspect; after twice as long it is Down. */
  readonly suspectTimeoutMs: number;
  /** Ms that an ask to a peer may take unless it says so itself. */
  readonly askTimeoutMs?: number;
  /** Bytes of the largest message. */
  readonly frameBytesMax?: number;
  /** The ids of the nodes of our own cluster: no peer may have one of them. */
  readonly ownMembers: () => Iterable<string>;
  /** The actors of this node that peers are told of. */
  readonly ownActors: () => Iterable<{ readonly name: string; readonly actorType: string }>;
  /** Hears what happens. */
  readonly emit: (event: CompatEvent) => void;
}

/** Where an actor of a peer is. */
export interface PeerActorLocation {
  /** The id of the peer. */
  readonly node: string;
  /** Where that is reached. */
  readonly addr: string;
  /** What kind of actor it is. */
  readonly actorType: string;
}

/** See the module. */
export class CompatBridge implements AsyncDisposable {
  readonly #options: CompatBridgeOptions;
  readonly #transport: Transport;
  readonly #framing: ClusterFraming;
  readonly #peers: Peers;
  readonly #connections: Connections;
  readonly #stop: AbortController = new AbortController();
  readonly #exchanges: Set<Promise<void>> = new Set();
  #server!: RemoteServer;
  #advertise = "";
  #timer: ClockTimer | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: CompatBridgeOptions) {
    const { clock, nodeId: node, transport = tcpTransport(clock), frameBytesMax = FRAME_BYTES_MAX } = options;
    this.#options = options;
    this.#transport = transport;
    this.#peers = new Peers(options, clock.now());
    this.#connections = new Connections(({ id, addr }) => this.#openClient(id, addr));
    this.#framing = new ClusterFraming(transport, {
      node,
      clock,
      frameBytesMax,
      gossiped: (gossip, sender, remote) => this.#gossiped(gossip, sender, remote),
      failed: (remote, { message: reason }) => options.emit({ kind: "rejected", addr: formatAddress(remote), reason }),
    });
  }

  /**
   * Listens, and takes part from then on.
   *
   * @throws {BindError} When the address is taken or is none of this machine; or when others can reach it and
   * `insecure` is not said.
   * @throws {TypeError | RangeError} When an option is wrong.
   */
  static async open(options: CompatBridgeOptions): Promise<CompatBridge> {
    check(options);
    const bridge = new CompatBridge(options);
    await bridge.#listen();
    bridge.#tick();
    return bridge;
  }

  /** Where it listens. */
  get address(): Address {
    return this.#server.address;
  }

  /** The nodes of the Cinema-rs cluster, those that are Down included. */
  get peers(): Peer[] {
    return this.#peers.all;
  }

  /** What happens to the connections of peers, and to the messages on them. */
  get serverEvents(): ReadableStream<ServerEvent> {
    return this.#server.events;
  }

  /** Wants the node at an address, `host:port`, to be a peer: asks it again and again. */
  addPeer(addr: string): void {
    if (parseAddress(addr).port === 0) throw new TypeError(`Cannot reach a peer at ${addr}: port 0 is none`);
    this.#peers.seed(addr, this.#options.clock.now());
  }

  /** The peer that hosts an actor. */
  lookup(name: string): PeerActorLocation | undefined {
    const host = this.#peers.lookup(name);
    const peer = host && this.#peers.get(host.node);
    return peer && { node: peer.id, addr: peer.addr, actorType: host.actorType };
  }

  /** The client by which the actors of a peer are called; undefined for one that is unknown or Down. */
  client(nodeId: string): RemoteClient | undefined {
    const peer = this.#peers.get(nodeId);
    if (peer === undefined || peer.status === "down" || this.#closing !== undefined) return undefined;
    return this.#connections.to({ id: peer.id, addr: peer.addr, uid: peer.moves });
  }

  /**
   * Stops listening, and closes when what is in hand has its answer; at the latest after `timeout` ms. Peers notice by
   * silence.
   *
   * @throws {RangeError} At once, when the time-out is no number >= 0.
   */
  close({ timeout = 10_000 }: CloseOptions = {}): Promise<void> {
    checkTimeout(timeout);
    this.#closing ??= this.#close(timeout);
    return this.#closing;
  }

  /** Closes it, with the default time-out. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(timeout: number): Promise<void> {
    this.#timer?.cancel();
    this.#stop.abort();
    await Promise.all([this.#server.shutdown({ timeout }), this.#connections.close(timeout), ...this.#exchanges]);
  }

  async #listen(): Promise<void> {
    const { hostname, port, router, clock, random, nodeId: node, frameBytesMax = FRAME_BYTES_MAX } = this.#options;
    const framing = this.#framing;
    const transport: Transport = {
      connect: framing.connect.bind(framing),
      listen: async (address: Address): Promise<Listener> => {
        const listener = await framing.listen(address);
        // Before the first gossip can come.
        this.#advertise = this.#options.advertise ?? formatAddress(listener.address);
        return listener;
      },
    };
    const limits = { frameBytesMax, maxConnections: 2 * CONNECTIONS_MAX };
    const options = { hostname, port, transport, compat: "cinema-rs-0.1", clock, random, ...limits } as const;
    this.#server = await bindNode(options, router, { node, uid: random.bytes(8).toHex(), channel: ignoreChannel });
  }

  /** Looks who was not heard, and asks those whose turn it is. */
  #tick(): void {
    const { clock, intervalMs, suspectTimeoutMs } = this.#options;
    this.#tell(this.#peers.tick(clock.now()));
    const due = this.#peers.due(clock.now());
    const frame = due.length === 0 ? undefined : this.#frame();
    for (const addr of due) this.#ask(addr, frame!);
    // Peers are watched closely enough to tell silence from a process that was not running.
    this.#timer = clock.schedule(Math.min(intervalMs, suspectTimeoutMs / 4), () => this.#tick());
  }

  /** What is said to all peers that are asked now. Nobody may change it. */
  #frame(): Uint8Array {
    const writer = new ClusterFrameWriter(this.#options.nodeId, false);
    writer.appendGossip(this.#state());
    return writer.take();
  }

  #ask(addr: string, frame: Uint8Array): void {
    const asking = this.#exchange(addr, frame).finally(() => this.#exchanges.delete(asking));
    this.#exchanges.add(asking);
  }

  async #exchange(addr: string, frame: Uint8Array): Promise<void> {
    const { clock, suspectTimeoutMs } = this.#options;
    const { signal } = this.#stop;
    // What comes later than the suspicion could not prevent it.
    const timeoutMs = Math.min(suspectTimeoutMs, EXCHANGE_MAX_MS);
    try {
      const transport = this.#transport;
      const answer = await exchange(parseAddress(addr), frame, { transport, clock, timeoutMs, signal });
      if (!signal.aborted) this.#tell(this.#peers.hear({ ...answer, from: addr, asked: addr }, clock.now()).events);
    } catch (error) {
      if (!signal.aborted) this.#tell(this.#peers.missed(addr, error, clock.now()));
    }
  }

  /** Answers gossip that has come in. */
  #gossiped(gossip: Gossip, sender: string, remote: Address): Gossip | undefined {
    // This node itself, which was told to ask its own address: it shall find out.
    if (sender === this.#options.nodeId && gossip.members[0]?.addr === this.#advertise) return this.#state();
    const heard = { gossip, sender, from: formatAddress(remote) };
    const { isRejected, events } = this.#peers.hear(heard, this.#options.clock.now());
    this.#tell(events);
    return isRejected ? undefined : this.#state();
  }

  /** What this node says: itself, the peers that it sees Up, and its own actors. Nothing of the rest of our cluster. */
  #state(): Gossip {
    const { nodeId, ownActors } = this.#options;
    const self = { id: nodeId, addr: this.#advertise, status: "up" } as const;
    const actors = Array.from(ownActors(), ({ name, actorType }) => ({ actorId: name, nodeId, actorType }));
    return { members: [self, ...this.#peers.known], actors };
  }

  #openClient(node: string, addr: string): RemoteClient {
    const { clock, random, nodeId, askTimeoutMs, frameBytesMax = FRAME_BYTES_MAX } = this.#options;
    const options = {
      ...parseAddress(addr),
      compat: "cinema-rs-0.1",
      transport: this.#framing,
      node: new LocalNode(nodeId),
      clock,
      random,
      frameBytesMax,
      ...(askTimeoutMs === undefined ? {} : { askTimeout: askTimeoutMs }),
    } as const;
    return openClient(new Dialler(options, undefined), options, node);
  }

  #tell(events: readonly CompatEvent[]): void {
    for (const event of events) {
      if (event.kind === "status" && event.status === "down") {
        this.#connections.giveUp(event.id, `The node ${event.id} is down`);
      }
      this.#options.emit(event);
    }
  }
}

/** Nothing of ours beside messages travels by such a port. */
function ignoreChannel(): void {}

function check(options: CompatBridgeOptions): void {
  const { hostname, port, nodeId, advertise, insecure, transport, intervalMs, suspectTimeoutMs } = options;
  checkName("a node", nodeId);
  for (const [name, value] of Object.entries({ intervalMs, suspectTimeoutMs })) {
    if (!(value > 0 && value < Infinity)) throw new RangeError(`Cannot gossip with ${name} ${value}: it must be > 0`);
  }
  if (options.key !== undefined || options.tls !== undefined) {
    throw new TypeError("Cannot listen for Cinema-rs peers with key or tls: they know neither");
  }
  if (advertise !== undefined) parseAddress(advertise);
  else if (isEveryHost(hostname)) {
    throw new TypeError(`Cannot tell peers to connect to ${hostname}: say what to advertise`);
  }
  if (transport === undefined && insecure !== true && !isLoopback(hostname)) {
    throw new BindError(
      `Cannot listen on ${hostname}:${port} for Cinema-rs peers: others can reach it, and they prove nothing`,
    );
  }
}
