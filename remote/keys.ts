/**
 * Secrets, and what is made from them.
 * @module
 */

/**
 * A secret that both sides of a connection have: at least 32 random bytes, as they are or as text. Text counts by its
 * bytes in UTF-8: 64 hexadecimal digits or 44 characters of base64 hold 32 random bytes.
 */
export type Secret = string | Uint8Array;

/** The fewest bytes of a secret. A password has far less to guess; this cannot be guessed. */
const SECRET_BYTES_MIN = 32;
/** The most secrets at a time: two are enough for a change. */
const SECRETS_MAX = 16;
const KEY_ID_BITS = 64;

/** The keys of the two directions of a connection. */
export interface TrafficKeys {
  /** Seals what the client sends. */
  readonly fromClient: CryptoKey;
  /** Seals what the server sends. */
  readonly fromServer: CryptoKey;
}

/** What is derived from one secret: the name that may be told, and keys that cannot be exported. */
interface Key {
  readonly id: Uint8Array;
  readonly base: CryptoKey;
  readonly mac: CryptoKey;
}

/** The secrets of one side, in order of preference. Everything derived is HKDF (RFC 5869) with SHA-256. */
export class KeyRing {
  readonly #keys: readonly Key[];

  private constructor(keys: readonly Key[]) {
    this.#keys = keys;
  }

  /**
   * Takes one secret, or several in order of preference.
   *
   * @throws {TypeError} When there is none, or one is neither text nor bytes.
   * @throws {RangeError} When one has fewer than 32 bytes, or there are more than 16.
   */
  static async import(secrets: Secret | readonly Secret[]): Promise<KeyRing> {
    return new KeyRing(await Promise.all(checkSecrets(secrets).map(deriveKey)));
  }

  /** The names of the secrets: what may be known of them. */
  get ids(): readonly Uint8Array[] {
    return this.#keys.map(({ id }) => id);
  }

  /** Makes a MAC with a secret: HMAC-SHA-256. */
  async sign(key: number, data: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign("HMAC", this.#keys[key]!.mac, owned(data)));
  }

  /** Whether a MAC was made with a secret; it takes the same time for every wrong one. */
  verify(key: number, data: Uint8Array, proof: Uint8Array): Promise<boolean> {
    return crypto.subtle.verify("HMAC", this.#keys[key]!.mac, owned(proof), owned(data));
  }

  /** The keys of one connection: no two have the same, because the nonces in `salt` differ. */
  async trafficKeys(key: number, salt: Uint8Array, transcript: Uint8Array): Promise<TrafficKeys> {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", owned(transcript)));
    const derive = (direction: string) => {
      const info = new Uint8Array([...label(direction), ...hash]);
      const hkdf = { name: "HKDF", hash: "SHA-256", salt: owned(salt), info };
      const aes = { name: "AES-GCM", length: 256 };
      return crypto.subtle.deriveKey(hkdf, this.#keys[key]!.base, aes, false, ["encrypt", "decrypt"]);
    };
    const [fromClient, fromServer] = await Promise.all([derive("client to server"), derive("server to client")]);
    return { fromClient, fromServer };
  }
}

/**
 * The bytes of one secret or of several.
 *
 * @throws {TypeError} When there is none, or one is neither text nor bytes.
 * @throws {RangeError} When one has fewer than 32 bytes, or there are more than 16.
 */
export function checkSecrets(secrets: Secret | readonly Secret[]): Uint8Array[] {
  const list = Array.isArray(secrets) ? secrets as readonly Secret[] : [secrets as Secret];
  if (list.length === 0) throw new TypeError("Cannot use an empty list of keys: leave `key` out to have none");
  if (list.length > SECRETS_MAX) throw new RangeError(`Cannot use ${list.length} keys: the limit is ${SECRETS_MAX}`);
  return list.map((secret) => {
    const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError("Cannot use this as a key: it must be text or a Uint8Array");
    }
    if (bytes.length >= SECRET_BYTES_MIN) return bytes;
    throw new RangeError(`Cannot use a key of ${bytes.length} bytes: it must have ${SECRET_BYTES_MIN} random ones`);
  });
}

async function deriveKey(bytes: Uint8Array): Promise<Key> {
  const base = await crypto.subtle.importKey("raw", owned(bytes), "HKDF", false, ["deriveBits", "deriveKey"]);
  const hkdf = (purpose: string) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: label(purpose) });
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  const [id, mac] = await Promise.all([
    crypto.subtle.deriveBits(hkdf("key id"), base, KEY_ID_BITS),
    crypto.subtle.deriveKey(hkdf("proof"), base, hmac, false, ["sign", "verify"]),
  ]);
  return { id: new Uint8Array(id), base, mac };
}

function label(purpose: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`cinema/1 ${purpose}`);
}

/** A copy that is surely on a buffer of its own, as the platform wants it. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
