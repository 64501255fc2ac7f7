/**
 * One connection of a client: sends what its outbox has, and gives the answers back.
 * @module
 */

import type { AnyMessage } from "../mod.ts";
import type { Dialled } from "./dialler.ts";
import { HEARTBEAT_MS } from "./limits.ts";
import { Link, type LinkSession } from "./link.ts";
import type { OutboundAsk } from "./outbound.ts";
import type { Outbox } from "./outbox.ts";
import { ClientSession } from "./wire/client_session.ts";
import type { Envelope } from "./wire/envelope.ts";
import type { Clock, Instrument } from "../src/spi.ts";

/** How the connection is used. */
export interface ClientLinkOptions {
  /** The time. */
  readonly clock: Clock;
  /** Ms of silence after which it is lost. */
  readonly silenceMs: number;
  /** Asks that may be on their way. */
  readonly asksMax: number;
  /** Bytes that may wait to be written. */
  readonly sendBytesMax: number;
  /** With a Cinema-rs peer: the node of this side. */
  readonly compatNode: string | undefined;
  /** Who hears of it, for traces and metrics. */
  readonly instrument: Instrument | undefined;
}

/** See the module. */
export class ClientLink implements LinkSession {
  readonly #outbox: Outbox;
  readonly #link: Link;
  readonly #session: ClientSession<OutboundAsk, AnyMessage>;

  /** Creates the driver of a connection whose handshake is done. */
  constructor({ connection, decoder, peer }: Dialled, outbox: Outbox, options: ClientLinkOptions) {
    const { clock, silenceMs, asksMax, sendBytesMax, compatNode } = options;
    const heartbeatMs = compatNode !== undefined ? 0 : Math.min(HEARTBEAT_MS, silenceMs / 3);
    this.#outbox = outbox;
    this.#link = new Link(connection, decoder, {
      clock,
      silenceMs,
      heartbeatMs,
      mayHold: true,
      probe: options.instrument?.connection("client"),
    });
    this.#session = new ClientSession(this.#link.writer, {
      wantFlush: () => this.#link.wantFlush(),
      answered: (ask, answer) => {
        ask.answer(answer);
        this.#settledOne();
      },
      refused: (tell, target, fault) => {
        outbox.refusedThere(tell, target, fault);
        this.#settledOne();
      },
      settled: () => this.#settledOne(),
      roomFor: (target) => outbox.roomFor(target),
      room: () => outbox.room(),
      goodbye: () => {
        outbox.events.emit({ kind: "closing" });
        this.#settledOne();
      },
      stray: ({ correlationId }) => outbox.events.emit({ kind: "stray-reply", correlationId }),
    }, { ...peer, asksMax, sendBytesMax, compatNode });
  }

  /** Serves the connection until it has ended, and resolves with why. */
  async run(): Promise<unknown> {
    this.#outbox.attach(this.#session);
    const error = await this.#link.run(this);
    this.#outbox.lose(this.#session, error);
    return error;
  }

  /** Resolves when everything that was sent has been handed over, or never will be. */
  drained(): Promise<void> {
    return this.#link.drained();
  }

  /** Closes the connection at once; what is in flight fails with `cause`. */
  close(cause?: unknown): void {
    this.#link.close(cause);
  }

  receive(envelope: Envelope): void {
    this.#session.receive(envelope);
  }

  flushed(): void {
    this.#session.flushed();
  }

  unfinished(): void {
    // A client has chosen its server: one frame at a time, up to the limit, is nothing to defend against.
  }

  hold(): undefined {
    // The session is bounded by what was asked: nothing that comes in has to wait.
    return undefined;
  }

  #settledOne(): void {
    this.#outbox.settledOne();
    // The server is closing, and everything has its answer: the client goes first, so that nothing is cut off.
    if (this.#session.isClosing && this.#session.isSettled) this.#link.close();
  }
}
