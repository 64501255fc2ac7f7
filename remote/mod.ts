/**
 * Typed messages to actors of another process, over TCP or TLS: the same address, the same words and errors, and
 * back-pressure that crosses the wire.
 *
 * {@linkcode protocol} says how messages travel, {@linkcode MessageRouter} what others may reach,
 * {@linkcode RemoteServer} offers it, and {@linkcode RemoteClient} has the addresses.
 * [`remote/README.md`](remote/README.md) shows the rest by task: routing, failures, reconnecting, keys and TLS, limits.
 *
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { LocalNode, MessageRouter, protocol, RemoteClient, RemoteServer } from "@cinema/cinema/remote";
 * import { assertEquals } from "@std/assert";
 * import protobuf from "protobufjs";
 *
 * interface Add extends Message<{ value: number }> {
 *   type: "add";
 *   n: number;
 * }
 * const { root } = protobuf.parse(`
 *   syntax = "proto3";
 *   message Add { int32 n = 1; }
 *   message AddResult { int32 value = 1; }
 * `);
 * const CalculatorProtocol = protocol<Add>({
 *   add: { name: "calc.Add", request: root.lookupType("Add"), reply: root.lookupType("AddResult") },
 * });
 * class Calculator extends Actor<Add> {
 *   #value = 0;
 *   add({ n }: Add): { value: number } {
 *     return { value: this.#value += n };
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const node = new LocalNode("calc-server");
 * const handler = node.handler(system.spawn(() => new Calculator()), { name: "calculator" });
 * const router = new MessageRouter().route(CalculatorProtocol, handler);
 * await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0 }, router);
 *
 * await using client = await RemoteClient.connect({ hostname: "127.0.0.1", port: server.address.port });
 * const calculator = client.remoteAddr("calculator", CalculatorProtocol);
 * assertEquals((await calculator.send({ type: "add", n: 5 })).value, 5);
 * ```
 *
 * @module
 */
export { RemoteClient } from "./client.ts";
export {
  BindError,
  ConnectError,
  ConnectionLostError,
  type ConnectionLostErrorOptions,
  NoRouteError,
  RemoteFailure,
  ReplyLostError,
} from "./errors.ts";
export type { ClientEvent, ServerEvent } from "./events.ts";
export { HandshakeError, type HandshakeErrorCode } from "./handshake_error.ts";
export { json, type JsonCodec } from "./json.ts";
export type { JsonCarries, JsonLoss } from "./json_types.ts";
export type { Secret } from "./keys.ts";
export { LocalNode, type RemoteHandler } from "./local_node.ts";
export type { BindOptions, CloseOptions, ConnectOptions, EndpointOptions } from "./options.ts";
export { ConnectionPool, type PoolOptions } from "./pool.ts";
export {
  type Codec,
  type CodecFor,
  type Encoded,
  type MessageCodec,
  type Payload,
  type Protocol,
  protocol,
  type ProtocolTable,
  type ReflectionType,
} from "./protocol.ts";
export type { Envelope, RemoteAddr } from "./remote_addr.ts";
export { MessageRouter } from "./router.ts";
export type { DefaultRoute, UnroutedMessage } from "./routes.ts";
export { RemoteServer } from "./server.ts";
export { MemoryNetwork, type MemoryNetworkOptions } from "./transport/memory.ts";
export type { Faults } from "./transport/pipe.ts";
export type { TlsOptions } from "./transport/tls.ts";
export type { Address, Connection, Listener, Transport, TransportConnectOptions } from "./transport/transport.ts";
export { WireError, type WireErrorCode } from "./wire/wire_error.ts";
