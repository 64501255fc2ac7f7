/**
 * Every bound of what nodes tell each other, with its reason.
 * @module
 */

import { PAGE_MAX } from "../directory/limits.ts";

/**
 * Records that are taken in one packet, six times as many as a cluster has members: a frame of 16 MiB could hold a
 * million.
 */
export const RECORDS_MAX = 65_536;

/** Changes that are taken in one page, ten times as many as are sent: a frame of 16 MiB could hold three million. */
export const CHANGES_MAX: number = 10 * PAGE_MAX;

/** Longer names and addresses are refused: they travel with everything. */
export const TEXT_MAX = 255;

/** A line for people is cut, in characters: longer texts are refused. */
export const MESSAGE_MAX = 255;
