/**
 * A local stand-in for the parts of `@std/streams` that this project uses.
 *
 * `"links"` in `deno.json` puts it in the place of the real package, so that the tests and examples also run where its
 * registry cannot be reached. Names, signatures and failures are those of version 1 of the real package; nothing else
 * of it is here. It is written for this project, shares no code with the original and is never published.
 *
 * @module
 */

export { TextLineStream, type TextLineStreamOptions } from "./text_line_stream.ts";
export { toLines } from "./to_lines.ts";
export { toText } from "./to_text.ts";
