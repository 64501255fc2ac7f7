import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { CinemaError } from "../../mod.ts";
import { greetClient, greetServer } from "../../remote/greeting.ts";
import { HandshakeError } from "../../remote/handshake_error.ts";
import { SealedConnection } from "../../remote/sealed_connection.ts";
import type { Connection } from "../../remote/transport/transport.ts";
import { decodeEnvelope } from "../../remote/wire/envelope.ts";
import type { FrameDecoder } from "../../remote/wire/frame.ts";
import { FrameWriter } from "../../remote/wire/frame_writer.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { asClient, asServer, CLIENT, frameOf, secret, SERVER, shakeHands } from "../support/handshakes.ts";
import { chopped, pipe } from "../support/pipe.ts";

const [OLD, NEW] = [secret("old"), secret("new")];

function frame(messageType: string, payloadBytes = 0): Uint8Array {
  const writer = new FrameWriter();
  writer.append({ messageType, payload: new Uint8Array(payloadBytes) });
  return writer.take();
}

/** The type of the next message on a connection whose handshake is done. */
async function nextType({ connection, decoder }: { connection: Connection; decoder: FrameDecoder }): Promise<string> {
  while (!decoder.next()) {
    const chunk = await connection.read();
    if (chunk === undefined) throw new Error("It has ended");
    decoder.push(chunk);
  }
  return decodeEnvelope(decoder, new StringCache()).messageType;
}

for (const [mode, key] of [["without a key", undefined], ["with a key", NEW]] as const) {
  Deno.test({
    name: `Two sides ${mode} tell each other who they are, and can talk`,
    permissions: "none",
    async fn() {
      for (const [size, payloadBytes] of [[1, 0], [3, 0], [65_536, 32_000]] as const) {
        const { client, server } = await shakeHands(key, key, pipe(chopped(size)));
        assert(client.status === "fulfilled" && server.status === "fulfilled");
        assertEquals(client.value.peer, { step: "welcome", version: 1, ...SERVER });
        const { node, uid, epoch, frameBytesMax } = server.value.peer;
        assertEquals({ node, uid, epoch, frameBytesMax }, CLIENT);
        for (const { value } of [client, server]) {
          assertEquals(value.connection instanceof SealedConnection, key !== undefined);
        }
        await client.value.connection.write(frame("up", payloadBytes));
        await server.value.connection.write(frame("down", 2 * payloadBytes));
        assertEquals([await nextType(server.value), await nextType(client.value)], ["up", "down"]);
        // Each takes frames as large as it has said.
        assertEquals([server.value.decoder.limit, client.value.decoder.limit], [32_768, 65_536]);
      }
    },
  });

  Deno.test({
    name: `What comes together with the end of a handshake ${mode} is not lost`,
    permissions: "none",
    async fn() {
      // Holds the welcome back until there is a frame behind it.
      const writes: Uint8Array[] = [];
      const welcome = key === undefined ? 0 : 1;
      const ends = pipe((bytes, from) => {
        if (from === "client") return [bytes];
        writes.push(bytes);
        if (writes.length <= welcome) return [bytes];
        return writes.length === welcome + 2 ? [new Uint8Array([...writes[welcome]!, ...bytes])] : [];
      });
      const greeting = greetServer(ends.client, await asClient(key));
      const { connection } = await greetClient(ends.server, await asServer(key));
      await connection.write(frame("first", 300));
      assertEquals(await nextType(await greeting), "first");
    },
  });

  Deno.test({
    name: `A server ${mode} decides about a client before it welcomes, and says why it does not`,
    permissions: "none",
    async fn() {
      for (const code of ["epoch", "connections", "closing"] as const) {
        const ends = pipe();
        const admitted: unknown[] = [];
        const admit = (peer: { uid: string; epoch: number }) => {
          admitted.push([peer.uid, peer.epoch]);
          return { code, message: "Not you" };
        };
        const [asking, serving] = [await asClient(key), await asServer(key, { admit })];
        const [client, server] = await Promise.allSettled([
          greetServer(ends.client, asking),
          greetClient(ends.server, serving),
        ]);
        assertEquals([failureOf(client), failureOf(server)], [code, code]);
        assertEquals([ends.client.isClosed, ends.server.isClosed, admitted], [true, true, [["c1", 3]]]);
      }
    },
  });

  Deno.test({
    name: `A handshake ${mode} that is given up closes the connection, and fails with the reason`,
    permissions: "none",
    async fn() {
      for (const turns of [0, 1, 2, 3, 4]) {
        const [stop, reason] = [new AbortController(), new CinemaError("Too late")];
        const ends = pipe();
        const [asking, serving] = [await asClient(key, { signal: stop.signal }), await asServer(key)];
        const greetings = Promise.allSettled([greetServer(ends.client, asking), greetClient(ends.server, serving)]);
        for (let turn = 0; turn < turns; turn++) await undefined;
        stop.abort(reason);
        const [client, server] = await greetings;
        assertEquals(client, { status: "rejected", reason });
        assert(ends.client.isClosed);
        // The server may have had its part behind it already.
        if (server.status === "rejected") assert(ends.server.isClosed);
      }
    },
  });
}

