// What a client does with servers that break the rules.

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ActorFailedError } from "../../mod.ts";
import {
  type ClientEvent,
  ConnectError,
  ConnectionLostError,
  type ConnectOptions,
  json,
  type RemoteAddr,
  RemoteClient,
  ReplyLostError,
} from "../../remote/mod.ts";
import type { Envelope } from "../../remote/wire/envelope.ts";
import { type DeskMessage, DeskProtocol } from "../support/desk.ts";
import { RawPeer } from "../support/raw_peer.ts";
import { recordAll } from "../support/record.ts";

const text = (value: unknown): Uint8Array => json<unknown>().encode(value) as Uint8Array;

/** A client of a server that does what the test says. */
class Scene implements AsyncDisposable {
  readonly listener: Deno.TcpListener;
  readonly server: RawPeer;
  readonly client: RemoteClient;
  readonly desk: RemoteAddr<DeskMessage>;
  readonly events: ClientEvent[];

  private constructor(listener: Deno.TcpListener, server: RawPeer, client: RemoteClient) {
    this.listener = listener;
    this.server = server;
    this.client = client;
    this.desk = client.remoteAddr("desk", DeskProtocol);
    this.events = recordAll(client.events);
  }

  static async open(options: Partial<ConnectOptions> = {}): Promise<Scene> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const connecting = RemoteClient.connect({ hostname: "127.0.0.1", port: listener.addr.port, ...options });
    const server = await RawPeer.welcome(listener);
    return new Scene(listener, server, await connecting);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.listener.close();
    await this.client.close({ timeout: 0 });
  }
}

const reply = (correlationId: number, payload: unknown): Partial<Envelope> => ({
  isResponse: true,
  correlationId,
  payload: text(payload),
});

Deno.test("replies in any order find their askers", async () => {
  await using scene = await Scene.open();
  const asks = ["a", "b", "c"].map((word) => scene.desk.send({ type: "echo", text: word }));
  for (let n = 0; n < 3; n++) await scene.server.receive();
  await scene.server.send(reply(3, "C"), reply(1, "A"), reply(2, "B"));
  assertEquals(await Promise.all(asks), ["A", "B", "C"]);
});

Deno.test("a second reply, a reply to nobody and a late reply are dropped, and each is an event", async () => {
  await using scene = await Scene.open();
  const first = scene.desk.send({ type: "echo", text: "1" });
  await assertRejects(() => scene.desk.send({ type: "echo", text: "2" }, { timeout: 10 }));
  await scene.server.send(reply(1, "one"), reply(1, "other"), reply(99, "nobody"), reply(2, "late"));
  assertEquals(await first, "one");
  const last = scene.desk.send({ type: "echo", text: "3" });
  await scene.server.send(reply(3, "three"));
  assertEquals(await last, "three");
  const strays = scene.events.flatMap((event) => event.kind === "stray-reply" ? [event.correlationId] : []);
  assertEquals(strays, [1, 99, 2]);
});

Deno.test("a reply that cannot be decoded is an error that says the message was handled", async () => {
  await using scene = await Scene.open();
  const asked = scene.desk.send({ type: "echo", text: "" });
  await scene.server.send({ isResponse: true, correlationId: 1, payload: new Uint8Array([0x7B]) });
  assertEquals((await assertRejects(() => asked, ReplyLostError)).outcome, "handled");
});

Deno.test("a fault of an unknown kind fails its asker", async () => {
  await using scene = await Scene.open();
  const asked = scene.desk.send({ type: "echo", text: "" });
  const fault = { code: "unspecified", message: "odd", name: "Odd", detail: "", sequence: 0 } as const;
  await scene.server.send({ isResponse: true, correlationId: 1, fault });
  assertStringIncludes((await assertRejects(() => asked, ActorFailedError)).message, "odd");
});

const WRONG: Record<string, Uint8Array | Partial<Envelope>> = {
  "a header of 4 GiB": new Uint8Array([0xFF, 0xFF, 0xFF, 0xFF]),
  "an empty frame": new Uint8Array(4),
  "bytes that are no protobuf": new Uint8Array([0, 0, 0, 1, 0xFF]),
  "a message, which only clients send": { messageType: "desk.Echo", targetActor: "desk", correlationId: 1 },
  "a grant that confirms what was never sent": {
    targetActor: "desk",
    credit: { accepted: 9, messages: 99, bytes: 99 },
  },
  "a grant for an actor that nothing was sent to": {
    targetActor: "who",
    credit: { accepted: 0, messages: 9, bytes: 9 },
  },
};

for (const [what, wrong] of Object.entries(WRONG)) {
  Deno.test(`a server that sends ${what} loses its connection, and what was on its way fails as unknown`, async () => {
    await using scene = await Scene.open();
    const asked = scene.desk.send({ type: "echo", text: "" });
    await scene.server.receive();
    if (wrong instanceof Uint8Array) await scene.server.write(wrong);
    else await scene.server.send(wrong);
    assertEquals((await assertRejects(() => asked, ConnectionLostError)).outcome, "unknown");
  });
}

Deno.test("a server that does not read holds senders up within the bounds, and fails them as unknown when it is gone", async () => {
  await using scene = await Scene.open({ sendBytesMax: 65_536, maxWaiting: 10 });
  const padding = "x".repeat(10_000);
  const results = Array.from({ length: 50 }, (_, n) => scene.desk.doSend({ type: "note", n, padding }));
  // Credit for 256 KiB, of which 64 KiB may wait to be written and as much to be credited: the rest is told "full".
  const told = await Promise.all(results.slice(30));
  assertEquals(new Set(told), new Set(["full"]));
  scene.server.close();
  const letters = () => scene.events.filter((event) => event.kind === "dead-letter" && event.outcome === "unknown");
  for await (const event of scene.client.events) if (event.kind === "disconnected") break;
  assertEquals(letters().length > 0, true);
});

Deno.test("a server that says nothing to a handshake is given up after the time-out", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  await assertRejects(
    () => RemoteClient.connect({ hostname: "127.0.0.1", port, connectTimeout: 30 }),
    ConnectError,
    "within 30 ms",
  );
  (await listener.accept()).close();
});

Deno.test("a server of another protocol is told from one of ours", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connecting = RemoteClient.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const failed = assertRejects(() => connecting, ConnectError);
  using peer = new RawPeer(await listener.accept());
  await peer.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await failed;
});
