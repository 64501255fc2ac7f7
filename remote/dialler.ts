/**
 * Makes connections to one server: connects, shakes hands, and numbers them.
 * @module
 */

import { type Clock, currentInstrument, type Instrument, type Random, systemClock, systemRandom } from "../src/spi.ts";
import { ConnectError } from "./errors.ts";
import { textOf } from "./faults.ts";
import { greetServer } from "./greeting.ts";
import { KeyRing } from "./keys.ts";
import { CONNECT_TIMEOUT_MS, FRAME_BYTES_MAX } from "./limits.ts";
import type { ConnectOptions } from "./options.ts";
import { transportFor } from "./transports.ts";
import type { Connection, Transport } from "./transport/transport.ts";
import { FrameDecoder } from "./wire/frame.ts";

/** Whom a connection must lead to. */
export interface ExpectedServer {
  /** The id of its node. */
  readonly node: string;
  /** Which start of it, as it tells in the handshake. */
  readonly uid: string;
}

/** What is known of the server once it has greeted. */
export interface ServerPeer {
  /** Its node. */
  readonly node: string;
  /** Bytes of the largest frame that it takes. */
  readonly frameBytesMax: number;
  /** Messages that may be sent to each actor before its first grant. */
  readonly windowMessages: number;
  /** The same in bytes of payload. */
  readonly windowBytes: number;
}

/** A connection whose handshake is done. */
export interface Dialled {
  /** What carries the frames. */
  readonly connection: Connection;
  /** Holds the bytes that came with the end of the handshake. */
  readonly decoder: FrameDecoder;
  /** The other side. */
  readonly peer: ServerPeer;
}

/** See the module. */
export class Dialler {
  /** What the server is told about who connects. */
  readonly node: string;
  /** Who hears of what is sent over its connections, for traces and metrics. */
  readonly instrument: Instrument | undefined = currentInstrument();
  readonly #options: ConnectOptions;
  readonly #keys: KeyRing | undefined;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #uid: string;
  readonly #expected: ExpectedServer | undefined;
  #epoch = 0;

  /** Creates a dialler with the imported key; it takes any server where none is `expected`. */
  constructor(options: ConnectOptions, keys: KeyRing | undefined, expected?: ExpectedServer) {
    const { clock = systemClock, random = systemRandom } = options;
    this.#options = options;
    this.#keys = keys;
    this.#expected = expected;
    this.#clock = clock;
    this.#random = random;
    this.#transport = transportFor(options, clock);
    this.#uid = random.bytes(8).toHex();
    this.node = options.node?.id ?? `client-${this.#uid}`;
  }

  /** Creates a dialler; imports the key, if there is one. */
  static async create(options: ConnectOptions): Promise<Dialler> {
    return new Dialler(options, options.key === undefined ? undefined : await KeyRing.import(options.key));
  }

  /**
   * Makes a connection.
   *
   * @throws {ConnectError} When that fails, or takes too long; `cause` says why.
   */
  async dial(signal?: AbortSignal): Promise<Dialled> {
    signal?.throwIfAborted();
    const { hostname, port, connectTimeout = CONNECT_TIMEOUT_MS } = this.#options;
    const stop = new AbortController();
    const end = () => stop.abort(signal?.reason);
    const late = () => stop.abort(new ConnectError(`Cannot connect within ${connectTimeout} ms`));
    const timer = connectTimeout === Infinity ? undefined : this.#clock.schedule(connectTimeout, late);
    signal?.addEventListener("abort", end, { once: true });
    try {
      return await this.#greet(await this.#transport.connect({ hostname, port }, { signal: stop.signal }), stop.signal);
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ConnectError(`Cannot connect to ${hostname}:${port}: ${textOf(cause)}`, { cause });
    } finally {
      timer?.cancel();
      signal?.removeEventListener("abort", end);
    }
  }

  async #greet(connection: Connection, signal: AbortSignal): Promise<Dialled> {
    const { hostname, port, frameBytesMax = FRAME_BYTES_MAX, compat } = this.#options;
    if (compat !== undefined) {
      const peer = { node: `${hostname}:${port}`, frameBytesMax, windowMessages: Infinity, windowBytes: Infinity };
      return { connection, decoder: new FrameDecoder(frameBytesMax), peer };
    }
    const identity = { node: this.node, uid: this.#uid, epoch: ++this.#epoch, frameBytesMax };
    const greeted = await greetServer(connection, { identity, keys: this.#keys, random: this.#random, signal });
    const { node, uid } = greeted.peer;
    const expected = this.#expected;
    if (expected === undefined || (expected.node === node && expected.uid === uid)) return greeted;
    greeted.connection.close();
    const which = expected.node === node ? "a later or earlier start of it" : `the node "${node}"`;
    throw new ConnectError(`Cannot reach the node "${expected.node}": ${which} is there`);
  }
}
