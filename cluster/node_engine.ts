/**
 * What a node of a cluster consists of, wired together: the core and its driver, the port, the connections to the
 * actors of others, and who waits for what. {@linkcode ClusterNode} is its face.
 * @module
 */

import { CinemaError, systemClock, systemRandom } from "../mod.ts";
import type { MessageRouter } from "../remote/mod.ts";
import type { ChannelPeer } from "../remote/spi.ts";
import { type Clock, currentInstrument, Events, type Watchable } from "../src/spi.ts";
import { ActorWatches } from "./actor_watches.ts";
import { formatAddress, parseAddress } from "./address.ts";
import type { ClusterHome, Whereabouts } from "./cluster_remote_addr.ts";
import { Peering } from "./compat/peering.ts";
import { Connections } from "./connections.ts";
import { Core } from "./core.ts";
import type { CoreEffect, CoreEvent } from "./core_event.ts";
import { Driver } from "./driver.ts";
import { Endpoint } from "./endpoint.ts";
import { JoinError } from "./errors.ts";
import { actorOf, eventOf, memberOf } from "./event_of.ts";
import type { ActorLocation, ClusterEvent, ClusterMember } from "./events.ts";
import type { Location } from "./directory/entry.ts";
import { Joining } from "./joining.ts";
import { ENTRIES_MAX } from "./limits.ts";
import { checkConfig, configOf, type MembershipConfig, PRESETS } from "./membership/config.ts";
import { clusterTag } from "./membership/messages.ts";
import { NameWaiters } from "./name_waiters.ts";
import type { ClusterNodeOptions, CompatOptions, GossipOptions } from "./options.ts";
import { OwnActors } from "./own_actors.ts";

