/**
 * Finds wrong options where they are given, not where they first do harm.
 * @module
 */

import { checkSecrets } from "./keys.ts";
import type { BindOptions, ConnectOptions } from "./options.ts";

type Options = Partial<ConnectOptions & BindOptions>;

/** Ms, or counts of what may be none. */
const NOT_NEGATIVE = ["silenceTimeout", "connectTimeout", "askTimeout", "outageTimeout", "maxWaiting"] as const;

/** What must be at least one, or nothing would ever happen. */
const POSITIVE = [
  "handshakeTimeout",
  "maxConnections",
  "maxHandshakes",
  "maxAsks",
  "receiveBytesMax",
  "serverReceiveBytesMax",
  "sendBytesMax",
] as const;

/** A handshake must fit into a frame. */
const FRAME_BYTES_LEAST = 4_096;

/** What travels as 32 bits. */
const FRAME_BYTES_MOST = 2 ** 32 - 1;

/**
 * Checks the options of a client or a server.
 *
 * @throws {RangeError} When a number is none or out of bounds, or a key is too short.
 * @throws {TypeError} When a key is none, or two options exclude each other.
 */
export function checkOptions(action: "connect" | "listen", options: Options): void {
  const expect = (name: keyof Options, isRight: (value: number) => boolean, what: string): void => {
    const value = options[name];
    if (value === undefined || (typeof value === "number" && isRight(value))) return;
    throw new RangeError(`Cannot ${action} with ${name} ${value}: it must be ${what}`);
  };
  for (const name of NOT_NEGATIVE) expect(name, (value) => value >= 0, "a number >= 0");
  for (const name of POSITIVE) expect(name, (value) => value > 0, "a number > 0");
  const isFrame = (value: number) => value >= FRAME_BYTES_LEAST && value <= FRAME_BYTES_MOST;
  expect("frameBytesMax", isFrame, `between ${FRAME_BYTES_LEAST} and ${FRAME_BYTES_MOST}`);
  if (options.compat !== undefined && options.key !== undefined) {
    throw new TypeError(`Cannot ${action} with key and compat: a Cinema-rs peer knows no handshake`);
  }
  if (options.key !== undefined) checkSecrets(options.key);
}
