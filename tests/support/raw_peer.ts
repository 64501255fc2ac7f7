import { decodeEnvelope, type Envelope } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { FrameWriter } from "../../remote/wire/frame_writer.ts";
import { decodeHandshake, encodeHandshake } from "../../remote/wire/handshake_codec.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";

/** A peer that says whatever its test wants, over a real socket. */
export class RawPeer implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #decoder: FrameDecoder = new FrameDecoder(16_777_216);
  readonly #strings: StringCache = new StringCache();
  readonly #buffer: Uint8Array = new Uint8Array(65_536);
  #isClosed = false;

  constructor(connection: Deno.TcpConn) {
    connection.setNoDelay(true);
    this.#connection = connection;
  }

  /** Connects to a server and says nothing. */
  static async connect(port: number): Promise<RawPeer> {
    return new RawPeer(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Connects to a server without a key, and shakes hands. */
  static async greet(port: number, epoch = 1): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    const hello = { step: "hello", versionMin: 1, versionMax: 1, node: "raw", uid: "raw", epoch } as const;
    await peer.send({
      handshake: encodeHandshake({ ...hello, frameBytesMax: 16_777_216, nonce: new Uint8Array(0), keyIds: [] }),
    });
    const answer = await peer.receive();
    const step = answer?.handshake && decodeHandshake(answer.handshake);
    if (step?.step !== "welcome") throw new Error(`The server did not welcome: ${JSON.stringify(step)}`);
    return peer;
  }

  /** Takes one client, as a server without a key. */
  static async welcome(listener: Deno.TcpListener): Promise<RawPeer> {
    const peer = new RawPeer(await listener.accept());
    await peer.receive();
    const welcome = { step: "welcome", version: 1, node: "raw", uid: "raw", frameBytesMax: 16_777_216 } as const;
    await peer.send({ handshake: encodeHandshake({ ...welcome, windowMessages: 32, windowBytes: 262_144 }) });
    return peer;
  }

  /** Sends one frame for each envelope, in one write. */
  async send(...envelopes: Partial<Envelope>[]): Promise<void> {
    const writer = new FrameWriter();
    for (const envelope of envelopes) writer.append(envelope);
    await this.write(writer.take());
  }

  /** Sends bytes as they are. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** The next frame; undefined when the other side has closed or reset the connection. Pings are passed over. */
  async receive(): Promise<Envelope | undefined> {
    for (;;) {
      while (this.#decoder.next()) {
        const envelope = decodeEnvelope(this.#decoder, this.#strings);
        if (envelope.control !== "ping") return envelope;
      }
      const count = await this.#read();
      if (count === undefined) return undefined;
      this.#decoder.push(this.#buffer.slice(0, count));
    }
  }

  /** The next bytes as they are: so many, or fewer at the end. */
  async bytes(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const read = await this.#connection.read(bytes.subarray(at));
      if (read === null) return bytes.subarray(0, at);
      at += read;
    }
    return bytes;
  }

  /** Resolves when the other side has closed the connection. */
  async closed(): Promise<void> {
    while (await this.receive() !== undefined);
  }

  close(): void {
    if (!this.#isClosed) this.#connection.close();
    this.#isClosed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #read(): Promise<number | undefined> {
    try {
      return await this.#connection.read(this.#buffer) ?? undefined;
    } catch (error) {
      // A reset is a way of closing too.
      if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) return undefined;
      throw error;
    }
  }
}
