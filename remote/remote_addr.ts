/**
 * The address of an actor in another process.
 * @module
 */

import type { ActorRef, AnyMessage, SendOptions, SendResult, TrySendResult } from "../mod.ts";
import type { MessageRefusedError } from "../mod.ts";
import { checkTimeout, type Instrument, showAs, typeOf } from "../src/spi.ts";
import type { MessageCodecs } from "./codecs.ts";
import type { Parcel } from "./outbound.ts";
import { type Outbox, refusedParcel } from "./outbox.ts";
import type { Target } from "./target.ts";
import type { EncodedRoute } from "./wire/frame_writer.ts";
import { writableTo } from "./writable.ts";

/** A reply as it came over the wire: what {@linkcode RemoteAddr.sendEnvelope} resolves with. */
export interface Envelope {
  /** What the reply is called on the wire. */
  readonly messageType: string;
  /** The encoded reply. */
  readonly payload: Uint8Array;
  /** The number that paired it with the ask. */
  readonly correlationId: number | bigint;
  /** The node that answered. */
  readonly senderNode: string;
  /** The node that asked. */
  readonly targetActor: string;
  /** Whether it is a reply: always. */
  readonly isResponse: boolean;
}

/**
 * An actor of another process. It is used as any {@linkcode ActorRef}: `send` asks, `doSend` tells, `trySend` tells
 * without waiting. It stays valid over reconnects and restarts.
 *
 * A full mailbox over there is felt here: only so many messages may be on their way to one actor, and beyond it senders
 * wait. `"sent"` means that the message was put on its way; when its connection is lost before the other side has taken
 * it, it is a dead letter among the `events` of the client. Errors of `send` say in `outcome` what became of the
 * message.
 *
 * @typeParam M The messages that can be sent.
 */
export interface RemoteAddr<in M extends AnyMessage> extends ActorRef<M> {
  /** The name under which the actor is routed. */
  readonly name: string;
  /** The node that it lives on, as that last introduced itself. */
  readonly node: string;
  /** The same as `send`: the name that Cinema-rs has for it. */
  readonly call: ActorRef<M>["send"];
  /** Asks as `send` does, and resolves with the reply as it came over the wire, not decoded. */
  sendEnvelope(msg: M, options?: SendOptions): Promise<Envelope>;
}

/** What an address needs of its client. */
export interface Home {
  /** What waits to be sent, and what was. */
  readonly outbox: Outbox;
  /** The node of this side. */
  readonly localNode: string;
  /** The node of the other side. */
  readonly node: () => string;
  /** Bytes of the largest frame that the other side takes. */
  readonly frameBytesMax: () => number;
  /** Who hears of what is sent, for traces and metrics. */
  readonly instrument: Instrument | undefined;
}

/** How a message of one type gets to this actor. */
interface Way {
  readonly codecs: MessageCodecs;
  readonly route: EncodedRoute;
}

/** Bytes of a frame beside its payload and its route: the length, the tags, a number, a deadline. */
const MESSAGE_OVERHEAD = 64;

/** Bytes of the field with the trace, where there is one, beside its text: the tag, and a length below 128. */
const TRACE_OVERHEAD = 3;

/** See {@linkcode RemoteAddr}. */
export class ClientAddr {
  readonly #home: Home;
  readonly #target: Target;
  readonly #ways: ReadonlyMap<string, Way>;

  /** Creates the address of an actor whose messages travel as `table` says. */
  constructor(home: Home, target: Target, table: ReadonlyMap<string, MessageCodecs>) {
    this.#home = home;
    this.#target = target;
    this.#ways = new Map([...table].map(([type, codecs]) => [type, { codecs, route: codecs.routeTo(target.name) }]));
  }

  get id(): string {
    return this.#target.id;
  }

  get name(): string {
    return this.#target.name;
  }

  get node(): string {
    return this.#home.node();
  }

  send(msg: AnyMessage, options: SendOptions = {}): Promise<unknown> {
    return this.#ask(msg, options, false);
  }

  call(msg: AnyMessage, options?: SendOptions): Promise<unknown> {
    return this.send(msg, options);
  }

  async sendEnvelope(msg: AnyMessage, options: SendOptions = {}): Promise<Envelope> {
    const reply = await this.#ask(msg, options, true) as Envelope;
    const { messageType, payload, correlationId, senderNode } = reply;
    return {
      // Ours leave out on the wire what both sides know.
      messageType: messageType === "" ? this.#ways.get(msg.type)!.codecs.replyName : messageType,
      payload,
      correlationId,
      senderNode: senderNode === "" ? this.#home.node() : senderNode,
      targetActor: this.#home.localNode,
      isResponse: true,
    };
  }

  doSend(msg: AnyMessage, options: SendOptions = {}): Promise<SendResult> {
    checkTimeout(options.timeout);
    const { outbox, instrument } = this.#home;
    const parcel = this.#pack(msg, instrument?.traceparent());
    if (!(parcel instanceof Error)) return outbox.tell(parcel, options);
    outbox.deadLetter(this.id, msg, "not-delivered", parcel);
    return Promise.resolve("refused");
  }

  trySend(msg: AnyMessage): TrySendResult {
    const parcel = this.#pack(msg, this.#home.instrument?.traceparent());
    return parcel instanceof Error ? "refused" : this.#home.outbox.tryTell(parcel);
  }

  writable(): WritableStream<AnyMessage> {
    return writableTo(this);
  }

  toString(): string {
    return this.id;
  }

  #ask(msg: AnyMessage, options: SendOptions, isRaw: boolean): Promise<unknown> {
    const { instrument } = this.#home;
    if (instrument === undefined) return this.#askNow(msg, options, { isRaw });
    return this.#askTraced(msg, options, { isRaw, instrument });
  }

  #askTraced(
    msg: AnyMessage,
    options: SendOptions,
    { isRaw, instrument }: { isRaw: boolean; instrument: Instrument },
  ): Promise<unknown> {
    const call = instrument.call(this.id, typeOf(msg));
    // What is returned must be what follows: a rejection that nobody handles must stay one.
    return this.#askNow(msg, options, { isRaw, traceparent: call.traceparent }).then((reply) => {
      call.replied();
      return reply;
    }, (error) => {
      call.failed(error);
      throw error;
    });
  }

  #askNow(
    msg: AnyMessage,
    options: SendOptions,
    { isRaw, traceparent }: { isRaw: boolean; traceparent?: string },
  ): Promise<unknown> {
    const parcel = this.#pack(msg, traceparent);
    return parcel instanceof Error ? Promise.reject(parcel) : this.#home.outbox.ask(parcel, options, isRaw);
  }

  /** Encodes a message, now: what becomes of the object later does not matter. */
  #pack(message: AnyMessage, traceparent = ""): Parcel | MessageRefusedError {
    try {
      const way = this.#ways.get(message.type);
      if (way === undefined) throw new TypeError("The protocol has no message of this type");
      const { codecs, route } = way;
      const payload = codecs.encode(message);
      const traceBytes = traceparent === "" ? 0 : traceparent.length + TRACE_OVERHEAD;
      const bytes = payload.length + route.length + MESSAGE_OVERHEAD + traceBytes;
      const limit = this.#home.frameBytesMax();
      if (bytes > limit) throw new RangeError(`It takes a frame of ${bytes} bytes: the limit is ${limit}`);
      return { message, target: this.#target, codecs, route, payload, traceparent };
    } catch (cause) {
      return refusedParcel(this.id, typeOf(message), cause);
    }
  }
}

showAs("RemoteAddr", ClientAddr.prototype);
