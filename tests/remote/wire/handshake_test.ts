import { assertEquals, assertNotEquals } from "@std/assert";
import { Agreement, type Effect, failureOf, isSame } from "../../../remote/wire/handshake.ts";
import { type Challenge, decodeHandshake, encodeHandshake, type Hello } from "../../../remote/wire/handshake_codec.ts";
import { ClientHandshake } from "../../../remote/wire/handshake_client.ts";
import { ServerHandshake } from "../../../remote/wire/handshake_server.ts";
import { CLIENT, SERVER } from "../../support/handshakes.ts";

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const NONCE = bytes(32, 1);
const HELLO: Hello = {
  step: "hello",
  versionMin: 1,
  versionMax: 1,
  ...CLIENT,
  nonce: NONCE,
  keyIds: [bytes(8, 7), bytes(8, 8)],
};
const CHALLENGE: Challenge = {
  step: "challenge",
  version: 1,
  node: "server",
  uid: "s1",
  nonce: bytes(32, 2),
  keyId: bytes(8, 8),
  proof: bytes(32, 3),
};

const signed = (role: "client" | "server", hello: Hello, challenge: Challenge): Uint8Array =>
  new Agreement(0, hello.nonce, encodeHandshake(hello), challenge).signedBy(role);

/** The effect of one kind. */
function pick<K extends Effect["kind"]>(kind: K, effects: readonly Effect[]): Extract<Effect, { kind: K }> {
  const found = effects.find((effect) => effect.kind === kind);
  if (found === undefined) throw new Error(`It wants no ${kind}: ${JSON.stringify(effects)}`);
  return found as Extract<Effect, { kind: K }>;
}

Deno.test({
  name: "What a side signs changes with its role and with everything that was said, the proof apart",
  permissions: "none",
  fn() {
    const original = signed("client", HELLO, CHALLENGE);
    assertNotEquals(signed("server", HELLO, CHALLENGE), original);
    assertEquals(signed("client", HELLO, { ...CHALLENGE, proof: bytes(32, 9) }), original);
    const hellos: Partial<Hello>[] = [
      { versionMin: 0 },
      { versionMax: 2 },
      { node: "other" },
      { uid: "c2" },
      { epoch: 4 },
      { frameBytesMax: 1 },
      { nonce: bytes(32, 9) },
      { keyIds: [bytes(8, 8)] },
    ];
    for (const change of hellos) assertNotEquals(signed("client", { ...HELLO, ...change }, CHALLENGE), original);
    const challenges: Partial<Challenge>[] = [
      { version: 2 },
      { node: "other" },
      { uid: "s2" },
      { nonce: bytes(32, 9) },
      { keyId: bytes(8, 7) },
    ];
    for (const change of challenges) assertNotEquals(signed("client", HELLO, { ...CHALLENGE, ...change }), original);
  },
});

Deno.test({
  name: "What a side signs is the same from one release to the next",
  permissions: "none",
  fn() {
    const hello = encodeHandshake(HELLO);
    const challenge = encodeHandshake({ ...CHALLENGE, proof: new Uint8Array(0) });
    const text = new TextEncoder().encode("cinema/1 client proof");
    const length = (part: Uint8Array): number[] => [0, 0, part.length >> 8, part.length & 255];
    const transcript = [...length(hello), ...hello, ...length(challenge), ...challenge];
    const agreement = new Agreement(1, NONCE, hello, CHALLENGE);
    assertEquals(agreement.seal(), {
      kind: "seal",
      key: 1,
      salt: new Uint8Array([...bytes(32, 1), ...bytes(32, 2)]),
      transcript: new Uint8Array(transcript),
    });
    assertEquals(
      agreement.signedBy("client"),
      new Uint8Array([...length(text), ...text, ...length(new Uint8Array(transcript)), ...transcript]),
    );
  },
});

Deno.test({
  name: "A client of a later version, which says more in its hello than the server knows, signs the same as the server",
  permissions: "none",
  fn() {
    // The hello lies behind its tag and its length, and field 99 of it is a number.
    const body = encodeHandshake(HELLO).subarray(2);
    const newer = new Uint8Array([0x0A, body.length + 3, ...body, 0x98, 0x06, 0x01]);
    assertEquals(decodeHandshake(newer), HELLO);

    const server = new ServerHandshake(SERVER, { keyIds: HELLO.keyIds, nonce: bytes(32, 2) });
    const { data } = pick("sign", server.receive(newer));
    const { message } = pick("send", server.signed(bytes(32, 3)));
    assertEquals(data, new Agreement(0, NONCE, newer, message as Challenge).signedBy("server"));
  },
});

Deno.test({
  name: "ClientHandshake and ServerHandshake sign what the other checks, and end with the same to make keys from",
  permissions: "none",
  fn() {
    const client = new ClientHandshake(CLIENT, { keyIds: HELLO.keyIds, nonce: NONCE });
    const server = new ServerHandshake(SERVER, { keyIds: [bytes(8, 8), bytes(8, 7)], nonce: bytes(32, 2) });
    const serverSigns = pick("sign", server.receive(encodeHandshake(pick("send", client.start()).message)));
    const challenge = pick("send", server.signed(bytes(32, 3))).message;
    const clientChecks = pick("verify", client.receive(encodeHandshake(challenge)));
    assertEquals(clientChecks, { kind: "verify", key: 1, data: serverSigns.data, proof: bytes(32, 3) });

    const clientSigns = pick("sign", client.verified(true));
    const last = client.signed(bytes(32, 4));
    const serverChecks = pick("verify", server.receive(encodeHandshake(pick("send", last).message)));
    assertEquals(serverChecks, { kind: "verify", key: 0, data: clientSigns.data, proof: bytes(32, 4) });
    assertNotEquals(clientSigns.data, serverSigns.data);
    const [clientSeals, serverSeals] = [pick("seal", last), pick("seal", server.verified(true))];
    assertEquals([clientSeals.key, serverSeals.key], [1, 0]);
    assertEquals({ ...serverSeals, key: 1 }, clientSeals);
  },
});

Deno.test({
  name: "A refusal of any code has a meaning for its reader",
  permissions: "none",
  fn() {
    assertEquals(["unspecified", "no-key", "key", "epoch"].map((code) => failureOf(code as "key")), [
      "malformed",
      "key",
      "key",
      "epoch",
    ]);
    assertEquals([isSame(bytes(8, 1), bytes(8, 1)), isSame(bytes(8, 1), bytes(7, 1)), isSame(bytes(8, 1), NONCE)], [
      true,
      false,
      false,
    ]);
  },
});
