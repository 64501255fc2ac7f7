/**
 * What a shard of the cache is asked, and how that travels.
 * @module
 */

import type { Message } from "@cinema/cinema";
import { json, type Protocol, protocol } from "@cinema/cinema/remote";

/** What the program keeps for a user: anything that JSON can hold. */
export interface Session {
  readonly user: string;
  readonly cart: readonly string[];
}
/** A session that moves to another shard, with the time that it has left: two machines agree on no moment. */
export interface MovingSession {
  readonly key: string;
  readonly session: Session;
  readonly ttlMs: number;
}

/** Keeps a session for so long. The reply is the key of one that had to make room. */
export interface Put extends Message<string | null>, MovingSession {
  type: "put";
}
export interface Get extends Message<Session | null> {
  type: "get";
  key: string;
}
/** Gives a session so long to live from now on; false where there is none. */
export interface Touch extends Message<boolean> {
  type: "touch";
  key: string;
  ttlMs: number;
}
export interface Delete extends Message<boolean> {
  type: "delete";
  key: string;
}
/** Takes a session over from another shard; false where a newer one has its key. */
export interface Adopt extends Message<boolean>, MovingSession {
  type: "adopt";
}
export type SessionMessage = Put | Get | Touch | Delete | Adopt;

export const SessionProtocol: Protocol<SessionMessage> = protocol({
  put: { name: "session.Put", request: json(), reply: json() },
  get: { name: "session.Get", request: json(), reply: json() },
  touch: { name: "session.Touch", request: json(), reply: json() },
  delete: { name: "session.Delete", request: json(), reply: json() },
  adopt: { name: "session.Adopt", request: json(), reply: json() },
});
