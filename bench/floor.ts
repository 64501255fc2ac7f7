/**
 * The floor: the least that any bounded actor must do. A bounded array queue with one `await` for each `doSend` and one
 * promise for each ask, and nothing else: no stream, no supervision, no deadlines, no fairness, no cancellation.
 *
 * @module
 */

interface Entry<T> {
  readonly message: T;
  readonly reply: ((value: number) => void) | undefined;
}

/** An actor reduced to its queue. It answers every ask with how many messages it has handled. */
export class Floor<T> {
  #queue: Entry<T>[] = [];
  #handled = 0;
  #wake: (() => void) | undefined;
  #waiting: (() => void)[] = [];
  readonly #capacity: number;

  /** Creates the queue and starts to read it. */
  constructor(capacity = 256) {
    this.#capacity = capacity;
    this.#run();
  }

  /** Sends, and waits for room first where there is none. */
  async doSend(message: T): Promise<void> {
    await this.#room();
    this.#push({ message, reply: undefined });
  }

  /** Sends now or not at all. */
  trySend(message: T): boolean {
    if (this.#queue.length >= this.#capacity) return false;
    this.#push({ message, reply: undefined });
    return true;
  }

  /** Sends and promises the reply. */
  async send(message: T): Promise<number> {
    await this.#room();
    return new Promise((resolve) => this.#push({ message, reply: resolve }));
  }

  async #room(): Promise<void> {
    while (this.#queue.length >= this.#capacity) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #push(entry: Entry<T>): void {
    this.#queue.push(entry);
    this.#wake?.();
    this.#wake = undefined;
  }

  async #run(): Promise<void> {
    for (;;) {
      if (this.#queue.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
      const batch = this.#queue;
      this.#queue = [];
      for (const { reply } of batch) {
        this.#handled++;
        reply?.(this.#handled);
      }
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    }
  }
}
