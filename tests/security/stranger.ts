import { deadline } from "@std/async";
import { clusterTag, type Packet } from "../../cluster/membership/messages.ts";
import { ClusterCodec, type ClusterMessage } from "../../cluster/wire/cluster_codec.ts";
import type { DirectoryMessage } from "../../cluster/wire/directory_codec.ts";
import { CHANNEL_TYPE } from "../../remote/channel.ts";
import type { Address, Connection, Transport } from "../../remote/mod.ts";
import { decodeEnvelope, type Envelope } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { encodeHandshake } from "../../remote/wire/handshake_codec.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import { recordOf } from "../support/cluster_records.ts";
import { framesOf } from "../support/frames.ts";

/** The cluster that the nodes of these tests are in. */
const CLUSTER = clusterTag("default");

/** How long a test waits for what should come at once. */
const PATIENCE_MS = 10_000;

/** A connection that breaks has ended as well as one that is closed. */
export function lostIsEnded(): undefined {
  return undefined;
}

/** Somebody who has shaken hands and then says whatever the test wants, over any transport. */
export class Stranger implements Disposable {
  /** Its name, which the handshake told. */
  readonly id: string;
  readonly #connection: Connection;
  readonly #decoder: FrameDecoder = new FrameDecoder(16_777_216);
  readonly #strings: StringCache = new StringCache();
  readonly #codec: ClusterCodec = new ClusterCodec();

  private constructor(connection: Connection, id: string) {
    this.#connection = connection;
    this.id = id;
  }

  /** Shakes hands as a client without a key. */
  static async greet(transport: Transport, to: Address, id = "stranger"): Promise<Stranger> {
    const stranger = new Stranger(await transport.connect(to), id);
    const hello = { step: "hello", versionMin: 1, versionMax: 1, node: id, uid: id, epoch: 1 } as const;
    const nothing = new Uint8Array(0);
    await stranger.send({
      handshake: encodeHandshake({ ...hello, frameBytesMax: 16_777_216, nonce: nothing, keyIds: [] }),
    });
    const answer = await stranger.receive();
    if (answer?.handshake === undefined) throw new Error("The server did not answer the handshake");
    return stranger;
  }

  /** Sends one frame for each envelope. */
  async send(...envelopes: Partial<Envelope>[]): Promise<void> {
    await this.#connection.write(framesOf(...envelopes));
  }

  /** Sends a packet of the cluster, by default in its own name. */
  async gossip(packet: Partial<Packet>): Promise<void> {
    const sender = recordOf({ id: this.id, addr: `${this.id}:7000` });
    const whole = { cluster: CLUSTER, sender, body: { kind: "gossip" } as const, updates: [], ...packet };
    await this.send({ messageType: CHANNEL_TYPE, payload: this.#codec.encodePacket(whole) });
  }

  /** Says something about the directory. */
  async direct(sender: DirectoryMessage["sender"], body: DirectoryMessage["body"]): Promise<void> {
    const payload = this.#codec.encodeDirectory({ cluster: CLUSTER, sender, body });
    await this.send({ messageType: CHANNEL_TYPE, payload });
  }

  /** The next frame; undefined when the other side has closed the connection. */
  async receive(): Promise<Envelope | undefined> {
    while (!this.#decoder.next()) {
      const chunk = await this.#connection.read().catch(lostIsEnded);
      if (chunk === undefined) return undefined;
      this.#decoder.push(chunk);
    }
    return decodeEnvelope(this.#decoder, this.#strings);
  }

  /** The next thing that the node says about the cluster. */
  async hear(): Promise<ClusterMessage | undefined> {
    for (;;) {
      const envelope = await this.receive();
      if (envelope === undefined) return undefined;
      if (envelope.messageType === CHANNEL_TYPE) return this.#codec.decode(envelope.payload);
    }
  }

  /** Resolves when the other side has closed the connection, and rejects when it does not. */
  async closed(): Promise<void> {
    const readOut = async () => {
      while (await this.receive() !== undefined);
    };
    await deadline(readOut(), PATIENCE_MS);
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
