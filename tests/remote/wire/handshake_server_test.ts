import { assertEquals, assertThrows } from "@std/assert";
import type { Effect } from "../../../remote/wire/handshake.ts";
import { encodeHandshake, type HandshakeMessage, type Hello } from "../../../remote/wire/handshake_codec.ts";
import { ServerHandshake } from "../../../remote/wire/handshake_server.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { CLIENT, SERVER } from "../../support/handshakes.ts";

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const NONE = new Uint8Array(0);
const [OLD, NEW, OTHER] = [bytes(8, 7), bytes(8, 8), bytes(8, 9)];
const PROOF = bytes(32, 4);
const PLAIN: Hello = { step: "hello", versionMin: 1, versionMax: 1, ...CLIENT, nonce: NONE, keyIds: [] };
const KEYED: Hello = { ...PLAIN, nonce: bytes(32, 1), keyIds: [OLD, NEW] };

const machine = (...keyIds: readonly Uint8Array[]): ServerHandshake =>
  new ServerHandshake(SERVER, { keyIds, nonce: bytes(32, 2) });

const receive = (server: ServerHandshake, message: HandshakeMessage): readonly Effect[] =>
  server.receive(encodeHandshake(message));

/** The code that is sent to the client, if any, and that of the failure. */
function failure(effects: readonly Effect[]): [string | undefined, string] {
  const [first, second] = effects.length === 1 ? [undefined, effects[0]] : effects;
  if (second?.kind !== "fail") throw new Error(`It did not fail: ${JSON.stringify(effects)}`);
  if (first === undefined) return [undefined, second.code];
  if (first.kind !== "send" || first.message.step !== "refusal") throw new Error(`It has sent ${first.kind}`);
  assertEquals(first.message.message, second.message);
  return [first.message.code, second.code];
}

Deno.test({
  name: "ServerHandshake without a key decides at once, and welcomes",
  permissions: "none",
  fn() {
    const server = machine();
    assertEquals(receive(server, PLAIN), [{ kind: "decide", hello: PLAIN }]);
    assertEquals(server.decided(undefined), [
      { kind: "send", message: { step: "welcome", version: 1, ...SERVER } },
      { kind: "done", peer: PLAIN },
    ]);
  },
});

Deno.test({
  name: "ServerHandshake with a key proves it, checks the proof of the client, encrypts, and only then decides",
  permissions: "none",
  fn() {
    const server = machine(NEW, OLD);
    const [sign, ...none] = receive(server, KEYED);
    assertEquals([sign?.kind, sign?.kind === "sign" && sign.key, none], ["sign", 0, []]);
    assertEquals(server.signed(bytes(32, 3)), [{
      kind: "send",
      message: {
        step: "challenge",
        version: 1,
        node: "server",
        uid: "s1",
        nonce: bytes(32, 2),
        keyId: NEW,
        proof: bytes(32, 3),
      },
    }]);
    const [verify, ...nothing] = receive(server, { step: "proof", proof: PROOF });
    assertEquals([verify?.kind, verify?.kind === "verify" && verify.proof, nothing], ["verify", PROOF, []]);
    assertEquals(server.verified(true).map(({ kind }) => kind), ["seal", "decide"]);
    assertEquals(server.decided(undefined).map(({ kind }) => kind), ["send", "done"]);
  },
});

Deno.test({
  name: "ServerHandshake takes the first of its own keys that the client names",
  permissions: "none",
  fn() {
    const chosen = (...own: readonly Uint8Array[]): unknown => {
      const [sign] = receive(machine(...own), KEYED);
      return sign?.kind === "sign" && sign.key;
    };
    assertEquals([chosen(OLD), chosen(OLD, NEW), chosen(NEW, OLD), chosen(OTHER, NEW)], [0, 0, 0, 1]);
  },
});

