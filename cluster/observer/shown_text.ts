/**
 * Text from anywhere, so that it can be shown: it may be long, or no text at all.
 * @module
 */

import { ERROR_CHARS_MAX, NAME_CHARS_MAX } from "./limits.ts";

/** What was thrown, as text. */
export function errorText(error: unknown): string {
  try {
    const text = String(error);
    return text.length <= ERROR_CHARS_MAX ? text : `${text.slice(0, ERROR_CHARS_MAX - 1)}…`;
  } catch {
    // Anything can be thrown, also what has no text.
    return "(what was thrown cannot be shown)";
  }
}

/** A name, from its start. */
export function nameText(name: unknown): string {
  // Whoever writes a class may put anything into its `name`.
  const text = typeof name === "string" ? name : typeof name;
  return text.length <= NAME_CHARS_MAX ? text : copyOf(`${text.slice(0, NAME_CHARS_MAX - 1)}…`);
}

/** The same text and nothing else: a part of a text, and what is put together from one, may keep the whole alive. */
export function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

/** An id. Where it is too long its start is missing: its end tells it from its siblings. */
export function idText(id: string): string {
  return id.length <= NAME_CHARS_MAX ? id : copyOf(`…${id.slice(1 - NAME_CHARS_MAX)}`);
}
