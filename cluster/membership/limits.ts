/**
 * Every bound of the membership that is no knob of it, with its reason.
 * @module
 */

/** Bounds the news under way, which may be about members that nobody has: some hundred bytes each. */
export const NEWS_MAX = 20_000;

/**
 * Bounds the errands that a node runs for others at a time: the oldest is dropped, whose asker has given up by then.
 */
export const ERRANDS_MAX = 1_000;

/** No node raises its incarnation this often between two words of it that another hears: more is a lie or a fault. */
export const INCARNATION_STEP_MAX = 1_000_000;

/** Members up to which a newcomer greets each: a node of a small cluster connects with all of them anyway. */
export const GREETED_MAX = 64;
