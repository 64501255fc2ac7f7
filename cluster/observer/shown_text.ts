/**
 * Text from anywhere, so that it can be shown: it may be long, or no text at all.
 * @module
 */

import { keepEnd, keepStart } from "../../src/spi.ts";
import { ERROR_CHARS_MAX, NAME_CHARS_MAX } from "./limits.ts";

/** What was thrown, as text. */
export function errorText(error: unknown): string {
  try {
    return keepStart(String(error), ERROR_CHARS_MAX);
  } catch {
    // Anything can be thrown, also what has no text.
    return "(what was thrown cannot be shown)";
  }
}

/** A name, from its start. */
export function nameText(name: unknown): string {
  // Whoever writes a class may put anything into its `name`.
  return keepStart(typeof name === "string" ? name : typeof name, NAME_CHARS_MAX);
}

/** An id. Where it is too long its start is missing: its end tells it from its siblings. */
export function idText(id: string): string {
  return keepEnd(id, NAME_CHARS_MAX);
}
