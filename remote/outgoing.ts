/**
 * Writes what the frame writer has gathered: one write at a time, one for each turn of the event loop.
 * @module
 */

import type { Connection } from "./transport/transport.ts";
import type { FrameWriter } from "./wire/frame_writer.ts";

/** A large write goes in pieces, so that a slow peer can be told from one that takes nothing. */
const PIECE_BYTES = 262_144;

/** Who hears of the writes. */
export interface OutgoingListener {
  /** Everything in the writer is being written: so many bytes. */
  flushed(bytes: number): void;
  /** The connection takes no more bytes. */
  failed(error: unknown): void;
}

/** See the module. While a write is under way, frames gather for the next: a burst becomes a few large writes. */
export class Outgoing {
  readonly #connection: Connection;
  readonly #writer: FrameWriter;
  readonly #listener: OutgoingListener;
  #isWriting = false;
  #isScheduled = false;
  #isOver = false;
  #drained: PromiseWithResolvers<void> | undefined;
  #lastWrite: Promise<void> = Promise.resolve();
  #hasMoved = true;

  /** Creates an idle one. */
  constructor(connection: Connection, writer: FrameWriter, listener: OutgoingListener) {
    this.#connection = connection;
    this.#writer = writer;
    this.#listener = listener;
  }

  /** Whether the peer has taken nothing since the last call although something waits for it. */
  isStuck(): boolean {
    const isStuck = this.#isWriting && !this.#hasMoved;
    this.#hasMoved = false;
    return isStuck;
  }

  /** Lets what was gathered be written soon. */
  schedule(): void {
    if (this.#isWriting || this.#isScheduled || this.#isOver) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#flush());
  }

  /** Resolves when everything was written, or nothing more can be. */
  drained(): Promise<void> {
    if (this.#isOver || (!this.#isWriting && this.#writer.length === 0)) return Promise.resolve();
    this.#drained ??= Promise.withResolvers<void>();
    this.schedule();
    return this.#drained.promise;
  }

  /** Writes nothing more; resolves when the write that is under way has ended, one way or the other. */
  stop(): Promise<void> {
    this.#isOver = true;
    this.#drained?.resolve();
    return this.#lastWrite;
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#isOver) return;
    if (this.#writer.length === 0) return this.#drained?.resolve();
    const bytes = this.#writer.take();
    this.#isWriting = true;
    this.#hasMoved = true;
    this.#listener.flushed(bytes.length);
    this.#lastWrite = this.#write(bytes).then(() => {
      this.#isWriting = false;
      this.#writer.recycle(bytes);
      this.#flush();
    }, (error) => {
      this.stop();
      this.#listener.failed(error);
    });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      await this.#connection.write(bytes.subarray(at, at + PIECE_BYTES));
      this.#hasMoved = true;
    }
  }
}
