/**
 * Every bound of the directory that nobody sets, with its reason.
 * @module
 */

/** The longest name, in characters: as that of an actor that is routed. */
export const NAME_MAX = 255;

/** Changes of one page: about 32 KiB, and 2 MiB where every text is as long as it may be. */
export const PAGE_MAX = 1_000;
