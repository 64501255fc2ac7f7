/**
 * Every bound of the cluster layer that is no knob of membership, with its reason.
 * @module
 */

/** Actors that a node registers, and entries of others that it takes: some hundred bytes each. */
export const ENTRIES_MAX = 250_000;

/** Connections for gossip and probes that a node keeps: beyond it the one that was used least lately is closed. */
export const LINKS_MAX = 256;

/**
 * Members up to which a node connects with each at once; in a larger cluster it does so when it first has to say
 * something.
 */
export const MESH_MAX = 64;

/** Ms without a packet after which such a connection is closed: in a small cluster they stay, in a large one few do. */
export const LINK_IDLE_MS = 120_000;

/** The same for connections that carry whole states and directories, which are seldom needed. */
export const BULK_IDLE_MS = 5_000;

/** Packets that wait for a connection that is being made: what comes in a few rounds of probing, not more. */
export const QUEUE_MAX = 64;

/**
 * Bytes of the packets that wait for all connections that are being made: who asks for states need not be who gets
 * them.
 */
export const QUEUE_BYTES_MAX = 16_777_216;

/** Ms that an attempt to connect for gossip may take: by then a probe has failed. */
export const DIAL_TIMEOUT_MS = 3_000;

/**
 * Ms that a leave waits for connections that are being made: a few round trips. One to a host that hangs would take all
 * of the above.
 */
export const OPENING_MS = 1_000;

/** Ms between two looks at the port of a member that refused a connection and is suspected. */
export const RECHECK_MS = 210;

/** The least ms between two attempts to reach a seed, doubled with each up to the most. */
export const JOIN_RETRY_MIN_MS = 200;

/** See {@linkcode JOIN_RETRY_MIN_MS}. */
export const JOIN_RETRY_MAX_MS = 5_000;

/**
 * Ms that a join waits for the other seeds once one has answered: several round trips, with an encrypted handshake
 * among them.
 */
export const OTHER_SEEDS_MS = 500;

/** Ms that a leave may take, as a shutdown. */
export const LEAVE_TIMEOUT_MS = 10_000;
