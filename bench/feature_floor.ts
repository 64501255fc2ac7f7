/**
 * The floor with one feature of an actor more, or several: what a feature costs where nothing else is in the way. The
 * features are switches here, which the library does not have in its hot path; a switch that is off costs about 1 ns.
 *
 * @module
 */

import { type Clock, systemClock } from "@cinema/cinema";
import { Deadline, Deadlines } from "../src/internal/deadlines.ts";
import { Fairness } from "../src/internal/fairness.ts";

/** What the floor is to do beyond queueing. */
export interface Features {
  /** Refuses what does not fit: each message is counted in and out, and each send looks for room. */
  readonly bounding?: boolean;
  /** Looks before each message whether there is something more urgent, as a stop request. */
  readonly control?: boolean;
  /** Finds the handler by the message's type, and catches what it throws. */
  readonly supervision?: boolean;
  /** Each ask expires unless it is answered in time. */
  readonly deadlines?: boolean;
  /** After so many turns, or so many ms, the event loop has its turn. */
  readonly fairness?: boolean;
}

/** What is sent. */
interface Message {
  readonly type: string;
  readonly n?: number;
}

/** A message that wants a reply, and its deadline. */
class Ask extends Deadline {
  override isDone = false;
  readonly message: Message;
  readonly #reply: (value: number) => void;

  constructor(message: Message, reply: (value: number) => void) {
    super(5_000);
    this.message = message;
    this.#reply = reply;
  }

  answer(value: number): void {
    this.isDone = true;
    this.freshIn?.remove(this);
    this.#reply(value);
  }

  override expire(): void {
    throw new Error("Cannot trust the run: an ask has expired");
  }
}

/** A queue that has some features. It answers every ask with how many messages it has handled. */
export class FeatureFloor {
  readonly #bounding: boolean;
  readonly #control: boolean;
  readonly #supervision: boolean;
  readonly #deadlines: Deadlines | undefined;
  readonly #fairness: Fairness | undefined;
  readonly #capacity: number;
  readonly #handlers: ReadonlyMap<string, (message: Message) => number> = new Map([
    ["tick", () => ++this.#handled],
    ["count", () => ++this.#handled],
  ]);
  #queue: (Message | Ask)[] = [];
  #used = 0;
  #handled = 0;
  #failures = 0;
  #isInterrupted = false;
  #wake: (() => void) | undefined;

  /** Creates the queue and starts to read it. */
  constructor(
    features: Features,
    { capacity = Infinity, clock = systemClock }: { capacity?: number; clock?: Clock } = {},
  ) {
    this.#bounding = features.bounding ?? false;
    this.#control = features.control ?? false;
    this.#supervision = features.supervision ?? false;
    this.#deadlines = features.deadlines ? new Deadlines(clock) : undefined;
    this.#fairness = features.fairness ? new Fairness(clock) : undefined;
    this.#capacity = capacity;
    this.#run();
  }

  /** Sends; false when there is no room. */
  trySend(message: Message): boolean {
    if (this.#bounding) {
      if (this.#used >= this.#capacity) return false;
      this.#used++;
    }
    this.#push(message);
    return true;
  }

  /** Sends and promises the reply. */
  send(message: Message): Promise<number> {
    return new Promise((resolve) => {
      const ask = new Ask(message, resolve);
      if (this.#bounding) this.#used++;
      this.#push(ask);
      this.#deadlines?.add(ask);
    });
  }

  /** Lets go of its timer. */
  close(): void {
    this.#deadlines?.close();
  }

  #push(entry: Message | Ask): void {
    this.#queue.push(entry);
    this.#wake?.();
    this.#wake = undefined;
  }

  async #run(): Promise<void> {
    for (;;) {
      if (this.#queue.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
      const batch = this.#queue;
      this.#queue = [];
      for (const entry of batch) {
        if (this.#control && this.#isInterrupted) return;
        if (this.#fairness !== undefined) { while (!this.#fairness.spend()) await this.#fairness.pause(); }
        if (this.#bounding) this.#used--;
        this.#handle(entry);
      }
    }
  }

  #handle(entry: Message | Ask): void {
    const isAsk = entry instanceof Ask;
    const message = isAsk ? entry.message : entry;
    let value: number;
    if (this.#supervision) {
      try {
        value = this.#handlers.get(message.type)!(message);
      } catch {
        this.#failures++;
        return;
      }
    } else {
      value = ++this.#handled;
    }
    if (isAsk) entry.answer(value);
  }
}
