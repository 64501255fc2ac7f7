/**
 * How the messages of an actor travel: which name each has on the wire, and who turns it into bytes and back.
 * @module
 */

import type { AnyMessage, Reply } from "../mod.ts";
import { codecOf, type MessageCodecs } from "./codecs.ts";
import type { JsonCarries } from "./json_types.ts";

/** What `encode` may return: bytes, or a writer that finishes into them, as protobufjs has it. */
export type Encoded = Uint8Array | { finish(): Uint8Array };

// Properties, not methods: methods would be compared bivariantly.
/**
 * Turns `T` into bytes and back. A class that protobufjs has generated is one, and so is any object with these two.
 *
 * @typeParam T What travels.
 */
export interface Codec<in out T> {
  /**
   * Gives the bytes; they must not change afterwards. A request is given as the message itself, so its `type` is there
   * too and need not travel.
   */
  readonly encode: (value: T) => Encoded;
  /** Gives the value. The bytes are its own: it may keep them. */
  readonly decode: (bytes: Uint8Array) => T;
}

/**
 * A protobufjs reflection `Type`. It knows its fields only at run time, so the compiler cannot check them against the
 * message.
 */
export interface ReflectionType {
  // `encode` and `decode` are left out on purpose: here they would spoil the contextual types of a plain codec.
  /** What tells a reflection type from a generated class. */
  readonly fieldsArray: readonly object[];
  /** Its name in the schema. */
  readonly fullName: string;
}

// `| undefined` keeps a misleading hint about `exactOptionalPropertyTypes` out of the errors, here and in `Protocol`.
/** A codec for `T`; a reflection type only where `T` is an object, and `json()` only where JSON can carry a `T`. */
export type CodecFor<T> =
  | Codec<T> & { readonly "~json"?: JsonCarries<T> | undefined }
  | ([T] extends [object] ? ReflectionType : never);

/** The fields of a message: what travels, without `type`. */
export type Payload<M> = { [P in keyof M as P extends "type" | "~reply" ? never : P]: M[P] };

/**
 * How one message travels. A message without a reply has no reply codec; one whose reply is `any` or `unknown` has one.
 *
 * @typeParam M The message.
 */
export type MessageCodec<M extends AnyMessage> = [Reply<M>] extends [unknown extends Reply<M> ? never : void] ? {
    /** What the message is called on the wire: any text, the same on both sides. */
    readonly name: string;
    /** How its fields travel. */
    readonly request: CodecFor<Payload<M>>;
    readonly reply?: never;
  }
  : {
    /** What the message is called on the wire: any text, the same on both sides. */
    readonly name: string;
    /** How its fields travel. */
    readonly request: CodecFor<Payload<M>>;
    /** How its reply travels. */
    readonly reply: CodecFor<Reply<M>>;
    /**
     * What the reply is called on the wire. Only Cinema-rs peers are told it.
     *
     * @default {name}
     */
    readonly replyName?: string;
  };

/** The codec table of a protocol: one entry for each message type, none missing, none too many. */
export type ProtocolTable<M extends AnyMessage> = [M] extends [never]
  ? "name the messages: protocol<Add | Subtract>({ ... })"
  : {
    readonly [K in M as K["type"]]: string extends K["type"]
      ? "the `type` of a message must be a literal: in a class, `readonly type = ...`"
      : Payload<K> & { readonly type: K["type"] } extends K ? MessageCodec<K>
      : `'${K["type"]}' has private members, which cannot travel`;
  };

/**
 * The messages of an actor that can travel, and how. Invariant: neither a bigger nor a smaller one may stand in for it.
 *
 * @typeParam M The messages.
 */
export interface Protocol<in out M extends AnyMessage> {
  /** Phantom: never present at run time. */
  readonly "~messages"?: ((m: M) => M) | undefined;
  /** The `type` of each message. */
  readonly types: readonly M["type"][];
}

/** What {@linkcode protocol} returns: the same, with what only this layer sees. */
export class CodecTable {
  readonly #byType: ReadonlyMap<string, MessageCodecs>;
  readonly types: readonly string[];

  constructor(byType: ReadonlyMap<string, MessageCodecs>) {
    this.#byType = byType;
    this.types = [...byType.keys()];
  }

  /** The codecs of a protocol, by message type. */
  static of(protocol: object): ReadonlyMap<string, MessageCodecs> {
    if (typeof protocol === "object" && protocol !== null && #byType in protocol) return protocol.#byType;
    throw new TypeError("Cannot use this as a protocol: it was not made by protocol()");
  }
}

/**
 * Declares how the messages of a protocol travel. Both sides declare the same names; the code may be shared or not. One
 * that is exported may name the messages in its type:
 * `export const GreeterProtocol: Protocol<Greet> = protocol({ ... })`.
 *
 * @throws {TypeError} When an entry has no name, shares its name with another, or has a codec that is none.
 *
 * @example
 * ```ts
 * import { type Message } from "@cinema/cinema";
 * import { json, protocol } from "@cinema/cinema/remote";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 * assertEquals(GreeterProtocol.types, ["greet"]);
 * ```
 */
export function protocol<M extends AnyMessage = never>(table: ProtocolTable<M>): Protocol<M> {
  const byType = new Map<string, MessageCodecs>();
  const names = new Set<string>();
  for (const [type, entry] of Object.entries(table as object)) {
    const codecs = codecOf(type, entry);
    if (names.has(codecs.name)) throw new TypeError(`Cannot name two messages "${codecs.name}": each needs its own`);
    names.add(codecs.name);
    byType.set(type, codecs);
  }
  return new CodecTable(byType) as unknown as Protocol<M>;
}
