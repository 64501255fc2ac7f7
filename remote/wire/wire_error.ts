/**
 * The error of everything that reads the wire.
 * @module
 */

import { CinemaError } from "../../src/spi.ts";

/** What was wrong: a frame larger than the limit, or bytes that mean nothing here. */
export type WireErrorCode = "frame-too-large" | "malformed";

/**
 * A peer sent what cannot be read. The connection it came on is closed; nothing of the frame was delivered, and what
 * came before it was handled.
 *
 * @example
 * ```ts
 * import { WireError } from "@cinema/cinema/remote";
 * import { assertEquals } from "@std/assert";
 *
 * const describe = (error: unknown): string => error instanceof WireError ? `closed: ${error.code}` : "something else";
 * assertEquals(describe(new WireError("malformed", "Cannot read an envelope: it is cut off")), "closed: malformed");
 * ```
 */
export class WireError extends CinemaError {
  /** The name of the class. */
  override name = "WireError";
  /** What was wrong. */
  readonly code: WireErrorCode;

  /** Creates an error with what was wrong, and a message that says it for people. */
  constructor(code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
