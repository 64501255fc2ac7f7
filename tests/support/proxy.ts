import { decodeEnvelope } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { decodeHandshake } from "../../remote/wire/handshake_codec.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";

/**
 * What becomes of bytes in one direction: they pass; they are held, as on a network that loses every packet, and go on
 * where that ends; or the connection is closed, and so is every new one.
 */
export type Fate = "pass" | "stall" | "cut";

/** A fate for each direction: `there` is to the node behind the proxy, `back` is to who has dialled. */
export interface Fates {
  readonly there: Fate;
  readonly back: Fate;
}

const OPEN: Fates = { there: "pass", back: "pass" };
const CHUNK_BYTES = 64 * 1024;

/**
 * A TCP proxy in front of one node, which advertises the address of the proxy instead of its own. It reads the first
 * frame of each connection to learn which node dials, so that it can part a node from some and not from others.
 * `await using` ends it.
 */
export class TcpProxy implements AsyncDisposable {
  /** Where it listens. */
  readonly addr: string;
  readonly #port: number;
  readonly #target: Deno.ConnectOptions;
  readonly #fates: Map<string, Fates> = new Map();
  readonly #flows: Set<Flow> = new Set();
  readonly #running: Set<Promise<void>> = new Set();
  #otherwise: Fates = OPEN;
  #listener: Deno.TcpListener | undefined;

  /** Listens on a free port, for the node that listens, or will, at `target`. */
  constructor(target: Deno.ConnectOptions) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#port = this.#listener.addr.port;
    this.addr = `127.0.0.1:${this.#port}`;
    this.#track(this.#accept(this.#listener));
  }

  /** From which nodes connections have come. */
  get sources(): string[] {
    return [...new Set([...this.#flows].map(({ source }) => source))].sort();
  }

  /** Decides what becomes of the connections that a node has made and will make; without its name, of all others. */
  set(fates: Fate | Fates, source?: string): void {
    const both = typeof fates === "string" ? { there: fates, back: fates } : fates;
    if (source === undefined) {
      this.#otherwise = both;
      this.#fates.clear();
    } else this.#fates.set(source, both);
    for (const flow of this.#flows) flow.decide(this.#fatesOf(flow.source));
  }

  /** Stops listening, as a port that is closed, and cuts what is open. */
  refuse(): void {
    this.#listener?.close();
    this.#listener = undefined;
    for (const flow of this.#flows) flow.close();
  }

  /** Listens again, at the same address. */
  listen(): void {
    if (this.#listener !== undefined) return;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.#port });
    this.#track(this.#accept(this.#listener));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.refuse();
    await Promise.all(this.#running);
  }

  #fatesOf(source: string): Fates {
    return this.#fates.get(source) ?? this.#otherwise;
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    for await (const client of listener) this.#track(this.#serve(client));
  }

  async #serve(client: Deno.TcpConn): Promise<void> {
    const flow = new Flow(client, this.#target);
    this.#flows.add(flow);
    await flow.run(() => this.#fatesOf(flow.source));
    this.#flows.delete(flow);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

/** One connection through a proxy. */
class Flow {
  /** The node that has dialled; empty until it has said so. */
  source = "";
  readonly #client: Deno.TcpConn;
  readonly #target: Deno.ConnectOptions;
  #server: Deno.TcpConn | undefined;
  #fates: Fates = OPEN;
  #isClosed = false;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers<void>();

  constructor(client: Deno.TcpConn, target: Deno.ConnectOptions) {
    this.#client = client;
    this.#target = target;
  }

  /** Forwards until one side has ended. */
  async run(fatesOf: () => Fates): Promise<void> {
    try {
      const first = await this.#greeting();
      if (first === undefined) return;
      this.decide(fatesOf());
      if (!await this.#mayPass("there")) return;
      const server = await Deno.connect(this.#target);
      if (this.#isClosed) return server.close();
      this.#server = server;
      await writeAll(server, first);
      const pumps = [this.#pump("there", this.#client, server), this.#pump("back", server, this.#client)];
      await Promise.race(pumps).finally(() => this.close());
      await Promise.allSettled(pumps);
    } catch {
      // One of the two has closed or reset it, or nobody listens there: the other one hears of it now.
    } finally {
      this.close();
    }
  }

  decide(fates: Fates): void {
    this.#fates = fates;
    if (fates.there === "cut" || fates.back === "cut") this.close();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#client.close();
    this.#server?.close();
    this.#changed.resolve();
  }

  /** Reads until it knows who dials, and returns what it has read. */
  async #greeting(): Promise<Uint8Array | undefined> {
    const decoder = new FrameDecoder(CHUNK_BYTES);
    let read = new Uint8Array(0);
    const buffer = new Uint8Array(CHUNK_BYTES);
    do {
      const length = await this.#client.read(buffer);
      if (length === null) return undefined;
      decoder.push(buffer.slice(0, length));
      read = new Uint8Array([...read, ...buffer.subarray(0, length)]);
    } while (!decoder.next());
    const { handshake } = decodeEnvelope(decoder, new StringCache());
    const hello = handshake && decodeHandshake(handshake);
    if (hello?.step === "hello") this.source = hello.node;
    return read;
  }

  /** Waits while bytes are held; false when the connection is closed. */
  async #mayPass(direction: keyof Fates): Promise<boolean> {
    while (!this.#isClosed && this.#fates[direction] === "stall") await this.#changed.promise;
    return !this.#isClosed;
  }

  async #pump(direction: keyof Fates, from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const length = await from.read(buffer);
      // The end of a connection is held, too.
      if (!await this.#mayPass(direction) || length === null) return;
      await writeAll(to, buffer.subarray(0, length));
    }
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}
