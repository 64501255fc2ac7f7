/**
 * What the store understands, and how that travels: in the words of the store that comes with Cinema-rs.
 *
 * @module
 */

import type { Message } from "@cinema/cinema";
import { type Protocol, protocol } from "@cinema/cinema/remote";
import protobuf from "protobufjs";

/** Asks for a value; `null` where there is none. */
export interface Get extends Message<{ readonly value?: string | null }> {
  readonly type: "get";
  readonly key: string;
}

/** Sets a value. */
export interface Set extends Message<{ readonly success: boolean }> {
  readonly type: "set";
  readonly key: string;
  readonly value: string;
}

/** Deletes a value; tells whether there was one. */
export interface Delete extends Message<{ readonly deleted: boolean }> {
  readonly type: "delete";
  readonly key: string;
}

/** The name that the store is registered under, in the whole cluster. */
export const STORE = "kv-store";

const { root } = protobuf.parse(`
  syntax = "proto3";
  message GetRequest { string key = 1; }
  message GetResponse { optional string value = 1; }
  message SetRequest { string key = 1; string value = 2; }
  message SetResponse { bool success = 1; }
  message DeleteRequest { string key = 1; }
  message DeleteResponse { bool deleted = 1; }
`);

/** How one message travels. */
const codec = (verb: string) => ({
  name: `distributed_kv::proto::${verb}Request`,
  request: root.lookupType(`${verb}Request`),
  reply: root.lookupType(`${verb}Response`),
  replyName: `distributed_kv::proto::${verb}Response`,
});

/** How they travel. */
export const StoreProtocol: Protocol<Get | Set | Delete> = protocol<Get | Set | Delete>({
  get: codec("Get"),
  set: codec("Set"),
  delete: codec("Delete"),
});
