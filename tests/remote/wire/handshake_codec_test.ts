import { assertEquals, assertThrows } from "@std/assert";
import { cinema } from "../../../proto/gen/envelope.js";
import { decodeHandshake, encodeHandshake, type HandshakeMessage } from "../../../remote/wire/handshake_codec.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";

const permissions = "none";
const nonce = new Uint8Array(32).fill(1);
const keyId = new Uint8Array(8).fill(2);
const identity = { node: "node", uid: "uid" };
const hello = { step: "hello", versionMin: 1, versionMax: 2, ...identity, epoch: 3, frameBytesMax: 4, nonce } as const;

const STEPS: readonly HandshakeMessage[] = [
  { ...hello, keyIds: [keyId, keyId] },
  { ...hello, nonce: new Uint8Array(0), keyIds: [] },
  { step: "challenge", version: 1, ...identity, nonce, keyId, proof: nonce },
  { step: "proof", proof: nonce },
  { step: "welcome", version: 1, ...identity, frameBytesMax: 5, windowMessages: 6, windowBytes: 7 },
  ...(["unspecified", "version", "key", "no-key", "epoch", "connections", "malformed", "closing"] as const).map(
    (code) => ({ step: "refusal", code, message: "no" }) as const,
  ),
];

Deno.test({
  name: "every step of the handshake comes back as it was sent, in bytes of its own",
  permissions,
  fn() {
    for (const step of STEPS) {
      const bytes = encodeHandshake(step);
      const decoded = decodeHandshake(bytes);
      bytes.fill(0);
      assertEquals(decoded, step);
    }
  },
});

Deno.test({
  name: "a refusal of a later version reads as unspecified, and its text is cut to fit",
  permissions,
  fn() {
    const later = cinema.Handshake.encode({ refusal: { code: 99 as number, message: "" } }).finish();
    assertEquals(decodeHandshake(later), { step: "refusal", code: "unspecified", message: "" });
    const long = decodeHandshake(encodeHandshake({ step: "refusal", code: "key", message: "x".repeat(9_999) }));
    assertEquals(long.step === "refusal" && long.message.length, 255);
  },
});

Deno.test({
  name: "what is no step, or out of bounds in it, is refused",
  permissions,
  fn() {
    const wrong: cinema.IHandshake[] = [
      {},
      { hello: {} },
      { hello: { ...identity, node: "" } },
      { hello: { ...identity, node: "x".repeat(256) } },
      { hello: { ...identity, nonce: new Uint8Array(31) } },
      { hello: { ...identity, keyIds: [new Uint8Array(7)] } },
      { hello: { ...identity, keyIds: Array.from({ length: 17 }, () => keyId) } },
      { challenge: { ...identity, nonce, keyId, proof: new Uint8Array(1) } },
      { challenge: { ...identity, keyId, proof: nonce } },
      { proof: {} },
      { welcome: { node: "node" } },
      { refusal: { message: "x".repeat(256) } },
    ];
    for (const step of wrong) {
      assertThrows(() => decodeHandshake(cinema.Handshake.encode(step).finish()), WireError);
    }
    for (const bytes of [[0xFF], [0x0A, 0x05], [1, 2, 3]]) {
      assertThrows(() => decodeHandshake(new Uint8Array(bytes)), WireError);
    }
  },
});