/** The code of a handshake that has failed. */
function failureOf(result: PromiseSettledResult<unknown>): string {
  if (result.status === "fulfilled") return "done";
  assertInstanceOf(result.reason, HandshakeError);
  return result.reason.code;
}

Deno.test({
  name: "Secrets can be changed while peers talk: whoever has one in common with the other connects",
  permissions: "none",
  async fn() {
    const phases = [[OLD], [OLD, NEW], [NEW, OLD], [NEW]];
    for (const [at, clientKeys] of phases.entries()) {
      for (const [other, serverKeys] of phases.entries()) {
        const { client, server } = await shakeHands(clientKeys, serverKeys);
        const expected = Math.abs(at - other) === 3 ? "key" : "done";
        assertEquals([at, other, failureOf(client), failureOf(server)], [at, other, expected, expected]);
      }
    }
  },
});

Deno.test({
  name: "Who has a key talks to nobody without it, nor with another, and says so",
  permissions: "none",
  async fn() {
    for (const [clientKey, serverKey] of [[NEW, undefined], [undefined, NEW], [OLD, NEW], [[OLD], [NEW]]]) {
      const ends = pipe();
      const { client, server } = await shakeHands(clientKey, serverKey, ends);
      assertEquals([failureOf(client), failureOf(server)], ["key", "key"]);
      assertEquals([ends.client.isClosed, ends.server.isClosed], [true, true]);
    }
  },
});

Deno.test({
  name: "Two connections with one key have different keys of their own",
  permissions: "none",
  async fn() {
    const records: string[][] = [];
    for (let n = 0; n < 2; n++) {
      const seen: string[] = [];
      const ends = pipe((bytes, from) => (from === "client" && seen.push(bytes.toHex()), [bytes]));
      const { client } = await shakeHands(NEW, NEW, ends);
      assert(client.status === "fulfilled");
      await client.value.connection.write(frame("same"));
      records.push(seen);
    }
    const [one, other] = records as [string[], string[]];
    assertEquals([one.length, other.length, one.filter((bytes) => other.includes(bytes))], [3, 3, []]);
  },
});

Deno.test({
  name: "A peer that dribbles gets no more time for its handshake than any other",
  permissions: "none",
  async fn() {
    const clock = new ManualClock();
    const [stop, late] = [new AbortController(), new CinemaError("Cannot shake hands within 5000 ms")];
    clock.schedule(5_000, () => stop.abort(late));
    const ends = pipe();
    // Made first: a key takes real time, and meanwhile nobody would close the connection.
    const serving = await asServer(NEW, { signal: stop.signal });
    const greeting = assertRejects(() => greetClient(ends.server, serving));
    const hello = frameOf({
      step: "hello",
      versionMin: 1,
      versionMax: 1,
      ...CLIENT,
      nonce: new Uint8Array(0),
      keyIds: [],
    });
    let sent = 0;
    for (; !ends.server.isClosed; sent++) {
      assert(sent < hello.length, "The whole hello was read");
      await ends.client.write(hello.subarray(sent, sent + 1));
      await clock.advance(500);
    }
    assertEquals([sent, clock.now()], [10, 5_000]);
    assertStrictEquals(await greeting, late);
  },
});

Deno.test({
  name: "A handshake on a connection that fails says that the other side went away, and what happened",
  permissions: "none",
  async fn() {
    const { client } = pipe();
    const reset = new Error("reset");
    for (const broken of ["read", "write"] as const) {
      const connection: Connection = {
        remote: client.remote,
        read: () => Promise.reject(reset),
        write: () => broken === "write" ? Promise.reject(reset) : Promise.resolve(),
        close: () => client.close(),
      };
      const error = await assertRejects(async () => greetServer(connection, await asClient()), HandshakeError);
      assertEquals([error.code, error.cause], ["closed", reset]);
    }
    assert(client.isClosed);
  },
});

Deno.test({
  name: "A server whose decision throws closes the connection, and fails with that",
  permissions: "none",
  async fn() {
    const ends = pipe();
    const admit = () => {
      throw new Error("Oops");
    };
    const [asking, serving] = [await asClient(), await asServer(undefined, { admit })];
    const [client, server] = await Promise.allSettled([
      greetServer(ends.client, asking),
      greetClient(ends.server, serving),
    ]);
    assertEquals([failureOf(client), server.status === "rejected" && server.reason.message], ["closed", "Oops"]);
    assert(ends.server.isClosed);
  },
});
