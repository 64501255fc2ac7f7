/**
 * The channel beside the actors' messages: payloads between the two layers above, which this one does not read. Nothing
 * there is confirmed or waits for credit; what cannot be sent is dropped, and whoever uses it deals with that.
 * @module
 */

import { CinemaError, type Clock, currentInstrument } from "../src/spi.ts";
import type { Dialled } from "./dialler.ts";
import { CHANNEL_BYTES_MAX } from "./limits.ts";
import { Link, type LinkSession } from "./link.ts";
import type { Address } from "./transport/transport.ts";
import type { Envelope } from "./wire/envelope.ts";

/** What frames of the channel are called: the name that Cinema-rs has for them. They name no actor. */
export const CHANNEL_TYPE = "cluster";

/** Somebody at the other end of a channel. */
export interface ChannelPeer {
  /** Its node, as the handshake says. */
  readonly node: string;
  /** Where it is. */
  readonly remote: Address;
  /** Says something; false where it was dropped. */
  say(payload: Uint8Array): boolean;
}

/** Takes what a peer says. The bytes may be kept. */
export type ChannelReceiver = (payload: Uint8Array, peer: ChannelPeer) => void;

/** Puts a payload of the channel into the writer of a link; false where too much waits there. */
export function sayOn(link: Link, payload: Uint8Array): boolean {
  if (link.isClosed || link.writer.length + payload.length > CHANNEL_BYTES_MAX) return false;
  link.writer.append({ messageType: CHANNEL_TYPE, payload });
  link.wantFlush();
  return true;
}

/** Whether a frame is one of the channel. */
export function isChannel({ messageType, targetActor, isResponse }: Envelope): boolean {
  return messageType === CHANNEL_TYPE && targetActor === "" && !isResponse;
}

/** The end of a channel that has dialled. It is not watched: whoever uses it notices silence itself. */
export class Channel implements LinkSession, ChannelPeer {
  readonly node: string;
  readonly remote: Address;
  readonly #link: Link;
  readonly #receive: ChannelReceiver;
  #isLeft = false;

  /** Opens a channel over a connection whose handshake is done. */
  constructor({ connection, decoder, peer }: Dialled, clock: Clock, receive: ChannelReceiver) {
    this.node = peer.node;
    this.remote = connection.remote;
    this.#receive = receive;
    this.#link = new Link(connection, decoder, {
      clock,
      heartbeatMs: 0,
      silenceMs: Infinity,
      probe: currentInstrument()?.connection("client"),
    });
  }

  /** Whether the other side has said that it goes away. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** Reads until the connection has ended, and resolves with why: `undefined` when it was closed in order. */
  run(): Promise<unknown> {
    return this.#link.run(this);
  }

  say(payload: Uint8Array): boolean {
    return sayOn(this.#link, payload);
  }

  /** Resolves when everything that was said has been handed over, or never will be. */
  drained(): Promise<void> {
    return this.#link.drained();
  }

  /** Closes the connection at once. */
  close(): void {
    this.#link.close();
  }

  receive(envelope: Envelope): void {
    if (isChannel(envelope)) return this.#receive(envelope.payload, this);
    if (envelope.fault !== undefined) throw new CinemaError("The other side is no node of a cluster");
    if (envelope.control !== "goodbye") return;
    // Nothing here waits for an answer, so there is nothing to stay for.
    this.#isLeft = true;
    this.#link.close();
  }

  flushed(): void {}

  unfinished(): void {}

  hold(): undefined {
    return undefined;
  }
}
