/**
 * Performs the handshake over a connection.
 * @module
 */

import type { Random } from "../src/spi.ts";
import { HandshakeError } from "./handshake_error.ts";
import type { KeyRing } from "./keys.ts";
import { HANDSHAKE_FRAME_BYTES_MAX } from "./limits.ts";
import { SealedConnection } from "./sealed_connection.ts";
import type { Connection } from "./transport/transport.ts";
import { decodeEnvelope } from "./wire/envelope.ts";
import { FrameDecoder } from "./wire/frame.ts";
import { FrameWriter } from "./wire/frame_writer.ts";
import type { Effect } from "./wire/handshake.ts";
import { ClientHandshake, type ClientIdentity } from "./wire/handshake_client.ts";
import {
  encodeHandshake,
  type HandshakeMessage,
  type Hello,
  type Refusal,
  type Welcome,
} from "./wire/handshake_codec.ts";
import { ServerHandshake, type ServerIdentity } from "./wire/handshake_server.ts";
import { StringCache } from "./wire/string_cache.ts";
import { WireError } from "./wire/wire_error.ts";

const NONCE_BYTES = 32;

/** What is known of a client that was greeted. */
export type ClientPeer = ClientIdentity;

/** Why a client is not taken; undefined when it is. */
export type Admission = Omit<Refusal, "step"> | undefined;

/** What both sides need. */
interface GreetingOptions {
  /** The secrets, if there are any. */
  readonly keys: KeyRing | undefined;
  /** Makes the nonce. */
  readonly random: Random;
  /** Ends the handshake: it rejects with the reason. The time-out is the caller's. */
  readonly signal: AbortSignal;
}

/** What a client brings. */
export interface GreetServerOptions extends GreetingOptions {
  /** Who it is. */
  readonly identity: ClientIdentity;
}

/** What a server brings. */
export interface GreetClientOptions extends GreetingOptions {
  /** Who it is. */
  readonly identity: ServerIdentity;
  /** Decides about a client that has proved who it is, before it is welcomed. */
  readonly admit: (peer: ClientPeer) => Admission;
}

/** A connection whose handshake is done. */
export interface Greeted<P> {
  /** The connection, encrypted where there is a key. */
  readonly connection: Connection;
  /** Holds what came behind the handshake. */
  readonly decoder: FrameDecoder;
  /** The other side. */
  readonly peer: P;
}

/**
 * Shakes hands as a client. When that fails the connection is closed.
 *
 * @throws {HandshakeError} When the two do not agree.
 */
export function greetServer(connection: Connection, options: GreetServerOptions): Promise<Greeted<Welcome>> {
  const { identity, keys, random } = options;
  const handshake = new ClientHandshake(identity, { keyIds: keys?.ids ?? [], nonce: random.bytes(NONCE_BYTES) });
  const greeting = new Greeting(connection, options, { machine: handshake, isClient: true });
  return greeting.run(handshake.start(), identity.frameBytesMax) as Promise<Greeted<Welcome>>;
}

/**
 * Shakes hands as a server. When that fails the connection is closed.
 *
 * @throws {HandshakeError} When the two do not agree, or `admit` refuses.
 */
export function greetClient(connection: Connection, options: GreetClientOptions): Promise<Greeted<Hello>> {
  const { identity, keys, random, admit } = options;
  const handshake = new ServerHandshake(identity, { keyIds: keys?.ids ?? [], nonce: random.bytes(NONCE_BYTES) });
  const decide = (hello: Hello) => handshake.decided(admit(hello));
  const greeting = new Greeting(connection, options, { machine: handshake, isClient: false, decide });
  return greeting.run([], identity.frameBytesMax) as Promise<Greeted<Hello>>;
}

/** What performs the effects needs to know of the side that it performs for. */
interface Side {
  readonly machine: Pick<ClientHandshake, "receive" | "signed" | "verified">;
  readonly isClient: boolean;
  readonly decide?: (hello: Hello) => readonly Effect[];
}

/** One handshake under way. */
class Greeting {
  #connection: Connection;
  readonly #options: GreetingOptions;
  readonly #side: Side;
  readonly #writer: FrameWriter = new FrameWriter();
  readonly #decoder: FrameDecoder = new FrameDecoder(HANDSHAKE_FRAME_BYTES_MAX);
  readonly #strings: StringCache = new StringCache();
  #peer: Hello | Welcome | undefined;

  constructor(connection: Connection, options: GreetingOptions, side: Side) {
    this.#connection = connection;
    this.#options = options;
    this.#side = side;
  }

  async run(first: readonly Effect[], frameBytesMax: number): Promise<Greeted<Hello | Welcome>> {
    const { signal } = this.#options;
    const inner = this.#connection;
    const end = () => inner.close();
    signal.addEventListener("abort", end, { once: true });
    try {
      signal.throwIfAborted();
      await this.#perform(first);
      while (this.#peer === undefined) await this.#perform(this.#side.machine.receive(await this.#receive()));
      signal.throwIfAborted();
      this.#decoder.limit = frameBytesMax;
      return { connection: this.#connection, decoder: this.#decoder, peer: this.#peer };
    } catch (error) {
      inner.close();
      signal.throwIfAborted();
      if (error instanceof WireError) {
        throw new HandshakeError("malformed", "The other side speaks another protocol, or nonsense", { cause: error });
      }
      throw error;
    } finally {
      signal.removeEventListener("abort", end);
    }
  }

  async #perform(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) await this.#performOne(effect);
  }

  async #performOne(effect: Effect): Promise<void> {
    const { keys } = this.#options;
    const { machine, decide } = this.#side;
    switch (effect.kind) {
      case "send":
        return await this.#send(effect.message);
      case "sign":
        return await this.#perform(machine.signed(await keys!.sign(effect.key, effect.data)));
      case "verify":
        return await this.#perform(machine.verified(await keys!.verify(effect.key, effect.data, effect.proof)));
      case "seal":
        return await this.#seal(effect);
      case "decide":
        return await this.#perform(decide!(effect.hello));
      case "done":
        this.#peer = effect.peer;
        return;
      case "fail":
        throw new HandshakeError(effect.code, effect.message);
    }
  }

  async #send(message: HandshakeMessage): Promise<void> {
    this.#writer.append({ handshake: encodeHandshake(message) });
    await this.#connection.write(this.#writer.take()).catch(lost);
  }

  async #seal({ key, salt, transcript }: Effect & { kind: "seal" }): Promise<void> {
    const { fromClient, fromServer } = await this.#options.keys!.trafficKeys(key, salt, transcript);
    const [sendKey, receiveKey] = this.#side.isClient ? [fromClient, fromServer] : [fromServer, fromClient];
    this.#connection = new SealedConnection(this.#connection, { sendKey, receiveKey, rest: this.#decoder.rest() });
  }

  /** The bytes of the next step. */
  async #receive(): Promise<Uint8Array> {
    while (!this.#decoder.next()) {
      const chunk = await this.#connection.read().catch(lost);
      if (chunk === undefined) return lost();
      this.#decoder.push(chunk);
    }
    const { handshake } = decodeEnvelope(this.#decoder, this.#strings);
    if (handshake === undefined) throw new WireError("malformed", "Cannot shake hands: the frame is no step of it");
    return handshake;
  }
}

/** Says that the other side went away. A record that does not open is another failure, and is thrown as it is. */
function lost(cause?: unknown): never {
  if (cause instanceof WireError) throw cause;
  const options = cause === undefined ? {} : { cause };
  throw new HandshakeError("closed", "The other side went away during the handshake", options);
}
