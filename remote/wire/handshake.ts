/**
 * What both sides of the handshake share; each is a pure state machine of its own. A step of the peer, a proof or a
 * verdict goes in; what is to be done comes out.
 *
 * Without a key: hello, welcome. With one: hello, challenge, proof, welcome. A proof is a MAC over who gives it and the
 * exact bytes of hello and challenge. So both sides know that the other has the secret, and that neither versions nor
 * modes nor nonces were changed on the way; the role keeps a proof from being sent back to its maker, and the nonces
 * keep it from being used again.
 * @module
 */

import { NOTHING } from "./envelope.ts";
import {
  type Challenge,
  encodeHandshake,
  type HandshakeMessage,
  type Hello,
  type RefusalCode,
  type Welcome,
} from "./handshake_codec.ts";

/** The lowest version of the protocol that this side speaks. */
export const VERSION_MIN = 1;
/** The highest version of the protocol that this side speaks. */
export const VERSION_MAX = 1;

/** Why a handshake failed. */
export type FailureCode = Exclude<RefusalCode, "unspecified" | "no-key">;

/** Something to be done; what is in one list is done in its order. */
export type Effect =
  /** Send a step. */
  | { readonly kind: "send"; readonly message: HandshakeMessage }
  /** Make a MAC with a secret, and give it to `signed`. */
  | { readonly kind: "sign"; readonly key: number; readonly data: Uint8Array }
  /** Check a MAC, and give the verdict to `verified`. */
  | { readonly kind: "verify"; readonly key: number; readonly data: Uint8Array; readonly proof: Uint8Array }
  /** From here on everything is encrypted: keys follow from the secret, the nonces (`salt`) and the transcript. */
  | { readonly kind: "seal"; readonly key: number; readonly salt: Uint8Array; readonly transcript: Uint8Array }
  /** The client has said, and with a key proved, who it is: decide, and give the decision to `decided`. */
  | { readonly kind: "decide"; readonly hello: Hello }
  /** The handshake is over. */
  | { readonly kind: "done"; readonly peer: Hello | Welcome }
  /** It has failed: close the connection. */
  | { readonly kind: "fail"; readonly code: FailureCode; readonly message: string };

/** What a side brings to the handshake. */
export interface HandshakeOptions {
  /** The names of its secrets, in its order of preference; empty without a key. */
  readonly keyIds: readonly Uint8Array[];
  /** 32 random bytes; used with a key. */
  readonly nonce: Uint8Array;
}

/** Where two sides have agreed on a secret: what their proofs and the keys of the connection are about. */
export class Agreement {
  /** The place of the secret in the own list. */
  readonly key: number;
  readonly #salt: Uint8Array;
  readonly #transcript: Uint8Array;

  /**
   * Creates it from the nonce of the client, its hello and the answer of the server; the proof in that does not count.
   *
   * The hello counts by the bytes that travelled, because a newer client may say more in it than this side knows. The
   * challenge holds only what its version knows, and so both sides encode it alike.
   */
  constructor(key: number, nonce: Uint8Array, hello: Uint8Array, challenge: Challenge) {
    this.key = key;
    this.#salt = new Uint8Array([...nonce, ...challenge.nonce]);
    this.#transcript = joined(hello, encodeHandshake({ ...challenge, proof: NOTHING }));
  }

  /** What a side puts its MAC under. */
  signedBy(role: "client" | "server"): Uint8Array {
    return joined(new TextEncoder().encode(`cinema/1 ${role} proof`), this.#transcript);
  }

  /** The order to encrypt from here on. */
  seal(): Effect {
    return { kind: "seal", key: this.key, salt: this.#salt, transcript: this.#transcript };
  }
}

/** Names of keys are no secret, so this need not take the same time for all of them. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** The order to give up. */
export function fail(code: FailureCode, message: string): readonly Effect[] {
  return [{ kind: "fail", code, message }];
}

/** What a refusal means to whoever reads it; one of a later version is told by its text alone. */
export function failureOf(code: RefusalCode): FailureCode {
  if (code === "no-key") return "key";
  return code === "unspecified" ? "malformed" : code;
}

/** Puts parts one behind the other, each behind its length, so that no two lists of parts give the same bytes. */
function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}
