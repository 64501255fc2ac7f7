/**
 * A codec that needs no schema: JSON.
 * @module
 */

import { jsonWithoutAddress, keepEnd } from "../src/spi.ts";
import { type JsonLook, jsonLoss } from "./json_loss.ts";
import type { Codec } from "./protocol.ts";

const encoder = new TextEncoder();
// Bytes that are no UTF-8 are a broken message, not one with question marks in it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Characters of a refusal that say where it is: its end, for the innermost names tell the most. */
const LOSS_CHARS_MAX = 300;

/** The codec that `json()` gives. A protocol takes it only for messages that JSON can carry, as far as types tell. */
export interface JsonCodec<in out T> extends Codec<T> {
  /** Phantom: never present at run time. */
  readonly "~json"?: "JSON" | undefined;
}

/**
 * A codec for what JSON can carry: plain objects, arrays, strings, finite numbers, booleans, `null`, and as a whole
 * value `undefined`. The quickest way to begin; protobufjs makes smaller messages, and has a schema that others can
 * read.
 *
 * What would not arrive as it was sent is refused, by name: a `Date`, a `Map`, a `Set`, bytes, a `bigint`, a function,
 * the address of an actor, any other object of a class, `NaN`, `undefined` among the items of an array, a circle. Where
 * the types of the messages say so, `protocol()` does not compile; where only the values show it, the message is
 * refused with a `MessageRefusedError` (`ReplyLostError`, where it was a reply) that says which field it is. A field
 * that is `undefined` arrives as none. A message may be of a class that has fields and nothing else.
 *
 * What a peer sends is not checked unless you say how: `json(check)`.
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
 * const order = { items: [{ when: new Date() }] };
 * assertThrows(() => json<object>().encode(order), TypeError, "items[0].when is an object of the class Date");
 * ```
 */
export function json<T>(): JsonCodec<T>;
/**
 * The same with a check of what a peer sends: `check` is given what was parsed, and returns it as what it should be, or
 * throws, and then the message is refused and no handler sees it. The `parse` of a schema of Zod, Valibot or ArkType is
 * one. It can also make whole what writes itself with `toJSON()`, as a `Date` does; so that is sent then.
 *
 * @typeParam T What travels.
 *
 * @example
 * ```ts
 * import { json } from "@cinema/cinema/remote";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const size = json((value): number => {
 *   if (typeof value === "number" && value > 0) return value;
 *   throw new TypeError("A size is a number above 0");
 * });
 * assertEquals(size.decode(new TextEncoder().encode("12")), 12);
 * assertThrows(() => size.decode(new TextEncoder().encode("-1")), TypeError, "A size");
 * assertThrows(() => size.encode(NaN), TypeError, "it is NaN");
 * ```
 */
export function json<T>(check: (value: unknown) => T): Codec<T>;
export function json<T>(check?: (value: unknown) => T): Codec<T> {
  return {
    encode: (value) => encoder.encode(textOf(value, check !== undefined)),
    decode: (bytes) => {
      const value: unknown = bytes.length === 0 ? undefined : JSON.parse(decoder.decode(bytes));
      return check === undefined ? value as T : check(value);
    },
  };
}

function textOf(value: unknown, isMadeWhole: boolean): string {
  const look: JsonLook = { hasNegativeZero: false };
  const loss = jsonLoss(value, look, isMadeWhole);
  if (loss === undefined) return jsonWithoutAddress(value, look.hasNegativeZero ? keepNegativeZero : undefined) ?? "";
  // Of an address there is more to say.
  if (look.instance !== undefined) jsonWithoutAddress(look.instance);
  throw new TypeError(`Cannot write this as JSON: ${keepEnd(loss, LOSS_CHARS_MAX)}`);
}

function keepNegativeZero(_key: string, value: unknown): unknown {
  return Object.is(value, -0) ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON("-0") : value;
}
