/**
 * The server's side of the handshake.
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
  type Hello,
  type Refusal,
  type RefusalCode,
  type Welcome,
} from "./handshake_codec.ts";

/** What a server says of itself. */
export type ServerIdentity = Omit<Welcome, "step" | "version">;

type State = "new" | "signing" | "challenged" | "verifying" | "deciding" | "over";

/** A server, towards one client. Whatever comes out of turn ends it, and so does any input after the end. */
export class ServerHandshake {
  readonly #identity: ServerIdentity;
  readonly #options: HandshakeOptions;
  #state: State = "new";
  #hello: Hello | undefined;
  #challenge: Challenge | undefined;
  #agreement: Agreement | undefined;

  /** Creates the machine. */
  constructor(identity: ServerIdentity, options: HandshakeOptions) {
    this.#identity = identity;
    this.#options = options;
  }

  /**
   * Takes a step of the client.
   *
   * @throws {WireError} When it is none; the handshake has failed.
   */
  receive(step: Uint8Array): readonly Effect[] {
    const state = this.#leave();
    const message = decodeHandshake(step);
    if (message.step === "hello" && state === "new") return this.#greeted(message, step);
    if (message.step === "proof" && state === "challenged") {
      this.#state = "verifying";
      const { key } = this.#agreement!;
      return [{ kind: "verify", key, data: this.#agreement!.signedBy("client"), proof: message.proof }];
    }
    const text = `The client has sent a ${message.step} out of turn`;
    return state === "over" ? fail("malformed", text) : refuse("malformed", text);
  }

  /** The own proof. */
  signed(proof: Uint8Array): readonly Effect[] {
    if (this.#leave() !== "signing") return fail("malformed", "A proof was made out of turn");
    this.#state = "challenged";
    return [{ kind: "send", message: { ...this.#challenge!, proof } }];
  }

  /** The verdict on the proof of the client. */
  verified(isValid: boolean): readonly Effect[] {
    if (this.#leave() !== "verifying") return fail("malformed", "A verdict has come out of turn");
    // Without a word to the client: whoever it is, it has no key.
    if (!isValid) return fail("key", "The client cannot prove that it has the key");
    this.#state = "deciding";
    return [this.#agreement!.seal(), { kind: "decide", hello: this.#hello! }];
  }

  /** Whether the client is taken: `undefined`, or why not. */
  decided(refusal: Omit<Refusal, "step"> | undefined): readonly Effect[] {
    if (this.#leave() !== "deciding") return fail("malformed", "A decision was made out of turn");
    if (refusal !== undefined) return refuse(refusal.code, refusal.message);
    const hello = this.#hello!;
    const welcome = { step: "welcome", version: versionFor(hello), ...this.#identity } as const;
    return [{ kind: "send", message: welcome }, { kind: "done", peer: hello }];
  }

  /** Ends the current state: what follows says which is next. */
  #leave(): State {
    const state = this.#state;
    this.#state = "over";
    return state;
  }

  #greeted(hello: Hello, step: Uint8Array): readonly Effect[] {
    const { keyIds: own, nonce } = this.#options;
    const { keyIds: offered } = hello;
    const key = own.findIndex((id) => offered.some((other) => isSame(id, other)));
    if (own.length === 0 && offered.length > 0) return refuse("no-key", "The server has no key");
    if (own.length > 0 && key === -1) {
      const named = offered.length === 0 ? "none was" : "it has none of those that were";
      return refuse("key", `The server asks for a key, and ${named} offered`);
    }
    if (hello.versionMin > VERSION_MAX || hello.versionMax < VERSION_MIN) {
      return refuse("version", `The server speaks the versions ${VERSION_MIN} to ${VERSION_MAX} of the protocol`);
    }
    this.#hello = hello;
    if (key === -1) {
      this.#state = "deciding";
      return [{ kind: "decide", hello }];
    }
    if (hello.nonce.length === 0) return refuse("malformed", "The client offers a key without a nonce");
    const { node, uid } = this.#identity;
    const version = versionFor(hello);
    this.#challenge = { step: "challenge", version, node, uid, nonce, keyId: own[key]!, proof: NOTHING };
    this.#agreement = new Agreement(key, hello.nonce, step, this.#challenge);
    this.#state = "signing";
    return [{ kind: "sign", key, data: this.#agreement.signedBy("server") }];
  }
}

/** The highest version that both sides speak; there is one. */
function versionFor({ versionMax }: Hello): number {
  return Math.min(VERSION_MAX, versionMax);
}

/** Tells the client why, and gives up. */
function refuse(code: RefusalCode, message: string): readonly Effect[] {
  return [{ kind: "send", message: { step: "refusal", code, message } }, ...fail(failureOf(code), message)];
}
