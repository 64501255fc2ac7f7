/**
 * Every bound of the observer, with its reason.
 * @module
 */

/**
 * Actors that a look shows: what a page draws smoothly and a person can read. It keeps a look to a few ms, whoever
 * lives.
 */
export const ACTORS_MAX = 1_000;

/**
 * Children of one parent, and top-level actors, that a look shows: so that one that has many leaves room for the
 * others.
 */
export const CHILDREN_MAX = 200;

/**
 * Levels of the tree that a look shows. An id names all levels above it, so a chain without end would be a state
 * without end.
 */
export const DEPTH_MAX = 32;

/** Dead letters that are kept, the latest: enough to see what goes wrong, and 100 KB at the very most. */
export const DEAD_LETTERS_MAX = 100;

/** Failures that are kept, the latest. */
export const FAILURES_MAX = 100;

/** Actors whose last failure is kept, those that failed last: as many as a look shows. */
export const FAILED_ACTORS_MAX = 1_000;

/** Characters of an error that are shown: its message, and not the document that somebody has put into it. */
export const ERROR_CHARS_MAX = 1_000;

/** Characters of an id, or of the name of anything, that are shown. */
export const NAME_CHARS_MAX = 500;

/**
 * Members of the cluster that are shown, and of which it is known since when they are what they are: more than a
 * picture holds.
 */
export const MEMBERS_MAX = 1_000;

/** Entries of the directory that are shown. */
export const ENTRIES_MAX = 1_000;

/** Event streams at a time: each costs a connection and up to some hundred KB a second. */
export const STREAMS_MAX = 32;

/** Seconds after which somebody who found no free stream may try again. */
export const RETRY_AFTER_S = 10;

/** Ms between two states of an event stream: as often as a person can follow figures. */
export const INTERVAL_MS = 1_000;

/** Ms after which a browser that lost an event stream opens it anew. */
export const RECONNECT_MS = 2_000;

/**
 * Ms for which a stream may take nothing before it is given up: whoever is there comes again, whoever is not keeps no
 * place.
 */
export const STUCK_MS = 30_000;

/** The least ms between two looks: who asks for states in a loop gets the same one again. */
export const LOOK_GAP_MS = 250;

/** Ms between two ticks of the timer that measures how late timers are. */
export const LAG_TICK_MS = 100;

/**
 * How many times as long as reading a list of the cluster took it is used again: reading takes 2 % of the time at most.
 */
export const PAUSE_FACTOR = 50;

/** The least characters of a token: 16 of a random one cannot be guessed. */
export const TOKEN_CHARS_MIN = 16;

/** Characters of a presented token that are looked at, so that nobody makes a node hash megabytes. */
export const TOKEN_CHARS_MAX = 1_000;

/** Characters of the URL of a request. */
export const URL_CHARS_MAX = 4_096;