/** See the module. */
export class NodeEngine implements ClusterHome {
  /** What happens. */
  readonly events: Events<ClusterEvent> = new Events<ClusterEvent>();
  readonly emit: (event: ClusterEvent) => void = (event) => this.events.emit(event);
  /** Membership and directory. */
  readonly core: Core;
  /** The actors that this node offers. */
  readonly own: OwnActors;
  /** Who waits for a name. */
  readonly waiters: NameWaiters<ActorLocation> = new NameWaiters();
  readonly clusterName: string;
  readonly #id: string;
  readonly #options: ClusterNodeOptions;
  readonly #clock: Clock;
  readonly #config: MembershipConfig;
  readonly #driver: Driver;
  readonly #connections: Connections = new Connections((to) => this.#server.open(to), this.emit);
  readonly #watches: ActorWatches = new ActorWatches({
    lookup: (name, key) => this.lookup(name, key),
    hosts: (name) => this.core.hosts(name),
  });
  readonly #address: string;
  #endpoint: Endpoint | undefined;
  #starting: Promise<void> | undefined;
  #joining: Joining | undefined;
  #peering: Promise<Peering> | undefined;
  #peers: Peering | undefined;
  #probe: Disposable | undefined;
  #isGossiping = false;
  #isLeaving = false;
  hasLeft = false;

  /** Creates a node that does nothing yet; the id and the addresses have been checked. */
  constructor(id: string, addr: string, options: ClusterNodeOptions) {
    const { clusterName = "default", preset = "lan", tuning = {}, maxEntries = ENTRIES_MAX } = options;
    const { clock = systemClock, random = systemRandom, advertise = addr } = options;
    this.clusterName = clusterName;
    this.#id = id;
    this.#address = addr;
    this.#options = options;
    this.#clock = clock;
    this.#config = checkConfig({ ...PRESETS[preset], ...tuning });
    this.core = new Core({
      id,
      // A random number for each start.
      uid: 1 + Math.floor(random.next() * 2 ** 52),
      addr: advertise,
      cluster: clusterTag(clusterName),
      clusterName,
      config: this.#config,
      random,
      entriesMax: maxEntries,
    }, clock.now());
    this.#driver = new Driver({
      core: this.core,
      clock,
      dial: (to, signal) => this.#server.dial(to, signal),
      failed: (to, error) => this.#joining?.failed(to, error),
      emit: (event) => this.#heard(event),
      metSelf: (to) => this.#joining?.metSelf(to),
    });
    this.own = new OwnActors(id, {
      register: (name, type, isGroup) => {
        this.#checkOpen(`register "${name}"`);
        this.perform((now) => this.core.register(name, type, isGroup, now));
      },
      unregister: (name, reason) => {
        const isThere = this.core.hosts(name).some(({ node }) => node === id);
        this.perform((now) => this.core.unregister(name, reason, now));
        return isThere;
      },
    });
  }

  /** Does something with the core, and what that wants done. */
  perform(act: (now: number) => readonly CoreEffect[]): void {
    this.#driver.perform(act);
  }

  /** Listens. After a failure it may be tried again. */
  startServer(port: number | undefined, router: MessageRouter | undefined): Promise<void> {
    this.#checkOpen("start the server");
    if (this.#starting !== undefined) throw new CinemaError(`Cannot start the server of "${this.#id}" twice`);
    if (router !== undefined) this.own.useRouter(router);
    return this.#starting = this.#bind(port ?? parseAddress(this.#address).port);
  }

  /** Starts to gossip. */
  startGossip(options: GossipOptions | undefined): void {
    this.#checkOpen("gossip");
    if (this.#endpoint === undefined) throw new CinemaError("Cannot gossip: start the server first");
    if (this.#isGossiping) throw new CinemaError(`Cannot start to gossip: "${this.#id}" does so already`);
    if (options !== undefined) {
      const config = configOf(this.#config, options.interval, options.suspectTimeout);
      this.core.configure({ config }, this.#clock.now());
    }
    this.#isGossiping = true;
    this.perform((now) => this.core.start(now));
  }

  /** Joins. */
  async join(seeds: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    await (this.#starting ?? this.startServer(undefined, undefined));
    // Meanwhile, either may have happened.
    signal?.throwIfAborted();
    this.#checkOpen("join");
    if (!this.#isGossiping) this.startGossip(undefined);
    this.#joining?.giveUp(new JoinError("Cannot go on joining: another join has begun", { code: "closed" }));
    const others = [...new Set(seeds)].filter((seed) => seed !== this.core.self.addr && seed !== this.#address);
    if (others.length === 0) return;
    const joining = new Joining({
      seeds: others,
      clock: this.#clock,
      ask: (addrs) => this.perform((now) => this.core.join(addrs, now)),
      emit: this.emit,
    });
    this.#joining = joining;
    try {
      await joining.finish(signal);
    } finally {
      if (this.#joining === joining) this.#joining = undefined;
    }
  }

  /** Opens a port for nodes of Cinema-rs 0.1, and returns its number. */
  async startCompat(port: number, options: CompatOptions): Promise<number> {
    this.#checkOpen("talk to Cinema-rs");
    if (this.#endpoint === undefined) throw new CinemaError("Cannot talk to Cinema-rs: start the server first");
    if (this.#peering !== undefined) throw new CinemaError("Cannot listen for Cinema-rs twice");
    const { interval = 1_000, suspectTimeout = 10_000, seeds = [], hostname, ...given } = options;
    const { transport, random = systemRandom, askTimeout } = this.#options;
    this.#peering = Peering.open({
      ...given,
      ...transport === undefined ? {} : { transport },
      ...askTimeout === undefined ? {} : { askTimeoutMs: askTimeout },
      hostname: hostname ?? parseAddress(this.#address).hostname,
      port,
      nodeId: this.#id,
      router: this.own.router,
      clock: this.#clock,
      random,
      intervalMs: interval,
      suspectTimeoutMs: suspectTimeout,
      ownMembers: () => [this.#id, ...this.core.members.map(({ id }) => id)],
      ownActors: () => [...this.core.entries()].filter(({ node }) => node === this.#id),
      emit: this.emit,
      appeared: (location) => this.#heard({ kind: "appeared", location }),
      gone: (location, reason) => this.#heard({ kind: "gone", location, reason }),
    });
    try {
      this.#peers = await this.#peering;
    } catch (error) {
      this.#peering = undefined;
      throw error;
    }
    for (const seed of seeds) this.#peers.addPeer(seed);
    return this.#peers.port;
  }

  /** All nodes that are known. */
  get members(): ClusterMember[] {
    const others = this.core.members.map((member) => memberOf(member, this.core.roundTripOf(member)));
    return [memberOf(this.core.self), ...others, ...this.#peers?.members ?? []];
  }

  /** All actors that can be found. */
  get actors(): Location[] {
    return [...this.core.entries(), ...this.#peers?.actors ?? []];
  }

  /** Where a name leads: to an actor of this cluster, or else of a Cinema-rs peer. */
  lookup(name: string, key: string): Location | undefined {
    return this.core.lookup(name, key) ?? this.#peers?.lookup(name);
  }

  /** How many nodes have an actor of a name. */
  countOf(name: string): number {
    return this.core.hosts(name).length + (this.#peers?.lookup(name) === undefined ? 0 : 1);
  }

  locate(name: string, key: string): Whereabouts | undefined {
    const found = this.lookup(name, key);
    if (found === undefined || this.hasLeft) return undefined;
    const { node, uid } = found;
    if (node === this.#id) return { route: (messageType) => this.own.find(name, messageType) };
    const member = this.core.member(node);
    const client = member === undefined ? this.#peers?.client(node) : this.#connections.to({ ...member, uid });
    return client && { client };
  }

  nodeOf(name: string, key: string): string | undefined {
    return this.lookup(name, key)?.node;
  }

  watchable(name: string, key: string): Watchable {
    return this.#watches.watchable(name, key);
  }

  /** Says goodbye, serves what is in hand, which may ask others, and closes; cuts off what is left by `timeout` ms. */
  async leave(timeout: number): Promise<void> {
    this.#isLeaving = true;
    const gone = new JoinError(`The node "${this.#id}" has left`, { code: "closed" });
    this.#joining?.giveUp(gone);
    this.waiters.close(gone);
    // A server that is just starting must not stay behind. Whoever started it is told why it could not.
    await this.#starting?.catch(() => undefined);
    const peers = await this.#peering?.catch(() => undefined);
    const endsAt = this.#clock.now() + timeout;
    const { promise: isLate, resolve } = Promise.withResolvers<void>();
    const timer = timeout === Infinity ? undefined : this.#clock.schedule(timeout, () => {
      this.#connections.cutOff(`The node ${this.#id} has left`);
      resolve();
    });
    if (this.#isGossiping) this.perform((now) => this.core.leave(now));
    await Promise.race([this.#driver.drained(), isLate]);
    this.#watches.close();
    const leftMs = () => Math.max(0, endsAt - this.#clock.now());
    await Promise.all([this.#endpoint?.server.shutdown({ timeout: leftMs() }), peers?.close(leftMs())]);
    this.hasLeft = true;
    await this.#connections.close(leftMs());
    timer?.cancel();
    await this.#driver.close();
    this.#probe?.[Symbol.dispose]();
    this.events.close();
  }

  async #bind(port: number): Promise<void> {
    const { hostname } = parseAddress(this.#address);
    const channel = (payload: Uint8Array, peer: ChannelPeer) => this.#driver.receive(payload, peer);
    const identity = { id: this.#id, uid: () => this.core.self.uid, channel };
    try {
      this.#endpoint = await Endpoint.bind({ hostname, port }, identity, this.own.router, this.#options);
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
    this.#probe = currentInstrument()?.node(this.#id, () => this.members);
    if (this.#options.advertise !== undefined) return;
    const addr = formatAddress({ hostname, port: this.#server.server.address.port });
    this.core.configure({ addr }, this.#clock.now());
  }

  #checkOpen(action: string): void {
    if (!this.#isLeaving) return;
    throw new JoinError(`Cannot ${action}: the node "${this.#id}" has left`, { code: "closed" });
  }

  get #server(): Endpoint {
    if (this.#endpoint === undefined) throw new CinemaError("Cannot talk to others: start the server first");
    return this.#endpoint;
  }

  #heard(event: CoreEvent): void {
    const told = eventOf(event);
    if (told !== undefined) this.events.emit(told);
    if (event.kind === "status") {
      const { id, status } = event.member;
      if (status === "down") this.#connections.giveUp(id, `The node ${id} is down`);
      else if (status === "left") this.#connections.finish(id);
    } else if (event.kind === "appeared") {
      const { name } = event.location;
      this.waiters.found(name, actorOf(event.location), () => this.countOf(name));
    } else if (event.kind === "gone") this.#watches.gone(event.location, event.reason);
    else if (event.kind === "refused") this.#joining?.refused(event.addr, event.code, event.message);
    else if (event.kind === "synced") this.#joining?.synced(event.addr);
    else if (event.kind === "caught-up") this.#joining?.caughtUp();
  }
}
