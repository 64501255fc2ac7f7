/**
 * A connection that TLS has secured.
 * @module
 */

import type { TLSSocket } from "node:tls";
import type { Carrier } from "./carrier.ts";
import type { Address, Connection } from "./transport.ts";

/** Decrypted bytes that may wait for a reader; beyond it no more encrypted ones are read. */
const READ_AHEAD_BYTES = 64 * 1024;

/** Bytes that are encrypted at a time, so that a large write does not lie in memory a second time as a whole. */
const WRITE_BYTES = 64 * 1024;

/** A TLS socket of Node over a {@linkcode Carrier}, after the handshake. */
export class TlsConnection implements Connection {
  readonly remote: Address;
  readonly #socket: TLSSocket;
  readonly #carrier: Carrier;
  #isClosed = false;
  #error: unknown;
  #endWait: (() => void) | undefined;
  #failWrite: ((error: unknown) => void) | undefined;

  /** Takes the socket and its carrier over. */
  constructor(socket: TLSSocket, carrier: Carrier, remote: Address) {
    this.#socket = socket;
    this.#carrier = carrier;
    this.remote = remote;
    carrier.isWanted = () => socket.readableLength < READ_AHEAD_BYTES;
    const ended = (): void => this.#endWait?.();
    const failed = (error: Error): void => this.#fail(error);
    socket.on("readable", ended).on("end", ended).on("close", ended).on("error", failed);
    carrier.on("error", failed);
  }

  async read(): Promise<Uint8Array | undefined> {
    while (!this.#isClosed) {
      const bytes: Uint8Array | null = this.#socket.read();
      if (bytes !== null) {
        this.#carrier.readOn();
        // A Buffer of Node is a Uint8Array with other ways: its slice() does not copy.
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#socket.readableEnded || this.#socket.destroyed) break;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#endWait = resolve;
      await promise;
    }
    return undefined;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += WRITE_BYTES) {
      await this.#writePart(bytes.subarray(start, start + WRITE_BYTES));
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#fail(new Error("Cannot go on with the connection: it was closed"));
    this.#socket.destroy();
    this.#carrier.destroy();
  }

  #writePart(part: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#error !== undefined) reject(this.#error);
    else {
      this.#failWrite = reject;
      this.#socket.write(part, (error) => error ? reject(error) : resolve());
    }
    return promise;
  }

  #fail(error: unknown): void {
    // The first error is the cause; those that follow come from breaking off.
    this.#error ??= error;
    this.#failWrite?.(this.#error);
    this.#endWait?.();
  }
}
