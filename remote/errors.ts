/**
 * The errors of the remote layer. Those about one message say what became of it in `outcome`.
 * @module
 */

import { CinemaError, MessageError, type MessageErrorOptions } from "../mod.ts";

/**
 * There is no connection: connecting failed, or the server did not greet. Nothing was sent. `cause` is the error of the
 * platform or a {@linkcode HandshakeError}.
 *
 * @example
 * ```ts
 * import { ConnectError, RemoteClient } from "@cinema/cinema/remote";
 * import { assertRejects } from "@std/assert";
 *
 * const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { port } = nobody.addr;
 * nobody.close();
 * await assertRejects(() => RemoteClient.connect({ hostname: "127.0.0.1", port }), ConnectError);
 * ```
 */
export class ConnectError extends CinemaError {
  /** The name of the class. */
  override name = "ConnectError";
}

/**
 * A server cannot listen: the address is taken, or may not be used without a key or TLS. Nothing was bound. `cause` is
 * the error of the platform, where there is one.
 *
 * @example
 * ```ts
 * import { BindError, MessageRouter, RemoteServer } from "@cinema/cinema/remote";
 * import { assertRejects } from "@std/assert";
 *
 * // Others could reach every actor without a key.
 * await assertRejects(() => RemoteServer.bind({ hostname: "0.0.0.0", port: 0 }, new MessageRouter()), BindError);
 * ```
 */
export class BindError extends CinemaError {
  /** The name of the class. */
  override name = "BindError";
}

/** What a {@linkcode ConnectionLostError} knows. */
export interface ConnectionLostErrorOptions extends MessageErrorOptions {
  /** Whether the message may have reached the other side. */
  readonly outcome: "not-delivered" | "unknown";
}

/**
 * The connection was lost or closed while a message was on its way. With the outcome `"not-delivered"` it never left
 * this process; with `"unknown"` it may have been handled. Nothing is sent again by itself.
 *
 * @example
 * ```ts
 * import { type Message } from "@cinema/cinema";
 * import {
 *   ConnectionLostError,
 *   json,
 *   MessageRouter,
 *   protocol,
 *   RemoteClient,
 *   RemoteServer,
 * } from "@cinema/cinema/remote";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 * await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0 }, new MessageRouter());
 * const client = await RemoteClient.connect(server.address);
 * const greeter = client.remoteAddr("greeter", GreeterProtocol);
 * await client.close();
 * const send = () => greeter.send({ type: "greet", name: "World" });
 * const { outcome } = await assertRejects(send, ConnectionLostError);
 * assertEquals(outcome, "not-delivered");
 * ```
 */
export class ConnectionLostError extends MessageError {
  /** The name of the class. */
  override name = "ConnectionLostError";
  /** What became of the message. */
  readonly outcome: "not-delivered" | "unknown";

  /** Creates the error; the runtime does. */
  constructor(message: string, options: ConnectionLostErrorOptions) {
    super(message, options);
    this.outcome = options.outcome;
  }
}

/**
 * The server has routed no actor under this name, or not for this message. No handler has seen the message.
 *
 * @example
 * ```ts
 * import { type Message } from "@cinema/cinema";
 * import { json, MessageRouter, NoRouteError, protocol, RemoteClient, RemoteServer } from "@cinema/cinema/remote";
 * import { assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 * await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0 }, new MessageRouter());
 * const client = await RemoteClient.connect(server.address);
 * const greeter = client.remoteAddr("greeter", GreeterProtocol);
 * await assertRejects(() => greeter.send({ type: "greet", name: "World" }), NoRouteError);
 * await client.close();
 * ```
 */
export class NoRouteError extends MessageError {
  /** The name of the class. */
  override name = "NoRouteError";
  /** What became of the message. */
  readonly outcome: "not-delivered" = "not-delivered";
}

/**
 * The message was handled, but its reply could not be encoded there, was too large, or could not be decoded here.
 *
 * @example
 * ```ts
 * import { type Message } from "@cinema/cinema";
 * import { json, MessageRouter, protocol, RemoteClient, RemoteServer, ReplyLostError } from "@cinema/cinema/remote";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 * const router = new MessageRouter().defaultRoute(() => new TextEncoder().encode("no JSON"));
 * await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0 }, router);
 * await using client = await RemoteClient.connect(server.address);
 * const greeter = client.remoteAddr("greeter", GreeterProtocol);
 * const error = await assertRejects(() => greeter.send({ type: "greet", name: "World" }), ReplyLostError);
 * assertEquals(error.outcome, "handled");
 * ```
 */
export class ReplyLostError extends MessageError {
  /** The name of the class. */
  override name = "ReplyLostError";
  /** What became of the message. */
  readonly outcome: "handled" = "handled";
}

/**
 * What was thrown in the other process, as the `cause` of an {@linkcode ActorFailedError}: its class and its text. Its
 * stack stays there.
 *
 * @example
 * ```ts
 * import { ActorFailedError, type Message } from "@cinema/cinema";
 * import { json, MessageRouter, protocol, RemoteClient, RemoteFailure, RemoteServer } from "@cinema/cinema/remote";
 * import { assert, assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 * const router = new MessageRouter().defaultRoute(() => {
 *   throw new TypeError("Nobody is at home");
 * });
 * await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0 }, router);
 * await using client = await RemoteClient.connect(server.address);
 * const greeter = client.remoteAddr("greeter", GreeterProtocol);
 * const { cause } = await assertRejects(() => greeter.send({ type: "greet", name: "World" }), ActorFailedError);
 * assert(cause instanceof RemoteFailure && cause.remoteName === "TypeError");
 * ```
 */
export class RemoteFailure extends CinemaError {
  /** The name of the class. */
  override name = "RemoteFailure";
  /** The name of the class of what was thrown. */
  readonly remoteName: string;

  /** Creates the error; the runtime does. */
  constructor(message: string, remoteName: string) {
    super(message);
    this.remoteName = remoteName;
  }
}
