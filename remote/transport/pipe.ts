/**
 * One direction of a connection in memory.
 * @module
 */

import type { Clock, ClockTimer, Random } from "../../src/spi.ts";

/** What goes wrong in a `MemoryNetwork`. What is left out does not. */
export interface Faults {
  /**
   * Whether bytes arrive in other pieces than they were sent: cut, and joined.
   *
   * @default {false}
   */
  readonly split?: boolean;
  /**
   * The least and the most ms that a write is on its way. The order of bytes is kept.
   *
   * @default {[0, 0]}
   */
  readonly delayMs?: readonly [number, number];
  /**
   * How likely a write breaks its connection after a part of it has arrived, from 0 to 1.
   *
   * @default {0}
   */
  readonly reset?: number;
  /**
   * How likely an attempt to connect is refused, from 0 to 1.
   *
   * @default {0}
   */
  readonly refuse?: number;
}

/** Bytes that a reader may be behind before writes wait, as the buffers of a socket. */
const BEHIND_BYTES_MAX = 65_536;

/** The most bytes that a read gives where a network splits, so that a frame comes in many pieces. */
const PIECE_BYTES_MAX = 1_024;

/** Bytes from one writer to one reader, in order, with the faults of their network. */
export class Pipe {
  /** Breaks the other direction too. */
  onReset: () => void = () => this.break();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #over: () => void;
  #chunks: Uint8Array[] = [];
  #behind = 0;
  readonly #onWay: Set<ClockTimer> = new Set();
  #arrivesAt = 0;
  #state: "open" | "ending" | "stopped" | "broken" = "open";
  #isPaused = false;
  #hasEnded = false;
  #reader: PromiseWithResolvers<Uint8Array | undefined> | undefined;
  #writers: PromiseWithResolvers<void>[] = [];

  /** Creates an open pipe; `over` is called when nothing can come any more. */
  constructor(clock: Clock, random: Random, faults: Faults, over: () => void) {
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
    this.#over = over;
  }

  /** Sends bytes; resolves when the reader is not too far behind. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#checkWritable();
    this.#behind += bytes.length;
    // Copied: they may change as soon as the write has resolved.
    const isCut = this.#random.next() < (this.#faults.reset ?? 0);
    const sent = bytes.slice(0, isCut ? Math.floor(this.#random.next() * bytes.length) : bytes.length);
    this.#send(() => {
      if (sent.length > 0) this.#chunks.push(sent);
      if (isCut) this.onReset();
      this.#give();
    });
    // Broken at once: nobody would end the wait.
    if (this.#behind <= BEHIND_BYTES_MAX || this.#state !== "open") return;
    const room = Promise.withResolvers<void>();
    this.#writers.push(room);
    await room.promise;
  }

  /** The next bytes; `undefined` at the end. */
  read(): Promise<Uint8Array | undefined> {
    if (this.#reader !== undefined) return Promise.reject(new Error("Cannot read: another read waits"));
    this.#reader = Promise.withResolvers<Uint8Array | undefined>();
    const { promise } = this.#reader;
    this.#give();
    return promise;
  }

  /** The writer has closed: what it has sent still arrives. */
  end(): void {
    if (this.#state !== "open" || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#turnWritersAway("Cannot write: the connection is closed");
    this.#send(() => {
      if (this.#state === "open") this.#state = "ending";
      this.#give();
    });
  }

  /** The reader has closed: it reads nothing more, and the writer learns of it. */
  stop(): void {
    this.#chunks = [];
    this.#finish("stopped", "Cannot write: the other side has closed the connection");
  }

  /** The connection is lost. What has arrived can still be read. */
  break(): void {
    if (!this.#isOver()) this.#finish("broken", "Cannot write: the connection was reset");
  }

  /** Lets nothing arrive. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Lets everything arrive that was held up. */
  resume(): void {
    this.#isPaused = false;
    this.#give();
  }

  /** Lets something arrive: at once, or after a delay, never before what was sent earlier. */
  #send(arrive: () => void): void {
    const [least, most] = this.#faults.delayMs ?? [0, 0];
    const now = this.#clock.now();
    this.#arrivesAt = Math.max(this.#arrivesAt, now + least + this.#random.next() * (most - least));
    if (this.#arrivesAt <= now && this.#onWay.size === 0) return arrive();
    const timer = this.#clock.schedule(this.#arrivesAt - now, () => {
      this.#onWay.delete(timer);
      arrive();
    });
    this.#onWay.add(timer);
  }

  /** Ends it on both sides; what is on its way never arrives. */
  #finish(state: "stopped" | "broken", why: string): void {
    this.#state = state;
    for (const timer of this.#onWay) timer.cancel();
    this.#onWay.clear();
    this.#turnWritersAway(why);
    this.#give();
    this.#over();
  }

  #isOver(): boolean {
    return this.#state === "stopped" || this.#state === "broken";
  }

  /** Gives the reader what there is, or the end. */
  #give(): void {
    const reader = this.#reader;
    if (reader === undefined || (this.#isPaused && !this.#isOver())) return;
    const bytes = this.#next();
    if (bytes === undefined && this.#state === "open") return;
    this.#reader = undefined;
    if (bytes !== undefined) this.#take(bytes, reader);
    else if (this.#state === "broken") reader.reject(new Error("Cannot read: the connection was reset"));
    else {
      reader.resolve(undefined);
      this.#over();
    }
  }

  /** What one read gives: a write; or, where the network splits, a piece of one, or of two where they meet. */
  #next(): Uint8Array | undefined {
    const first = this.#chunks.shift();
    if (first === undefined || !this.#faults.split) return first;
    const isJoined = this.#chunks.length > 0 && this.#random.next() < 0.5;
    const bytes = isJoined ? joined(first, this.#chunks.shift()!) : first;
    const length = 1 + Math.floor(this.#random.next() * Math.min(bytes.length, PIECE_BYTES_MAX));
    if (length < bytes.length) this.#chunks.unshift(bytes.subarray(length));
    return bytes.subarray(0, length);
  }

  #take(bytes: Uint8Array, reader: PromiseWithResolvers<Uint8Array | undefined>): void {
    this.#behind -= bytes.length;
    if (this.#behind <= BEHIND_BYTES_MAX) {
      for (const writer of this.#writers) writer.resolve();
      this.#writers = [];
    }
    reader.resolve(bytes);
  }

  #checkWritable(): void {
    if (this.#state === "broken") throw new Error("Cannot write: the connection was reset");
    if (this.#state !== "open" || this.#hasEnded) throw new Error("Cannot write: the connection is closed");
  }

  #turnWritersAway(why: string): void {
    for (const writer of this.#writers) writer.reject(new Error(why));
    this.#writers = [];
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
