import { assertEquals, assertThrows } from "@std/assert";
import type { Effect } from "../../../remote/wire/handshake.ts";
import { ClientHandshake } from "../../../remote/wire/handshake_client.ts";
import {
  type Challenge,
  encodeHandshake,
  type HandshakeMessage,
  type RefusalCode,
  type Welcome,
} from "../../../remote/wire/handshake_codec.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { CLIENT, SERVER } from "../../support/handshakes.ts";

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const NONE = new Uint8Array(0);
const KEY_IDS = [bytes(8, 7), bytes(8, 8)];
const PROOF = bytes(32, 4);
const WELCOME: Welcome = { step: "welcome", version: 1, ...SERVER };
const CHALLENGE: Challenge = {
  step: "challenge",
  version: 1,
  node: "server",
  uid: "s1",
  nonce: bytes(32, 2),
  keyId: bytes(8, 8),
  proof: bytes(32, 3),
};

const machine = (keyIds: readonly Uint8Array[]): ClientHandshake =>
  new ClientHandshake(CLIENT, { keyIds, nonce: bytes(32, 1) });

/** A client that has begun. */
function begun(keyIds: readonly Uint8Array[] = []): ClientHandshake {
  const client = machine(keyIds);
  client.start();
  return client;
}

const receive = (client: ClientHandshake, message: HandshakeMessage): readonly Effect[] =>
  client.receive(encodeHandshake(message));

/** The code of a failure, and that nothing else is to be done. */
function failure(effects: readonly Effect[]): string {
  const [effect, ...rest] = effects;
  assertEquals(rest, []);
  if (effect?.kind !== "fail") throw new Error(`It did not fail: ${JSON.stringify(effects)}`);
  return effect.code;
}

Deno.test({
  name: "ClientHandshake without a key says hello, and is done with the welcome",
  permissions: "none",
  fn() {
    const client = machine([]);
    assertEquals(client.start(), [{
      kind: "send",
      message: { step: "hello", versionMin: 1, versionMax: 1, ...CLIENT, nonce: NONE, keyIds: [] },
    }]);
    assertEquals(receive(client, WELCOME), [{ kind: "done", peer: WELCOME }]);
  },
});

Deno.test({
  name: "ClientHandshake with keys checks the proof of the server before it gives its own",
  permissions: "none",
  fn() {
    const client = machine(KEY_IDS);
    assertEquals(client.start(), [{
      kind: "send",
      message: { step: "hello", versionMin: 1, versionMax: 1, ...CLIENT, nonce: bytes(32, 1), keyIds: KEY_IDS },
    }]);
    const [verify, ...none] = receive(client, CHALLENGE);
    assertEquals([verify?.kind, none], ["verify", []]);
    if (verify?.kind === "verify") assertEquals([verify.key, verify.proof], [1, CHALLENGE.proof]);
    const [sign, ...nothing] = client.verified(true);
    assertEquals([sign?.kind, nothing], ["sign", []]);
    const [send, seal] = client.signed(PROOF);
    assertEquals(send, { kind: "send", message: { step: "proof", proof: PROOF } });
    assertEquals(seal?.kind, "seal");
    assertEquals(receive(client, WELCOME), [{ kind: "done", peer: WELCOME }]);
  },
});

Deno.test({
  name: "ClientHandshake goes no further with a server that cannot prove its key",
  permissions: "none",
  fn() {
    const client = begun(KEY_IDS);
    receive(client, CHALLENGE);
    assertEquals(failure(client.verified(false)), "key");
  },
});

Deno.test({
  name: "ClientHandshake with a key refuses a server that welcomes without proof",
  permissions: "none",
  fn() {
    assertEquals(failure(receive(begun(KEY_IDS), WELCOME)), "key");
  },
});

Deno.test({
  name: "ClientHandshake refuses a challenge for which it has no key",
  permissions: "none",
  fn() {
    assertEquals(failure(receive(begun(), CHALLENGE)), "key");
    assertEquals(failure(receive(begun(KEY_IDS), { ...CHALLENGE, keyId: bytes(8, 9) })), "key");
  },
});

Deno.test({
  name: "ClientHandshake refuses a version that it does not speak",
  permissions: "none",
  fn() {
    for (const version of [0, 2]) {
      assertEquals(failure(receive(begun(), { ...WELCOME, version })), "version");
      assertEquals(failure(receive(begun(KEY_IDS), { ...CHALLENGE, version })), "version");
    }
  },
});

Deno.test({
  name: "ClientHandshake passes on why it was refused",
  permissions: "none",
  fn() {
    const codes: [RefusalCode, string][] = [
      ["version", "version"],
      ["key", "key"],
      ["no-key", "key"],
      ["epoch", "epoch"],
      ["connections", "connections"],
      ["malformed", "malformed"],
      ["closing", "closing"],
      ["unspecified", "malformed"],
    ];
    for (const [code, expected] of codes) {
      const effects = receive(begun(), { step: "refusal", code, message: "Go away" });
      assertEquals(effects, [{ kind: "fail", code: expected as "key", message: "Go away" }]);
    }
    const [silent] = receive(begun(), { step: "refusal", code: "key", message: "" });
    assertEquals(silent?.kind === "fail" && silent.message, "The server has refused");
    // A code that only a later version knows: 99.
    assertEquals(failure(begun().receive(new Uint8Array([0x2A, 0x02, 0x08, 99]))), "malformed");
  },
});

Deno.test({
  name: "ClientHandshake throws at what is no step, and has failed",
  permissions: "none",
  fn() {
    const client = begun();
    assertThrows(() => client.receive(new Uint8Array([0xFF])), WireError);
    assertEquals(failure(receive(client, WELCOME)), "malformed");
  },
});

const INPUTS: Record<string, (client: ClientHandshake) => readonly Effect[]> = {
  start: (client) => client.start(),
  hello: (client) => {
    const [hello] = machine([]).start();
    return receive(client, (hello as { message: HandshakeMessage }).message);
  },
  challenge: (client) => receive(client, CHALLENGE),
  proof: (client) => receive(client, { step: "proof", proof: PROOF }),
  welcome: (client) => receive(client, WELCOME),
  refusal: (client) => receive(client, { step: "refusal", code: "key", message: "" }),
  verdict: (client) => client.verified(true),
  signature: (client) => client.signed(PROOF),
};

/** The states, by what leads there; and what may come then. */
const STATES: [readonly string[], readonly string[]][] = [
  [[], ["start"]],
  [["start"], ["challenge", "welcome", "refusal"]],
  [["start", "challenge"], ["verdict"]],
  [["start", "challenge", "verdict"], ["signature"]],
  [["start", "challenge", "verdict", "signature"], ["welcome", "refusal"]],
  [["start", "challenge", "verdict", "signature", "welcome"], []],
  [["start", "refusal"], []],
];

Deno.test({
  name: "ClientHandshake fails at every input out of turn, and stays failed",
  permissions: "none",
  fn() {
    for (const [path, allowed] of STATES) {
      for (const [name, input] of Object.entries(INPUTS)) {
        if (allowed.includes(name)) continue;
        const client = machine(KEY_IDS);
        for (const step of path) INPUTS[step]!(client);
        assertEquals([path, name, failure(input(client))], [path, name, "malformed"]);
        for (const [next, again] of Object.entries(INPUTS)) {
          assertEquals([path, name, next, failure(again(client))], [path, name, next, "malformed"]);
        }
      }
    }
  },
});
