/**
 * The event streams: everybody who looks gets the same states, made once.
 * @module
 */

import type { Clock, ClockTimer } from "../../src/spi.ts";
import { INTERVAL_MS, RECONNECT_MS, STREAMS_MAX, STUCK_MS } from "./limits.ts";

/** What a broadcast needs. */
export interface BroadcastOptions {
  /** The time. */
  readonly clock: Clock;
  /** The data of the next event, as JSON. */
  readonly next: () => string;
  /** The first one looks, or the last one has gone. */
  readonly watched: (isWatched: boolean) => void;
}

/** One who looks: what it has not read when something newer comes, it need not read. */
class Viewer {
  readonly readable: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #unread: Uint8Array | undefined;
  #unreadSince = 0;
  #isWanted = false;

  constructor(gone: () => void) {
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        this.#isWanted = true;
        this.#flush();
      },
      cancel: gone,
    }, { highWaterMark: 0 });
  }

  /** Sends `event` in place of one that was not read. */
  offer(event: Uint8Array, now: number): void {
    if (this.#unread === undefined) this.#unreadSince = now;
    this.#unread = event;
    this.#flush();
  }

  /** Whether it has not read for so long that nobody may be there. */
  isStuck(now: number): boolean {
    return this.#unread !== undefined && now - this.#unreadSince >= STUCK_MS;
  }

  /** Sends `last` after what it has not read, and ends. */
  end(last: Uint8Array | undefined): void {
    for (const event of [this.#unread, last]) if (event !== undefined) this.#controller.enqueue(event);
    this.#controller.close();
  }

  /** Breaks the stream off. */
  fail(error: unknown): void {
    this.#controller.error(error);
  }

  #flush(): void {
    if (!this.#isWanted || this.#unread === undefined) return;
    this.#isWanted = false;
    const event = this.#unread;
    this.#unread = undefined;
    this.#controller.enqueue(event);
  }
}

/** See the module. */
export class Broadcast {
  readonly #options: BroadcastOptions;
  readonly #viewers: Set<Viewer> = new Set();
  #timer: ClockTimer | undefined;
  #latest: string | undefined;

  /** Has no viewers. */
  constructor(options: BroadcastOptions) {
    this.#options = options;
  }

  /** The data of the event that was sent last; undefined where nobody looks. */
  get latest(): string | undefined {
    return this.#latest;
  }

  /** A stream of the events from now on, one at once; undefined where too many look. Whoever goes cancels it. */
  open(): ReadableStream<Uint8Array> | undefined {
    if (this.#viewers.size >= STREAMS_MAX) return undefined;
    const { clock, next, watched } = this.#options;
    const latest = this.#latest ??= next();
    const viewer = new Viewer(() => this.#leave(viewer));
    this.#viewers.add(viewer);
    if (this.#timer === undefined) {
      this.#schedule();
      watched(true);
    }
    viewer.offer(encode(`retry: ${RECONNECT_MS}\n${eventOf("state", latest)}`), clock.now());
    return viewer.readable;
  }

  /** Sends everybody the state as it is now and a last event, and ends the streams. */
  end(data: string): void {
    if (this.#viewers.size === 0) return;
    this.#tryAll(() => {
      const last = encode(eventOf("state", this.#options.next()) + eventOf("end", data));
      for (const viewer of this.#viewers) this.#leave(viewer)?.end(last);
    });
  }

  #tick(): void {
    this.#schedule();
    const now = this.#options.clock.now();
    for (const viewer of this.#viewers) if (viewer.isStuck(now)) this.#leave(viewer)?.end(undefined);
    if (this.#viewers.size === 0) return;
    this.#tryAll(() => {
      this.#latest = this.#options.next();
      const event = encode(eventOf("state", this.#latest));
      for (const viewer of this.#viewers) viewer.offer(event, now);
    });
  }

  /**
   * Does something for all viewers. What that throws, whoever serves the streams hears: no process ends because
   * somebody looked.
   */
  #tryAll(act: () => void): void {
    try {
      act();
    } catch (error) {
      for (const viewer of this.#viewers) this.#leave(viewer)?.fail(error);
    }
  }

  #schedule(): void {
    this.#timer = this.#options.clock.schedule(INTERVAL_MS, () => this.#tick());
  }

  /** Takes a viewer out; undefined where it has gone already. */
  #leave(viewer: Viewer): Viewer | undefined {
    if (!this.#viewers.delete(viewer)) return undefined;
    if (this.#viewers.size > 0) return viewer;
    this.#timer?.cancel();
    this.#timer = this.#latest = undefined;
    this.#options.watched(false);
    return viewer;
  }
}

/** One event of an event stream; JSON has no line breaks. */
export function eventOf(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
