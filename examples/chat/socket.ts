/**
 * A socket as the chat sees it: lines in, lines out, and an end that leaves nothing open.
 * @module
 */

import { TextLineStream } from "@std/streams";
import { LineLimit } from "./line_limit.ts";

/** The longest line, in bytes: as much as a terminal lets one type. */
export const LINE_BYTES_MAX = 4_096;

/** Ms that a socket may take to end. */
const LINGER_MS = 500;

const encoder = new TextEncoder();

/** One TCP connection. */
export class Socket {
  readonly #conn: Deno.TcpConn;
  readonly #buffer = new Uint8Array(16_384);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** The lines of the client; the stream breaks with a `LineTooLongError` before too much is held of one. */
  lines(): ReadableStream<string> {
    // Somebody waits for each line: it must not wait for the next one to fill a packet.
    this.#conn.setNoDelay(true);
    return this.#bytes()
      .pipeThrough(new LineLimit(LINE_BYTES_MAX))
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
  }

  /** Writes a line; resolves when the system has taken it, with `false` when the client is gone. */
  async write(text: string): Promise<boolean> {
    try {
      let rest = encoder.encode(`${text}\n`);
      while (rest.length > 0) rest = rest.subarray(await this.#conn.write(rest));
      return true;
    } catch {
      return false;
    }
  }

  /** Writes the last words and closes, as soon as the client has closed too. */
  async end(lastWords: string): Promise<void> {
    this.closeSoon();
    if (await this.write(lastWords)) await this.#drain();
    this.close();
  }

  /** Closes after a while, whatever is still going on then. */
  closeSoon(): void {
    if (!this.#isClosed) this.#timer ??= setTimeout(() => this.close(), LINGER_MS);
  }

  /** Closes at once: what is going on fails. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#conn.close();
  }

  // Not `conn.readable`: that closes the whole socket when the client closes its half, and then nothing can be
  // answered.
  #bytes(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      pull: async (controller) => {
        const length = await this.#conn.read(this.#buffer);
        if (length === null) controller.close();
        else controller.enqueue(this.#buffer.slice(0, length));
      },
    }, { highWaterMark: 0 });
  }

  /** Reads to the end: TCP resets a socket that is closed with unread bytes, and last words may be lost with it. */
  async #drain(): Promise<void> {
    try {
      await this.#conn.closeWrite();
      while (await this.#conn.read(this.#buffer) !== null);
    } catch {
      // Reset by the client, or closed because it took too long: there is nothing more to read either way.
    }
  }
}
