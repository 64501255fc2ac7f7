/**
 * A client for programs, as `nc` is one for people.
 * @module
 */

import { deadline } from "@std/async";
import { TextLineStream } from "@std/streams";
import type { Address } from "./server.ts";

/** Ms to wait for a line. */
const PATIENCE_MS = 10_000;

/** One client of a chat. */
export class Client implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.#lines = conn.readable
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  /** Connects to a chat. */
  static async connect({ hostname, port }: Address): Promise<Client> {
    return new Client(await Deno.connect({ hostname, port }));
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    let rest = new TextEncoder().encode(`${line}\n`);
    while (rest.length > 0) rest = rest.subarray(await this.#conn.write(rest));
  }

  /** The next line from the server; `undefined` when it has closed. Rejects when none comes in time. */
  async read(): Promise<string | undefined> {
    return (await deadline(this.#lines.read(), PATIENCE_MS)).value;
  }

  /** Hangs up. */
  [Symbol.dispose](): void {
    this.#conn[Symbol.dispose]();
  }
}
