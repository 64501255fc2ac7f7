/**
 * A connection in the shape of a stream of Node, which is what `node:tls` can be put on.
 * @module
 */

import { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Connection } from "./transport.ts";

/**
 * Carries the encrypted bytes of TLS over a connection. Deno's TLS takes whatever the stream below gives, however far
 * its own reader is behind, and keeps it all. So it is here that reading stops, when {@linkcode Carrier.isWanted} says
 * so.
 */
export class Carrier extends Duplex {
  /** Whether more may be read. When it has said no, {@linkcode Carrier.readOn} asks it again. */
  isWanted: () => boolean = () => true;
  readonly #connection: Connection;
  #isReading = false;

  /** Puts a stream on `connection`, which is closed with it. */
  constructor(connection: Connection) {
    super({
      read() {
        (this as Carrier).readOn();
      },
      write: (bytes: Uint8Array, _encoding, written) => {
        connection.write(bytes).then(() => written(), written);
      },
      destroy: (error, destroyed) => {
        connection.close();
        destroyed(error);
      },
    });
    this.#connection = connection;
  }

  /** Goes on to read, if reading has stopped and is wanted again. */
  readOn(): void {
    if (this.#isReading || this.destroyed || this.readableEnded || !this.isWanted()) return;
    this.#isReading = true;
    this.#connection.read().then(
      (bytes) => {
        this.#isReading = false;
        // The bytes are valid until the next read, and the stream may keep them longer.
        this.push(bytes === undefined ? null : bytes.slice());
      },
      (error) => this.destroy(error),
    );
  }
}

/**
 * Resolves with the socket when `start`, which begins a handshake over `carrier`, says that it is done; rejects when it
 * has failed, or when the carrier has ended before. The carrier is closed then.
 */
export async function shakeHands(
  carrier: Carrier,
  start: (done: (socket: TLSSocket) => void, failed: (error: Error) => void) => void,
): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  carrier.on("error", reject);
  carrier.on("close", () => reject(new Error("Cannot finish the TLS handshake: the connection was closed")));
  try {
    start(resolve, reject);
    return await promise;
  } catch (error) {
    carrier.destroy();
    throw error;
  }
}
