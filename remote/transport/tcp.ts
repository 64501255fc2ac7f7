/**
 * TCP, as Deno offers it. It is the only file of the library that names `Deno`.
 * @module
 */

import { type Clock, Delay, systemClock } from "../../src/spi.ts";
import type { Address, Connection, Listener, Transport, TransportConnectOptions } from "./transport.ts";

/** Bytes that a read of a fresh connection may give: thousands of idle ones must not cost much. */
const READ_BYTES_MIN = 4 * 1024;

/** Bytes that a read of a busy connection may give; beyond it a larger buffer gains nothing. */
const READ_BYTES_MAX = 256 * 1024;

/**
 * Ms until the next accept after one that failed. Too many open files fail at once and for as long as they are open.
 */
const ACCEPT_RETRY_MS = 20;

/** TCP without Nagle's delay and with keep-alive. The clock is only asked when an accept has failed. */
export function tcpTransport(clock: Clock = systemClock): Transport {
  return {
    async connect({ hostname, port }: Address, { signal }: TransportConnectOptions = {}): Promise<Connection> {
      return new TcpConnection(await Deno.connect({ hostname, port, ...signal === undefined ? {} : { signal } }));
    },
    listen({ hostname, port }: Address): Promise<Listener> {
      return Promise.try(() => new TcpListener(Deno.listen({ hostname, port }), clock));
    },
  };
}

/** A connection of Deno. */
class TcpConnection implements Connection {
  readonly remote: Address;
  readonly #conn: Deno.TcpConn;
  #buffer = new Uint8Array(READ_BYTES_MIN);
  #isClosed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.remote = { hostname: conn.remoteAddr.hostname, port: conn.remoteAddr.port };
    try {
      conn.setNoDelay(true);
      conn.setKeepAlive(true);
    } catch {
      // Some platforms refuse options to a connection that the peer has reset already: the first read will tell.
    }
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#isClosed) return undefined;
    const buffer = this.#buffer;
    try {
      const length = await this.#conn.read(buffer);
      if (length === null) return undefined;
      // When a read fills the buffer, more is waiting: the next one takes it in fewer steps.
      if (length === buffer.length && length < READ_BYTES_MAX) this.#buffer = new Uint8Array(2 * length);
      return buffer.subarray(0, length);
    } catch (error) {
      // A read that waits when the connection is closed here fails, which is no news to whoever closed it.
      if (this.#isClosed) return undefined;
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
  }
}

/** What a {@linkcode TcpListener} needs of a listener of Deno. */
export type DenoListener = Pick<Deno.TcpListener, "addr" | "accept" | "close">;

/** A listener of Deno. */
export class TcpListener implements Listener {
  readonly address: Address;
  readonly #listener: DenoListener;
  readonly #clock: Clock;
  #isClosed = false;
  #endRest: (() => void) | undefined;

  /** Wraps `listener`; `clock` times the next accept after one that failed. */
  constructor(listener: DenoListener, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
    this.address = { hostname: listener.addr.hostname, port: listener.addr.port };
  }

  async accept(): Promise<Connection | undefined> {
    while (!this.#isClosed) {
      try {
        return new TcpConnection(await this.#listener.accept());
      } catch (error) {
        // A peer that resets at once must not hold up those behind it, so that only what will last is rested for.
        if (!this.#isClosed && !isOfPeer(error)) await this.#rest();
      }
    }
    return undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.close();
    this.#endRest?.();
  }

  async #rest(): Promise<void> {
    const rest = new Delay(this.#clock, ACCEPT_RETRY_MS);
    this.#endRest = rest.end;
    await rest.over;
  }
}

/** Whether an accept failed because of what the peer did. Deno says `NotConnected` when it has reset already. */
function isOfPeer(error: unknown): boolean {
  const { ConnectionAborted, ConnectionReset, NotConnected } = Deno.errors;
  return error instanceof NotConnected || error instanceof ConnectionAborted || error instanceof ConnectionReset;
}
