/**
 * What the processes of the soak tell its main process, through their standard output: 16 bytes for each step of a
 * message. A pipe keeps what was written into it when its writer is killed, so nothing that was told is lost with a
 * process.
 *
 * @module
 */

/** How a message was sent. */
export const WAYS = ["ask", "doSend", "trySend"] as const;

/** How a message was sent. */
export type Way = typeof WAYS[number];

/**
 * What its sender was told about a message:
 *
 * - `answered`: the right reply came, or a `Rejection`; `failed`: an error whose outcome is "handled";
 * - `not-delivered`, `unknown`: an error with that outcome; an ask that its sender took back is "unknown" to it, too;
 * - `sent`: a tell was put on its way; `unsent`: it was not, and has to be a dead letter;
 * - `turned-away`: `trySend` did not take it, so it is no dead letter;
 * - `dead`, `dead-unknown`: a tell became a dead letter, with the outcome "not-delivered" or "unknown".
 */
export const FATES = [
  "answered",
  "failed",
  "not-delivered",
  "unknown",
  "sent",
  "unsent",
  "turned-away",
  "dead",
  "dead-unknown",
] as const;

/** What its sender was told about a message. */
export type Fate = typeof FATES[number];

/** Why, where there is a reason: the name of an error, or what `doSend` resolved with. */
export const REASONS = [
  "",
  "ActorFailedError",
  "Rejection",
  "ReplyLostError",
  "AskTimeoutError",
  "ConnectionLostError",
  "NoActorError",
  "NoRouteError",
  "MailboxClosedError",
  "MailboxFullError",
  "MessageRefusedError",
  "UnhandledMessageError",
  "HandlerAbandonedError",
  "taken back",
  "closed",
  "full",
  "timeout",
  "aborted",
  "refused",
  "other",
] as const;

/** Hears what a process tells. */
export interface RecordSink {
  /** A message is about to be sent. */
  intent(pair: number, seq: number, way: Way): void;
  /** Its sender was told this. */
  fate(pair: number, seq: number, fate: Fate, reason: string): void;
  /** Its receiver handles it. */
  handled(pair: number, seq: number): void;
  /** Something else, as JSON. */
  text(text: string): void;
}

/** A sender and a receiver: one start of one node, and one actor of another. */
export interface Pair {
  /** The node that sends, from 1. */
  readonly sender: number;
  /** Which start of that node, from 1. */
  readonly start: number;
  /** The node that receives. */
  readonly receiver: number;
  /** Which of its actors, from 0. */
  readonly actor: number;
}

/** The number of a pair. */
export function pairNumber({ sender, start, receiver, actor }: Pair): number {
  return ((sender << 28) | (start << 16) | (receiver << 8) | actor) >>> 0;
}

/** The pair of a number. */
export function pairOf(number: number): Pair {
  const [sender, start] = [number >>> 28, (number >>> 16) & 0xFFF];
  return { sender, start, receiver: (number >>> 8) & 0xFF, actor: number & 0xFF };
}

const [INTENT, FATE, HANDLED, TEXT] = [1, 2, 3, 4] as const;
const WORDS = 4;
const RECORD_BYTES = 4 * WORDS;
const BUFFER_RECORDS = 1_024;

/**
 * Writes records, to standard output unless told otherwise, at the latest when {@linkcode RecordWriter.flush} is
 * called.
 */
export class RecordWriter {
  readonly #write: (bytes: Uint8Array) => number;
  readonly #words: Uint32Array<ArrayBuffer> = new Uint32Array(WORDS * BUFFER_RECORDS);
  #used = 0;

  /** Creates a writer; `write` returns how many bytes it has taken. */
  constructor(write: (bytes: Uint8Array) => number = (bytes) => Deno.stdout.writeSync(bytes)) {
    this.#write = write;
  }

  /** A message is about to be sent. */
  intent(pair: number, seq: number, way: Way): void {
    this.#add(INTENT, pair, seq, WAYS.indexOf(way));
  }

  /** The sender of a message was told this. */
  fate(pair: number, seq: number, fate: Fate, reason: string): void {
    const known = REASONS.indexOf(reason as typeof REASONS[number]);
    this.#add(FATE, pair, seq, FATES.indexOf(fate) | (known < 0 ? REASONS.length - 1 : known) << 8);
  }

  /** The receiver of a message handles it. */
  handled(pair: number, seq: number): void {
    this.#add(HANDLED, pair, seq, 0);
  }

  /** Something else; it is written at once. */
  text(value: object): void {
    const text = new TextEncoder().encode(JSON.stringify(value));
    this.#add(TEXT, text.length, 0, 0);
    this.flush();
    const padded = new Uint8Array(Math.ceil(text.length / RECORD_BYTES) * RECORD_BYTES);
    padded.set(text);
    this.#writeAll(padded);
  }

  /** Writes what there is. When this returns the pipe has it, whatever becomes of this process. */
  flush(): void {
    if (this.#used === 0) return;
    this.#writeAll(new Uint8Array(this.#words.buffer, 0, 4 * this.#used));
    this.#used = 0;
  }

  #writeAll(bytes: Uint8Array): void {
    for (let sent = 0; sent < bytes.length;) sent += this.#write(bytes.subarray(sent));
  }

  #add(kind: number, a: number, b: number, c: number): void {
    if (this.#used === this.#words.length) this.flush();
    this.#words.set([kind, a, b, c], this.#used);
    this.#used += WORDS;
  }
}

/** Reads records from bytes that come in pieces of any length. */
export class RecordReader {
  readonly #sink: RecordSink;
  #rest: Uint8Array = new Uint8Array(0);

  /** Creates a reader that tells `sink`. */
  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Bytes that are left over: of a record that was cut off, as far as is known. */
  get leftBytes(): number {
    return this.#rest.length;
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    const view = new DataView(bytes.buffer);
    let at = 0;
    while (at + RECORD_BYTES <= bytes.length) {
      const word = (index: number) => view.getUint32(at + 4 * index, true);
      const [kind, a, b, c] = [word(0), word(1), word(2), word(3)];
      if (kind === TEXT) {
        const end = at + RECORD_BYTES + Math.ceil(a / RECORD_BYTES) * RECORD_BYTES;
        if (end > bytes.length) break;
        this.#sink.text(new TextDecoder().decode(bytes.subarray(at + RECORD_BYTES, at + RECORD_BYTES + a)));
        at = end;
      } else {
        if (kind === INTENT) this.#sink.intent(a, b, WAYS[c]!);
        else if (kind === FATE) this.#sink.fate(a, b, FATES[c & 0xFF]!, REASONS[c >>> 8]!);
        else if (kind === HANDLED) this.#sink.handled(a, b);
        else throw new Error(`Cannot read a record of kind ${kind}`);
        at += RECORD_BYTES;
      }
    }
    this.#rest = bytes.slice(at);
  }
}
