/**
 * The client's side of the handshake.
 * @module
 */

import { NOTHING } from "./envelope.ts";
import {
  Agreement,
  type Effect,
  fail,
  failureOf,
  type HandshakeOptions,
  isSame,
  VERSION_MAX,
  VERSION_MIN,
} from "./handshake.ts";
import {
  type Challenge,
  decodeHandshake,
  encodeHandshake,
  type Hello,
  type Refusal,
  type Welcome,
} from "./handshake_codec.ts";

/** What a client says of itself. */
export type ClientIdentity = Pick<Hello, "node" | "uid" | "epoch" | "frameBytesMax">;

type State = "new" | "greeted" | "verifying" | "signing" | "proved" | "over";

/** A client. Whatever comes out of turn ends it, and so does any input after the end. */
export class ClientHandshake {
  readonly #hello: Hello;
  #state: State = "new";
  #agreement: Agreement | undefined;

  /** Creates the machine. */
  constructor(identity: ClientIdentity, { keyIds, nonce }: HandshakeOptions) {
    this.#hello = {
      step: "hello",
      versionMin: VERSION_MIN,
      versionMax: VERSION_MAX,
      ...identity,
      nonce: keyIds.length === 0 ? NOTHING : nonce,
      keyIds,
    };
  }

  /** Begins. */
  start(): readonly Effect[] {
    if (this.#leave() !== "new") return fail("malformed", "The handshake has begun already");
    this.#state = "greeted";
    return [{ kind: "send", message: this.#hello }];
  }

  /**
   * Takes a step of the server.
   *
   * @throws {WireError} When it is none; the handshake has failed.
   */
  receive(step: Uint8Array): readonly Effect[] {
    const state = this.#leave();
    const message = decodeHandshake(step);
    if (state === "greeted" || state === "proved") {
      if (message.step === "refusal") return refused(message);
      if (message.step === "welcome") return this.#welcomed(message, state);
    }
    if (message.step === "challenge" && state === "greeted") return this.#challenged(message);
    return fail("malformed", `The server has sent a ${message.step} out of turn`);
  }

  /** The verdict on the proof of the server. */
  verified(isValid: boolean): readonly Effect[] {
    if (this.#leave() !== "verifying") return fail("malformed", "A verdict has come out of turn");
    if (!isValid) return fail("key", "The server cannot prove that it has the key");
    this.#state = "signing";
    const { key } = this.#agreement!;
    return [{ kind: "sign", key, data: this.#agreement!.signedBy("client") }];
  }

  /** The own proof. */
  signed(proof: Uint8Array): readonly Effect[] {
    if (this.#leave() !== "signing") return fail("malformed", "A proof was made out of turn");
    this.#state = "proved";
    return [{ kind: "send", message: { step: "proof", proof } }, this.#agreement!.seal()];
  }

  /** Ends the current state: what follows says which is next. */
  #leave(): State {
    const state = this.#state;
    this.#state = "over";
    return state;
  }

  #challenged(challenge: Challenge): readonly Effect[] {
    const { keyIds, nonce } = this.#hello;
    if (!isSpoken(challenge.version)) return fail("version", `The server has chosen version ${challenge.version}`);
    if (keyIds.length === 0) return fail("key", "The server asks for a key, and there is none");
    const key = keyIds.findIndex((id) => isSame(id, challenge.keyId));
    if (key === -1) return fail("key", "The server has chosen a key that was not offered");
    this.#state = "verifying";
    this.#agreement = new Agreement(key, nonce, encodeHandshake(this.#hello), challenge);
    return [{ kind: "verify", key, data: this.#agreement.signedBy("server"), proof: challenge.proof }];
  }

  #welcomed(welcome: Welcome, state: "greeted" | "proved"): readonly Effect[] {
    if (state === "greeted" && this.#hello.keyIds.length > 0) {
      return fail("key", "The server has not proved that it has the key");
    }
    if (!isSpoken(welcome.version)) return fail("version", `The server has chosen version ${welcome.version}`);
    return [{ kind: "done", peer: welcome }];
  }
}

function isSpoken(version: number): boolean {
  return version >= VERSION_MIN && version <= VERSION_MAX;
}

function refused({ code, message }: Refusal): readonly Effect[] {
  return fail(failureOf(code), message === "" ? "The server has refused" : message);
}
