/**
 * A connection on which everything is encrypted, and nothing can be changed, dropped, repeated or put in between.
 * @module
 */

import { CinemaError } from "../src/spi.ts";
import type { Address, Connection } from "./transport/transport.ts";
import { FrameDecoder } from "./wire/frame.ts";
import { WireError } from "./wire/wire_error.ts";

/** Plain bytes of one record: what the decoder of frames has to hold is bounded, and a large write is cut. */
const RECORD_BYTES_MAX = 262_144;
const TAG_BYTES = 16;
const HEADER_BYTES = 4;
const NONCE_BYTES = 12;

/** The keys of one side, and what was read behind the handshake. */
export interface SealOptions {
  /** Seals what this side sends. */
  readonly sendKey: CryptoKey;
  /** Opens what the other side has sealed. */
  readonly receiveKey: CryptoKey;
  /** Bytes that came together with the end of the handshake. */
  readonly rest: Uint8Array;
}

/**
 * Every write is a record: a 4-byte length, then AES-256-GCM with the length as additional data. The nonce is the
 * number of the record in its direction and does not travel, so a record that is dropped, repeated, moved, changed or
 * made up does not open.
 */
export class SealedConnection implements Connection {
  readonly remote: Address;
  readonly #inner: Connection;
  readonly #sendKey: CryptoKey;
  readonly #receiveKey: CryptoKey;
  readonly #records: FrameDecoder = new FrameDecoder(RECORD_BYTES_MAX + TAG_BYTES);
  #sent = 0;
  #received = 0;
  #isClosed = false;
  // What a read has failed with: nothing behind a record that does not open may be read.
  #failure: { readonly error: unknown } | undefined;

  /** Seals `inner` from here on. */
  constructor(inner: Connection, { sendKey, receiveKey, rest }: SealOptions) {
    this.#inner = inner;
    this.#sendKey = sendKey;
    this.#receiveKey = receiveKey;
    this.remote = inner.remote;
    this.#records.push(rest);
  }

  /**
   * The bytes of the next record.
   *
   * @throws {WireError} When it does not open, or is too large, or the connection ends within it. The connection is
   * closed, and every further read throws the same.
   */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      return await this.#next();
    } catch (error) {
      this.#failure = { error };
      this.close();
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += RECORD_BYTES_MAX) {
      await this.#inner.write(await this.#seal(bytes.subarray(at, at + RECORD_BYTES_MAX)));
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#inner.close();
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (!this.#isClosed) {
      while (this.#records.next()) {
        const plain = await this.#open(this.#records);
        if (this.#isClosed) return undefined;
        // An empty record says nothing, and a reader takes no bytes for the end.
        if (plain.length > 0) return plain;
      }
      const chunk = await this.#inner.read();
      if (chunk !== undefined) this.#records.push(chunk);
      else if (this.#isClosed || this.#records.buffered === 0) return undefined;
      else throw new WireError("malformed", "Cannot open the last record: it is cut off");
    }
    return undefined;
  }

  async #seal(plain: Uint8Array): Promise<Uint8Array> {
    const header = lengthOf(plain.length + TAG_BYTES);
    const algorithm = { name: "AES-GCM", iv: recordNonce(this.#sent++), additionalData: header };
    const sealed = await crypto.subtle.encrypt(algorithm, this.#sendKey, plain as Uint8Array<ArrayBuffer>);
    const record = new Uint8Array(HEADER_BYTES + sealed.byteLength);
    record.set(header);
    record.set(new Uint8Array(sealed), HEADER_BYTES);
    return record;
  }

  async #open({ bytes, start, end }: FrameDecoder): Promise<Uint8Array> {
    const number = this.#received++;
    const algorithm = { name: "AES-GCM", iv: recordNonce(number), additionalData: lengthOf(end - start) };
    const sealed = bytes.subarray(start, end) as Uint8Array<ArrayBuffer>;
    try {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, this.#receiveKey, sealed));
    } catch (cause) {
      throw new WireError("malformed", `Cannot open record ${number}: it was not sealed by the peer`, { cause });
    }
  }
}

/**
 * The number of a record as its nonce.
 *
 * @throws {CinemaError} After 2^53 records, when a number would come a second time.
 */
export function recordNonce(number: number): Uint8Array<ArrayBuffer> {
  if (!Number.isSafeInteger(number)) throw new CinemaError(`Cannot seal record ${number}: the key is used up`);
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setBigUint64(NONCE_BYTES - 8, BigInt(number));
  return nonce;
}

function lengthOf(length: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER_BYTES);
  new DataView(header.buffer).setUint32(0, length);
  return header;
}
