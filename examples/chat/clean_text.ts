/**
 * Text from strangers, made safe to show.
 * @module
 */

/** Control characters, which begin the escape sequences of terminals, and marks that turn the direction of the text. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Puts the replacement character in the place of what could do harm, as the decoder does with bytes that are no text.
 */
export function cleanText(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(UNSAFE, "\ufffd").normalize("NFC");
}
