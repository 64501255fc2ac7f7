/**
 * What happens between processes, as streams of events.
 * @module
 */

import type { AnyMessage, Outcome } from "../mod.ts";
import type { Address } from "./transport/transport.ts";

/**
 * Something that happened to a client; `kind` says what:
 *
 * - `"connected"`: there is a connection to `node`;
 * - `"disconnected"`: it was lost, for `error`, or never came to be; the next attempt is in `retryInMs` ms;
 * - `"closing"`: the server is closing and takes nothing new; what was sent still gets its answer;
 * - `"dead-letter"`: `message`, which was for the actor `target`, was not handled as far as is known: `outcome` says
 *   what is known, and `error` why;
 * - `"stray-reply"`: an answer came that nobody waits for any more, and was dropped;
 * - `"missed"`: this subscriber was too slow, and the oldest `count` events it had not read are lost.
 */
export type ClientEvent =
  | { readonly kind: "connected"; readonly node: string }
  | { readonly kind: "disconnected"; readonly error: unknown; readonly retryInMs: number }
  | { readonly kind: "closing" }
  | {
    readonly kind: "dead-letter";
    readonly target: string;
    readonly message: AnyMessage;
    readonly outcome: Outcome;
    readonly error: unknown;
  }
  | { readonly kind: "stray-reply"; readonly correlationId: number | bigint }
  | { readonly kind: "missed"; readonly count: number };

/**
 * Something that happened to a server; `kind` says what:
 *
 * - `"connected"`: the node `node` at `remote` has shaken hands;
 * - `"disconnected"`: its connection has ended; for `error`, unless it closed it itself;
 * - `"refused"`: a connection was not taken, or its handshake failed, for `error`;
 * - `"dead-letter"`: a message could not be given to an actor, for `error`; where the peer can be told, it was. A
 *   Cinema-rs peer cannot be told, so its asks that have failed are events as well;
 * - `"missed"`: this subscriber was too slow, and the oldest `count` events it had not read are lost.
 */
export type ServerEvent =
  | { readonly kind: "connected"; readonly node: string; readonly remote: Address }
  | { readonly kind: "disconnected"; readonly node: string; readonly remote: Address; readonly error?: unknown }
  | { readonly kind: "refused"; readonly remote: Address; readonly error: unknown }
  | {
    readonly kind: "dead-letter";
    readonly node: string;
    readonly target: string;
    readonly messageType: string;
    readonly error: unknown;
  }
  | { readonly kind: "missed"; readonly count: number };
