import protobuf from "protobufjs";
import type { Address, Connection, Listener, Transport } from "../../remote/mod.ts";
import { tcpTransport } from "../../remote/spi.ts";

// From the messages of the original; protobufjs, so that nothing here shares code with what is tested.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Envelope {
    string messageType = 1; bytes payload = 2; uint64 correlationId = 3;
    string senderNode = 4; string targetActor = 5; bool isResponse = 6;
  }
  message NodeInfo { string id = 1; string addr = 2; int32 status = 3; }
  message ActorLocation { string actorId = 1; string nodeId = 2; string actorType = 3; }
  message GossipMessage { repeated NodeInfo members = 1; repeated ActorLocation actors = 2; }
  message ClusterMessage { oneof payload { Envelope envelope = 1; GossipMessage gossip = 2; } }
`);
const EnvelopeType = root.lookupType("Envelope");
const ClusterType = root.lookupType("ClusterMessage");

/** An envelope of the original. */
export interface RustEnvelope {
  readonly messageType: string;
  readonly payload: Uint8Array;
  readonly correlationId: number;
  readonly senderNode: string;
  readonly targetActor: string;
  readonly isResponse: boolean;
}

/** A node as gossip has it; up is 0, suspect 1, down 2. */
export interface RustMember {
  readonly id: string;
  readonly addr: string;
  readonly status?: number;
}

/** An actor as gossip has it. */
export interface RustActor {
  readonly actorId: string;
  readonly nodeId: string;
  readonly actorType: string;
}

/** What a cluster frame of the original holds. */
export interface RustFrame {
  readonly senderNode: string;
  readonly isResponse: boolean;
  readonly envelope?: RustEnvelope;
  readonly gossip?: { readonly members: RustMember[]; readonly actors: RustActor[] };
}

/** Encodes a frame, its header included. What has the default of its field is left out, as the original does. */
export function rustFrame({ senderNode, isResponse, envelope, gossip }: RustFrame): Uint8Array {
  const inner = envelope === undefined ? { gossip: withoutDefaults(gossip!) } : { envelope: withoutDefaults(envelope) };
  const payload = ClusterType.encode(inner).finish();
  const outer = withoutDefaults({ messageType: "cluster", payload, senderNode, isResponse });
  const bytes = EnvelopeType.encode(outer).finish();
  const frame = new Uint8Array(4 + bytes.length);
  new DataView(frame.buffer).setUint32(0, bytes.length);
  frame.set(bytes, 4);
  return frame;
}

/** Decodes the bytes of a frame without its header. */
export function readRustFrame(bytes: Uint8Array): RustFrame {
  const outer = EnvelopeType.toObject(EnvelopeType.decode(bytes), { defaults: true, longs: Number });
  const content = ClusterType.toObject(ClusterType.decode(outer["payload"]), {
    defaults: true,
    arrays: true,
    longs: Number,
  });
  const { senderNode, isResponse } = outer as RustEnvelope;
  return { senderNode, isResponse, ...content };
}

function withoutDefaults(fields: object): Record<string, unknown> {
  const kept = Object.entries(fields).filter(([, value]) => value !== "" && value !== 0 && value !== false);
  return Object.fromEntries(
    kept.filter(([, value]) => !(value instanceof Uint8Array && value.length === 0)).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(withoutDefaults) : value,
    ]),
  );
}

/** Handles a message: its payload goes in, the type and the payload of the answer come out; undefined is silence. */
export type RustHandler = (payload: Uint8Array) => { messageType: string; payload: Uint8Array } | undefined;

/** How a {@linkcode RustNode} is set up. */
export interface RustNodeOptions {
  /** Its name. */
  readonly id: string;
  /** Where it listens. Without it a free port of this machine. */
  readonly at?: Address;
  /** What carries the bytes. Without it TCP. */
  readonly transport?: Transport;
  /** Its actors: what they are called, and of what kind they are. */
  readonly actors?: Readonly<Record<string, string>>;
  /** What its actors do, by the type of the message alone. */
  readonly handlers?: Readonly<Record<string, RustHandler>>;
}

/**
 * A node of Cinema-rs 0.1: believes everything that anybody gossips, answers one frame of a connection at a time, and
 * does nothing by itself: its test says when it gossips.
 */
export class RustNode implements AsyncDisposable {
  readonly id: string;
  /** What it believes of others, by their names. */
  readonly members: Map<string, RustMember> = new Map();
  /** Where it believes actors to be, by their names. */
  readonly actors: Map<string, RustActor> = new Map();
  /** Everything that others have sent. */
  readonly received: RustFrame[] = [];
  /** While it is set, it accepts connections and answers nothing, as a process that hangs. */
  isHung = false;
  readonly #transport: Transport;
  readonly #handlers: Readonly<Record<string, RustHandler>>;
  readonly #listener: Listener;
  readonly #connections: Set<Connection> = new Set();
  readonly #running: Set<Promise<void>> = new Set();
  #correlation = 0;

  private constructor(options: RustNodeOptions, transport: Transport, listener: Listener) {
    this.id = options.id;
    this.#transport = transport;
    this.#handlers = options.handlers ?? {};
    this.#listener = listener;
    for (const [actorId, actorType] of Object.entries(options.actors ?? {})) {
      this.actors.set(actorId, { actorId, nodeId: this.id, actorType });
    }
    this.#track(this.#accept());
  }

  /** Starts to listen. */
  static async start(options: RustNodeOptions): Promise<RustNode> {
    const { transport = tcpTransport(), at = { hostname: "127.0.0.1", port: 0 } } = options;
    return new RustNode(options, transport, await transport.listen(at));
  }

  /** Where it says that it listens. */
  get addr(): string {
    const { hostname, port } = this.#listener.address;
    return `${hostname}:${port}`;
  }

  /** How it believes a node to be. */
  statusOf(id: string): number | undefined {
    const member = this.members.get(id);
    return member && (member.status ?? 0);
  }

  /** One round of gossip: connect, say everything, read one answer, close. False where there was none. */
  async gossip(with_: Address): Promise<boolean> {
    const { promise, connection } = await this.#ask(with_, this.#frame({ gossip: this.#state() }));
    const answer = await promise;
    connection.close();
    if (answer?.gossip !== undefined) this.#merge(answer);
    return answer?.gossip !== undefined;
  }

  /** Calls an actor; undefined where the connection ends before the answer. */
  async call(
    with_: Address,
    targetActor: string,
    messageType: string,
    payload: Uint8Array,
  ): Promise<RustEnvelope | undefined> {
    const envelope = { messageType, payload, correlationId: ++this.#correlation, senderNode: this.id, targetActor };
    const frame = this.#frame({ envelope: { ...envelope, isResponse: false } });
    const { promise, connection } = await this.#ask(with_, frame);
    const answer = (await promise)?.envelope;
    connection.close();
    return answer?.isResponse && answer.correlationId === envelope.correlationId ? answer : undefined;
  }

  /** Ends at once, as a process that is killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#running);
  }

  #frame(content: Pick<RustFrame, "envelope" | "gossip">, isResponse = false): Uint8Array {
    return rustFrame({ senderNode: this.id, isResponse, ...content });
  }

  #state(): NonNullable<RustFrame["gossip"]> {
    const self = { id: this.id, addr: this.addr, status: this.statusOf(this.id) ?? 0 };
    const others = [...this.members.values()].filter(({ id }) => id !== this.id);
    return { members: [self, ...others], actors: [...this.actors.values()] };
  }

  #merge({ gossip }: RustFrame): void {
    for (const member of gossip!.members) this.members.set(member.id, member);
    for (const actor of gossip!.actors) this.actors.set(actor.actorId, actor);
  }

  async #ask(
    at: Address,
    frame: Uint8Array,
  ): Promise<{ promise: Promise<RustFrame | undefined>; connection: Connection }> {
    const connection = await this.#transport.connect(at);
    await connection.write(frame);
    const promise = readFrames(connection).next().then(({ value }) => value as RustFrame | undefined);
    return { promise, connection };
  }

  async #accept(): Promise<void> {
    for (let next = await this.#listener.accept(); next !== undefined; next = await this.#listener.accept()) {
      this.#connections.add(next);
      this.#track(this.#serve(next));
    }
  }

  async #serve(connection: Connection): Promise<void> {
    try {
      for await (const frame of readFrames(connection)) {
        this.received.push(frame);
        const answer = this.isHung ? undefined : this.#answer(frame);
        if (answer !== undefined) await connection.write(answer);
      }
    } finally {
      this.#connections.delete(connection);
      connection.close();
    }
  }

  #answer(frame: RustFrame): Uint8Array | undefined {
    const { gossip, envelope } = frame;
    if (gossip !== undefined) {
      this.#merge(frame);
      return this.#frame({ gossip: this.#state() }, true);
    }
    const answer = this.#handlers[envelope!.messageType]?.(envelope!.payload);
    if (answer === undefined) return undefined;
    const { correlationId, senderNode: targetActor } = envelope!;
    return this.#frame(
      { envelope: { ...answer, correlationId, senderNode: this.id, targetActor, isResponse: true } },
      true,
    );
  }

  #track(running: Promise<void>): void {
    const tracked = running.catch(asEnd).finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

/** A connection that breaks has ended, and nothing else. */
function asEnd(): undefined {}

/** The frames that come; it ends where the connection does, in order or not. */
async function* readFrames(connection: Connection): AsyncGenerator<RustFrame> {
  let bytes = new Uint8Array(0);
  for (;;) {
    const length = bytes.length < 4 ? Infinity : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (bytes.length >= 4 + length) {
      yield readRustFrame(bytes.slice(4, 4 + length));
      bytes = bytes.slice(4 + length);
    } else {
      const chunk = await connection.read().catch(asEnd);
      if (chunk === undefined) return;
      bytes = new Uint8Array([...bytes, ...chunk]);
    }
  }
}
