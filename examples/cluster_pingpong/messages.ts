/**
 * The message that both nodes know, and how it travels.
 *
 * @module
 */

import type { Message } from "@cinema/cinema";
import { type Protocol, protocol } from "@cinema/cinema/remote";
import protobuf from "protobufjs";

/** What is answered. */
export interface Pong {
  readonly reply: string;
}

/** Asks for a pong. */
export interface Ping extends Message<Pong> {
  readonly type: "ping";
  readonly msg: string;
}

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Ping { string msg = 1; }
  message Pong { string reply = 1; }
`);

/** How it travels. */
export const PingPongProtocol: Protocol<Ping> = protocol<Ping>({
  ping: { name: "Ping", request: root.lookupType("Ping"), reply: root.lookupType("Pong") },
});