Deno.test({
  name: "ServerHandshake refuses who has no key, another key, or a key where it has none, before anything else",
  permissions: "none",
  fn() {
    for (const version of [1, 9]) {
      const versions = { versionMin: version, versionMax: version };
      assertEquals(failure(receive(machine(NEW), { ...PLAIN, ...versions })), ["key", "key"]);
      assertEquals(failure(receive(machine(OTHER), { ...KEYED, ...versions })), ["key", "key"]);
      assertEquals(failure(receive(machine(), { ...KEYED, ...versions })), ["no-key", "key"]);
    }
    assertEquals(failure(receive(machine(NEW), { ...KEYED, nonce: NONE })), ["malformed", "malformed"]);
  },
});

Deno.test({
  name: "ServerHandshake takes the highest version that both speak, and refuses where there is none",
  permissions: "none",
  fn() {
    const versions = (versionMin: number, versionMax: number): readonly Effect[] =>
      receive(machine(), { ...PLAIN, versionMin, versionMax });
    for (const [min, max] of [[2, 3], [0, 0], [2, 1]] as const) {
      assertEquals(failure(versions(min, max)), ["version", "version"]);
    }
    for (const [min, max] of [[1, 1], [0, 1], [1, 9]] as const) {
      const server = machine();
      receive(server, { ...PLAIN, versionMin: min, versionMax: max });
      const [send] = server.decided(undefined);
      assertEquals(send, { kind: "send", message: { step: "welcome", version: 1, ...SERVER } });
    }
  },
});

Deno.test({
  name: "ServerHandshake says nothing more to a client that cannot prove its key",
  permissions: "none",
  fn() {
    const server = machine(NEW);
    receive(server, KEYED);
    server.signed(PROOF);
    receive(server, { step: "proof", proof: PROOF });
    assertEquals(failure(server.verified(false)), [undefined, "key"]);
  },
});

Deno.test({
  name: "ServerHandshake passes a refusal on to the client",
  permissions: "none",
  fn() {
    for (const code of ["epoch", "connections", "closing"] as const) {
      const server = machine();
      receive(server, PLAIN);
      assertEquals(server.decided({ code, message: "Go away" }), [
        { kind: "send", message: { step: "refusal", code, message: "Go away" } },
        { kind: "fail", code, message: "Go away" },
      ]);
    }
  },
});

Deno.test({
  name: "ServerHandshake throws at what is no step, and has failed",
  permissions: "none",
  fn() {
    const server = machine();
    assertThrows(() => server.receive(new Uint8Array([0xFF])), WireError);
    assertEquals(failure(receive(server, PLAIN)), [undefined, "malformed"]);
  },
});

const INPUTS: Record<string, (server: ServerHandshake) => readonly Effect[]> = {
  hello: (server) => receive(server, KEYED),
  challenge: (server) => {
    const challenge = { version: 1, node: "n", uid: "u", nonce: bytes(32, 1), keyId: NEW, proof: PROOF };
    return receive(server, { step: "challenge", ...challenge });
  },
  proof: (server) => receive(server, { step: "proof", proof: PROOF }),
  welcome: (server) => receive(server, { step: "welcome", version: 1, ...SERVER }),
  refusal: (server) => receive(server, { step: "refusal", code: "key", message: "" }),
  verdict: (server) => server.verified(true),
  signature: (server) => server.signed(PROOF),
  decision: (server) => server.decided(undefined),
};

/** The path through the handshake: each input is allowed only where the ones before it have come. */
const PATH = ["hello", "signature", "proof", "verdict", "decision"];

Deno.test({
  name: "ServerHandshake fails at every input out of turn, and stays failed",
  permissions: "none",
  fn() {
    for (let length = 0; length <= PATH.length; length++) {
      const path = PATH.slice(0, length);
      for (const [name, input] of Object.entries(INPUTS)) {
        if (name === PATH[length]) continue;
        const server = machine(NEW);
        for (const step of path) INPUTS[step]!(server);
        assertEquals([path, name, failure(input(server))[1]], [path, name, "malformed"]);
        for (const [next, again] of Object.entries(INPUTS)) {
          assertEquals([path, name, next, failure(again(server))], [path, name, next, [undefined, "malformed"]]);
        }
      }
    }
  },
});
