// Whether a proof is right is decided by the platform, in the same time for every wrong one, and by nothing else.

import { assertEquals, assertInstanceOf } from "@std/assert";
import { HandshakeError } from "../../remote/handshake_error.ts";
import { KeyRing } from "../../remote/keys.ts";
import { secret, shakeHands } from "../support/handshakes.ts";

/** Lets something run with another `crypto.subtle.verify`, and returns with what arguments that was called. */
async function withVerify(verdict: boolean, run: () => Promise<void>): Promise<string[]> {
  const { subtle } = crypto;
  const original = subtle.verify;
  const calls: string[] = [];
  subtle.verify = ((algorithm: AlgorithmIdentifier) => {
    calls.push(String(algorithm));
    return Promise.resolve(verdict);
  }) as typeof subtle.verify;
  try {
    await run();
  } finally {
    subtle.verify = original;
  }
  return calls;
}

Deno.test("both sides of a handshake have the platform decide about the proof: where that says no, the right one is none", async () => {
  const calls = await withVerify(false, async () => {
    const { client, server } = await shakeHands(secret("shared"), secret("shared"));
    if (client.status !== "rejected" || server.status !== "rejected") throw new Error("They have shaken hands");
    assertInstanceOf(client.reason, HandshakeError);
    assertEquals(client.reason.code, "key");
  });
  // The client checks first, and gives no proof of its own then.
  assertEquals(calls, ["HMAC"]);
});

Deno.test("nothing beside the platform looks at the bytes of a proof: where that says yes, a wrong one is let through", async () => {
  const rings = await Promise.all([secret("one"), secret("other")].map((one) => KeyRing.import(one)));
  const data = new Uint8Array([1, 2, 3]);
  const wrong = await rings[1]!.sign(0, data);
  const seen: boolean[] = [await rings[0]!.verify(0, data, wrong)];
  await withVerify(true, async () => void seen.push(await rings[0]!.verify(0, data, wrong)));
  // That the keys of the connection differ is found out by the next record all the same.
  assertEquals(seen, [false, true]);
});

Deno.test("a proof is wrong wherever it differs, in its first byte, in its last, or in its length", async () => {
  const ring = await KeyRing.import(secret("shared"));
  const data = crypto.getRandomValues(new Uint8Array(200));
  const proof = await ring.sign(0, data);
  for (let at = 0; at < proof.length; at++) {
    for (const bit of [1, 128]) {
      assertEquals(await ring.verify(0, data, proof.map((byte, i) => i === at ? byte ^ bit : byte)), false);
    }
  }
  for (let length = 0; length < proof.length; length++) {
    assertEquals(await ring.verify(0, data, proof.slice(0, length)), false);
  }
  assertEquals(await ring.verify(0, data, new Uint8Array([...proof, 0])), false);
  assertEquals(await ring.verify(0, data, proof), true);
});

Deno.test("no file of the library compares a secret, a proof or a tag itself", async () => {
  const files = ["remote/keys.ts", "remote/greeting.ts", "remote/sealed_connection.ts"];
  const machines = ["remote/wire/handshake_client.ts", "remote/wire/handshake_server.ts"];
  for (const file of [...files, ...machines]) {
    const text = await Deno.readTextFile(new URL(`../../${file}`, import.meta.url));
    // A length, an absence and a kind tell nothing of what is secret.
    const compared = text.split("\n").filter((line) =>
      /\b(?:proof|secret|mac|tag)\b[\w.!]*(?:\[[^\]]*\])? ?[!=]==/.test(line)
    );
    assertEquals(compared.filter((line) => !/=== undefined|!== undefined|typeof|\.length/.test(line)), [], file);
  }
});
