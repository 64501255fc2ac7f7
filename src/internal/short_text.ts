/**
 * Long texts cut short, so that they can be kept or sent.
 * @module
 */

/** The start of a text, at most `charsMax` characters; what is cut off shows as an ellipsis. */
export function keepStart(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : copyOf(`${text.slice(0, charsMax - 1)}…`);
}

/** The end of a text, in the same way. */
export function keepEnd(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : copyOf(`…${text.slice(1 - charsMax)}`);
}

/** The same text and nothing else: a part of a text, and what is put together from one, may keep the whole alive. */
export function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
