import { assert } from "@std/assert";
import { ActorSystem, type Addr, type SpawnOptions } from "../../mod.ts";
import {
  ClusterClient,
  type ClusterEvent,
  ClusterNode,
  type ClusterNodeOptions,
  type ClusterRemoteAddr,
} from "../../cluster/mod.ts";
import type { Connection } from "../../remote/mod.ts";
import type { Dialled } from "../../remote/spi.ts";
import { decodeEnvelope, type Envelope } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import { ManualClock, SeededRandom } from "../../src/testing/mod.ts";
import { Desk, type DeskMessage, DeskProtocol, Gates } from "./desk.ts";
import { framesOf } from "./frames.ts";
import { Hosts } from "./hosts.ts";

/** Several nodes in virtual time, with an actor system for their actors. Ends by making all of them leave. */
export class Cluster implements AsyncDisposable {
  /** The time of everything. */
  readonly clock: ManualClock = new ManualClock(1_000);
  /** The network. */
  readonly hosts: Hosts = new Hosts(this.clock);
  /** Where the actors live. */
  readonly system: ActorSystem = new ActorSystem({ clock: this.clock, onUnobservedFailure: () => {} });
  /** What the desks wait at. */
  readonly gates: Gates = new Gates();
  /** What the desks have noted. */
  readonly notes: number[] = [];
  /** The events of every node since it was made, by its id; those of a later node of the same id follow. */
  readonly events: Map<string, ClusterEvent[]> = new Map();
  readonly #nodes: ClusterNode[] = [];
  #seed = 1;

  /** Makes a node: its host has the name of its id, unless `host` says otherwise. It does not start. */
  node(id: string, { host = id, ...options }: ClusterNodeOptions & { readonly host?: string } = {}): ClusterNode {
    const node = new ClusterNode(id, `${host}:7000`, {
      transport: this.hosts.of(host),
      clock: this.clock,
      random: new SeededRandom(this.#seed++),
      ...options,
    });
    this.#nodes.push(node);
    const events = this.events.get(id) ?? [];
    this.events.set(id, events);
    this.#record(node.events, events);
    return node;
  }

  /** Nodes that have joined each other and know all of them, named as said. */
  async start(...ids: readonly string[]): Promise<ClusterNode[]> {
    const nodes = ids.map((id) => this.node(id));
    for (const [i, node] of nodes.entries()) await this.run(node.join(i === 0 ? [] : [`${ids[0]}:7000`]));
    await this.until(() => nodes.every(({ members }) => members.filter(isUp).length === nodes.length));
    return nodes;
  }

  /** Moves the time until a promise has settled, and gives its result. */
  async run<T>(promise: Promise<T>, maxMs = 60_000): Promise<T> {
    let isOver = false;
    const over = () => void (isOver = true);
    promise.then(over, over);
    await this.until(() => isOver, maxMs, "the promise is still pending");
    return await promise;
  }

  /** Moves the time until something holds. */
  async until(holds: () => boolean, maxMs = 60_000, what = "it does not hold"): Promise<void> {
    const end = this.clock.now() + maxMs;
    await this.clock.settle();
    while (!holds()) {
      assert(this.clock.now() < end, `After ${maxMs} ms ${what}`);
      await this.clock.advance(10);
    }
  }

  /** Spawns a desk, without registering it. */
  desk(options: SpawnOptions<DeskMessage> = {}, notes: number[] = this.notes): Addr<DeskMessage> {
    return this.system.spawn(() => new Desk(notes, this.gates), options);
  }

  /** The address of a desk, seen from a node. */
  at(node: ClusterNode, name: string, key?: string): ClusterRemoteAddr<DeskMessage> {
    return new ClusterClient(node).remoteAddr(name, DeskProtocol, key === undefined ? {} : { key });
  }

  /** Moves the time until a node knows an actor of that name. */
  known(node: ClusterNode, name: string): Promise<unknown> {
    return this.run(node.waitForActor(name));
  }

  /** The events of a node about members, in short: `"b up"`. */
  statuses(id: string): string[] {
    return (this.events.get(id) ?? []).flatMap((event) =>
      "member" in event ? [`${event.member.id} ${event.kind}`] : []
    );
  }

  /** The events of a node of one kind. */
  eventsOf<K extends ClusterEvent["kind"]>(id: string, kind: K): (ClusterEvent & { kind: K })[] {
    return (this.events.get(id) ?? []).filter((event) => event.kind === kind) as (ClusterEvent & { kind: K })[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(Promise.all(this.#nodes.map((node) => node.leave({ timeout: 0 }))));
    await this.run(this.system.shutdown({ timeout: 0 }));
  }

  async #record(stream: ReadableStream<ClusterEvent>, events: ClusterEvent[]): Promise<void> {
    for await (const event of stream) events.push(event);
  }
}

/** Whether a member is up. */
export function isUp({ status }: { readonly status: string }): boolean {
  return status === "up";
}

/** The members of a node, in short: `"a up"`. */
export function membersOf({ members }: ClusterNode): string[] {
  return members.map(({ id, status }) => `${id} ${status}`);
}

/** A connection whose handshake is done, to a node of that name. */
export function dialledOf(connection: Connection, node: string): Dialled {
  const peer = { node, frameBytesMax: 16_777_216, windowMessages: 1, windowBytes: 1 };
  return { connection, decoder: new FrameDecoder(16_777_216), peer };
}

/** Payloads as text. */
export function textOf(payload: Uint8Array): string {
  return new TextDecoder().decode(payload);
}

/** The far end of a connection whose handshake is done, in the hand of a test. */
export class FarEnd {
  /** The payloads that have come. */
  readonly heard: Uint8Array[] = [];
  /** Whether the other side, or a loss, has ended it. */
  isOver = false;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#read();
  }

  /** The payloads that have come, as text. */
  get texts(): string[] {
    return this.heard.map(textOf);
  }

  /** Sends one frame for each envelope. */
  say(...envelopes: Partial<Envelope>[]): Promise<void> {
    return this.#connection.write(framesOf(...envelopes));
  }

  /** Ends the connection. */
  close(): void {
    this.#connection.close();
  }

  async #read(): Promise<void> {
    const decoder = new FrameDecoder(16_777_216);
    const strings = new StringCache();
    try {
      for (let bytes = await this.#connection.read(); bytes !== undefined; bytes = await this.#connection.read()) {
        decoder.push(bytes.slice());
        while (decoder.next()) this.heard.push(decodeEnvelope(decoder, strings).payload.slice());
      }
    } catch {
      // A reset is an end too.
    }
    this.isOver = true;
  }
}
