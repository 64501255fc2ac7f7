/**
 * What a node of a cluster consists of, wired together: the core and its driver, the port, the connections to the actors of others,
 * and who waits for what. {@linkcode ClusterNode} is its face.
 * @module
 */

import type { AnyMessage, Outcome } from "../mod.ts";
import { CinemaError, systemClock, systemRandom } from "../mod.ts";
import type { MessageRouter, RemoteClient } from "../remote/mod.ts";
import { type Clock, Events, type Watchable } from "../src/spi.ts";
import { ActorWatches } from "./actor_watches.ts";
import { formatAddress, parseAddress } from "./address.ts";
import type { ClusterHome, Whereabouts } from "./cluster_remote_addr.ts";
import { Connections, type Destination } from "./connections.ts";
import { Core, type CoreEffect, type CoreEvent } from "./core.ts";
import { Driver } from "./driver.ts";
import { Endpoint } from "./endpoint.ts";
import { JoinError } from "./errors.ts";
import { eventOf } from "./event_of.ts";
import type { ActorLocation, ClusterEvent } from "./events.ts";
import { Joining } from "./joining.ts";
import { ENTRIES_MAX } from "./limits.ts";
import { checkConfig, configOf, type MembershipConfig, PRESETS } from "./membership/config.ts";
import { clusterTag } from "./membership/messages.ts";
import { NameWaiters } from "./name_waiters.ts";
import type { ClusterNodeOptions, GossipOptions } from "./options.ts";
import { OwnActors } from "./own_actors.ts";

/** See the module. */
export class NodeEngine implements ClusterHome {
  /** What happens. */
  readonly events: Events<ClusterEvent> = new Events<ClusterEvent>();
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
  readonly #connections: Connections = new Connections((to) => this.#open(to));
  readonly #watches: ActorWatches = new ActorWatches((name, key) => this.core.lookup(name, key));
  readonly #address: string;
  #endpoint: Endpoint | undefined;
  #starting: Promise<void> | undefined;
  #joining: Joining | undefined;
  #isGossiping = false;
  #isLeaving = false;

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
    });
    this.own = new OwnActors(id, {
      register: (name, type, isGroup) => this.perform((now) => this.core.register(name, type, isGroup, now)),
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

  /** Listens. */
  startServer(port: number | undefined, router: MessageRouter | undefined): Promise<void> {
    if (this.#starting !== undefined) throw new CinemaError(`Cannot start the server of "${this.#id}" twice`);
    if (router !== undefined) this.own.useRouter(router);
    this.#starting = this.#bind(port ?? parseAddress(this.#address).port);
    return this.#starting;
  }

  /** Starts to gossip. */
  startGossip(options: GossipOptions | undefined): void {
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
    if (!this.#isGossiping) this.startGossip(undefined);
    this.#joining?.giveUp(new JoinError("Cannot go on joining: another join has begun", { code: "closed" }));
    const others = [...new Set(seeds)].filter((seed) => seed !== this.core.self.addr && seed !== this.#address);
    if (others.length === 0) return;
    const joining = new Joining({
      seeds: others,
      clock: this.#clock,
      ask: (addrs) => this.perform((now) => this.core.join(addrs, now)),
      emit: (event) => this.events.emit(event),
    });
    this.#joining = joining;
    const abort = () => joining.giveUp(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      await joining.done;
    } finally {
      signal?.removeEventListener("abort", abort);
      if (this.#joining === joining) this.#joining = undefined;
    }
  }

  locate(name: string, key: string): Whereabouts | undefined {
    const found = this.core.lookup(name, key);
    if (found === undefined || this.#isLeaving) return undefined;
    const { node, uid } = found;
    if (node === this.#id) return { node, route: (messageType) => this.own.find(name, messageType) };
    const { addr } = this.core.member(node)!;
    return { node, client: this.#connections.to({ id: node, uid, addr }) };
  }

  nodeOf(name: string, key: string): string | undefined {
    return this.core.lookup(name, key)?.node;
  }

  watchable(name: string, key: string): Watchable {
    return this.#watches.watchable(name, key);
  }

  deadLetter(target: string, message: AnyMessage, outcome: Outcome, error: unknown): void {
    this.events.emit({ kind: "dead-letter", target, message, outcome, error });
  }

  /** Says goodbye, serves what is in hand to its end, and closes everything; after `timeout` ms what is left is cut off. */
  async leave(timeout: number): Promise<void> {
    this.#isLeaving = true;
    const gone = new JoinError(`The node "${this.#id}" has left`, { code: "closed" });
    this.#joining?.giveUp(gone);
    this.waiters.close(gone);
    // A server that is just starting must not stay behind. Whoever started it is told why it could not.
    await this.#starting?.catch(() => undefined);
    const { promise: isLate, resolve } = Promise.withResolvers<void>();
    const timer = timeout === Infinity ? undefined : this.#clock.schedule(timeout, resolve);
    if (this.#isGossiping) this.perform((now) => this.core.leave(now));
    await Promise.race([this.#driver.drained(), isLate]);
    this.#watches.close();
    await Promise.all([this.#endpoint?.server.shutdown({ timeout }), this.#connections.close(timeout)]);
    timer?.cancel();
    await this.#driver.close();
    this.events.close();
  }

  async #bind(port: number): Promise<void> {
    const { hostname } = parseAddress(this.#address);
    const { advertise, askTimeout, key, tls, transport, insecure, frameBytesMax } = this.#options;
    const { clock = systemClock, random = systemRandom } = this.#options;
    const given = Object.entries({ key, tls, transport, insecure, frameBytesMax }).filter(([, value]) =>
      value !== undefined
    );
    const { id, uid } = this.core.self;
    const channel = this.#driver.receive.bind(this.#driver);
    const endpoint = await Endpoint.bind({ hostname, port }, { id, uid, channel }, this.own.router, {
      ...Object.fromEntries(given),
      clock,
      random,
      askTimeout,
    });
    this.#endpoint = endpoint;
    if (advertise !== undefined) return;
    this.core.configure({ addr: formatAddress({ hostname, port: endpoint.server.address.port }) }, clock.now());
  }

  get #server(): Endpoint {
    if (this.#endpoint === undefined) throw new CinemaError("Cannot talk to others: start the server first");
    return this.#endpoint;
  }

  #open(to: Destination): RemoteClient {
    const client = this.#server.open(to);
    // It ends with the client.
    this.#forward(client.events).catch(reportError);
    return client;
  }

  async #forward(events: RemoteClient["events"]): Promise<void> {
    for await (const event of events) if (event.kind === "dead-letter") this.events.emit(event);
  }

  #heard(event: CoreEvent): void {
    const told = eventOf(event);
    if (told !== undefined) this.events.emit(told);
    switch (event.kind) {
      case "status": {
        const { id, status } = event.member;
        if (status === "down") this.#connections.giveUp(id, `The node ${id} is down`);
        else if (status === "left") this.#connections.finish(id);
        break;
      }
      case "appeared": {
        const { name, node, actorType } = event.location;
        this.waiters.found(name, { name, node, actorType });
        break;
      }
      case "gone":
        this.#watches.gone(event.location, event.reason);
        break;
      case "refused":
        this.#joining?.refused(event.addr, event.code, event.message);
        break;
      case "synced":
        this.#joining?.synced(event.addr);
        break;
      default:
    }
  }
}
