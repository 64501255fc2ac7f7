/**
 * The frames on a cluster port of Cinema-rs 0.1: an envelope of the type `cluster`, whose payload holds gossip or the
 * envelope of a message.
 * @module
 */

import { decodeEnvelope, type FrameDecoder, FrameWriter, type StringCache } from "../../remote/spi.ts";
import { Writer } from "../wire/writer.ts";
import { type ClusterContent, type Gossip, readClusterMessage, writeEnvelope, writeGossip } from "./gossip_codec.ts";

/** What one frame says. */
export interface ClusterFrame {
  /** The node that sent it, as it says. */
  readonly sender: string;
  /** Whether it answers something. */
  readonly isResponse: boolean;
  /** What it holds. */
  readonly content: ClusterContent;
}

/**
 * Decodes the current frame of a decoder. The name of its type counts for nothing, as in the original.
 *
 * @throws {WireError} When it makes no sense.
 */
export function decodeClusterFrame(decoder: FrameDecoder, strings: StringCache): ClusterFrame {
  const { senderNode: sender, isResponse, payload } = decodeEnvelope(decoder, strings);
  return { sender, isResponse, content: readClusterMessage(payload, strings) };
}

/** A larger buffer is not used again: whoever once sent a large message should not keep its memory. */
const BUFFER_BYTES_KEPT = 262_144;

/** Encodes the frames of one side of a connection, one behind the other. */
export class ClusterFrameWriter {
  readonly #node: string;
  readonly #isResponse: boolean;
  readonly #frames: FrameWriter = new FrameWriter();
  #payload: Writer = new Writer();

  /** Creates the writer of `node`, for answers or for what is asked. */
  constructor(node: string, isResponse: boolean) {
    this.#node = node;
    this.#isResponse = isResponse;
  }

  /** Appends the encoded envelope of a message. */
  appendEnvelope(envelope: Uint8Array): void {
    writeEnvelope(this.#payload, envelope);
    this.#append();
  }

  /** Appends gossip. */
  appendGossip(gossip: Gossip): void {
    writeGossip(this.#payload, gossip);
    this.#append();
  }

  /**
   * Takes out what was appended. It stays as it is until it is given back by {@linkcode ClusterFrameWriter.recycle}.
   */
  take(): Uint8Array {
    return this.#frames.take();
  }

  /** Gives back what was taken: its memory is used again. */
  recycle(taken: Uint8Array): void {
    this.#frames.recycle(taken);
  }

  #append(): void {
    const payload = this.#payload.finish();
    if (payload.length > BUFFER_BYTES_KEPT) this.#payload = new Writer();
    else this.#payload.clear();
    this.#frames.append({ messageType: "cluster", payload, senderNode: this.#node, isResponse: this.#isResponse });
  }
}
