/**
 * The actors that receive in the soak, and how messages to them travel.
 *
 * @module
 */

import { Actor, type Message, Rejection } from "@cinema/cinema";
import { type Protocol, protocol } from "@cinema/cinema/remote";
import type { RecordWriter } from "./records.ts";

/** What every message carries: who sent it, its place in the order of that pair, and some bytes. */
export interface Load {
  /** See `pairNumber`. */
  pair: number;
  /** Its place, from 1. */
  seq: number;
  /** As many bytes as {@linkcode bodyBytes} says, all of them the lowest byte of `seq`. */
  body: Uint8Array;
}

/** What an answer says: to which message it is the answer. */
export interface Receipt {
  /** The pair of the message. */
  pair: number;
  /** Its place. */
  seq: number;
}

/** An ask. */
export interface Put extends Message<Receipt>, Load {
  /** Its name. */
  type: "put";
}

/** A tell. */
export interface Note extends Message, Load {
  /** Its name. */
  type: "note";
}

/** How an actor of the soak is. */
export interface StoreKind {
  /** Ms that it takes for each message. */
  readonly delayMs: number;
  /** The capacity of its mailbox. */
  readonly capacity: number;
}

/** The actors of each node: one that is quick, and one that is slower than what is sent to it. */
export const STORES: readonly StoreKind[] = [{ delayMs: 0, capacity: 256 }, { delayMs: 10, capacity: 16 }];

/** One of so many messages is refused with a `Rejection`, and at one of so many the handler fails. */
const [REJECTED_EACH, FAILED_EACH] = [997, 1_499];
const PREFIX_BYTES = 8;

/** The name of an actor. */
export function storeName(node: number, actor: number): string {
  return `store-${node}-${actor}`;
}

/** How many bytes the body of a message has: mostly few, now and then many. */
export function bodyBytes(seq: number): number {
  if (seq % 1_009 === 0) return 65_536;
  return seq % 101 === 0 ? 4_096 : 16 + seq % 113;
}

/** The body of a message. */
export function bodyOf(seq: number): Uint8Array {
  return new Uint8Array(bodyBytes(seq)).fill(seq & 0xFF);
}

/** How messages travel: two numbers, and the body as it is. */
export const StoreProtocol: Protocol<Put | Note> = protocol<Put | Note>({
  put: {
    name: "soak.Put",
    request: { encode: encodeLoad, decode: decodeLoad },
    reply: { encode: ({ pair, seq }) => encodeLoad({ pair, seq, body: new Uint8Array(0) }), decode: decodeReceipt },
  },
  note: { name: "soak.Note", request: { encode: encodeLoad, decode: decodeLoad } },
});

/** Says of each message that it handles it, before anything else: what was not said was not handled. */
export class Store extends Actor<Put | Note> {
  readonly #writer: RecordWriter;
  readonly #kind: StoreKind;

  /** Creates an actor that tells `writer`. */
  constructor(writer: RecordWriter, kind: StoreKind) {
    super();
    this.#writer = writer;
    this.#kind = kind;
  }

  /** Handles an ask. */
  put(load: Put): Receipt | Promise<Receipt> {
    this.#take(load);
    const receipt = { pair: load.pair, seq: load.seq };
    return this.#kind.delayMs === 0 ? receipt : after(this.#kind.delayMs).then(() => receipt);
  }

  /** Handles a tell. */
  note(load: Note): void | Promise<void> {
    this.#take(load);
    return this.#kind.delayMs === 0 ? undefined : after(this.#kind.delayMs);
  }

  #take({ pair, seq, body }: Load): void {
    this.#writer.handled(pair, seq);
    this.#writer.flush();
    const isWhole = body.length === bodyBytes(seq) && body.every((byte) => byte === (seq & 0xFF));
    if (!isWhole) this.#writer.text({ kind: "wrong", what: `the body of ${seq} from ${pair} has changed on its way` });
    if (seq % REJECTED_EACH === 0) throw new Rejection("Not this one");
    if (seq % FAILED_EACH === 0) throw new Error("The handler fails here, on purpose");
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function encodeLoad({ pair, seq, body }: Load): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, pair);
  view.setUint32(4, seq);
  bytes.set(body, PREFIX_BYTES);
  return bytes;
}

function decodeLoad(bytes: Uint8Array): Load {
  return { ...decodeReceipt(bytes), body: bytes.subarray(PREFIX_BYTES) };
}

function decodeReceipt(bytes: Uint8Array): Receipt {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { pair: view.getUint32(0), seq: view.getUint32(4) };
}
