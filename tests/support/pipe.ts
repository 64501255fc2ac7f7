import type { Address, Connection } from "../../remote/transport/transport.ts";

/** Who writes. */
export type End = "client" | "server";

/** What stands between the two: it gets a write, and says which writes arrive in its place. */
export type Middle = (bytes: Uint8Array, from: End) => readonly Uint8Array[];

/** One direction. */
class Lane {
  #chunks: Uint8Array[] = [];
  #isEnded = false;
  #reader: PromiseWithResolvers<void> | undefined;

  push(bytes: Uint8Array): void {
    if (!this.#isEnded && bytes.length > 0) this.#chunks.push(bytes);
    this.#reader?.resolve();
  }

  end(): void {
    this.#isEnded = true;
    this.#reader?.resolve();
  }

  clear(): void {
    this.#chunks = [];
  }

  async take(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && !this.#isEnded) {
      this.#reader = Promise.withResolvers();
      await this.#reader.promise;
    }
    return this.#chunks.shift();
  }
}

/** One end of a pipe. */
export class PipeEnd implements Connection {
  readonly remote: Address = { hostname: "pipe", port: 1 };
  /** Whether it was closed from here. */
  isClosed = false;
  readonly #incoming: Lane;
  readonly #outgoing: Lane;
  readonly #middle: (bytes: Uint8Array) => readonly Uint8Array[];

  constructor(incoming: Lane, outgoing: Lane, middle: (bytes: Uint8Array) => readonly Uint8Array[]) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#middle = middle;
  }

  read(): Promise<Uint8Array | undefined> {
    return this.#incoming.take();
  }

  // deno-lint-ignore require-await
  async write(bytes: Uint8Array): Promise<void> {
    if (this.isClosed) throw new Error("Cannot write: the pipe is closed");
    for (const part of this.#middle(new Uint8Array(bytes))) this.#outgoing.push(part);
  }

  close(): void {
    this.isClosed = true;
    this.#incoming.end();
    this.#incoming.clear();
    this.#outgoing.end();
  }
}

/** A connection without a network; both ends of it, with somebody in the middle where that is wanted. */
export function pipe(middle: Middle = (bytes) => [bytes]): Record<End, PipeEnd> {
  const [up, down] = [new Lane(), new Lane()];
  return {
    client: new PipeEnd(down, up, (bytes) => middle(bytes, "client")),
    server: new PipeEnd(up, down, (bytes) => middle(bytes, "server")),
  };
}

/** A middle that cuts every write into pieces of `size` bytes. */
export function chopped(size: number): Middle {
  return (bytes) => {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) parts.push(bytes.slice(at, at + size));
    return parts;
  };
}
