import { greetClient, type GreetClientOptions, type Greeted, greetServer } from "../../remote/greeting.ts";
import type { GreetServerOptions } from "../../remote/greeting.ts";
import { KeyRing, type Secret } from "../../remote/keys.ts";
import type { Connection } from "../../remote/transport/transport.ts";
import { decodeEnvelope } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { FrameWriter } from "../../remote/wire/frame_writer.ts";
import type { ClientIdentity } from "../../remote/wire/handshake_client.ts";
import {
  decodeHandshake,
  encodeHandshake,
  type HandshakeMessage,
  type Hello,
  type Welcome,
} from "../../remote/wire/handshake_codec.ts";
import type { ServerIdentity } from "../../remote/wire/handshake_server.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import { SeededRandom } from "../../src/testing/mod.ts";
import { pipe } from "./pipe.ts";

/** A client as the tests of the handshake know it. */
export const CLIENT: ClientIdentity = { node: "client", uid: "c1", epoch: 3, frameBytesMax: 65_536 };

/** A server as the tests of the handshake know it. */
export const SERVER: ServerIdentity = {
  node: "server",
  uid: "s1",
  frameBytesMax: 32_768,
  windowMessages: 32,
  windowBytes: 1_024,
};

/** A secret that is easily found where it should not be. */
export const secret = (name: string): string => `secret-${name}-`.padEnd(40, "x");

let seed = 0;

/** What a client of the tests brings. */
export async function asClient(
  key?: Secret | readonly Secret[],
  more: Partial<GreetServerOptions> = {},
): Promise<GreetServerOptions> {
  return { identity: CLIENT, ...await common(key), ...more };
}

/** What a server of the tests brings; it takes everybody. */
export async function asServer(
  key?: Secret | readonly Secret[],
  more: Partial<GreetClientOptions> = {},
): Promise<GreetClientOptions> {
  return { identity: SERVER, ...await common(key), admit: () => undefined, ...more };
}

async function common(key: Secret | readonly Secret[] | undefined) {
  const keys = key === undefined ? undefined : await KeyRing.import(key);
  return { keys, random: new SeededRandom(++seed), signal: new AbortController().signal };
}

/** Lets a client and a server shake hands. */
export async function shakeHands(
  clientKey?: Secret | readonly Secret[],
  serverKey?: Secret | readonly Secret[],
  ends: { readonly client: Connection; readonly server: Connection } = pipe(),
): Promise<{ client: PromiseSettledResult<Greeted<Welcome>>; server: PromiseSettledResult<Greeted<Hello>> }> {
  // Both are ready before either begins, so that no failure goes unseen.
  const [asking, serving] = await Promise.all([asClient(clientKey), asServer(serverKey)]);
  const [client, server] = await Promise.allSettled([
    greetServer(ends.client, asking),
    greetClient(ends.server, serving),
  ]);
  return { client, server };
}

/** The frame of one step. */
export function frameOf(message: HandshakeMessage): Uint8Array {
  const writer = new FrameWriter();
  writer.append({ handshake: encodeHandshake(message) });
  return writer.take();
}

/** The step in a frame; undefined where there is none. */
export function stepOf(frame: Uint8Array): HandshakeMessage | undefined {
  const decoder = new FrameDecoder(65_536);
  decoder.push(frame);
  const { handshake } = decoder.next() ? decodeEnvelope(decoder, new StringCache()) : { handshake: undefined };
  return handshake === undefined ? undefined : decodeHandshake(handshake);
}
