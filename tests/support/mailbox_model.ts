import { assertEquals, assertLess } from "@std/assert";

/** What the model knows of one message. */
export interface Item {
  readonly name: string;
  readonly size: number;
  /** Whether its asker has given up: it is skipped when its turn comes. */
  isCancelled: boolean;
}

/** What a mailbox does with a message that comes. */
export type Admission = "accepted" | "waits" | "full";

/**
 * A mailbox as its documentation describes it, in the plainest way: two arrays and no care for speed. A test drives it
 * beside the real one and compares them.
 */
export class MailboxModel {
  readonly #mark: number;
  readonly #waitingMax: number;
  #queue: Item[] = [];
  #waiting: Item[] = [];

  constructor(mark: number, waitingMax: number) {
    this.#mark = mark;
    this.#waitingMax = waitingMax;
  }

  /** The room that is left, less what the waiting ones need. */
  get desiredSize(): number {
    return this.#mark - this.#used - sum(this.#waiting);
  }

  /** Whether a message lies in the queue that is to be skipped. */
  get holdsCancelled(): boolean {
    return this.#queue.some(({ isCancelled }) => isCancelled);
  }

  get #used(): number {
    return sum(this.#queue);
  }

  /** A message that does not wait. */
  offer(item: Item): "sent" | "full" {
    if (!this.#hasRoom || this.#waiting.length > 0) return "full";
    this.#accept(item);
    return "sent";
  }

  /** A message that waits where there is no room. */
  send(item: Item): Admission {
    if (this.offer(item) === "sent") return "accepted";
    if (this.#waiting.length >= this.#waitingMax) return "full";
    this.#waiting.push(item);
    return "waits";
  }

  /** A handler starts: it must be that of the oldest message. */
  start(name: string): void {
    this.skipCancelled();
    assertEquals(this.#queue[0]?.name, name, "the oldest message comes first");
    this.#queue.shift();
    this.#admit();
  }

  /** The actor has nothing to do: it has skipped what nobody waits for any more. */
  skipCancelled(): void {
    while (this.#queue[0]?.isCancelled) {
      this.#queue.shift();
      this.#admit();
    }
  }

  /** A sender gave up: its message leaves the line, if it still stands in it. */
  leave(item: Item): void {
    this.#waiting = this.#waiting.filter((other) => other !== item);
  }

  /** An asker gave up: its message leaves the line, or is skipped when its turn comes. */
  cancel(item: Item): void {
    this.leave(item);
    item.isCancelled = true;
  }

  get #hasRoom(): boolean {
    return this.#used < this.#mark;
  }

  #accept(item: Item): void {
    this.#queue.push(item);
    assertLess(this.#used - item.size, this.#mark, "the mark is passed by one message at most");
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#hasRoom) this.#accept(this.#waiting.shift()!);
  }
}

function sum(items: readonly Item[]): number {
  return items.reduce((total, { size }) => total + size, 0);
}
