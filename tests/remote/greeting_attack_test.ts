import { assert, assertEquals, assertFalse, assertInstanceOf, assertRejects } from "@std/assert";
import { greetClient, greetServer } from "../../remote/greeting.ts";
import { HandshakeError } from "../../remote/handshake_error.ts";
import { WireError } from "../../remote/wire/wire_error.ts";
import type { Challenge, HandshakeMessage, Hello, Proof } from "../../remote/wire/handshake_codec.ts";
import { asClient, asServer, CLIENT, frameOf, secret, SERVER, shakeHands, stepOf } from "../support/handshakes.ts";
import { type End, type Middle, pipe, type PipeEnd } from "../support/pipe.ts";

const KEY = secret("shared");
const NONE = new Uint8Array(0);
const PLAIN: Hello = { step: "hello", versionMin: 1, versionMax: 1, ...CLIENT, nonce: NONE, keyIds: [] };

/** The code of a handshake that has failed, and that neither the error nor its cause tells a secret. */
function codeOf(error: unknown): string {
  assertInstanceOf(error, HandshakeError);
  assertFalse(/secret-|shared|CryptoKey/.test(Deno.inspect(error, { depth: 9 }) + Deno.inspect(error.cause)));
  return error.code;
}

/** What becomes of a handshake. */
const outcome = (greeting: Promise<unknown>): Promise<string> => greeting.then(() => "done", codeOf);

/** Somebody who has no key and writes steps as they like. */
async function say(end: PipeEnd, message: HandshakeMessage): Promise<void> {
  await end.write(frameOf(message));
}

/** The next step that comes; the pipe keeps writes apart. */
async function hear<M extends HandshakeMessage>(end: PipeEnd): Promise<M> {
  const bytes = await end.read();
  return stepOf(bytes ?? NONE) as M;
}

/** Changes one step on its way: the first of the server, or any of the client. */
function changing(from: End, step: string, change: (message: HandshakeMessage) => HandshakeMessage): Middle {
  let isOver = false;
  return (bytes, end) => {
    const message = !isOver && end === from ? stepOf(bytes) : undefined;
    if (message?.step !== step) return [bytes];
    isOver = true;
    return [frameOf(change(message))];
  };
}

Deno.test({
  name: "A handshake in which anything was changed on the way fails, and nobody is admitted",
  permissions: "none",
  async fn() {
    const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => at === 5 ? byte ^ 1 : byte);
    const hellos: ((hello: Hello) => Partial<Hello>)[] = [
      () => ({ versionMin: 0 }),
      () => ({ versionMax: 2 }),
      () => ({ versionMin: 2, versionMax: 2 }),
      () => ({ node: "another" }),
      () => ({ uid: "another" }),
      () => ({ epoch: 9 }),
      () => ({ frameBytesMax: 1 }),
      ({ nonce }) => ({ nonce: flip(nonce) }),
      ({ keyIds }) => ({ keyIds: keyIds.slice(1) }),
      ({ keyIds }) => ({ keyIds: keyIds.toReversed() }),
      () => ({ keyIds: [] }),
      () => ({ keyIds: [], nonce: NONE }),
    ];
    const challenges: ((challenge: Challenge) => Partial<Challenge>)[] = [
      () => ({ version: 2 }),
      () => ({ node: "another" }),
      () => ({ uid: "another" }),
      ({ nonce }) => ({ nonce: flip(nonce) }),
      ({ keyId }) => ({ keyId: flip(keyId) }),
      ({ proof }) => ({ proof: flip(proof) }),
      () => ({ proof: NONE }),
    ];
    const middles = [
      ...hellos.map((change) =>
        changing("client", "hello", (step) => ({ ...step as Hello, ...change(step as Hello) }))
      ),
      ...challenges.map((change) =>
        changing("server", "challenge", (step) => ({ ...step as Challenge, ...change(step as Challenge) }))
      ),
      changing("client", "proof", (step) => ({ step: "proof", proof: flip((step as Proof).proof) })),
    ];
    for (const [at, middle] of middles.entries()) {
      const ends = pipe(middle);
      let admitted = 0;
      const admit = () => (admitted++, undefined);
      const keys = [secret("other"), KEY];
      const results = await Promise.all([
        outcome(greetServer(ends.client, await asClient(keys))),
        outcome(greetClient(ends.server, await asServer(keys, { admit }))),
      ]);
      assertFalse(results.includes("done"), `Change ${at} was not noticed`);
      assertEquals([admitted, ends.client.isClosed, ends.server.isClosed], [0, true, true]);
    }
  },
});

