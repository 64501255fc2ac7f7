/**
 * The accounts of the soak: what became of every single message, as its sender was told and as its receiver said.
 *
 * @module
 */

import { type Fate, type Pair, pairOf, type RecordSink, type Way } from "./records.ts";

/** What the sender of a message knows of it in the end; `orphan`: it was killed before it was told. */
export type Verdict = "answered" | "sent" | "not-delivered" | "unknown" | "orphan";

/** What senders knew in the end, and what the logs of the receivers say about the same messages. */
export type Accounts = Record<Verdict, { handled: number; not: number }>;

/** Looks up how the nodes are. */
export interface LedgerOptions {
  /** Which start of a node this is at the moment, from 1. */
  readonly startOf: (node: number) => number;
  /** The most messages that an actor can have taken and not handled. */
  readonly heldMax: (actor: number) => number;
  /** Hears of what must not happen. */
  readonly wrong: (what: string) => void;
}

/** The messages of one pair. */
interface Book {
  readonly pair: Pair;
  /** What is known of each message that is not settled: some of the bits below. */
  readonly open: Map<number, number>;
  intents: number;
  handled: number;
  /** Which start of the receiver has handled the last one, or was there when the first was sent. */
  receiverStart: number;
  /** Between which messages the receiver was killed, and how often: what it had taken in between is gone with it. */
  readonly kills: { readonly after: number; readonly before: number; readonly starts: number; readonly last: number }[];
}

const [ASK, DO_SEND, TRY_SEND] = [1, 2, 4] as const;
const WAY_BITS: Readonly<Record<Way, number>> = { ask: ASK, doSend: DO_SEND, trySend: TRY_SEND };
const HANDLED = 8;
const FATE_BITS: Readonly<Record<Fate, number>> = {
  answered: 16,
  failed: 16,
  "not-delivered": 32,
  unknown: 64,
  sent: 128,
  unsent: 256,
  "turned-away": 512,
  dead: 1_024,
  "dead-unknown": 2_048,
};
const [ANSWERED, NOT_DELIVERED, UNKNOWN, SENT] = [16, 32, 64, 128] as const;
const [UNSENT, TURNED_AWAY, DEAD, DEAD_UNKNOWN] = [256, 512, 1_024, 2_048] as const;

