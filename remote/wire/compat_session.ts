/**
 * The server's side of a connection to a Cinema-rs 0.1 peer: no handshake, no credit, no faults. What fails over here
 * is silence over there.
 * @module
 */

import type { Budget } from "./budget.ts";
import type { Envelope } from "./envelope.ts";
import type { FrameWriter } from "./frame_writer.ts";
import { ReceiveWindow } from "./receive_window.ts";
import { Inbound, type ServerEffects, type ServerSide } from "./server_session.ts";

/** What such a session needs to know. */
export interface CompatSessionOptions {
  /** The node of this side. */
  readonly node: string;
  /** Messages that may be in hand; beyond it nothing more is read. */
  readonly asksMax: number;
}

const UNBOUNDED = { messages: Infinity, messagesMax: Infinity, bytes: Infinity };

/** See the module. */
export class CompatSession implements ServerSide {
  readonly #writer: FrameWriter;
  readonly #effects: ServerEffects;
  readonly #options: CompatSessionOptions;
  readonly #window: ReceiveWindow;
  readonly #open: Set<Inbound> = new Set();

  /** Creates a session in which nothing has come. */
  constructor(writer: FrameWriter, effects: ServerEffects, budget: Budget, options: CompatSessionOptions) {
    this.#writer = writer;
    this.#effects = effects;
    this.#options = options;
    this.#window = new ReceiveWindow("", UNBOUNDED, budget);
  }

  /** Whether as many messages are in hand as may be. */
  get isFull(): boolean {
    return this.#open.size >= this.#options.asksMax;
  }

  /** Whether nothing is in hand. */
  get isSettled(): boolean {
    return this.#open.size === 0;
  }

  /** Takes what the peer sent. An answer is dropped: nothing was asked. */
  receive(envelope: Envelope): void {
    if (envelope.isResponse) return;
    const message = new Inbound(envelope, this.#window, this.#window.receive(envelope.payload.length));
    this.#open.add(message);
    this.#effects.deliver(message);
  }

  /** Whether it gets a reply: such a peer numbers tells and asks alike, so the message itself must say. */
  isAsk(_message: Inbound, hasReply: boolean): boolean {
    return hasReply;
  }

  /** Counts a message as taken. */
  settle(message: Inbound): void {
    if (!message.isAsk) this.#open.delete(message);
    message.window.settle(message.sequence, message.envelope.payload.length);
  }

  /** Answers. */
  reply(message: Inbound, payload: Uint8Array, replyName: string): void {
    const { correlationId, senderNode } = message.envelope;
    if (!this.#open.delete(message)) return;
    const { node } = this.#options;
    const answer = { correlationId, senderNode: node, targetActor: senderNode, isResponse: true };
    this.#writer.append({ messageType: replyName, payload, ...answer });
    this.#effects.wantFlush();
  }

  /** Such a peer knows no faults. */
  fault(message: Inbound): void {
    this.#open.delete(message);
  }

  /** Such a peer knows no grants. */
  grantAll(): void {}

  /** Such a peer knows no goodbye. */
  goodbye(): void {}

  /** The connection is lost. */
  lost(reason: unknown): void {
    const open = [...this.#open];
    this.#open.clear();
    for (const message of open) message.cancel?.(reason);
  }
}
