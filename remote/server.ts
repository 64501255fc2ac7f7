/**
 * A server: takes connections and gives what comes in to the actors that were routed.
 * @module
 */

import { checkTimeout, currentInstrument, Events, systemClock, systemRandom } from "../src/spi.ts";
import { checkOptions } from "./check_options.ts";
import { BindError } from "./errors.ts";
import type { ServerEvent } from "./events.ts";
import { textOf } from "./faults.ts";
import { KeyRing } from "./keys.ts";
import { CLOSE_TIMEOUT_MS, SERVER_RECEIVE_BYTES_MAX } from "./limits.ts";
import type { BindOptions, CloseOptions } from "./options.ts";
import { ReadGate } from "./read_gate.ts";
import { type NodeIdentity, Reception } from "./reception.ts";
import { type MessageRouter, routesOf } from "./router.ts";
import type { Routes } from "./routes.ts";
import { isLoopback, transportFor } from "./transports.ts";
import type { Address, Listener } from "./transport/transport.ts";

/** Binds a server that introduces itself as `identity`, and takes what comes on its channel. */
export let bindNode: (options: BindOptions, router: MessageRouter, identity: NodeIdentity) => Promise<RemoteServer>;

/**
 * Serves the actors of a {@linkcode MessageRouter} to other processes. What is not routed cannot be reached.
 *
 * `await using` shuts it down at the end of the block.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { json, LocalNode, MessageRouter, protocol, RemoteServer } from "@cinema/cinema/remote";
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
 * assertEquals([server.node, server.connections], ["greeter-node", 0]);
 * ```
 */
export class RemoteServer implements AsyncDisposable {
  readonly #listener: Listener;
  readonly #events: Events<ServerEvent>;
  readonly #reception: Reception;
  readonly #node: string;
  readonly #ended: Promise<void>;
  #shutdown: Promise<void> | undefined;

  static {
    bindNode = (options, router, identity) => RemoteServer.#bind(options, router, identity);
  }

  private constructor(
    listener: Listener,
    reception: Reception,
    events: Events<ServerEvent>,
    node: string,
  ) {
    this.#listener = listener;
    this.#reception = reception;
    this.#events = events;
    this.#node = node;
    this.#ended = this.#accept();
  }

  /**
   * Listens, and serves from then on.
   *
   * @throws {BindError} When the address is taken or is none of this machine; or when others can reach it and there is
   * neither a key nor TLS, unless `insecure` is said. `cause` is the error of the platform.
   * @throws {TypeError | RangeError} When an option is wrong.
   */
  static async bind(options: BindOptions, router: MessageRouter): Promise<RemoteServer> {
    return await RemoteServer.#bind(options, router, undefined);
  }

  static async #bind(
    options: BindOptions,
    router: MessageRouter,
    identity: NodeIdentity | undefined,
  ): Promise<RemoteServer> {
    const { clock = systemClock, random = systemRandom } = options;
    const { hostname, port, key } = options;
    const routes = routesOf(router);
    check(options);
    const transport = transportFor(options, clock);
    const keys = key === undefined ? undefined : await KeyRing.import(key);
    let listener: Listener;
    try {
      listener = await transport.listen({ hostname, port });
    } catch (cause) {
      throw new BindError(`Cannot listen on ${hostname}:${port}: ${textOf(cause)}`, { cause });
    }
    const server = identity ?? anonymous(routes, random.bytes(8).toHex());
    const events = new Events<ServerEvent>();
    const gate = new ReadGate(options.serverReceiveBytesMax ?? SERVER_RECEIVE_BYTES_MAX);
    const instrument = currentInstrument();
    const reception = new Reception({ ...options, clock, random, keys, server, routes, gate, events, instrument });
    return new RemoteServer(listener, reception, events, server.node);
  }

  /** Where it listens, with the port that was chosen where `0` was asked for. */
  get address(): Address {
    return this.#listener.address;
  }

  /** What clients are told about who serves. */
  get node(): string {
    return this.#node;
  }

  /** How many connections have shaken hands and have not ended. */
  get connections(): number {
    return this.#reception.connections;
  }

  /**
   * What happens from now on. Each read of this property is a subscription of its own, with a buffer of 1,024 events; a
   * reader that falls behind loses the oldest and gets a `missed` event with their number. It ends with the server.
   */
  get events(): ReadableStream<ServerEvent> {
    return this.#events.subscribe();
  }

  /**
   * Stops listening and tells the clients that the server is closing. They send nothing new and go when everything has
   * its answer. After `timeout` ms those that are left are cut off. Calling it again returns the same promise: the
   * first time-out counts. The actors are not stopped.
   *
   * @throws {RangeError} At once, when the time-out is no number >= 0.
   */
  shutdown(options?: CloseOptions): Promise<void> {
    checkTimeout(options?.timeout);
    this.#shutdown ??= this.#close(options?.timeout ?? CLOSE_TIMEOUT_MS);
    return this.#shutdown;
  }

  /** Shuts the server down, with the default time-out. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#listener.close();
    await this.#reception.close(timeoutMs);
    await this.#ended;
    this.#events.close();
  }

  async #accept(): Promise<void> {
    for (;;) {
      const connection = await this.#listener.accept();
      if (connection === undefined) return;
      this.#reception.take(connection);
    }
  }
}

function anonymous({ node }: Routes, uid: string): NodeIdentity {
  return { uid, node: node ?? `server-${uid}`, channel: undefined };
}

function check(options: BindOptions): void {
  const { hostname, port, key, tls, transport, insecure } = options;
  checkOptions("listen", options);
  const isSafe = key !== undefined || tls !== undefined || transport !== undefined || insecure === true;
  if (isSafe || isLoopback(hostname)) return;
  throw new BindError(
    `Cannot listen on ${hostname}:${port} without key and tls: others can reach it, and could call every actor`,
  );
}
