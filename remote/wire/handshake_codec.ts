/**
 * The steps of the handshake as plain values, and their bytes.
 * @module
 */

import { cinema } from "../../proto/gen/envelope.js";
import { NOTHING } from "./envelope.ts";
import { WireError } from "./wire_error.ts";

/** The client speaks first. */
export interface Hello {
  /** Which step this is. */
  readonly step: "hello";
  /** The lowest version of the protocol that the client speaks. */
  readonly versionMin: number;
  /** The highest version of the protocol that the client speaks. */
  readonly versionMax: number;
  /** The name of the client's node. */
  readonly node: string;
  /** Random, made once for each client; with the epoch it names a session. */
  readonly uid: string;
  /** Counts the connections of this client. */
  readonly epoch: number;
  /** The largest frame that the client takes, in bytes. */
  readonly frameBytesMax: number;
  /** With a key: 32 random bytes; otherwise empty. */
  readonly nonce: Uint8Array;
  /** With a key: the names of the client's secrets, 8 bytes each, in its order of preference; otherwise empty. */
  readonly keyIds: readonly Uint8Array[];
}

/** The server has a key: it proves that, and asks the client to. */
export interface Challenge {
  /** Which step this is. */
  readonly step: "challenge";
  /** The version of the protocol that the server chose. */
  readonly version: number;
  /** The name of the server's node. */
  readonly node: string;
  /** Random, made once for each server. */
  readonly uid: string;
  /** 32 random bytes. */
  readonly nonce: Uint8Array;
  /** The name of the secret that the server chose: 8 bytes. */
  readonly keyId: Uint8Array;
  /** Proves that the server has that secret: 32 bytes. */
  readonly proof: Uint8Array;
}

/** The client answers a challenge. */
export interface Proof {
  /** Which step this is. */
  readonly step: "proof";
  /** Proves that the client has the secret: 32 bytes. */
  readonly proof: Uint8Array;
}

/** The server takes the client: the handshake is over. */
export interface Welcome {
  /** Which step this is. */
  readonly step: "welcome";
  /** The version of the protocol that the server chose. */
  readonly version: number;
  /** The name of the server's node. */
  readonly node: string;
  /** Random, made once for each server. */
  readonly uid: string;
  /** The largest frame that the server takes, in bytes. */
  readonly frameBytesMax: number;
  /** Messages that may be sent to each target before its first grant. */
  readonly windowMessages: number;
  /** The same in bytes of payload. */
  readonly windowBytes: number;
}

/** Why a handshake failed, as in `envelope.proto`. A code of a later version reads as `"unspecified"`. */
export type RefusalCode =
  | "unspecified"
  | "version"
  | "key"
  | "no-key"
  | "epoch"
  | "connections"
  | "malformed"
  | "closing";

/** One side ends the handshake. */
export interface Refusal {
  /** Which step this is. */
  readonly step: "refusal";
  /** Why. */
  readonly code: RefusalCode;
  /** The same for people, in one line. */
  readonly message: string;
}

/** A step of the handshake. */
export type HandshakeMessage = Hello | Challenge | Proof | Welcome | Refusal;

const REFUSALS: readonly RefusalCode[] = [
  "unspecified",
  "version",
  "key",
  "no-key",
  "epoch",
  "connections",
  "malformed",
  "closing",
];

const NONCE_BYTES = 32;
const PROOF_BYTES = 32;
const KEY_ID_BYTES = 8;
const KEY_IDS_MAX = 16;
const TEXT_MAX = 255;

/** Encodes a step of the handshake. */
export function encodeHandshake(message: HandshakeMessage): Uint8Array {
  return new Uint8Array(cinema.Handshake.encode(fieldsOf(message)).finish());
}

/**
 * Decodes a step of the handshake. The bytes in it are copies.
 *
 * @throws {WireError} When it is no step, or something in it is out of bounds.
 */
export function decodeHandshake(bytes: Uint8Array): HandshakeMessage {
  let decoded: cinema.Handshake;
  try {
    decoded = cinema.Handshake.decode(bytes);
  } catch (cause) {
    throw new WireError("malformed", "Cannot decode a step of the handshake", { cause });
  }
  switch (decoded.step) {
    case "hello":
      return decodeHello(decoded.hello);
    case "challenge":
      return decodeChallenge(decoded.challenge);
    case "proof":
      return { step: "proof", proof: sized("proof", decoded.proof.proof, PROOF_BYTES) };
    case "welcome":
      return decodeWelcome(decoded.welcome);
    case "refusal":
      return decodeRefusal(decoded.refusal);
    default:
      throw malformed("it has none that is known");
  }
}

function fieldsOf(message: HandshakeMessage): cinema.IHandshake {
  switch (message.step) {
    case "hello":
      return { hello: { ...message, keyIds: [...message.keyIds] } };
    case "challenge":
      return { challenge: message };
    case "proof":
      return { proof: message };
    case "welcome":
      return { welcome: message };
    case "refusal":
      return { refusal: { code: REFUSALS.indexOf(message.code), message: message.message.slice(0, TEXT_MAX) } };
  }
}

// Read field by field: protobufjs keeps the defaults of a message on its prototype, where a copy has none.
function decodeHello(hello: cinema.Hello): Hello {
  const { versionMin, versionMax, epoch, frameBytesMax, keyIds } = hello;
  if (keyIds.length > KEY_IDS_MAX) throw malformed(`it names ${keyIds.length} keys: the limit is ${KEY_IDS_MAX}`);
  return {
    step: "hello",
    versionMin,
    versionMax,
    node: named("node", hello.node),
    uid: named("uid", hello.uid),
    epoch,
    frameBytesMax,
    nonce: hello.nonce.length === 0 ? NOTHING : sized("nonce", hello.nonce, NONCE_BYTES),
    keyIds: keyIds.map((id) => sized("key id", id, KEY_ID_BYTES)),
  };
}

function decodeChallenge(challenge: cinema.Challenge): Challenge {
  return {
    step: "challenge",
    version: challenge.version,
    node: named("node", challenge.node),
    uid: named("uid", challenge.uid),
    nonce: sized("nonce", challenge.nonce, NONCE_BYTES),
    keyId: sized("key id", challenge.keyId, KEY_ID_BYTES),
    // Empty where the transcript is made that the proof is about.
    proof: challenge.proof.length === 0 ? NOTHING : sized("proof", challenge.proof, PROOF_BYTES),
  };
}

function decodeWelcome(welcome: cinema.Welcome): Welcome {
  const { version, frameBytesMax, windowMessages, windowBytes } = welcome;
  return {
    step: "welcome",
    version,
    node: named("node", welcome.node),
    uid: named("uid", welcome.uid),
    frameBytesMax,
    windowMessages,
    windowBytes,
  };
}

function decodeRefusal({ code, message }: cinema.Refusal): Refusal {
  return { step: "refusal", code: REFUSALS[code] ?? "unspecified", message: short("message", message) };
}

function named(what: string, text: string): string {
  if (text === "") throw malformed(`its ${what} is empty`);
  return short(what, text);
}

function short(what: string, text: string): string {
  if (text.length > TEXT_MAX) throw malformed(`its ${what} has ${text.length} characters: the limit is ${TEXT_MAX}`);
  return text;
}

function sized(what: string, bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw malformed(`its ${what} has ${bytes.length} bytes: it must have ${length}`);
  // Not slice(): of a Buffer that is a view.
  return new Uint8Array(bytes);
}

function malformed(why: string): WireError {
  return new WireError("malformed", `Cannot take a step of the handshake: ${why}`);
}