Deno.test({
  name: "A client with a key is not talked out of it, by a welcome or by a refusal to prove one",
  permissions: "none",
  async fn() {
    const answers: [HandshakeMessage, string][] = [
      [{ step: "welcome", version: 1, ...SERVER }, "key"],
      [{ step: "refusal", code: "no-key", message: "" }, "key"],
    ];
    for (const [answer, code] of answers) {
      const ends = pipe();
      const greeting = outcome(greetServer(ends.client, await asClient(KEY)));
      await hear(ends.server);
      await say(ends.server, answer);
      assertEquals([await greeting, ends.client.isClosed], [code, true]);
      assertEquals(await ends.server.read(), undefined);
    }
  },
});

Deno.test({
  name: "A client gives no proof to a server that has only seen the name of its key",
  permissions: "none",
  async fn() {
    const ends = pipe();
    const greeting = outcome(greetServer(ends.client, await asClient(KEY)));
    const { keyIds } = await hear<Hello>(ends.server);
    const challenge = { step: "challenge", version: 1, node: "s", uid: "s", nonce: new Uint8Array(32) } as const;
    await say(ends.server, { ...challenge, keyId: keyIds[0]!, proof: new Uint8Array(32) });
    assertEquals([await greeting, await ends.server.read()], ["key", undefined]);
  },
});

Deno.test({
  name: "What a client or a server has said cannot be said again to another",
  permissions: "none",
  async fn() {
    const said: Record<End, Uint8Array[]> = { client: [], server: [] };
    const recorded = pipe((bytes, from) => (said[from].push(bytes), [bytes]));
    const { client, server } = await shakeHands(KEY, KEY, recorded);
    assert(client.status === "fulfilled" && server.status === "fulfilled");
    await client.value.connection.write(new Uint8Array([1, 2, 3]));
    assertEquals([said.client.length, said.server.length], [3, 2]);

    const again = pipe();
    let admitted = 0;
    const admit = () => (admitted++, undefined);
    for (const bytes of said.client) await again.client.write(bytes);
    assertEquals(await outcome(greetClient(again.server, await asServer(KEY, { admit }))), "key");
    assertEquals([admitted, again.server.isClosed], [0, true]);

    const other = pipe();
    for (const bytes of said.server) await other.server.write(bytes);
    assertEquals(await outcome(greetServer(other.client, await asClient(KEY))), "key");
    assert(other.client.isClosed);
  },
});

Deno.test({
  name: "A proof cannot be sent back to its maker, nor got from another server",
  permissions: "none",
  async fn() {
    // Somebody without the key asks a server for its proof, and gives it back as their own.
    const ends = pipe();
    const greeting = outcome(greetClient(ends.server, await asServer(KEY)));
    const [keyId] = (await asClient(KEY)).keys!.ids;
    const hello: Hello = { ...PLAIN, nonce: new Uint8Array(32).fill(1), keyIds: [keyId!] };
    await say(ends.client, hello);
    const { proof, nonce } = await hear<Challenge>(ends.client);

    // And asks another server to sign for the nonce of the first.
    const other = pipe();
    const otherGreeting = outcome(greetClient(other.server, await asServer(KEY)));
    await say(other.client, { ...hello, nonce });
    const second = await hear<Challenge>(other.client);
    await say(ends.client, { step: "proof", proof });
    await say(other.client, { step: "proof", proof: second.proof });
    assertEquals([await greeting, await otherGreeting], ["key", "key"]);

    const third = pipe();
    const thirdGreeting = outcome(greetClient(third.server, await asServer(KEY)));
    await say(third.client, hello);
    await hear(third.client);
    await say(third.client, { step: "proof", proof: second.proof });
    assertEquals(await thirdGreeting, "key");
  },
});

Deno.test({
  name: "Two clients that are connected to each other do not shake hands",
  permissions: "none",
  async fn() {
    for (const key of [undefined, KEY]) {
      const ends = pipe();
      const results = await Promise.all([
        outcome(greetServer(ends.client, await asClient(key))),
        outcome(greetServer(ends.server, await asClient(key))),
      ]);
      assertEquals([results, ends.client.isClosed, ends.server.isClosed], [["malformed", "malformed"], true, true]);
    }
  },
});

Deno.test({
  name: "Nobody gets a word in after the handshake, nor has what is sent back to its sender taken",
  permissions: "none",
  async fn() {
    for (const attack of ["inject", "reflect"] as const) {
      const records: Uint8Array[] = [];
      const ends = pipe((bytes, from) => (from === "client" && records.push(bytes), [bytes]));
      const { client, server } = await shakeHands(KEY, KEY, ends);
      assert(client.status === "fulfilled" && server.status === "fulfilled");
      for (let n = 0; n < 2; n++) await client.value.connection.write(new Uint8Array([1, 2, 3]));
      // Of the records of the client, the second has the number that it expects from the server.
      if (attack === "inject") await ends.server.write(frameOf(PLAIN));
      else await ends.server.write(records.at(-1)!);
      const error = await assertRejects(() => client.value.connection.read(), WireError);
      assertEquals([error.code, ends.client.isClosed], ["malformed", true]);
    }
  },
});

