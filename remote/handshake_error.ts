/**
 * The error of a handshake that failed.
 * @module
 */

import { CinemaError } from "../mod.ts";

/**
 * Why a handshake failed:
 *
 * - `"version"`: the two sides have no version of the protocol in common;
 * - `"key"`: they have no secret in common, or only one of them has any, or one could not prove that it has it;
 * - `"epoch"`: the server has a session of this client already that is not older;
 * - `"connections"`: the server has as many connections as it takes;
 * - `"closing"`: the server is closing;
 * - `"closed"`: the other side went away in the middle, without a word;
 * - `"malformed"`: the other side said what makes no sense; perhaps it speaks another protocol.
 */
export type HandshakeErrorCode = "version" | "key" | "epoch" | "connections" | "closing" | "closed" | "malformed";

/**
 * Two processes could not agree to talk: the `cause` of a {@linkcode ConnectError}, and the `error` of a `refused`
 * event of the server. No message was sent or received.
 *
 * @example
 * ```ts
 * import { ConnectError, HandshakeError, MessageRouter, RemoteClient, RemoteServer } from "@cinema/cinema/remote";
 * import { assert, assertRejects } from "@std/assert";
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port: 0, key }, new MessageRouter());
 * const { cause } = await assertRejects(() => RemoteClient.connect(server.address), ConnectError);
 * assert(cause instanceof HandshakeError && cause.code === "key");
 * ```
 */
export class HandshakeError extends CinemaError {
  /** The name of the class. */
  override name = "HandshakeError";
  /** Why it failed. */
  readonly code: HandshakeErrorCode;

  /** Creates an error with why it failed, and the same for people. */
  constructor(code: HandshakeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
