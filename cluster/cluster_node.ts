/**
 * A node of a cluster: what users make, start and ask.
 * @module
 */

import type { ActorRef, AnyMessage } from "../mod.ts";
import type { CloseOptions, MessageRouter, Protocol } from "../remote/mod.ts";
import { checkName, checkOptions } from "../remote/spi.ts";
import { checkTimeout } from "../src/spi.ts";
import { checkReachable, isEveryHost, parseAddress } from "./address.ts";
import type { ClusterHome } from "./cluster_remote_addr.ts";
import { actorOf } from "./event_of.ts";
import type { ActorLocation, ClusterEvent, ClusterMember } from "./events.ts";
import { LEAVE_TIMEOUT_MS } from "./limits.ts";
import { PRESETS } from "./membership/config.ts";
import { STATUSES } from "./membership/member.ts";
import { NodeEngine } from "./node_engine.ts";
import type {
  ClusterNodeOptions,
  CompatOptions,
  GossipOptions,
  JoinOptions,
  RegisterOptions,
  WaitOptions,
} from "./options.ts";

/** What the client of a cluster asks of a node. */
export let homeOf: (node: ClusterNode) => ClusterHome;

/**
 * This process as a node of a cluster: it finds the others, notices who fails, and knows which node has which actor.
 *
 * `await using` leaves the cluster at the end of the block.
 *
 * @example
 * ```ts
 * import { ClusterNode } from "@cinema/cinema/cluster";
 * import { MemoryNetwork } from "@cinema/cinema/remote";
 * import { assertEquals } from "@std/assert";
 *
 * const transport = new MemoryNetwork(); // leave it out for TCP
 * await using one = new ClusterNode("node-1", "node-1:7001", { transport });
 * await one.join([]);
 * await using two = new ClusterNode("node-2", "node-2:7001", { transport });
 * await two.join(["node-1:7001"]);
 * assertEquals(two.members.map(({ id, status }) => `${id} ${status}`), ["node-1 up", "node-2 up"]);
 * ```
 */
export class ClusterNode implements AsyncDisposable {
  /** The name of the node. */
  readonly id: string;
  readonly #engine: NodeEngine;
  #leaving: Promise<void> | undefined;

  static {
    homeOf = (node) => node.#engine;
  }

  /**
   * Creates a node that is not a member of anything yet. Its id must be unique in the cluster; `addr` is where it will
   * listen, as `"host:port"`.
   *
   * @throws {TypeError} When the id, an address, a key, the preset or the name of the cluster is none, or nobody could
   * reach the node.
   * @throws {RangeError} When a key is too short, or a knob or another number is wrong.
   */
  constructor(id: string, addr: string, options?: ClusterNodeOptions) {
    const given = options ?? {};
    const { advertise, preset = "lan", clusterName, maxEntries = 0 } = given;
    if (advertise !== undefined) checkReachable(advertise);
    else if (isEveryHost(parseAddress(addr).hostname)) {
      throw new TypeError(`Cannot be reached at "${addr}": say where, with advertise`);
    }
    checkOptions("connect", given);
    if (!(maxEntries >= 0)) throw new RangeError(`Cannot take ${maxEntries} entries: it must be a number >= 0`);
    if (clusterName !== undefined) checkName("a cluster", clusterName);
    if (!Object.hasOwn(PRESETS, preset)) throw new TypeError(`Cannot use the preset "${preset}": there is none`);
    parseAddress(addr);
    this.id = checkName("a node", id);
    this.#engine = new NodeEngine(id, addr, given);
  }

  /** Where others reach it, with the port that was chosen where `0` was asked for. */
  get addr(): string {
    return this.#engine.core.self.addr;
  }

  /** The name of the cluster. */
  get clusterName(): string {
    return this.#engine.clusterName;
  }

  /** All nodes that are known, this one included, by id; those who are gone are remembered for a while. */
  get members(): readonly ClusterMember[] {
    return this.#engine.members.sort((a, b) => a.id < b.id ? -1 : 1);
  }

  /** All actors that can be found, those of this node first. */
  get actors(): readonly ActorLocation[] {
    return this.#engine.actors.map(actorOf);
  }

  /**
   * What happens from now on. Each read of this property is a subscription of its own, with a buffer of 1,024 events; a
   * reader that falls behind loses the oldest and gets a `missed` event with their number. It ends when the node has
   * left.
   */
  get events(): ReadableStream<ClusterEvent> {
    return this.#engine.events.subscribe();
  }

  /**
   * Listens, on the host of the node's address: for gossip and for messages to the actors of `router` and those of
   * {@linkcode ClusterNode.register}. {@linkcode ClusterNode.join} does it by itself where it has not been done.
   *
   * @throws {BindError} When the address is taken, or others can reach it and there is neither a key nor TLS.
   * @throws {TypeError} When the router has the routes of another node, or of a name that was registered with its
   * actor.
   * @throws {CinemaError} When the server has started, or the node has left.
   */
  async startServer(port?: number, router?: MessageRouter): Promise<void> {
    await this.#engine.startServer(port, router);
  }

  /**
   * Starts to gossip and to watch the others, with the knobs of the preset, or with those that follow from the two
   * figures that Cinema-rs has. {@linkcode ClusterNode.join} does it by itself where it has not been done.
   *
   * @throws {CinemaError} When the server has not started, it gossips already, or the node has left.
   * @throws {RangeError} When a figure is less than 1 ms.
   */
  startPeriodicGossip(options?: GossipOptions): void {
    this.#engine.startGossip(options);
  }

