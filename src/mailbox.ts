/**
 * The mailbox: a `ReadableStream` of batches under a high-water mark.
 * @module
 */

import { MAILBOX_CAPACITY, WAITING_MAX } from "./limits.ts";
import type { AnyMessage } from "./message.ts";
import { type Envelope, enveloped, type Queued, weightOf } from "./internal/envelope.ts";
import { Waiter, WaitingLine } from "./internal/waiter.ts";

/**
 * How large a mailbox is. A message counts from the moment it is taken until its handler starts. Stop requests, notices
 * and timers are never refused and never counted.
 *
 * @typeParam M The messages of the actor.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type MailboxOptions, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Chunk extends Message {
 *   type: "chunk";
 *   bytes: Uint8Array;
 * }
 * class Sink extends Actor<Chunk> {
 *   chunk(): void {}
 * }
 * const options: MailboxOptions<Chunk> = {
 *   mailbox: { highWaterMark: 1_024, size: ({ bytes }) => bytes.byteLength },
 * };
 *
 * await using system = new ActorSystem();
 * const sink = system.spawn(() => new Sink(), options);
 * sink.trySend({ type: "chunk", bytes: new Uint8Array(1_000) });
 * assertEquals(sink.desiredSize, 24); // bytes
 * ```
 */
export interface MailboxOptions<in M extends AnyMessage> {
  /**
   * How many messages the mailbox holds: short for `mailbox: new CountQueuingStrategy({ highWaterMark: capacity })`, so
   * it cannot be given together with `mailbox`. It must be > 0; `Infinity` means no bound.
   *
   * @default {256}
   */
  readonly capacity?: number;
  /**
   * Any queuing strategy, so that a mailbox can be bounded in bytes. Its `size` is asked once for each message and must
   * give a finite number >= 0, or the message is `"refused"`; without `size`, messages are counted. Its `highWaterMark`
   * is the bound; without it, that is 256. A message is taken while there is any room, so the bound is passed by at
   * most one message.
   */
  readonly mailbox?: QueuingStrategy<M>;
  /**
   * How many senders may wait for room; to further ones the mailbox is `"full"`. It must be >= 0; with `0` nobody
   * waits.
   *
   * @default {10_000}
   */
  readonly maxWaiting?: number;
}

/** Checks the options, so that a wrong one is an error of whoever spawns. */
export function checkMailboxOptions(options: MailboxOptions<never>): void {
  const { capacity, mailbox, maxWaiting } = options;
  if (capacity !== undefined && mailbox !== undefined) {
    throw new TypeError("Cannot use both capacity and mailbox: capacity is short for a mailbox strategy");
  }
  if (mailbox?.size !== undefined && typeof mailbox.size !== "function") {
    throw new TypeError("Cannot create a mailbox: size of its strategy must be a function");
  }
  const mark = capacity ?? mailbox?.highWaterMark;
  if (mark !== undefined && (typeof mark !== "number" || !(mark > 0))) {
    throw new RangeError(`Cannot create a mailbox for ${mark} messages: the high-water mark must be > 0`);
  }
  if (maxWaiting !== undefined && (typeof maxWaiting !== "number" || !(maxWaiting >= 0))) {
    throw new RangeError(`Cannot let ${maxWaiting} senders wait: maxWaiting must be >= 0`);
  }
}

/** The high-water mark of a mailbox with these options. */
export function markOf({ capacity, mailbox }: MailboxOptions<never>): number {
  return capacity ?? mailbox?.highWaterMark ?? MAILBOX_CAPACITY;
}

/** Has held an object once. */
const EMPTY: Queued[] = [{ type: "" }];
EMPTY.pop();

/**
 * A new queue. What begins as `[]` is an array of small integers to V8 until the first object is pushed: each queue
 * would change its kind, and compiled code would call `push` where it can append in place. A copy keeps the kind.
 */
function emptyQueue(): Queued[] {
  return EMPTY.slice();
}

/** Both ends of the stream, in one field: most mailboxes never open it. */
interface OpenStream {
  readonly reader: ReadableStreamDefaultReader<Queued[]>;
  readonly controller: ReadableStreamDefaultController<Queued[]>;
}

/**
 * The mailbox of one actor. The run loop takes what is there and, when nothing is, reads the stream; whatever arrives
 * until it wakes is one chunk. So a message costs a read of the stream (about 0.4 us) only when the actor was idle; and
 * not even then while the actor is new, because it parks a few times before it reads at all (`internal/life.ts`).
 *
 * A message counts from acceptance until it is taken for its turn. Turns of the runtime (notices, timers, stream items)
 * are never refused and never counted, but keep the order of arrival: when senders wait, they join the same line.
 */
export class Mailbox {
  readonly #mark: number;
  readonly #size: ((message: never) => unknown) | undefined;
  readonly #waitingMax: number;
  readonly #waiting: WaitingLine = new WaitingLine();
  #used = 0;
  #arrived: Queued[] = emptyQueue();
  #batch: Queued[] = [];
  #next = 0;
  /** How many were taken from earlier batches: counting by the batch costs a message nothing. */
  #takenBefore = 0;
  #stream: OpenStream | undefined;
  #isWanted = false;
  #isWoken = false;
  #roomy: PromiseWithResolvers<void> | undefined;

  /** Creates an empty mailbox; the options have been checked. */
  constructor(options: MailboxOptions<never>) {
    this.#mark = markOf(options);
    this.#size = options.mailbox?.size?.bind(options.mailbox);
    this.#waitingMax = options.maxWaiting ?? WAITING_MAX;
  }

