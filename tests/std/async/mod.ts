/**
 * A local stand-in for the three functions of `@std/async` that this project uses.
 *
 * `"links"` in `deno.json` puts it in the place of the real package, so that the tests also run where its registry
 * cannot be reached. Names, signatures and failures are those of version 1 of the real package; nothing else of it is
 * here. It is written for this project, shares no code with the original and is never published.
 *
 * @module
 */

export { abortable } from "./abortable.ts";
export { deadline, type DeadlineOptions } from "./deadline.ts";
export { delay, type DelayOptions } from "./delay.ts";