/** Takes what the processes tell, each by a voice of its own. */
export class Ledger {
  /** How often senders were told what, and why. */
  readonly reasons: Map<string, number> = new Map();
  /** How many messages were sent, and how many were handled, so far. */
  sent = 0;
  /** How many messages were handled so far. */
  handled = 0;
  /** How often a sender was told so far that a message was not delivered, or that this is unknown. */
  readonly told: { notDelivered: number; unknown: number } = { notDelivered: 0, unknown: 0 };
  /** The most messages that one actor had taken when it was killed. */
  takenMost = 0;
  readonly #options: LedgerOptions;
  readonly #books: Map<number, Book> = new Map();
  readonly #dead: Set<string> = new Set();
  readonly #accounts: Accounts = {
    answered: { handled: 0, not: 0 },
    sent: { handled: 0, not: 0 },
    "not-delivered": { handled: 0, not: 0 },
    unknown: { handled: 0, not: 0 },
    orphan: { handled: 0, not: 0 },
  };

  /** Creates empty accounts. */
  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** What one start of a node tells. */
  voice(node: number, start: number, text: (text: string) => void): RecordSink {
    const isOwn = (pair: Pair) => pair.sender === node && pair.start === start;
    return {
      intent: (pair, seq, way) => this.#intent(this.#book(pair, isOwn), seq, way),
      fate: (pair, seq, fate, reason) => this.#fate(this.#book(pair, isOwn), seq, fate, reason),
      handled: (pair, seq) => this.#handled(this.#book(pair, ({ receiver }) => receiver === node), seq, start),
      text,
    };
  }

  /** A node was killed, and everything that it has told was taken. */
  died(node: number, start: number): void {
    this.#dead.add(`${node}.${start}`);
  }

  /** Everything was told: judges what is left, and returns the accounts. */
  close(): Accounts {
    const taken = new Map<string, number>();
    for (const book of this.#books.values()) {
      for (const [seq, bits] of book.open) this.#judge(book, seq, bits, taken);
      book.open.clear();
    }
    for (const [place, count] of taken) {
      this.takenMost = Math.max(this.takenMost, count);
      const [, , actor, starts] = place.split(".").map(Number) as [number, number, number, number];
      const limit = starts * this.#options.heldMax(actor);
      if (count > limit) this.#options.wrong(`${count} tells are gone with store ${place}, which can hold ${limit}`);
    }
    const sum = Object.values(this.#accounts).reduce((all, { handled, not }) => all + handled + not, 0);
    if (sum !== this.sent) this.#options.wrong(`${this.sent} messages were sent, and ${sum} are accounted for`);
    return this.#accounts;
  }

  #book(number: number, fits: (pair: Pair) => boolean): Book {
    let book = this.#books.get(number);
    if (book === undefined) {
      const pair = pairOf(number);
      const receiverStart = this.#options.startOf(pair.receiver);
      book = { pair, open: new Map(), intents: 0, handled: 0, receiverStart, kills: [] };
      this.#books.set(number, book);
    }
    if (!fits(book.pair)) this.#wrong(book, 0, "was told of by another process");
    return book;
  }

  #intent(book: Book, seq: number, way: Way): void {
    if (seq !== book.intents + 1) this.#wrong(book, seq, `follows ${book.intents}`);
    book.intents = seq;
    this.sent++;
    // The pipe of the receiver may have been read first.
    this.#know(book, seq, WAY_BITS[way]);
  }

  #fate(book: Book, seq: number, fate: Fate, reason: string): void {
    const what = reason === "" ? fate : `${fate}: ${reason}`;
    this.reasons.set(what, (this.reasons.get(what) ?? 0) + 1);
    if (fate === "unknown" || fate === "dead-unknown") this.told.unknown++;
    else if (fate === "not-delivered" || fate === "dead" || fate === "turned-away") this.told.notDelivered++;
    const isSettled = seq <= book.intents && !book.open.has(seq);
    if (!isSettled) return this.#know(book, seq, FATE_BITS[fate]);
    // Only a tell that was sent and handled: its confirmation may be lost afterwards, and then its sender cannot know.
    if (fate !== "dead-unknown") {
      return this.#wrong(book, seq, `was settled already, and now its sender hears: ${what}`);
    }
    this.#accounts.sent.handled--;
    this.#accounts.unknown.handled++;
  }

  #handled(book: Book, seq: number, receiverStart: number): void {
    this.handled++;
    const isSettled = seq <= book.intents && !book.open.has(seq);
    if (isSettled || (book.open.get(seq) ?? 0) & HANDLED) return this.#wrong(book, seq, "was handled twice");
    if (seq < book.handled) this.#wrong(book, seq, `was handled after ${book.handled}: out of order`);
    if (receiverStart !== book.receiverStart) {
      const starts = receiverStart - book.receiverStart;
      book.kills.push({ after: book.handled, before: seq, starts, last: book.receiverStart });
      book.receiverStart = receiverStart;
    }
    book.handled = Math.max(book.handled, seq);
    this.#know(book, seq, HANDLED);
  }

  /** Takes a fact, and forgets the message when nothing more has to be known of it. */
  #know(book: Book, seq: number, bit: number): void {
    const bits = (book.open.get(seq) ?? 0) | bit;
    const verdict = settledVerdict(bits);
    if (verdict === undefined) book.open.set(seq, bits);
    else {
      book.open.delete(seq);
      this.#accounts[verdict].handled++;
    }
  }

  #judge(book: Book, seq: number, bits: number, taken: Map<string, number>): void {
    if (!(bits & (ASK | DO_SEND | TRY_SEND))) return this.#wrong(book, seq, "was never sent, and was handled");
    const isHandled = (bits & HANDLED) > 0;
    const isOrphan = this.#dead.has(`${book.pair.sender}.${book.pair.start}`);
    const verdict = this.#verdictOf(book, seq, bits, isOrphan);
    if (verdict === undefined) return;
    this.#accounts[verdict][isHandled ? "handled" : "not"]++;
    if (verdict === "not-delivered" && isHandled) {
      this.#wrong(book, seq, "was handled, and its sender was told that not");
    }
    if (verdict === "answered") this.#wrong(book, seq, "was answered, and nobody has handled it");
    if (verdict !== "sent" || isHandled) return;
    // It was put on its way and not lost with a connection, so a mailbox had taken it.
    const kill = book.kills.find(({ after, before }) => after < seq && seq < before);
    if (kill === undefined) return this.#wrong(book, seq, "was sent, and is gone without a word");
    const { receiver, actor } = book.pair;
    const place = `${receiver}.${kill.last}.${actor}.${kill.starts}`;
    taken.set(place, (taken.get(place) ?? 0) + 1);
  }

  #verdictOf(book: Book, seq: number, bits: number, isOrphan: boolean): Verdict | undefined {
    if (bits & ANSWERED) return "answered";
    if (bits & (NOT_DELIVERED | TURNED_AWAY)) {
      if (bits & (DEAD | DEAD_UNKNOWN)) this.#wrong(book, seq, "was turned away, and is a dead letter as well");
      return "not-delivered";
    }
    if (bits & UNSENT && !(bits & DEAD) && !isOrphan) this.#wrong(book, seq, "was not sent, and is no dead letter");
    if (bits & (UNSENT | DEAD)) return "not-delivered";
    if (bits & (UNKNOWN | DEAD_UNKNOWN)) return "unknown";
    // What a sender has put on its way just before it was killed may not even have left it.
    if (isOrphan && (!(bits & SENT) || seq > book.handled)) return "orphan";
    if (bits & SENT) return "sent";
    this.#wrong(book, seq, "has no outcome: unaccounted");
    return undefined;
  }

  #wrong({ pair }: Book, seq: number, what: string): void {
    const { sender, start, receiver, actor } = pair;
    this.#options.wrong(`Message ${seq} of node-${sender}, start ${start}, to store-${receiver}-${actor}: it ${what}`);
  }
}

/** The verdict about a message that was handled and of which its sender will hear nothing new. */
function settledVerdict(bits: number): "answered" | "sent" | undefined {
  if (bits === (ASK | ANSWERED | HANDLED)) return "answered";
  const isTell = (bits & (DO_SEND | TRY_SEND)) > 0;
  return isTell && (bits & ~(DO_SEND | TRY_SEND)) === (SENT | HANDLED) ? "sent" : undefined;
}
