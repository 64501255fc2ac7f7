/**
 * A connection of a cluster port: plain frames on this side, cluster frames on the other.
 * @module
 */

import { type Address, type Connection, WireError } from "../../remote/mod.ts";
import { FrameDecoder, StringCache } from "../../remote/spi.ts";
import { CinemaError, type Clock } from "../../src/spi.ts";
import { ClusterFrameWriter, decodeClusterFrame } from "./cluster_frame.ts";
import type { Gossip } from "./gossip_codec.ts";
import { FIRST_FRAME_MS, FRAME_MS, OUTER_BYTES_MAX } from "./limits.ts";

const HEADER_BYTES = 4;

/** What both kinds of connections need. */
export interface FramedOptions {
  /** The node of this side. */
  readonly node: string;
  /** The largest message that is taken, in bytes of its frame. */
  readonly frameBytesMax: number;
  /** Who watches over a connection that was accepted; undefined for one that this side has opened. */
  readonly host: FramedHost | undefined;
}

/** What a connection that was accepted needs of whoever has accepted it. */
export interface FramedHost {
  /** The time. */
  readonly clock: Clock;
  /** Gives the answer to gossip; undefined where there shall be none. */
  gossiped(gossip: Gossip, sender: string, remote: Address): Gossip | undefined;
  /** A whole frame has come. */
  heard(connection: FramedConnection): void;
  /** So many more bytes are kept of frames that are not whole; false when that is too much. */
  keep(bytes: number): boolean;
  /** It was closed; with an error where the peer is at fault. */
  ended(connection: FramedConnection, error: CinemaError | undefined): void;
}

/** See the module. A connection that was accepted answers gossip by itself; everything else in it is messages. */
export class FramedConnection implements Connection {
  readonly remote: Address;
  readonly #inner: Connection;
  readonly #host: FramedHost | undefined;
  readonly #incoming: FrameDecoder;
  // What is written here was checked where it was made.
  readonly #outgoing: FrameDecoder = new FrameDecoder(2 ** 32 - 1);
  readonly #strings: StringCache = new StringCache();
  readonly #frames: ClusterFrameWriter;
  #lastWrite: Promise<void> = Promise.resolve();
  #kept = 0;
  #leftMs = FIRST_FRAME_MS;
  #isSilent = true;
  #isClosed = false;
  // What was wrong behind messages that are in order.
  #failure: { readonly error: unknown } | undefined;

  /** Wraps a connection. */
  constructor(inner: Connection, { node, frameBytesMax, host }: FramedOptions) {
    this.remote = inner.remote;
    this.#inner = inner;
    this.#host = host;
    this.#incoming = new FrameDecoder(frameBytesMax + OUTER_BYTES_MAX);
    this.#frames = new ClusterFrameWriter(node, host !== undefined);
  }

  async read(): Promise<Uint8Array | undefined> {
    try {
      return await this.#read();
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    const outgoing = this.#outgoing;
    outgoing.push(bytes);
    let isWhole = false;
    for (; outgoing.next(); isWhole = true) {
      this.#frames.appendEnvelope(outgoing.bytes.subarray(outgoing.start, outgoing.end));
    }
    // Large frames come in pieces.
    if (isWhole) await this.#writeFrames();
  }

  close(): void {
    this.#end();
  }

  async #read(): Promise<Uint8Array | undefined> {
    const incoming = this.#incoming;
    for (;;) {
      const messages = this.#failure === undefined ? await this.#takeAll() : [];
      if (messages.length > 0) return framed(messages);
      if (this.#failure !== undefined) throw this.#failure.error;
      const chunk = await this.#more();
      if (chunk !== undefined && !this.#isClosed) incoming.push(chunk);
      else if (this.#isClosed || incoming.buffered === 0) return undefined;
      else {
        throw new WireError(
          "malformed",
          `Cannot decode the last frame: the connection ended after ${incoming.buffered} bytes`,
        );
      }
    }
  }

  /** The messages that have come whole. */
  async #takeAll(): Promise<Uint8Array[]> {
    const messages: Uint8Array[] = [];
    try {
      while (this.#incoming.next()) {
        this.#heard();
        const message = await this.#take();
        if (message !== undefined) messages.push(message);
      }
      this.#keep(this.#incoming.buffered);
    } catch (error) {
      this.#failure = { error };
    }
    return messages;
  }

  /** The message that the current frame holds. */
  async #take(): Promise<Uint8Array | undefined> {
    const { sender, isResponse, content } = decodeClusterFrame(this.#incoming, this.#strings);
    if (content?.kind === "envelope") return content.bytes;
    // On a connection that was opened for messages nobody has asked for gossip.
    if (content === undefined || isResponse || this.#host === undefined) return undefined;
    const answer = this.#host.gossiped(content.gossip, sender, this.remote);
    // The original would wait for an answer for ever, and do nothing else: the end of the connection is one too.
    if (answer === undefined) {
      // Who has refused it knows why.
      this.#end();
      throw new CinemaError(`Cannot answer the gossip of "${sender}": it was refused`);
    }
    this.#frames.appendGossip(answer);
    await this.#writeFrames();
    return undefined;
  }

  /** Writes what was gathered, after what is being written. */
  #writeFrames(): Promise<void> {
    const bytes = this.#frames.take();
    this.#lastWrite = this.#lastWrite.then(async () => {
      await this.#inner.write(bytes);
      this.#frames.recycle(bytes);
    });
    return this.#lastWrite;
  }

  /** The next bytes. A frame that somebody may have begun only to hold the connection has a time to come. */
  async #more(): Promise<Uint8Array | undefined> {
    if (this.#host === undefined || (!this.#isSilent && this.#incoming.buffered === 0)) return await this.#inner.read();
    const { clock } = this.#host;
    let isLate = false;
    const timer = clock.schedule(this.#leftMs, () => {
      isLate = true;
      this.#inner.close();
    });
    const start = clock.now();
    try {
      const chunk = await this.#inner.read();
      if (isLate && !this.#isClosed) throw new CinemaError("Cannot wait any longer for the rest of a frame");
      return chunk;
    } finally {
      timer.cancel();
      this.#leftMs = Math.max(0, this.#leftMs - (clock.now() - start));
    }
  }

  #heard(): void {
    this.#isSilent = false;
    this.#leftMs = FRAME_MS;
    this.#host?.heard(this);
  }

  #keep(bytes: number): void {
    const more = bytes - this.#kept;
    this.#kept = bytes;
    if (this.#host === undefined || this.#isClosed || this.#host.keep(more)) return;
    throw new CinemaError("Cannot take more of a frame: all connections have too much of others");
  }

  #end(error?: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#inner.close();
    this.#host?.keep(-this.#kept);
    // Every other error is a loss, which is nobody's fault.
    this.#host?.ended(this, error instanceof CinemaError ? error : undefined);
  }
}

/** Messages as plain frames, one behind the other. */
function framed(messages: readonly Uint8Array[]): Uint8Array {
  const length = messages.reduce((sum, message) => sum + HEADER_BYTES + message.length, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const message of messages) {
    view.setUint32(at, message.length);
    bytes.set(message, at + HEADER_BYTES);
    at += HEADER_BYTES + message.length;
  }
  return bytes;
}
