/**
 * Every bound and default of the local runtime, with its reason.
 * @module
 */

/** Messages that a mailbox holds unless told otherwise: as in Cinema-rs, and enough to work in batches. */
export const MAILBOX_CAPACITY = 256;

/** Senders that may wait for room in one mailbox: about 2 MB. Bulk `Promise.all` fits, a runaway loop does not. */
export const WAITING_MAX = 10_000;

/** Ms that an ask may take. Long enough for any healthy actor, short enough that a person still waits. */
export const ASK_TIMEOUT_MS = 5_000;

/** Ms that a handler or a `stopped` hook may go on after a stop was requested: OTP's default for workers. */
export const STOP_TIMEOUT_MS = 5_000;

/** Ms that a whole shutdown may take: two stop time-outs, so that one hung actor still leaves time for the others. */
export const SHUTDOWN_TIMEOUT_MS = 10_000;

/** Ms that a sender waits for room before a `blocked` event is raised. */
export const BLOCKED_AFTER_MS = 5_000;

/** Events kept for a subscriber that does not read; beyond it the oldest go, and a `missed` event counts them. */
export const EVENT_BUFFER = 1_024;

/**
 * Turns after which actors let timers and sockets run. The ceiling for cheap handlers (at 0.3 us a turn this is below
 * 1 ms); costly ones are caught by {@linkcode YIELD_AFTER_MS}.
 */
export const TURNS_PER_YIELD = 2_048;

/** Ms of turns after which actors let timers and sockets run. A quarter of a 60 Hz frame. */
export const YIELD_AFTER_MS = 4;

/** The most turns between two looks at the clock: a look costs about 0.14 us, so this keeps it below 5 ns a turn. */
export const TURNS_PER_LOOK = 32;

/** Ms between two looks at the deadlines of asks. A deadline is met up to two ticks late and never early. */
export const DEADLINE_TICK_MS = 5;

/** Ms that the deadline timer may sleep while nothing new comes in: how long it may keep an idle process alive. */
export const DEADLINE_SLEEP_MS = 50;

/** Ms that one `setTimeout` can wait (2^31 - 1): beyond it, timers of the web fire at once. */
export const TIMER_MAX_MS = 2_147_483_647;