Deno.test({
  name: "What somebody puts behind the last plain step is not taken, neither as plain nor at all",
  permissions: "none",
  async fn() {
    const behind = (from: End, step: string, message: HandshakeMessage): Middle => {
      let isOver = false;
      return (bytes, end) => {
        if (isOver || end !== from || stepOf(bytes)?.step !== step) return [bytes];
        isOver = true;
        return [new Uint8Array([...bytes, ...frameOf(message)])];
      };
    };
    const welcome: HandshakeMessage = { step: "welcome", version: 1, ...SERVER, node: "another" };
    const { client } = await shakeHands(KEY, KEY, pipe(behind("server", "challenge", welcome)));
    assertEquals(client.status === "rejected" && codeOf(client.reason), "malformed");

    const { server } = await shakeHands(KEY, KEY, pipe(behind("client", "proof", PLAIN)));
    assert(server.status === "fulfilled");
    const { decoder, connection } = server.value;
    assertEquals([decoder.next(), decoder.buffered], [false, 0]);
    await assertRejects(() => connection.read(), WireError);
  },
});

Deno.test({
  name: "A welcome that was not encrypted is none for a client that has given its proof",
  permissions: "none",
  async fn() {
    let count = 0;
    const ends = pipe((bytes, from) =>
      from === "server" && ++count === 2 ? [frameOf({ step: "welcome", version: 1, ...SERVER })] : [bytes]
    );
    const { client } = await shakeHands(KEY, KEY, ends);
    assertEquals(client.status === "rejected" && codeOf(client.reason), "malformed");
    assert(ends.client.isClosed);
  },
});

Deno.test({
  name: "A handshake that breaks off anywhere fails on both sides",
  permissions: "none",
  async fn() {
    const said: Record<End, number> = { client: 0, server: 0 };
    await shakeHands(KEY, KEY, pipe((bytes, from) => (said[from] += bytes.length, [bytes])));
    for (const end of ["client", "server"] as const) {
      for (let length = 0; length < said[end]; length++) {
        let left = length;
        const ends = pipe((bytes, from) => {
          if (from !== end) return [bytes];
          const part = bytes.slice(0, left);
          left -= part.length;
          if (part.length < bytes.length) queueMicrotask(() => ends[end].close());
          return [part];
        });
        const { client, server } = await shakeHands(KEY, KEY, ends);
        const other = end === "client" ? server : client;
        assertEquals([length, other.status], [length, "rejected"]);
        if (other.status === "rejected") assert(["closed", "malformed"].includes(codeOf(other.reason)));
        assertEquals([ends.client.isClosed, ends.server.isClosed], [true, client.status === "rejected"]);
      }
    }
  },
});

Deno.test({
  name: "A handshake takes small frames only, and steps only",
  permissions: "none",
  async fn() {
    const wrong: Uint8Array[] = [
      // A header of 4,097 bytes is enough.
      new Uint8Array([0, 0, 16, 1]),
      new Uint8Array([0xFF, 0xFF, 0xFF, 0xFF]),
      // A frame of nothing, one of zeros, and one that is something else.
      new Uint8Array(4),
      new Uint8Array([0, 0, 16, 0, ...new Uint8Array(4_096)]),
      new TextEncoder().encode("\0\0\0\x05hello"),
      new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
      // Steps that have parts of a wrong length.
      frameOf({ ...PLAIN, nonce: new Uint8Array(31) }),
      frameOf({ ...PLAIN, keyIds: [new Uint8Array(9)] }),
      frameOf({ ...PLAIN, keyIds: new Array(17).fill(new Uint8Array(8)) }),
      frameOf({ ...PLAIN, uid: "" }),
      frameOf({ ...PLAIN, node: "n".repeat(256) }),
      frameOf({ step: "proof", proof: new Uint8Array(31) }),
      frameOf({ step: "proof", proof: new Uint8Array(32) }),
    ];
    for (const bytes of wrong) {
      for (const key of [undefined, KEY]) {
        const [up, down] = [pipe(), pipe()];
        await up.client.write(bytes);
        assertEquals(await outcome(greetClient(up.server, await asServer(key))), "malformed");
        await down.server.write(bytes);
        assertEquals(await outcome(greetServer(down.client, await asClient(key))), "malformed");
        assertEquals([up.server.isClosed, down.client.isClosed], [true, true]);
      }
    }
  },
});
