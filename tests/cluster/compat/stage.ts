import protobuf from "protobufjs";
import { CompatBridge, type CompatBridgeOptions } from "../../../cluster/compat/bridge.ts";
import type { CompatEvent } from "../../../cluster/compat/events.ts";
import { Actor, ActorSystem, type Message } from "../../../mod.ts";
import { LocalNode, MemoryNetwork, MessageRouter, type Protocol, protocol } from "../../../remote/mod.ts";
import { ManualClock, SeededRandom } from "../../../src/testing/mod.ts";
import { type RustHandler, RustNode, type RustNodeOptions } from "../../support/rust_node.ts";

/** The messages of the original's key-value store. */
export interface Get extends Message<{ value?: string | null }> {
  readonly type: "get";
  readonly key: string;
}
/** See {@linkcode Get}. */
export interface Set extends Message<{ success: boolean }> {
  readonly type: "set";
  readonly key: string;
  readonly value: string;
}
/** See {@linkcode Get}. */
export interface Delete extends Message<{ deleted: boolean }> {
  readonly type: "delete";
  readonly key: string;
}

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Get { string key = 1; }
  message GetResponse { optional string value = 1; }
  message Set { string key = 1; string value = 2; }
  message SetResponse { bool success = 1; }
  message Delete { string key = 1; }
  message DeleteResponse { bool deleted = 1; }
`);

function entry<T extends string>(type: T) {
  const name = `distributed_kv::proto::${type}`;
  const [request, reply] = [root.lookupType(type), root.lookupType(`${type}Response`)];
  // What has the default of its field is left out, as proto3 does; protobufjs writes what is there.
  const encode = (value: Record<string, unknown>) =>
    reply.encode(Object.fromEntries(Object.entries(value).filter(([, it]) => it !== false && it !== undefined)));
  const decode = (bytes: Uint8Array) => reply.decode(bytes);
  return { name: `${name}Request`, request, reply: { encode, decode }, replyName: `${name}Response` };
}

/** How they travel, under the names that the original gives them. */
export const KvProtocol: Protocol<Get | Set | Delete> = protocol<Get | Set | Delete>({
  get: entry("Get") as never,
  set: entry("Set") as never,
  delete: entry("Delete") as never,
});

/** The store, as the original has it. */
export class KvStore extends Actor<Get | Set | Delete> {
  readonly #values: Map<string, string> = new Map();

  get({ key }: Get): { value?: string } {
    const value = this.#values.get(key);
    return value === undefined ? {} : { value };
  }

  set({ key, value }: Set): { success: boolean } {
    this.#values.set(key, value);
    return { success: true };
  }

  delete({ key }: Delete): { deleted: boolean } {
    return { deleted: this.#values.delete(key) };
  }
}

/** Answers a `GetRequest` with its key as the value. */
function echoKey(payload: Uint8Array): ReturnType<RustHandler> {
  const { key } = root.lookupType("Get").decode(payload) as unknown as Get;
  const answer = root.lookupType("GetResponse").encode({ value: key }).finish();
  return { messageType: "distributed_kv::proto::GetResponse", payload: answer };
}

/** The options of a {@linkcode RustNode} that hosts a store which echoes. */
export const RUST_STORE: Pick<RustNodeOptions, "actors" | "handlers"> = {
  actors: { "rust-store": "KVStore" },
  handlers: { "distributed_kv::proto::GetRequest": echoKey },
};

/** The bridge of "deno-1", in virtual time on a network in memory where nothing else is said. */
export class Stage implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock();
  readonly network: MemoryNetwork = new MemoryNetwork();
  readonly events: CompatEvent[] = [];
  readonly system: ActorSystem = new ActorSystem({ onUnobservedFailure: () => {} });
  readonly router: MessageRouter = new MessageRouter();
  bridge!: CompatBridge;

  /** Opens it: it listens at deno:7000, gossips every 100 ms, and a peer is Suspect after 500 ms. */
  static async open(options: Partial<CompatBridgeOptions> = {}): Promise<Stage> {
    const stage = new Stage();
    const { system, router, events, clock } = stage;
    router.route(KvProtocol, new LocalNode("deno-1").handler(system.spawn(() => new KvStore()), { name: "kv-store" }));
    stage.bridge = await CompatBridge.open({
      hostname: "deno",
      port: 7000,
      nodeId: "deno-1",
      router,
      transport: stage.network,
      clock,
      random: new SeededRandom(1),
      intervalMs: 100,
      suspectTimeoutMs: 500,
      ownMembers: () => ["deno-1", "deno-2"],
      ownActors: () => [{ name: "kv-store", actorType: "KvStore" }],
      emit: (event) => events.push(event),
      ...options,
    });
    return stage;
  }

  /** Starts a scripted node that listens at `id`:7000. */
  rust(id: string, options: Omit<RustNodeOptions, "id"> = {}): Promise<RustNode> {
    return RustNode.start({ id, at: { hostname: id, port: 7000 }, transport: this.network, ...options });
  }

  /** How peers are seen. */
  get statuses(): Record<string, string> {
    return Object.fromEntries(this.bridge.peers.map(({ id, status }) => [id, status]));
  }

  /** Takes the events so far, in short. */
  take(): string[] {
    return this.events.splice(0).map((event) => {
      if (event.kind === "status") return `${event.id} ${event.status}`;
      if (event.kind === "actor") return `${event.name} at ${event.node}`;
      return `${event.kind} ${event.addr}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = Promise.all([this.bridge.close({ timeout: 100 }), this.system.shutdown()]);
    await this.clock.advance(10_000);
    await closed;
  }
}
