/**
 * How clients and servers are set up.
 * @module
 */

import type { Clock, Random } from "../mod.ts";
import type { Secret } from "./keys.ts";
import type { LocalNode } from "./local_node.ts";
import type { TlsOptions } from "./transport/tls.ts";
import type { Address, Transport } from "./transport/transport.ts";

/** What both ends of a connection are set up with. */
export interface EndpointOptions extends Address {
  /**
   * A secret that both sides have: at least 32 random bytes, as bytes or as text. Each proves to the other that it has
   * it, and everything that follows is encrypted. A list is for changing it: all of them are valid, the first one that
   * both sides have is used. Who has a key talks to nobody without it.
   */
  readonly key?: Secret | readonly Secret[];
  /** Certificates: everything is encrypted, and who presents one is who it says. Not together with `transport`. */
  readonly tls?: TlsOptions;
  /**
   * What carries the bytes.
   *
   * @default {TCP, or TLS with `tls`}
   */
  readonly transport?: Transport;
  /**
   * `"cinema-rs-0.1"` to talk to a node of Cinema-rs 0.1, in its words: no handshake, so neither key nor credit nor
   * deadlines; a failure over there is silence. It is never found out by itself. What comes in is for the actor that it
   * names, and where none of that name takes it, for the only one that does.
   */
  readonly compat?: "cinema-rs-0.1";
  /**
   * Bytes of the largest frame that is taken. A larger one ends the connection it comes on.
   *
   * @default {16_777_216}
   */
  readonly frameBytesMax?: number;
  /**
   * Ms of silence after which a connection counts as lost. Each side says something at least three times as often.
   * Where it is shortened, shorten it on both sides: a server whose actors are behind reads nothing, and says so at its
   * own pace.
   *
   * @default {15_000}
   */
  readonly silenceTimeout?: number;
  /**
   * The time; a `ManualClock` from `@cinema/cinema/testing` makes it virtual.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /**
   * Where nonces, ids and jitter come from. Only tests should give another: a handshake is as safe as its nonces.
   *
   * @default {systemRandom}
   */
  readonly random?: Random;
}

/** Options of `RemoteClient.connect`. */
export interface ConnectOptions extends EndpointOptions {
  /**
   * Who connects, as the server is told and its events say.
   *
   * @default {a name with random digits}
   */
  readonly node?: LocalNode;
  /** Ends the attempt of `connect` when it aborts; later it means nothing. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Ms that one attempt to connect may take, the handshake included.
   *
   * @default {10_000}
   */
  readonly connectTimeout?: number;
  /**
   * Ms that an ask may take where it names no `timeout` of its own.
   *
   * @default {5_000}
   */
  readonly askTimeout?: number;
  /**
   * Ms that senders wait while the connection is lost. After that they are turned away, and new ones at once, until
   * there is a connection again.
   *
   * @default {5_000}
   */
  readonly outageTimeout?: number;
  /**
   * Senders that may wait, for credit or a connection; to further ones the actor is `"full"`.
   *
   * @default {10_000}
   */
  readonly maxWaiting?: number;
  /**
   * Bytes that waiting senders may hold, and that may wait to be written.
   *
   * @default {16_777_216}
   */
  readonly sendBytesMax?: number;
  /**
   * Asks that may be on their way at a time; further ones wait.
   *
   * @default {4_096}
   */
  readonly maxAsks?: number;
}

/** Options of `RemoteServer.bind`. */
export interface BindOptions extends EndpointOptions {
  /**
   * Whether an address that others can reach may be used without key and TLS.
   *
   * @default {false}
   */
  readonly insecure?: boolean;
  /**
   * Connections that are taken; a further one is refused.
   *
   * @default {1_024}
   */
  readonly maxConnections?: number;
  /**
   * Handshakes that may be under way; a further one ends the oldest.
   *
   * @default {128}
   */
  readonly maxHandshakes?: number;
  /**
   * Ms that a handshake may take.
   *
   * @default {5_000}
   */
  readonly handshakeTimeout?: number;
  /**
   * Asks of one connection that may be in hand; a further one is refused.
   *
   * @default {4_096}
   */
  readonly maxAsks?: number;
  /**
   * Bytes received on one connection that no mailbox has taken yet; at that many it is not read until there are fewer.
   *
   * @default {4_194_304}
   */
  readonly receiveBytesMax?: number;
  /**
   * The same for all connections together.
   *
   * @default {67_108_864}
   */
  readonly serverReceiveBytesMax?: number;
  /**
   * Bytes of replies that may wait to be sent on one connection; at that many it is not read until there are fewer.
   *
   * @default {16_777_216}
   */
  readonly sendBytesMax?: number;
}

/** Options of a close or a shutdown. */
export interface CloseOptions {
  /**
   * Ms that what is in hand may take to come to its end; what is left then is cut off.
   *
   * @default {10_000}
   */
  readonly timeout?: number | undefined;
}
