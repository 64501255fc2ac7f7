/**
 * One connection of a server: gives what comes in to actors, and sends back what they answer.
 * @module
 */

import { askActor, CinemaError, type Clock, type ClockTimer, type Instrument, offerTo } from "../src/spi.ts";
import { type ChannelPeer, type ChannelReceiver, isChannel, sayOn } from "./channel.ts";
import type { MessageCodecs } from "./codecs.ts";
import { NoRouteError, ReplyLostError } from "./errors.ts";
import { describe, faultOf, faultOfResult } from "./faults.ts";
import { GRANT_DELAY_MS } from "./limits.ts";
import { Link, type LinkOptions, type LinkSession } from "./link.ts";
import type { ReadGate } from "./read_gate.ts";
import type { DefaultRoute, NoRoute, Route, Routes } from "./routes.ts";
import type { Address, Connection } from "./transport/transport.ts";
import { Budget } from "./wire/budget.ts";
import { type Envelope, NOTHING } from "./wire/envelope.ts";
import type { FrameDecoder } from "./wire/frame.ts";
import { CompatSession } from "./wire/compat_session.ts";
import {
  type FaultReason,
  type Inbound,
  type ServerEffects,
  ServerSession,
  type ServerSessionOptions,
  type ServerSide,
} from "./wire/server_session.ts";

/** What a connection of a server is made of. */
export interface ServerLinkOptions extends LinkOptions, ServerSessionOptions {
  /** The time. */
  readonly clock: Clock;
  /** The node at the other end. */
  readonly node: string;
  /** Where messages go. */
  readonly routes: Routes;
  /** Takes what comes on the channel; undefined where there is none. */
  readonly channel: ChannelReceiver | undefined;
  /** What the connections of the server share. */
  readonly gate: ReadGate;
  /** Bytes of this connection that no mailbox has taken. */
  readonly receiveBytesMax: number;
  /** Bytes that wait to be sent on this connection. */
  readonly sendBytesMax: number;
  /** With a Cinema-rs peer: the node of this side. */
  readonly compatNode: string | undefined;
  /** Who hears of messages, for traces. */
  readonly instrument: Instrument | undefined;
  /** Hears of every message that could not be given to an actor, or has failed where the peer cannot be told. */
  readonly undelivered: (message: Envelope, error: unknown) => void;
}

/** Bytes of a frame beside its payload: the length, the tags, a number and the flag of a reply. */
const REPLY_OVERHEAD = 64;

/** See the module. */
export class ServerLink implements LinkSession, ChannelPeer {
  readonly node: string;
  readonly remote: Address;
  readonly #options: ServerLinkOptions;
  readonly #link: Link;
  readonly #budget: Budget;
  readonly #unfinished: Budget;
  readonly #session: ServerSide;
  readonly #check: () => void = () => this.#recheck();
  #held: PromiseWithResolvers<void> | undefined;
  #grantTimer: ClockTimer | undefined;
  #isClosing = false;
  #isOver = false;