  /**
   * Opens a port of its own for nodes of Cinema-rs 0.1, and returns its number: they find and call the actors of this
   * node, and this node finds and calls theirs. It goes by their silence, never by what they say of others, and they
   * see none of the rest of this cluster. Such nodes prove nothing: who reaches the port may call what this node
   * offers, whatever the key of the cluster.
   *
   * What they send is for the actor that it names, though Cinema-rs itself goes by the name of the message alone.
   * What fails is silence over there, and a `rejected` event here.
   *
   * @throws {BindError} When the address is taken, or others can reach it and `insecure` is not said.
   * @throws {CinemaError} When the server has not started, or there is such a port already.
   * @throws {TypeError | RangeError} When an option is wrong.
   */
  async startCompatServer(port: number, options?: CompatOptions): Promise<number> {
    return await this.#engine.startCompat(port, options ?? {});
  }

  /**
   * Takes a node to talk to, without having heard of it: the others are learned from it. `join` does more.
   *
   * @throws {TypeError} When the id, the address or the status is none.
   */
  addMember(member: ClusterMember): void {
    const { id, addr, status } = member;
    if (!STATUSES.includes(status)) throw new TypeError(`Cannot add a member that is "${status}": that is no status`);
    const record = {
      id: checkName("a node", id),
      addr: checkReachable(addr),
      status,
      uid: 0,
      incarnation: 0,
      version: 0,
    };
    this.#engine.perform((now) => this.#engine.core.add(record, now));
  }

  /**
   * Joins a cluster: resolves when the seeds have told which nodes there are, and the actors that those had by then are
   * known here. One seed is enough: once it has answered, the others have half a second to do so. A node that does not
   * answer is waited for up to 3 seconds; its actors follow when it does. Seeds that cannot be reached are tried again
   * and again, and `events` says so; the seeds that stay away are tried later, too, so that a cluster that was parted
   * finds itself again. With no seed but itself, the node is the first one, and that is that; with others, none of
   * which runs yet, it waits for one of them.
   *
   * @throws {JoinError} When a seed turns this node away, it leaves before it has joined, or another join begins.
   * @throws {BindError} When it cannot listen.
   * @throws {TypeError} When a seed is no address.
   */
  async join(seeds: readonly string[], options?: JoinOptions): Promise<void> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    for (const seed of seeds) checkReachable(seed);
    await this.#engine.join(seeds, signal);
  }

  /**
   * Offers an actor to the whole cluster under a name, until it ends or is unregistered: others can call it from now
   * on, and find it within a second or so.
   *
   * @throws {TypeError} When the name is none, or this node has an actor of that name already.
   * @throws {CinemaError} When this node has `maxEntries` actors already, or has left.
   */
  register<M extends AnyMessage>(
    name: string,
    addr: ActorRef<NoInfer<M>>,
    protocol: Protocol<M>,
    options?: RegisterOptions,
  ): void {
    const { actorType = "actor", group = false } = options ?? {};
    const offer = {
      addr: addr as unknown as ActorRef<AnyMessage>,
      protocol: protocol as unknown as Protocol<AnyMessage>,
    };
    this.#engine.own.offer(name, offer, actorType, group);
  }

  /**
   * Announces an actor that the router of {@linkcode ClusterNode.startServer} has under this name. It stays announced
   * until {@linkcode ClusterNode.unregisterActor}; {@linkcode ClusterNode.register} routes, announces and cleans up at
   * once.
   *
   * @throws {TypeError} When the name is none.
   * @throws {CinemaError} When this node has `maxEntries` actors already, or has left.
   */
  registerActor(name: string, actorType: string, options?: Pick<RegisterOptions, "group">): void {
    this.#engine.own.announce(name, actorType, options?.group ?? false);
  }

  /** Takes an actor of this node out of the directory. Returns whether it was there. */
  unregisterActor(name: string): boolean {
    return this.#engine.own.withdraw(name, "stopped");
  }

  /** Which node has an actor of this name, as far as this one knows. */
  lookupActor(name: string): ActorLocation | undefined {
    const found = this.#engine.lookup(name, this.id);
    return found === undefined ? undefined : actorOf(found);
  }

  /**
   * Resolves when so many nodes have an actor of this name, by default one: at once where this node knows of them. What
   * it resolves with is one of them.
   *
   * @throws {CinemaError} When this node leaves first.
   * @throws {RangeError} When the count is no whole number >= 1.
   * @throws {TypeError} When the name is none.
   */
  async waitForActor(name: string, options?: WaitOptions): Promise<ActorLocation> {
    const { count = 1, signal } = options ?? {};
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new RangeError(`Cannot wait for ${count} actors: it must be a whole number >= 1`);
    }
    const found = this.lookupActor(checkName("an actor", name));
    if (found !== undefined && this.#engine.countOf(name) >= count) return found;
    return await this.#engine.waiters.wait(name, count, signal);
  }

  /**
   * Says goodbye to the others, who know at once that this is no failure, then serves what is in hand to its end; what
   * is left after `timeout` ms is cut off. The actors are not stopped. Calling it again returns the same promise.
   *
   * @throws {RangeError} At once, when the time-out is no number >= 0.
   */
  leave(options?: CloseOptions): Promise<void> {
    checkTimeout(options?.timeout);
    this.#leaving ??= this.#engine.leave(options?.timeout ?? LEAVE_TIMEOUT_MS);
    return this.#leaving;
  }

  /** Leaves, with the default time-out. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }
}
