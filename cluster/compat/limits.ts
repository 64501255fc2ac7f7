/**
 * Every bound and default of the bridge to Cinema-rs clusters, with its reason.
 * @module
 */

/** Bytes of the largest message to or from an actor, as in the remote layer. */
export const FRAME_BYTES_MAX = 16_777_216;

/** Bytes that the outer frame may add to a message: the name of its node, and a few tags. */
export const OUTER_BYTES_MAX = 1_024;

/** Bytes of the largest gossip that is taken as an answer: a hundred thousand actors with names of usual length. */
export const GOSSIP_BYTES_MAX = 8_388_608;

/** Bytes of unfinished frames on all connections that were accepted: nobody there has proved anything. */
export const UNFINISHED_BYTES_MAX = 67_108_864;

/** Connections that are accepted; beyond it the one that was silent the longest is closed. */
export const CONNECTIONS_MAX = 1_000;

/** Ms until the first frame of a connection must have come: Cinema-rs connects to say something. */
export const FIRST_FRAME_MS = 5_000;

/** Ms that a later frame may take from its first byte to its last, as far as it is waited for. */
export const FRAME_MS = 30_000;

/** Peers that are known at a time. Cinema-rs does not work with a tenth of it. */
export const PEERS_MAX = 256;

/** Addresses that others have reported and that have not answered yet. */
export const CANDIDATES_MAX = 256;

/** Members that one gossip may name; what comes after them is passed over. */
export const GOSSIP_MEMBERS_MAX = 4_096;

/** Actors that one gossip may name, and that are known of all peers together. */
export const ACTORS_MAX = 100_000;

/** The longest name, in characters, as in the remote layer. */
export const NAME_MAX = 255;

/** Exchanges that may be under way with peers that have answered the last time. */
export const STEADY_EXCHANGES_MAX = 16;

/** Exchanges that may be under way with all others, so that those who hang delay nobody who answers. */
export const DOUBTFUL_EXCHANGES_MAX = 8;

/** The most ms between two attempts to reach somebody who does not answer. */
export const RETRY_MAX_MS = 10_000;

/** The most ms that an exchange may take, connecting included. */
export const EXCHANGE_MAX_MS = 5_000;

/** Ms after which a peer that is Down is forgotten: hours would help nobody, since others go on reporting it. */
export const FORGET_MS = 3_600_000;

/** Ms after which an address is forgotten that has never answered and is not reported any more. */
export const CANDIDATE_MS = 60_000;

/** Ms during which the same is said once. */
export const REPEAT_MS = 60_000;
