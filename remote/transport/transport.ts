/**
 * What carries bytes between two processes: the one interface that TCP, TLS and the in-memory network share.
 * @module
 */

/** Where somebody listens. */
export interface Address {
  /** A host name or an IP address. */
  readonly hostname: string;
  /** A port; `0` to listen on any that is free. */
  readonly port: number;
}

/** Bytes both ways. One reader and one writer at a time. */
export interface Connection {
  /** Who is at the other end. */
  readonly remote: Address;
  /**
   * The next bytes, at least one; `undefined` when the peer has ended its side or {@linkcode Connection.close} was
   * called. They are valid until the next call: keep a copy of what is to be kept. Rejects when the connection is lost.
   */
  read(): Promise<Uint8Array | undefined>;
  /**
   * Resolves when all bytes were handed over; they must not change until then. A peer that does not read holds it up.
   * Rejects when the connection is lost or closed.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes both directions at once: a read that waits ends, a write that waits rejects. It may be called again. */
  close(): void;
}

/** Takes connections. */
export interface Listener {
  /** Where it listens; with the port that was chosen. */
  readonly address: Address;
  /** The next connection; `undefined` after {@linkcode Listener.close}. One that fails on the way in is skipped. */
  accept(): Promise<Connection | undefined>;
  /** Stops listening; connections that were accepted live on. It may be called again. */
  close(): void;
}

/** How a connection attempt may end early. */
export interface TransportConnectOptions {
  /** Ends the attempt: it rejects with the reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A way to reach other processes. */
export interface Transport {
  /** Connects; rejects when nobody listens there, with the error of the platform. */
  connect(address: Address, options?: TransportConnectOptions): Promise<Connection>;
  /** Listens; rejects when the address is not free, with the error of the platform. */
  listen(address: Address): Promise<Listener>;
}
