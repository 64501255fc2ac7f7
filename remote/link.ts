/**
 * Drives one connection after the handshake: reads frames, writes frames, and keeps watch over it.
 * @module
 */

import type { Clock, ClockTimer, ConnectionProbe } from "../src/spi.ts";
import { CinemaError } from "../src/spi.ts";
import { Outgoing } from "./outgoing.ts";
import type { Connection } from "./transport/transport.ts";
import { decodeEnvelope, type Envelope } from "./wire/envelope.ts";
import type { FrameDecoder } from "./wire/frame.ts";
import { FrameWriter } from "./wire/frame_writer.ts";
import { Heartbeat } from "./wire/heartbeat.ts";
import { StringCache } from "./wire/string_cache.ts";
import { WireError } from "./wire/wire_error.ts";

/** What a link needs of the session that it drives. */
export interface LinkSession {
  /** Takes a frame of the peer; throws a `WireError` when it makes no sense. */
  receive(envelope: Envelope): void;
  /** Everything that was gathered is being written. */
  flushed(): void;
  /** So many bytes of a frame have come whose end has not; throws when that is too much. */
  unfinished(bytes: number): void;
  /** Resolves when more may be read; `undefined` when it may be at once. */
  hold(): Promise<void> | undefined;
}

/** How a link watches its connection. */
export interface LinkOptions {
  /** The time. */
  readonly clock: Clock;
  /** Ms between two beats; 0 for a peer that knows none. */
  readonly heartbeatMs: number;
  /** Ms without a whole frame after which the connection is lost. */
  readonly silenceMs: number;
  /** Whether a peer that is heard may take no bytes for as long as it likes: a server does whose actors are behind. */
  readonly mayHold?: boolean;
  /** Who hears of what goes over it, for metrics. */
  readonly probe?: ConnectionProbe | undefined;
}

/** Frames that are taken before the actors that they are for get their turn, so that a burst does not overrun them. */
const FRAMES_PER_TURN = 64;

/** See the module. */
export class Link {
  /** Gathers the frames to send; {@linkcode Link.wantFlush} sends them. */
  readonly writer: FrameWriter = new FrameWriter();
  readonly #connection: Connection;
  readonly #decoder: FrameDecoder;
  readonly #options: LinkOptions;
  readonly #outgoing: Outgoing;
  readonly #heartbeat: Heartbeat;
  readonly #strings: StringCache = new StringCache();
  readonly #closed: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #session: LinkSession | undefined;
  #timer: ClockTimer | undefined;
  #isListening = true;
  #isClosed = false;
  #isBeating = true;
  #hasPong = false;
  #framesSent = 0;
  #error: unknown;

  /** Creates a link; the decoder may hold bytes that came with the end of the handshake. */
  constructor(connection: Connection, decoder: FrameDecoder, options: LinkOptions) {
    this.#connection = connection;
    this.#decoder = decoder;
    this.#options = options;
    this.#heartbeat = new Heartbeat(Math.ceil(options.silenceMs / Math.max(1, options.heartbeatMs)));
    this.#outgoing = new Outgoing(connection, this.writer, {
      flushed: (bytes) => {
        this.#hasPong = false;
        this.#session?.flushed();
        if (options.probe !== undefined) this.#sent(options.probe, bytes);
      },
      failed: (error) => this.close(error),
    });
  }

  /** Whether it was closed, from whichever side. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether it watches the connection itself. */
  get isBeating(): boolean {
    return this.#isBeating;
  }

  /** Lets what was gathered be sent. */
  wantFlush(): void {
    this.#outgoing.schedule();
  }

  /** Stops watching the connection: somebody else does. */
  stopBeating(): void {
    this.#isBeating = false;
    this.#timer?.cancel();
  }

  /** Resolves when everything that was gathered has been handed over, or never will be. */
  drained(): Promise<void> {
    return this.#outgoing.drained();
  }

  /** Closes the connection; `error` says why, where that is no plain end. Everything that was not written is lost. */
  close(error?: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error = error;
    this.#timer?.cancel();
    this.#outgoing.stop();
    this.#connection.close();
    this.#options.probe?.closed();
    this.#closed.resolve();
  }

  /** Reads until the connection has ended, and resolves with why: `undefined` when it was closed in order. */
  async run(session: LinkSession): Promise<unknown> {
    this.#session = session;
    if (this.#options.heartbeatMs > 0 && this.#isBeating) this.#beat();
    try {
      await this.#read(session);
      this.close();
    } catch (error) {
      this.close(error);
    }
    // What encrypts it may still be at work: nothing may be left behind.
    await this.#outgoing.stop();
    return this.#error;
  }

  async #read(session: LinkSession): Promise<void> {
    const decoder = this.#decoder;
    const { probe } = this.#options;
    let bytes = 0;
    for (let frames = 1;; frames++) {
      const before = frames;
      while (decoder.next()) {
        const envelope = decodeEnvelope(decoder, this.#strings);
        this.#heartbeat.heard();
        if (envelope.control === "ping") this.#answerPing();
        else if (envelope.control !== "pong") session.receive(envelope);
        if (this.#isClosed) return probe?.received(frames + 1 - before, bytes);
        if (frames++ % FRAMES_PER_TURN === 0) await undefined;
        const hold = session.hold();
        if (hold !== undefined) await this.#pause(hold);
      }
      probe?.received(frames - before, bytes);
      session.unfinished(decoder.buffered);
      const chunk = await this.#connection.read();
      if (chunk === undefined || this.#isClosed) break;
      bytes = chunk.length;
      decoder.push(chunk);
    }
    if (this.#isClosed || decoder.buffered === 0) return;
    throw new WireError(
      "malformed",
      `Cannot decode the last frame: the connection ended after ${decoder.buffered} bytes`,
    );
  }

  #sent(probe: ConnectionProbe, bytes: number): void {
    const { frames } = this.writer;
    probe.sent(frames - this.#framesSent, bytes);
    this.#framesSent = frames;
  }

  async #pause(hold: Promise<void>): Promise<void> {
    this.#isListening = false;
    await Promise.race([hold, this.#closed.promise]);
    this.#isListening = true;
  }

  /** One answer in the writer is enough: who asks and asks, and reads nothing, must not fill it. */
  #answerPing(): void {
    if (this.#hasPong) return;
    this.#hasPong = true;
    this.#say("pong");
  }

  #say(control: "ping" | "pong"): void {
    this.writer.append({ control });
    this.wantFlush();
  }

  #beat(): void {
    const { clock, heartbeatMs, silenceMs, mayHold = false } = this.#options;
    this.#timer = clock.schedule(heartbeatMs, () => {
      const isStuck = this.#outgoing.isStuck() && !mayHold;
      const beat = this.#heartbeat.beat({ isListening: this.#isListening, isStuck });
      if (beat === "lost") {
        return this.close(new CinemaError(`The peer was silent, or took nothing, for ${silenceMs} ms`));
      }
      if (beat !== "quiet") this.#say(beat);
      this.#beat();
    });
  }
}
