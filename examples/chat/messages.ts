/**
 * What the actors of the chat say to each other.
 * @module
 */

import type { Addr, Message } from "@cinema/cinema";

/** To a connection: shows a line to its client. */
export interface Print extends Message {
  type: "print";
  text: string;
}

/** To a session: the client typed a line. */
export interface Line extends Message {
  type: "line";
  text: string;
}

/** To a session: the client will type no more. */
export interface HangUp extends Message {
  type: "hangUp";
}

/** To the room: a client joins under a name. The reply is who is there now; a `Rejection` says what is wrong. */
export interface Join extends Message<readonly string[]> {
  type: "join";
  name: string;
  connection: Addr<Print>;
}

/** To the room: a member speaks. */
export interface Say extends Message {
  type: "say";
  text: string;
  connection: Addr<Print>;
}

/** To the room: asks who is there. */
export interface Who extends Message<readonly string[]> {
  type: "who";
}

/** To the room: asks for the name of a client, which is `undefined` before it joined. */
export interface NameOf extends Message<string | undefined> {
  type: "nameOf";
  connection: Addr<Print>;
}

/** What a session understands. */
export type SessionMessage = Line | HangUp;

/** What the room understands. */
export type RoomMessage = Join | Say | Who | NameOf;
