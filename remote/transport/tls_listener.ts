/**
 * Takes connections, and secures each before anybody gets it.
 * @module
 */

import { createServer, type TlsOptions } from "node:tls";
import type { Clock } from "../../src/spi.ts";
import { CONNECT_TIMEOUT_MS, HANDSHAKES_MAX } from "../limits.ts";
import { Carrier, shakeHands } from "./carrier.ts";
import { TlsConnection } from "./tls_connection.ts";
import type { Address, Connection, Listener } from "./transport.ts";

/**
 * Every connection shakes hands by itself, so that a slow one holds up no other, for as long as a client would wait for
 * it. When too many are at it, the one that has been longest is given up: whoever opens connections and says nothing
 * pushes out his own, while an honest client is done within milliseconds.
 */
export class TlsListener implements Listener {
  readonly address: Address;
  readonly #listener: Listener;
  readonly #options: TlsOptions;
  readonly #clock: Clock;
  readonly #shaking: Set<Carrier> = new Set();
  readonly #ready: Connection[] = [];
  #isClosed = false;
  #news: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Secures what `listener` takes, from now on. */
  constructor(listener: Listener, options: TlsOptions, clock: Clock) {
    this.address = listener.address;
    this.#listener = listener;
    this.#options = options;
    this.#clock = clock;
    this.#run();
  }

  async accept(): Promise<Connection | undefined> {
    while (!this.#isClosed) {
      const connection = this.#ready.shift();
      if (connection !== undefined) return connection;
      await this.#news.promise;
    }
    return undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.close();
    for (const carrier of this.#shaking) carrier.destroy();
    for (const connection of this.#ready) connection.close();
    this.#news.resolve();
  }

  async #run(): Promise<void> {
    for (let next = await this.#listener.accept(); next !== undefined; next = await this.#listener.accept()) {
      // When nobody takes them, those who connect shall find out at once.
      if (this.#ready.length < HANDSHAKES_MAX) this.#secure(next);
      else next.close();
    }
  }

  async #secure(connection: Connection): Promise<void> {
    const carrier = new Carrier(connection);
    const timer = this.#clock.schedule(CONNECT_TIMEOUT_MS, () => carrier.destroy());
    this.#shaking.add(carrier);
    if (this.#shaking.size > HANDSHAKES_MAX) this.#shaking.values().next().value?.destroy();
    try {
      const socket = await shakeHands(carrier, (done, failed) => {
        // A server that does not listen is the documented way to secure a stream of one's own; it is there for one.
        createServer(this.#options).on("secureConnection", done).on("tlsClientError", failed).emit(
          "connection",
          carrier,
        );
      });
      if (this.#options.requestCert && !socket.authorized) throw socket.authorizationError;
      this.#ready.push(new TlsConnection(socket, carrier, connection.remote));
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    } catch {
      // Whoever has failed to show who he is gets no answer but the alert of TLS.
      carrier.destroy();
    } finally {
      timer.cancel();
      this.#shaking.delete(carrier);
    }
  }
}
