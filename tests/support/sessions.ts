import { ClientSession, type ClientSessionOptions } from "../../remote/wire/client_session.ts";
import { Budget } from "../../remote/wire/budget.ts";
import { encodeRoute, FrameWriter } from "../../remote/wire/frame_writer.ts";
import { type Inbound, ServerSession, type ServerSessionOptions } from "../../remote/wire/server_session.ts";
import type { Envelope } from "../../remote/wire/envelope.ts";
import { envelopeOf, readFrames } from "./frames.ts";

/** A client's session whose callers are texts, and what it told of them. */
export class ClientStage {
  readonly writer: FrameWriter = new FrameWriter();
  readonly log: string[] = [];
  readonly session: ClientSession<string, string>;
  /** Called where there is room for a target again. */
  onRoom: (target: string) => void = () => {};

  constructor(options: Partial<ClientSessionOptions> = {}) {
    const log = (text: string) => void this.log.push(text);
    this.session = new ClientSession(this.writer, {
      wantFlush: () => {},
      answered: (ask, { fault, payload }) => log(`${ask} = ${fault?.code ?? new TextDecoder().decode(payload)}`),
      refused: (tell, target, { code }) => log(`${tell} for ${target}: ${code}`),
      settled: () => {},
      roomFor: (target) => this.onRoom(target),
      room: () => this.onRoom("all"),
      goodbye: () => log("goodbye"),
      stray: ({ correlationId, fault }) => log(`stray ${correlationId}${fault === undefined ? "" : ` ${fault.code}`}`),
    }, {
      windowMessages: 32,
      windowBytes: 262_144,
      asksMax: 100,
      sendBytesMax: 1_000_000,
      compatNode: undefined,
      ...options,
    });
  }

  /** Asks, and returns the number of the ask. */
  ask(text: string, target = "a"): number {
    const { session } = this;
    return session.ask(session.windowOf(target), encodeRoute("Ask", target), new TextEncoder().encode(text), 0, text);
  }

  /** Tells. */
  tell(text: string, target = "a"): void {
    const { session } = this;
    session.tell(session.windowOf(target), encodeRoute("Tell", target), new TextEncoder().encode(text), text);
  }

  /** Hands over what was written. */
  flush(): Envelope[] {
    const frames = readFrames([this.writer.take()]);
    this.session.flushed();
    return frames;
  }

  /** Takes a frame with these fields. */
  receive(...envelopes: readonly Partial<Envelope>[]): void {
    for (const envelope of envelopes) this.session.receive(envelopeOf(envelope));
  }

  /** What was logged since the last time. */
  take(): string[] {
    return this.log.splice(0);
  }

  /** Ends the session, and tells what is known of each message. */
  lose(): string[] {
    const lost: string[] = [];
    this.session.lost(
      (ask, outcome) => lost.push(`${ask} ${outcome}`),
      (tell, target, outcome) => lost.push(`${tell} for ${target} ${outcome}`),
    );
    return lost;
  }
}

/** A server's session, and what it was given. */
export class ServerStage {
  readonly writer: FrameWriter = new FrameWriter();
  readonly inbound: Inbound[] = [];
  readonly session: ServerSession;

  constructor(options: Partial<ServerSessionOptions> = {}) {
    this.session = new ServerSession(
      this.writer,
      { wantFlush: () => {}, deliver: (message) => void this.inbound.push(message), wantGrants: () => {} },
      new Budget(1_000_000),
      {
        messages: 32,
        messagesMax: 1_024,
        bytes: 262_144,
        asksMax: 100,
        frameBytesMax: 100_000,
        isOffered: () => true,
        ...options,
      },
    );
  }

  /** Takes a frame with these fields. */
  receive(...envelopes: readonly Partial<Envelope>[]): void {
    for (const envelope of envelopes) this.session.receive(envelopeOf(envelope));
  }

  /** What was written since the last time. */
  flush(): Envelope[] {
    return readFrames([this.writer.take()]);
  }
}
