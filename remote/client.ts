/**
 * A client: one connection to a server, kept up, and the addresses of the actors there.
 * @module
 */

import type { AnyMessage } from "../mod.ts";
import { checkTimeout, type Clock, Delay, systemClock, systemRandom } from "../src/spi.ts";
import { backoffMs } from "./backoff.ts";
import { checkOptions } from "./check_options.ts";
import { ClientLink } from "./client_link.ts";
import { type Dialled, Dialler } from "./dialler.ts";
import type { ClientEvent } from "./events.ts";
import {
  ASK_TIMEOUT_MS,
  ASKS_MAX,
  CLOSE_TIMEOUT_MS,
  FRAME_BYTES_MAX,
  OUTAGE_MS,
  SEND_BYTES_MAX,
  SILENCE_MS,
  WAITING_MAX,
} from "./limits.ts";
import { checkName } from "./local_node.ts";
import type { CloseOptions, ConnectOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { CodecTable, type Protocol } from "./protocol.ts";
import { ClientAddr, type Home, type RemoteAddr } from "./remote_addr.ts";

/** Opens a client that has not connected yet: what is sent waits until it has. */
export let openClient: (dialler: Dialler, options: ConnectOptions, node: string) => RemoteClient;

/** Closes a client at once; what was asked fails with `cause`. */
export let abortClient: (client: RemoteClient, cause: unknown) => Promise<void>;
/**
 * Closes a client whose server ends for good: what is in hand is answered, and what waits is turned away with `cause`
 * once nothing can be sent.
 */
export let finishClient: (client: RemoteClient, cause: unknown) => Promise<void>;

/**
 * A connection to a server. When it is lost, the client connects again, as often as it takes, and what waits is sent
 * then; what was on its way is answered with an error or becomes a dead letter, and nothing is sent twice.
 *
 * `await using` closes it at the end of the block.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { json, LocalNode, MessageRouter, protocol, RemoteClient, RemoteServer } from "@cinema/cinema/remote";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 * class Greeter extends Actor<Greet> {
 *   greet({ name }: Greet): string {
 *     return `Hello, ${name}!`;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const handler = new LocalNode("greeter-node").handler(system.spawn(() => new Greeter()), { name: "greeter" });
 * const router = new MessageRouter().route(GreeterProtocol, handler);
 * await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0 }, router);
 *
 * await using client = await RemoteClient.connect({ hostname: "127.0.0.1", port: server.address.port });
 * const greeter = client.remoteAddr("greeter", GreeterProtocol);
 * assertEquals(await greeter.send({ type: "greet", name: "World" }), "Hello, World!");
 * ```
 */
export class RemoteClient implements AsyncDisposable {
  readonly #dialler: Dialler;
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #options: ConnectOptions;
  readonly #home: Home;
  // Where its actors live, for people: in a cluster the node counts, which may come back at another address.
  readonly #place: string;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  readonly #stop: AbortController = new AbortController();
  #link: ClientLink | undefined;
  #node: string;
  #frameBytesMax: number;
  #closing: Promise<void> | undefined;

  static {
    openClient = (dialler, options, node) => new RemoteClient(dialler, undefined, options, node);
    abortClient = (client, cause) => {
      client.#outbox.refuse(cause);
      client.#link?.close(cause);
      return client.close({ timeout: 0 });
    };
    finishClient = (client, cause) => {
      const closing = client.close();
      client.#outbox.endWithSession(cause);
      return closing;
    };
  }

  private constructor(dialler: Dialler, first: Dialled | undefined, options: ConnectOptions, node: string) {
    const { clock = systemClock, sendBytesMax = SEND_BYTES_MAX } = options;
    this.#dialler = dialler;
    this.#options = options;
    this.#clock = clock;
    this.#node = node;
    const place = `${options.hostname}:${options.port}`;
    this.#place = first === undefined ? `${node} (${place})` : place;
    this.#frameBytesMax = first?.peer.frameBytesMax ?? FRAME_BYTES_MAX;
    this.#outbox = new Outbox({
      clock,
      askTimeoutMs: options.askTimeout ?? ASK_TIMEOUT_MS,
      waitingMax: options.maxWaiting ?? WAITING_MAX,
      waitingBytesMax: sendBytesMax,
      instrument: dialler.instrument,
    });
    this.#home = {
      outbox: this.#outbox,
      localNode: dialler.node,
      node: () => this.#node,
      frameBytesMax: () => this.#frameBytesMax,
      instrument: dialler.instrument,
    };
    this.#run(first).then(this.#ended.resolve, this.#ended.reject);
  }

  /**
   * Connects to a server and resolves when it has greeted.
   *
   * @throws {ConnectError} When nobody listens there, or the handshake fails; `cause` says why.
   * @throws {TypeError | RangeError} When an option is wrong.
   */
  static async connect(options: ConnectOptions): Promise<RemoteClient> {
    checkOptions("connect", options);
    const dialler = await Dialler.create(options);
    const first = await dialler.dial(options.signal);
    return new RemoteClient(dialler, first, options, first.peer.node);
  }

  /** The node at the other end, as it last introduced itself. */
  get node(): string {
    return this.#node;
  }

  /** The node at this end, as the server was told. */
  get localNode(): string {
    return this.#dialler.node;
  }

  /** Whether there is a connection at the moment. */
  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Resolves when the client was closed, by {@linkcode RemoteClient.close}; it never rejects. */
  get closed(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * What happens from now on. Each read of this property is a subscription of its own, with a buffer of 1,024 events; a
   * reader that falls behind loses the oldest and gets a `missed` event with their number. It ends with the client.
   */
  get events(): ReadableStream<ClientEvent> {
    return this.#outbox.events.subscribe();
  }

  /**
   * The address of an actor of the server, by the name under which it is routed there. Whether it exists shows when a
   * message is sent. A protocol may leave out messages that the actor takes.
   *
   * @throws {TypeError} When the name is none, or the protocol was not made by `protocol()`.
   */
  remoteAddr<M extends AnyMessage>(name: string, protocol: Protocol<M>): RemoteAddr<M> {
    const table = CodecTable.of(protocol);
    const target = this.#outbox.target(checkName("an actor", name), `${name}@${this.#place}`);
    return new ClientAddr(this.#home, target, table) as unknown as RemoteAddr<M>;
  }

  /**
   * Closes the client when what it has sent was answered or confirmed, and what waits was sent; at the latest after
   * `timeout` ms. From now on nothing new is taken. Calling it again returns the same promise: the first time-out
   * counts.
   *
   * @throws {RangeError} At once, when the time-out is no number >= 0.
   */
  close(options?: CloseOptions): Promise<void> {
    checkTimeout(options?.timeout);
    this.#closing ??= this.#close(options?.timeout ?? CLOSE_TIMEOUT_MS);
    return this.#closing;
  }

  /** Closes the client, with the default time-out. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#outbox.stopTaking();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = timeoutMs === Infinity ? undefined : this.#clock.schedule(timeoutMs, resolve);
    // Without a connection there is nothing to wait for but senders that a new one would let through.
    const settled = this.#outbox.settled().then(() => this.#link?.drained());
    await Promise.race([settled, promise]);
    timer?.cancel();
    this.#stop.abort();
    this.#link?.close();
    await this.#ended.promise;
    this.#outbox.close();
  }

  /** Serves one connection after the other until the client is closed. */
  async #run(first: Dialled | undefined): Promise<void> {
    const { signal } = this.#stop;
    for (let dialled = first ?? await this.#connect(); dialled !== undefined;) {
      const error = await this.#serve(dialled);
      if (signal.aborted) return;
      dialled = await this.#connect({ error });
    }
  }

  async #serve(dialled: Dialled): Promise<unknown> {
    // Closed in the very turn in which the connection was made.
    if (this.#stop.signal.aborted) return dialled.connection.close();
    const { node, frameBytesMax } = dialled.peer;
    this.#node = node;
    this.#frameBytesMax = frameBytesMax;
    const link = new ClientLink(dialled, this.#outbox, {
      clock: this.#clock,
      silenceMs: this.#options.silenceTimeout ?? SILENCE_MS,
      asksMax: this.#options.maxAsks ?? ASKS_MAX,
      sendBytesMax: this.#options.sendBytesMax ?? SEND_BYTES_MAX,
      compatNode: this.#options.compat === undefined ? undefined : this.localNode,
      instrument: this.#dialler.instrument,
    });
    this.#link = link;
    this.#outbox.events.emit({ kind: "connected", node });
    const error = await link.run();
    this.#link = undefined;
    return error;
  }

  /** Dials until there is a connection, or the client is closed; after a `loss`, not at once. */
  async #connect(loss?: { readonly error: unknown }): Promise<Dialled | undefined> {
    const { signal } = this.#stop;
    const { outageTimeout = OUTAGE_MS, random = systemRandom } = this.#options;
    const outage = outageTimeout === Infinity ? undefined : this.#clock.schedule(outageTimeout, () => {
      if (this.#closing === undefined) this.#outbox.refuse(error);
    });
    let error = loss?.error;
    try {
      for (let attempt = loss === undefined ? -1 : 0;; attempt++) {
        if (attempt >= 0) {
          const retryInMs = backoffMs(attempt, random);
          this.#outbox.events.emit({ kind: "disconnected", error, retryInMs });
          await this.#pause(retryInMs);
        }
        if (signal.aborted) return undefined;
        try {
          return await this.#dialler.dial(signal);
        } catch (failure) {
          if (signal.aborted) return undefined;
          error = failure;
        }
      }
    } finally {
      outage?.cancel();
    }
  }

  /** Waits `ms` ms, or until the client is closed. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const pause = new Delay(this.#clock, ms);
    signal.addEventListener("abort", pause.end, { once: true });
    await pause.over;
    signal.removeEventListener("abort", pause.end);
  }
}
