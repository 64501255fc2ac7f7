/**
 * One exchange of gossip with a Cinema-rs node: connect, say all that one knows, read all that it knows, close.
 * @module
 */

import { type Address, type Connection, type Transport, WireError } from "../../remote/mod.ts";
import { FrameDecoder, StringCache } from "../../remote/spi.ts";
import { CinemaError, type Clock } from "../../src/spi.ts";
import { decodeClusterFrame } from "./cluster_frame.ts";
import type { Gossip } from "./gossip_codec.ts";
import { GOSSIP_BYTES_MAX } from "./limits.ts";

/** How an exchange is made. */
export interface ExchangeOptions {
  /** What carries it. */
  readonly transport: Transport;
  /** The time. */
  readonly clock: Clock;
  /** Ms after which it is given up: the original may accept and say nothing, as any process that hangs. */
  readonly timeoutMs: number;
  /** Gives it up. */
  readonly signal: AbortSignal;
}

/** What a node has answered. */
export interface Answer {
  /** Who has. */
  readonly sender: string;
  /** What it knows. */
  readonly gossip: Gossip;
}

/**
 * Sends an encoded frame with gossip and resolves with the answer.
 *
 * @throws {WireError} When the answer makes no sense.
 * @throws {CinemaError} When none comes in time.
 */
export async function exchange(address: Address, frame: Uint8Array, options: ExchangeOptions): Promise<Answer> {
  const { transport, clock, timeoutMs, signal } = options;
  const stop = new AbortController();
  const end = () => stop.abort(signal.reason);
  const timer = clock.schedule(timeoutMs, () => stop.abort(new CinemaError(`No answer within ${timeoutMs} ms`)));
  signal.addEventListener("abort", end, { once: true });
  let connection: Connection | undefined;
  try {
    signal.throwIfAborted();
    connection = await transport.connect(address, { signal: stop.signal });
    stop.signal.addEventListener("abort", () => connection!.close(), { once: true });
    stop.signal.throwIfAborted();
    await connection.write(frame);
    return await readAnswer(connection);
  } catch (error) {
    // Then the error is only what closing the connection has caused.
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", end);
    connection?.close();
  }
}

async function readAnswer(connection: Connection): Promise<Answer> {
  const decoder = new FrameDecoder(GOSSIP_BYTES_MAX);
  while (!decoder.next()) {
    const chunk = await connection.read();
    if (chunk === undefined) throw new CinemaError("Cannot read an answer: the connection was closed before it came");
    decoder.push(chunk);
  }
  const { sender, content } = decodeClusterFrame(decoder, new StringCache());
  if (content?.kind === "gossip") return { sender, gossip: content.gossip };
  throw new WireError("malformed", "Cannot take the answer to gossip: it is none");
}
