import { assert, assertEquals, assertFalse, assertNotEquals, assertRejects } from "@std/assert";
import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { inspect } from "node:util";
import { KeyRing, type Secret } from "../../remote/keys.ts";

// What the runtime makes with Web Crypto is compared with what `node:crypto` makes, and that with the published
// vectors.
const hkdf = (secret: Uint8Array, salt: Uint8Array, info: Uint8Array | string, length: number): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, salt, info, length));
const hmac = (key: Uint8Array, data: Uint8Array): Uint8Array =>
  new Uint8Array(createHmac("sha256", key).update(data).digest());

const NONE = new Uint8Array(0);
const SECRET = Uint8Array.from({ length: 32 }, (_, n) => n);
const DATA = new TextEncoder().encode("some data");

Deno.test({
  name: "The reference that KeyRing is compared with gives the values of RFC 5869 and RFC 4231",
  permissions: "none",
  fn() {
    const hex = Uint8Array.fromHex;
    const salt = hex("000102030405060708090a0b0c");
    const okm = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    assertEquals(hkdf(new Uint8Array(22).fill(0x0b), salt, hex("f0f1f2f3f4f5f6f7f8f9"), 42), hex(okm));
    const mac = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
    assertEquals(hmac(new Uint8Array(20).fill(0x0b), new TextEncoder().encode("Hi There")), hex(mac));
  },
});

Deno.test({
  name: "KeyRing names a secret by eight bytes that HKDF makes of it, in the order that was given",
  permissions: "none",
  async fn() {
    const other = "another secret of at least 32 bytes";
    const ring = await KeyRing.import([SECRET, other]);
    assertEquals(ring.ids, [
      hkdf(SECRET, NONE, "cinema/1 key id", 8),
      hkdf(new TextEncoder().encode(other), NONE, "cinema/1 key id", 8),
    ]);
    assertEquals(ring.ids[0]!.toHex(), "276ba66e7684d081");
  },
});

Deno.test({
  name: "KeyRing.sign() makes a MAC with a key of its own for each secret, and verify() knows it",
  permissions: "none",
  async fn() {
    const ring = await KeyRing.import([SECRET, new Uint8Array(32)]);
    const proof = await ring.sign(0, DATA);
    assertEquals(proof, hmac(hkdf(SECRET, NONE, "cinema/1 proof", 32), DATA));
    assert(await ring.verify(0, DATA, proof));
    assertFalse(await ring.verify(1, DATA, proof));
    assertFalse(await ring.verify(0, NONE, proof));
    for (const wrong of [NONE, proof.slice(1), proof.map((byte, at) => at === 31 ? byte ^ 1 : byte)]) {
      assertFalse(await ring.verify(0, DATA, wrong));
    }
  },
});

Deno.test({
  name: "KeyRing.trafficKeys() makes a key for each direction from the secret, the nonces and the transcript",
  permissions: "none",
  async fn() {
    const ring = await KeyRing.import(SECRET);
    const salt = new Uint8Array(64).fill(5);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", DATA));
    const { fromClient, fromServer } = await ring.trafficKeys(0, salt, DATA);
    for (const [key, direction] of [[fromClient, "client to server"], [fromServer, "server to client"]] as const) {
      const info = new Uint8Array([...new TextEncoder().encode(`cinema/1 ${direction}`), ...hash]);
      const raw = hkdf(SECRET, salt, info, 32);
      const iv = new Uint8Array(12);
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, DATA));
      const decipher = createDecipheriv("aes-256-gcm", raw, iv).setAuthTag(sealed.subarray(-16));
      assertEquals(new Uint8Array(decipher.update(sealed.subarray(0, -16))), DATA);
      decipher.final();
      assertFalse(key.extractable);
      await assertRejects(() => crypto.subtle.exportKey("raw", key));
    }
  },
});

Deno.test({
  name: "KeyRing.trafficKeys() gives other keys for other nonces and for another transcript",
  permissions: "none",
  async fn() {
    const ring = await KeyRing.import([SECRET, new Uint8Array(32)]);
    const seals = async (key: number, salt: number, transcript: Uint8Array): Promise<string[]> => {
      const keys = await ring.trafficKeys(key, new Uint8Array(64).fill(salt), transcript);
      const algorithm = { name: "AES-GCM", iv: new Uint8Array(12) };
      const sealed = [keys.fromClient, keys.fromServer].map((it) => crypto.subtle.encrypt(algorithm, it, DATA));
      return (await Promise.all(sealed)).map((bytes) => new Uint8Array(bytes).toHex());
    };
    const all = [await seals(0, 5, DATA), await seals(1, 5, DATA), await seals(0, 6, DATA), await seals(0, 5, NONE)];
    assertEquals(new Set(all.flat()).size, 8);
    assertEquals(await seals(0, 5, DATA), all[0]);
  },
});

Deno.test({
  name: "KeyRing takes text by its bytes in UTF-8, and keeps a copy of bytes",
  permissions: "none",
  async fn() {
    const text = "ein Geheimnis, das niemand errät, 1";
    const bytes = new TextEncoder().encode(text);
    const importing = KeyRing.import(bytes);
    bytes.fill(0);
    assertEquals((await importing).ids, (await KeyRing.import(text)).ids);
    assertNotEquals((await importing).ids, (await KeyRing.import(`${text} `)).ids);
    // Eleven characters, 33 bytes.
    assertEquals((await KeyRing.import("€".repeat(11))).ids.length, 1);
  },
});

Deno.test({
  name: "KeyRing refuses what is too short to be a secret, none, too many, and what is no secret",
  permissions: "none",
  async fn() {
    const wrong: [unknown, typeof TypeError, string][] = [
      [new Uint8Array(31), RangeError, "Cannot use a key of 31 bytes: it must have 32 random ones"],
      ["short", RangeError, "Cannot use a key of 5 bytes"],
      ["", RangeError, "Cannot use a key of 0 bytes"],
      [[SECRET, "short"], RangeError, "Cannot use a key of 5 bytes"],
      [[], TypeError, "Cannot use an empty list of keys"],
      [new Array(17).fill(SECRET), RangeError, "Cannot use 17 keys: the limit is 16"],
      [Array.from(SECRET), RangeError, "Cannot use 32 keys: the limit is 16"],
      [[1], TypeError, "Cannot use this as a key: it must be text or a Uint8Array"],
      [SECRET.buffer, TypeError, "Cannot use this as a key"],
    ];
    for (const [secrets, type, message] of wrong) {
      await assertRejects(() => KeyRing.import(secrets as Secret), type, message);
    }
    assertEquals((await KeyRing.import(new Array(16).fill(SECRET))).ids.length, 16);
  },
});

Deno.test({
  name: "KeyRing shows no secret: neither in an error nor when it is inspected",
  permissions: "none",
  async fn() {
    const short = await assertRejects(() => KeyRing.import("hunter2"), RangeError);
    assertFalse(`${short.stack}${inspect(short)}`.includes("hunter2"));
    const ring = await KeyRing.import("hunter2".repeat(5));
    const shown = [
      inspect(ring, { depth: 9, showHidden: true }),
      Deno.inspect(ring, { depth: 9 }),
      JSON.stringify(ring),
    ];
    for (const text of shown) assertFalse(/hunter2|CryptoKey|68, ?75/.test(text), text);
  },
});
