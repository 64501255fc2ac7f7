/**
 * Certificates for tests, made when they are needed, so that no private key lies in the repository.
 *
 * X.509 is DER (ITU-T X.690) of a few nested lists (RFC 5280, section 4.1); Web Crypto makes the keys and signs. To
 * write the dozen fields that TLS looks at is shorter than to depend on a library for it.
 *
 * @module
 */

/** A certificate and its private key, both PEM, as `TlsOptions` takes them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate says. */
export interface CertificateOptions {
  /** Host names and IPv4 addresses that it is for. */
  readonly names?: readonly string[];
  /** How many hours from now it ends; a negative number makes one that has expired. */
  readonly hours?: number;
}

const HOUR_MS = 3_600_000;
const KEY_TYPE = { name: "ECDSA", namedCurve: "P-256" };
const TAG = { boolean: 1, integer: 2, bits: 3, octets: 4, oid: 6, utf8: 12, time: 24, sequence: 48, set: 49 };
const OID = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  alternativeNames: "2.5.29.17",
  basicConstraints: "2.5.29.19",
};
const SIGNATURE_TYPE = sequence(oid(OID.ecdsaWithSha256));

/** An authority of its own, which signs certificates. */
export class Authority {
  /** Its certificate, PEM: the `ca` of who trusts it. */
  readonly cert: string;
  readonly #name: string;
  readonly #keys: CryptoKeyPair;

  private constructor(name: string, keys: CryptoKeyPair, cert: string) {
    this.#name = name;
    this.#keys = keys;
    this.cert = cert;
  }

  /** Creates an authority with a fresh key. */
  static async create(name: string): Promise<Authority> {
    const keys = await freshKeys();
    const isAuthority = sequence(der(TAG.boolean, Uint8Array.of(0xFF)));
    const extension = sequence(oid(OID.basicConstraints), der(TAG.octets, isAuthority));
    return new Authority(name, keys, await sign(name, keys, { subject: name, keys, hours: 1, extension }));
  }

  /** Signs a certificate for a fresh key: for one hour, and `localhost` and `127.0.0.1`, unless told otherwise. */
  async issue(subject: string, options: CertificateOptions = {}): Promise<Certificate> {
    const { names = ["localhost", "127.0.0.1"], hours = 1 } = options;
    const keys = await freshKeys();
    const extension = sequence(oid(OID.alternativeNames), der(TAG.octets, sequence(...names.map(alternativeName))));
    const cert = await sign(this.#name, this.#keys, { subject, keys, hours, extension });
    return { cert, key: pem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", keys.privateKey)) };
  }
}

interface Unsigned {
  readonly subject: string;
  readonly keys: CryptoKeyPair;
  readonly hours: number;
  readonly extension: Uint8Array;
}

async function sign(issuer: string, by: CryptoKeyPair, { subject, keys, hours, extension }: Unsigned): Promise<string> {
  const end = Date.now() + hours * HOUR_MS;
  const body = sequence(
    der(0xA0, der(TAG.integer, Uint8Array.of(2))), // version 3
    der(TAG.integer, Uint8Array.of(1, ...crypto.getRandomValues(new Uint8Array(8)))),
    SIGNATURE_TYPE,
    distinguishedName(issuer),
    // It begins well before it ends and before now, because the clocks of two machines differ.
    sequence(time(Math.min(end, Date.now()) - HOUR_MS), time(end)),
    distinguishedName(subject),
    new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey)),
    der(0xA3, sequence(extension)),
  );
  const pair = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, by.privateKey, body));
  // Web Crypto gives the two numbers of a signature side by side; X.509 wants a list of them.
  const signature = sequence(positive(pair.subarray(0, 32)), positive(pair.subarray(32)));
  return pem("CERTIFICATE", sequence(body, SIGNATURE_TYPE, bits(signature)));
}

function freshKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(KEY_TYPE, true, ["sign", "verify"]);
}

function distinguishedName(name: string): Uint8Array<ArrayBuffer> {
  return sequence(der(TAG.set, sequence(oid(OID.commonName), der(TAG.utf8, new TextEncoder().encode(name)))));
}

function alternativeName(name: string): Uint8Array<ArrayBuffer> {
  const isAddress = /^[0-9.]+$/.test(name);
  return isAddress ? der(0x87, Uint8Array.from(name.split("."), Number)) : der(0x82, new TextEncoder().encode(name));
}

function time(ms: number): Uint8Array<ArrayBuffer> {
  const digits = new Date(ms).toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "");
  return der(TAG.time, new TextEncoder().encode(digits));
}

/** A number >= 0 in as few bytes as it takes; a first bit of 1 would make it negative. */
function positive(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(start < 0 ? bytes.length - 1 : start);
  return der(TAG.integer, digits[0]! >= 0x80 ? Uint8Array.of(0, ...digits) : digits);
}

function bits(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return der(TAG.bits, Uint8Array.of(0, ...bytes));
}

/** An object identifier: its first two numbers share a byte, each other one is written seven bits a byte. */
function oid(text: string): Uint8Array<ArrayBuffer> {
  const [first, second, ...rest] = text.split(".").map(Number);
  const bytes = [first! * 40 + second!];
  for (const number of rest) {
    const digits = [number & 0x7F];
    for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift(left & 0x7F | 0x80);
    bytes.push(...digits);
  }
  return der(TAG.oid, Uint8Array.from(bytes));
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return der(TAG.sequence, Uint8Array.from(parts.flatMap((part) => [...part])));
}

function der(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xFF];
  return Uint8Array.of(tag, ...size, ...content);
}

function pem(label: string, bytes: ArrayBuffer | Uint8Array): string {
  const text = new Uint8Array(bytes).toBase64().replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
}