  /** How many messages and turns are queued, waiting senders not counted. */
  get queued(): number {
    return this.#batch.length - this.#next + this.#arrived.length;
  }

  /** How many messages and turns were taken since the mailbox was made. */
  get taken(): number {
    return this.#takenBefore + this.#next;
  }

  /** The room that is taken, in the unit of the strategy. */
  get used(): number {
    return this.#used;
  }

  /** How many senders, and turns behind them, wait for room. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether a message would be taken now. */
  get hasRoom(): boolean {
    return this.#used < this.#mark && this.#waiting.length === 0;
  }

  /** The room left; less than zero when senders wait. */
  get desiredSize(): number {
    return this.#mark - this.#used - this.#waiting.size;
  }

  /** Resolves when there is room. */
  get ready(): Promise<void> {
    if (this.hasRoom) return Promise.resolve();
    this.#roomy ??= Promise.withResolvers<void>();
    return this.#roomy.promise;
  }

  /** Asks the strategy for the size of a message; throws what it throws, or a `RangeError`. */
  measure(message: AnyMessage): number {
    if (this.#size === undefined) return 1;
    const size = this.#size(message as never);
    if (typeof size === "number" && size >= 0 && size < Infinity) return size;
    throw new RangeError(`Cannot count a message of size ${size}: size() must give a finite number >= 0`);
  }

  /** Takes a message; the caller has asked {@linkcode hasRoom}. */
  accept(queued: Queued): void {
    this.#used += weightOf(queued);
    this.#enqueue(queued);
  }

  /** Takes a turn of the runtime: at once, or behind those who wait. */
  push(envelope: Envelope): void {
    if (this.#waiting.length === 0) this.#enqueue(envelope);
    else this.#waiting.add(new Waiter(envelope));
  }

  /** Lets a sender wait for room; false when too many do. */
  wait(waiter: Waiter): boolean {
    if (this.#waiting.length >= this.#waitingMax) return false;
    this.#waiting.add(waiter);
    return true;
  }

  /** Takes what is next for its turn. */
  take(): Queued | undefined {
    if (this.#next === this.#batch.length) {
      if (this.#arrived.length === 0) return undefined;
      this.#takenBefore += this.#next;
      this.#batch = this.#arrived;
      this.#arrived = emptyQueue();
      this.#next = 0;
    }
    const queued = this.#batch[this.#next]!;
    this.#batch[this.#next++] = undefined!;
    this.#used -= weightOf(queued);
    // Sizes may be fractions: an empty mailbox must not keep their rounding errors.
    if (this.#next === this.#batch.length && this.#arrived.length === 0) this.#used = 0;
    if (this.#waiting.length > 0) this.#admit();
    if (this.#roomy !== undefined && this.hasRoom) this.#tellReady();
    return queued;
  }

  /** Waits on the stream until something arrives or {@linkcode wake} is called. */
  async read(): Promise<void> {
    if (this.#arrived.length > 0) return;
    this.#stream ??= this.#open();
    const { value } = await this.#stream.reader.read();
    if (value === this.#arrived) this.#arrived = emptyQueue();
    this.#takenBefore += this.#next;
    this.#batch = value!;
    this.#next = 0;
  }

  /** Ends a {@linkcode read} although nothing may have arrived. */
  wake(): void {
    this.#isWoken = true;
    if (this.#isWanted) this.#flush();
  }

  /** Turns the waiting senders away; turns of the runtime that stood among them are queued. */
  turnAway(): void {
    for (let waiter = this.#waiting.first; waiter !== undefined; waiter = this.#waiting.first) {
      if (waiter.envelope.turn !== undefined) this.#enqueue(waiter.envelope);
      waiter.leave("closed");
    }
    this.#tellReady();
  }

  /** Empties the mailbox and returns what was in it, in order. */
  clear(): Envelope[] {
    this.turnAway();
    const left = this.#batch.slice(this.#next).concat(this.#arrived).map(enveloped);
    this.#batch = [];
    this.#arrived = emptyQueue();
    this.#takenBefore += this.#next;
    this.#next = this.#used = 0;
    return left;
  }

  #enqueue(queued: Queued): void {
    this.#arrived.push(queued);
    if (this.#isWanted) this.#flush();
  }

  /** Moves waiting senders in while there is room. */
  #admit(): void {
    for (let waiter = this.#waiting.first; waiter !== undefined; waiter = this.#waiting.first) {
      const { envelope } = waiter;
      if (envelope.turn === undefined && this.#used >= this.#mark) return;
      this.#used += envelope.size;
      this.#enqueue(envelope);
      waiter.leave("sent");
    }
  }

  #tellReady(): void {
    this.#roomy?.resolve();
    this.#roomy = undefined;
  }

  #open(): OpenStream {
    let controller!: OpenStream["controller"];
    const readable = new ReadableStream<Queued[]>({
      start: (given) => {
        controller = given;
      },
      pull: () => {
        this.#isWanted = true;
        if (this.#arrived.length > 0 || this.#isWoken) this.#flush();
      },
    }, { highWaterMark: 0 });
    return { reader: readable.getReader(), controller };
  }

  /** Answers the read with the live queue: what still arrives before the reader wakes is in the same chunk. */
  #flush(): void {
    this.#isWanted = this.#isWoken = false;
    this.#stream!.controller.enqueue(this.#arrived);
  }
}
