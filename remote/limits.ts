/**
 * Every bound and default of the remote layer, with its reason.
 * @module
 */

/** Bytes of the largest frame: far above any sane message, far below what could hurt. */
export const FRAME_BYTES_MAX = 16_777_216;

/** Messages that may be on their way to one actor before the first grant: enough to fill a round trip of small ones. */
export const WINDOW_MESSAGES = 32;

/** Messages that may be on their way to one actor that keeps up: beyond it a longer window gains nothing measurable. */
export const WINDOW_MESSAGES_MAX = 1_024;

/**
 * Bytes of payload that may be on their way to one actor, one message over: what a fast link carries in a round trip.
 */
export const WINDOW_BYTES = 262_144;

/**
 * Ms after which accepted messages are confirmed although few came since the last grant: what a loss leaves unknown.
 */
export const GRANT_DELAY_MS = 20;

/** Bytes received on one connection that no mailbox has taken; beyond it nothing more is read from that connection. */
export const RECEIVE_BYTES_MAX = 4_194_304;

/** The same for all connections of a server. */
export const SERVER_RECEIVE_BYTES_MAX = 67_108_864;

/** Bytes that wait on one connection to be sent; beyond it senders wait, and a server reads no more. */
export const SEND_BYTES_MAX = 16_777_216;

/** Asks that one connection may have in hand at a time. A thousand callers fit; a runaway loop does not. */
export const ASKS_MAX = 4_096;

/** Senders that may wait for credit on one connection, as for one mailbox. */
export const WAITING_MAX = 10_000;

/** Connections that a server takes. */
export const CONNECTIONS_MAX = 1_024;

/** Connections that a server shakes hands with at a time; beyond it new ones are closed at once. */
export const HANDSHAKES_MAX = 128;

/** Ms that a handshake may take: several round trips to the other side of the world. */
export const HANDSHAKE_TIMEOUT_MS = 5_000;

/** Ms that an attempt to connect may take, the handshake included. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Ms of silence after which a peer is asked whether it is there. */
export const HEARTBEAT_MS = 5_000;

/** Ms of silence after which a connection counts as lost: three heartbeats, so that one that is late does no harm. */
export const SILENCE_MS = 15_000;

/** Ms before the first attempt to connect again, before jitter; doubled with each. */
export const RECONNECT_MIN_MS = 50;

/** The most ms between two attempts to connect again, before jitter. */
export const RECONNECT_MAX_MS = 5_000;

/** Ms that senders wait for a lost connection; then they are turned away, and new ones fail at once. */
export const OUTAGE_MS = 5_000;

/** Ms that a close may take to let what is in hand come to its end, as a shutdown of a system. */
export const CLOSE_TIMEOUT_MS = 10_000;

/** Ms that an ask may take, the same as within a process. */
export const ASK_TIMEOUT_MS = 5_000;

/** Servers that a pool keeps connections to. */
export const POOL_MAX = 64;

/** Frames before the end of the handshake: nobody has proved anything by then. */
export const HANDSHAKE_FRAME_BYTES_MAX = 4_096;

/**
 * Bytes that may wait to be written; beyond it what is said is dropped. A peer that reads nothing must not cost more.
 */
export const CHANNEL_BYTES_MAX = 4_194_304;