  /** Creates the driver of a connection whose handshake is done. */
  constructor(connection: Connection, decoder: FrameDecoder, options: ServerLinkOptions) {
    this.#options = options;
    this.node = options.node;
    this.remote = connection.remote;
    this.#link = new Link(connection, decoder, options);
    this.#budget = new Budget(options.receiveBytesMax, options.gate.budget);
    this.#unfinished = new Budget(Infinity, options.gate.unfinished);
    const { compatNode: node, asksMax } = options;
    const effects: ServerEffects = {
      wantFlush: () => this.#link.wantFlush(),
      deliver: options.instrument === undefined
        ? (message) => this.#deliver(message)
        : (message) => this.#deliverTraced(message, options),
      wantGrants: () => this.#grantSoon(),
    };
    this.#session = node === undefined
      ? new ServerSession(this.#link.writer, effects, this.#budget, options)
      : new CompatSession(this.#link.writer, effects, this.#budget, { node, asksMax });
  }

  /** Reads until the connection has ended, and resolves with why. */
  async run(): Promise<unknown> {
    const error = await this.#link.run(this);
    this.#end(error);
    return error;
  }

  /** Closes the connection at once. */
  close(error?: unknown): void {
    this.#link.close(error);
    this.#end(error);
  }

  /** Tells the peer that the server is closing: it sends nothing new, and closes when everything has its answer. */
  sayGoodbye(): void {
    this.#isClosing = true;
    this.#session.goodbye();
    this.#closeWhenSettled();
  }

  receive(envelope: Envelope): void {
    const { channel } = this.#options;
    if (channel === undefined || !isChannel(envelope)) return this.#session.receive(envelope);
    this.#link.stopBeating();
    channel(envelope.payload, this);
  }

  say(payload: Uint8Array): boolean {
    return sayOn(this.#link, payload);
  }

  flushed(): void {
    this.#recheck();
  }

  unfinished(bytes: number): void {
    const budget = this.#unfinished;
    budget.add(bytes - budget.used);
    // To wait would not help: the bytes that are missing could not come either.
    if (budget.isSpent) throw new CinemaError("Cannot take more of a frame: all connections have too much of others");
  }

  hold(): Promise<void> | undefined {
    if (!this.#isFull) return undefined;
    this.#options.gate.hold(this.#check);
    return (this.#held ??= Promise.withResolvers<void>()).promise;
  }

  get #isFull(): boolean {
    if (this.#isOver) return false;
    if (this.#session.isFull || this.#link.writer.length >= this.#options.sendBytesMax) return true;
    // On a channel a node says that it lives, also while the messages of others wait.
    const isChannel = !this.#link.isBeating && this.#budget.used === 0;
    return this.#budget.isSpent && !isChannel;
  }

  #recheck(): void {
    if (this.#held === undefined || this.#isFull) return;
    this.#options.gate.release(this.#check);
    this.#held.resolve();
    this.#held = undefined;
  }

  #end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#grantTimer?.cancel();
    this.#session.lost(error);
    this.#budget.clear();
    this.#unfinished.clear();
    this.#options.gate.changed();
    this.#recheck();
  }

  #deliverTraced(message: Inbound, { compatNode, instrument }: ServerLinkOptions): void {
    instrument!.received(compatNode === undefined ? message.envelope.traceparent : "", () => this.#deliver(message));
  }

  #deliver(message: Inbound): void {
    const { targetActor, messageType, payload } = message.envelope;
    const { routes, compatNode, channel } = this.#options;
    // In a cluster a name is known from the node itself: who is called by another has ended.
    const isExact = compatNode === undefined || channel !== undefined;
    const route = isExact ? routes.find(targetActor, messageType) : routes.findForCompat(targetActor, messageType);
    message.isAsk = this.#session.isAsk(message, typeof route === "string" || route.codecs.hasReply);
    if (typeof route === "string") return this.#deliverUnrouted(message, route);
    let decoded;
    try {
      decoded = route.codecs.decode(payload);
    } catch (error) {
      return this.#refuse(message, describe("refused", error), error);
    }
    if (!message.isAsk) {
      offerTo(route.ref, decoded, (result) => {
        if (result === "sent") this.#settle(message);
        else this.#refuse(message, faultOfResult(result), result);
      });
    } else this.#ask(message, route, decoded);
  }

  #ask(message: Inbound, { ref, codecs }: Route, decoded: Parameters<typeof askActor>[1]): void {
    const { deadlineMs } = message.envelope;
    let isSettled = false;
    const settle = () => {
      if (isSettled) return;
      isSettled = true;
      this.#settle(message);
    };
    const ask = askActor(ref, decoded, deadlineMs === 0 ? Infinity : deadlineMs, {
      admitted: settle,
      replied: (value) => {
        settle();
        this.#reply(message, codecs, value);
      },
      failed: (error) => {
        if (!this.#isOver && this.#options.compatNode !== undefined) this.#options.undelivered(message.envelope, error);
        if (!this.#isOver) this.#session.fault(message, faultOf(error));
        settle();
      },
    });
    message.cancel = (reason) => ask.cancel(reason);
  }

  #reply(message: Inbound, codecs: MessageCodecs, value: unknown): void {
    let payload: Uint8Array;
    try {
      payload = codecs.encodeReply(value);
    } catch (cause) {
      return this.#replyLost(message, "its codec threw", cause);
    }
    this.#sendReply(message, payload, codecs.replyName);
  }

  #sendReply(message: Inbound, payload: Uint8Array, replyName: string): void {
    const { frameBytesMax } = this.#options;
    if (payload.length + REPLY_OVERHEAD <= frameBytesMax) {
      if (!this.#isOver) this.#session.reply(message, payload, replyName);
      this.#closeWhenSettled();
    } else {
      const text = `it has ${payload.length} bytes, and the asker takes frames of ${frameBytesMax}`;
      this.#replyLost(message, text, undefined);
    }
  }

  #replyLost(message: Inbound, why: string, cause: unknown): void {
    const { targetActor: target, messageType } = message.envelope;
    const error = new ReplyLostError(`Cannot send the reply to "${messageType}": ${why}`, {
      target,
      messageType,
      cause,
    });
    this.#options.undelivered(message.envelope, error);
    if (!this.#isOver) this.#session.fault(message, faultOf(error));
  }

  #deliverUnrouted(message: Inbound, why: NoRoute): void {
    const { targetActor: target, messageType } = message.envelope;
    const { fallback } = this.#options.routes;
    // It never rejects: what the route throws, the asker is told.
    if (fallback !== undefined) return void this.#fallBack(message, fallback);
    const text = why === "no-such-actor"
      ? `no actor is routed as "${target}"`
      : `"${target}" is routed, but not for this message`;
    const error = new NoRouteError(`Cannot deliver "${messageType}": ${text}`, { target, messageType });
    this.#refuse(message, { ...describe(why, error), message: text }, error);
  }

  async #fallBack(message: Inbound, fallback: DefaultRoute): Promise<void> {
    const { targetActor: target, messageType, payload } = message.envelope;
    const { isAsk } = message;
    try {
      const reply = await fallback({ target, messageType, payload, isAsk, node: this.#options.node });
      if (isAsk) this.#sendReply(message, reply ?? NOTHING, messageType);
      this.#settle(message);
    } catch (error) {
      this.#refuse(message, faultOf(error), error);
    }
  }

  #refuse(message: Inbound, reason: FaultReason, error: unknown): void {
    this.#options.undelivered(message.envelope, error);
    if (!this.#isOver) this.#session.fault(message, reason);
    this.#settle(message);
  }

  #settle(message: Inbound): void {
    // After the end the budget was given back as a whole.
    if (this.#isOver) return;
    this.#session.settle(message);
    this.#options.gate.changed();
    this.#recheck();
    this.#closeWhenSettled();
  }

  /** A Cinema-rs peer does not go by itself. */
  #closeWhenSettled(): void {
    if (!this.#isClosing || !this.#session.isSettled) return;
    this.#isClosing = false;
    this.#link.drained().then(() => this.close());
  }

  #grantSoon(): void {
    if (this.#grantTimer !== undefined) return;
    this.#grantTimer = this.#options.clock.schedule(GRANT_DELAY_MS, () => {
      this.#grantTimer = undefined;
      this.#session.grantAll();
    });
  }
}
