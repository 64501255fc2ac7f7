/**
 * A codec that needs no schema: JSON.
 * @module
 */

import { jsonWithoutAddress } from "../src/spi.ts";
import type { Codec } from "./protocol.ts";

const encoder = new TextEncoder();
// Bytes that are no UTF-8 are a broken message, not one with question marks in it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A codec for what JSON can carry: plain objects, arrays, strings, finite numbers, booleans, `null`, and as a whole
 * value `undefined`. A `Date` comes back as text; a `Map`, a `Set`, a `Uint8Array` or a class does not come back as it
 * went; and a `bigint`, a circle or the address of an actor is refused with a `MessageRefusedError` (`ReplyLostError`,
 * where it was a reply). The quickest way to begin; protobufjs makes smaller messages, and has a schema that others can
 * read.
 *
 * What a peer sends is not checked unless you say how: `check` is given what was parsed, and returns it as what it
 * should be, or throws, and then the message is refused and no handler sees it. The `parse` of a schema of Zod, Valibot
 * or ArkType is one.
 *
 * @typeParam T What travels.
 *
 * @example
 * ```ts
 * import { type Message } from "@cinema/cinema";
 * import { json, protocol } from "@cinema/cinema/remote";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 * assertEquals(GreeterProtocol.types, ["greet"]);
 *
 * const size = json((value): number => {
 *   if (typeof value === "number" && value > 0) return value;
 *   throw new TypeError("A size is a number above 0");
 * });
 * assertEquals(size.decode(new TextEncoder().encode("12")), 12);
 * assertThrows(() => size.decode(new TextEncoder().encode("-1")), TypeError, "A size");
 * ```
 */
export function json<T>(check?: (value: unknown) => T): Codec<T> {
  return {
    encode: (value) => {
      const text = jsonWithoutAddress(value);
      if (text === undefined && value !== undefined) throw new TypeError(`Cannot write ${typeof value} as JSON`);
      return encoder.encode(text ?? "");
    },
    decode: (bytes) => {
      const value: unknown = bytes.length === 0 ? undefined : JSON.parse(decoder.decode(bytes));
      return check === undefined ? value as T : check(value);
    },
  };
}
