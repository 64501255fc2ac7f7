/**
 * A node of the cache. Through any of them every session is reached, wherever it lives.
 * @module
 */

import { type ActorRef, ActorSystem, type Addr, MessageError } from "@cinema/cinema";
import { ClusterClient, ClusterNode } from "@cinema/cinema/cluster";
import { type Session, type SessionMessage, SessionProtocol } from "./messages.ts";
import { Shard, type ShardMessage } from "./shard.ts";

const GROUP = "sessions";

export interface CacheOptions {
  /** What all nodes share, and nobody else. */
  readonly secret: string;
  /** The most sessions that this node keeps. */
  readonly sessionsMax: number;
}

export class SessionCache implements AsyncDisposable {
  readonly #system = new ActorSystem();
  readonly #node: ClusterNode;
  readonly #client: ClusterClient;
  readonly #shard: Addr<ShardMessage>;
  #following: Promise<void> = Promise.resolve();
  #moving: Promise<number> = Promise.resolve(0);

  constructor(id: string, addr: string, { secret, sessionsMax }: CacheOptions) {
    this.#node = new ClusterNode(id, addr, { key: secret, preset: "local" });
    this.#client = new ClusterClient(this.#node);
    this.#shard = this.#system.spawn(() => new Shard(sessionsMax), { name: GROUP });
    this.#node.register(GROUP, this.#shard, SessionProtocol, { group: true });
  }

  get addr(): string {
    return this.#node.addr;
  }

  /** Joins. From then on the shards of the others are known, so that no key seems to belong here that does not. */
  async join(seeds: readonly string[]): Promise<void> {
    this.#following = this.#follow();
    await this.#node.join(seeds);
  }

  /** Resolves when so many nodes keep sessions, and what belongs to others has moved to them. */
  async settled(nodes: number): Promise<void> {
    await this.#node.waitForActor(GROUP, { count: nodes });
    if (this.#shards > nodes) await this.#shrunk(nodes); // one that has left is still known
    await this.#moveToOthers();
  }

  /** The node that a key belongs to at the moment. */
  homeOf(key: string): string | undefined {
    return this.#client.remoteAddr(GROUP, SessionProtocol, { key }).node;
  }

  put(key: string, session: Session, ttlMs: number): Promise<string | null> {
    return this.#ask(key, (shard) => shard.send({ type: "put", key, session, ttlMs }));
  }
  get(key: string): Promise<Session | null> {
    return this.#ask(key, (shard) => shard.send({ type: "get", key }));
  }
  touch(key: string, ttlMs: number): Promise<boolean> {
    return this.#ask(key, (shard) => shard.send({ type: "touch", key, ttlMs }));
  }
  delete(key: string): Promise<boolean> {
    return this.#ask(key, (shard) => shard.send({ type: "delete", key }));
  }

  /** Hands the sessions over to the nodes that stay, and goes; resolves with how many those have taken. */
  async leave(): Promise<number> {
    this.#node.unregisterActor(GROUP); // from now on every key belongs to another node
    const taken = await this.#moveToOthers();
    await this.#node.leave();
    await this.#following; // the events end with the node
    await this.#system.shutdown();
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  /** Asks the shard of a key; once more where no handler has seen the message: then its node is gone, or going. */
  async #ask<T>(key: string, send: (shard: ActorRef<SessionMessage>) => Promise<T>): Promise<T> {
    const shard = this.#client.remoteAddr(GROUP, SessionProtocol, { key });
    try {
      return await send(shard);
    } catch (error) {
      if (error instanceof MessageError && error.outcome === "not-delivered") return await send(shard);
      throw error;
    }
  }

  /** A node that comes takes over its keys, and with them their sessions. */
  async #follow(): Promise<void> {
    for await (const event of this.#node.events) if (event.kind === "registered") await this.#moveToOthers();
  }

  /** Moves what belongs to others. A get meanwhile finds nothing, and what cannot be moved is lost: this is a cache. */
  #moveToOthers(): Promise<number> {
    return this.#moving = this.#moving.then(async () => {
      const leaves = (key: string) => this.homeOf(key) !== this.#node.id;
      const moving = await this.#shard.send({ type: "release", leaves });
      const asks = moving.map((one) => this.#ask(one.key, (shard) => shard.send({ type: "adopt", ...one })));
      return (await Promise.allSettled(asks)).filter((ask) => ask.status === "fulfilled" && ask.value).length;
    });
  }

  async #shrunk(nodes: number): Promise<void> {
    for await (const _ of this.#node.events) if (this.#shards <= nodes) return;
  }

  get #shards(): number {
    return this.#node.actors.filter(({ name }) => name === GROUP).length;
  }
}
