/**
 * The codecs of one message in the form that the rest of this layer uses.
 * @module
 */

import type { AnyMessage } from "../mod.ts";
import { NAME_BYTES_MAX, NOTHING } from "./wire/envelope.ts";
import { type EncodedRoute, encodeRoute } from "./wire/frame_writer.ts";

/** What an entry of a codec table may hold; the compiler has checked it for those who use one. */
interface TableEntry {
  readonly name?: unknown;
  readonly request?: unknown;
  readonly reply?: unknown;
  readonly replyName?: unknown;
}

/** A codec as it comes. */
interface AnyCodec {
  encode(value: unknown): unknown;
  decode(bytes: Uint8Array): unknown;
}

/** How one message type travels. */
export class MessageCodecs {
  /** The `type` of the message. */
  readonly type: string;
  /** Its name on the wire. */
  readonly name: string;
  /** The name of its reply on the wire. */
  readonly replyName: string;
  /** Whether its reply is more than the news that it was handled. */
  readonly hasReply: boolean;
  readonly #request: AnyCodec;
  readonly #reply: AnyCodec | undefined;

  /** Creates the codecs of one entry, which has been checked. */
  constructor(type: string, name: string, request: AnyCodec, reply: AnyCodec | undefined, replyName: string) {
    this.type = type;
    this.name = name;
    this.replyName = replyName;
    this.hasReply = reply !== undefined;
    this.#request = request;
    this.#reply = reply;
  }

  /** Its route to an actor, encoded once. */
  routeTo(target: string): EncodedRoute {
    return encodeRoute(this.name, target);
  }

  /** Encodes a message; throws what the codec throws. */
  encode(message: AnyMessage): Uint8Array {
    return finish(this.#request.encode(message));
  }

  /** Decodes a message; throws what the codec throws. */
  decode(payload: Uint8Array): AnyMessage {
    const decoded = this.#request.decode(payload);
    if (typeof decoded !== "object" || decoded === null) {
      throw new TypeError(`Cannot take ${typeof decoded} for a message: decode() must give an object`);
    }
    // Assigned, not copied: protobufjs keeps the defaults of a message on its prototype, where a copy has none. But
    // what a schema has frozen takes nothing.
    const message = Object.isExtensible(decoded) ? decoded : { ...decoded };
    return Object.assign(message, { type: this.type }) as AnyMessage;
  }

  /** Encodes a reply; throws what the codec throws. */
  encodeReply(value: unknown): Uint8Array {
    return this.#reply === undefined ? NOTHING : finish(this.#reply.encode(value));
  }

  /** Decodes a reply; throws what the codec throws. */
  decodeReply(payload: Uint8Array): unknown {
    return this.#reply === undefined ? undefined : this.#reply.decode(payload);
  }
}

/** Checks one entry of a codec table. */
export function codecOf(type: string, entry: unknown): MessageCodecs {
  const { name, request, reply, replyName = name } = (entry ?? {}) as TableEntry;
  for (const text of [name, replyName]) {
    if (typeof text !== "string" || text === "") throw new TypeError(`Cannot send "${type}" without a name`);
    if (!text.isWellFormed()) throw new TypeError(`Cannot send "${type}" as "${text}": it must have whole characters`);
    // No character takes more bytes in UTF-8, and the peer would end the connection at a longer one.
    if (3 * text.length > NAME_BYTES_MAX) {
      throw new TypeError(`Cannot send "${type}" with a name of ${text.length} characters: it is too long`);
    }
  }
  check(type, "request", request);
  if (reply !== undefined) check(type, "reply", reply);
  return new MessageCodecs(
    type,
    name as string,
    request as AnyCodec,
    reply as AnyCodec | undefined,
    replyName as string,
  );
}

function check(type: string, what: string, codec: unknown): void {
  const { encode, decode } = (codec ?? {}) as Partial<AnyCodec>;
  if (typeof encode === "function" && typeof decode === "function") return;
  throw new TypeError(`Cannot use the ${what} codec of "${type}": it needs encode() and decode()`);
}

function finish(encoded: unknown): Uint8Array {
  if (encoded instanceof Uint8Array) return encoded;
  const bytes = (encoded as { finish?(): unknown } | null | undefined)?.finish?.();
  if (bytes instanceof Uint8Array) return bytes;
  throw new TypeError("Cannot send what is no bytes: encode() must give a Uint8Array, or a writer with finish()");
}
