import { assert, assertEquals, assertRejects } from "@std/assert";
import { tcpTransport } from "../../../remote/transport/tcp.ts";
import { tlsTransport } from "../../../remote/transport/tls.ts";
import type { Connection, Listener, Transport } from "../../../remote/transport/transport.ts";
import { testTransport } from "../../conformance/transport_suite.ts";
import { Authority } from "../../support/certificates.ts";
import { DeskProtocol, Office } from "../../support/desk.ts";

const authority = await Authority.create("authority");
const stranger = await Authority.create("stranger");
const mutual = { ...await authority.issue("node"), ca: authority.cert };
const local = { hostname: "127.0.0.1", port: 0 };

testTransport("tls", () => ({ transport: tlsTransport(mutual), hostname: "127.0.0.1" }));

/** How an attempt ends: what the client hears, and whether the server took a connection. */
async function attempt(server: Transport, client: Transport): Promise<{ error: unknown; accepted: boolean }> {
  const listener = await server.listen(local);
  const accepting = listener.accept();
  let taken: Connection | undefined;
  accepting.then((connection) => taken = connection);
  let error: unknown;
  try {
    const connection = await client.connect(listener.address);
    try {
      // With TLS 1.3 a client learns only now that its certificate was refused.
      if (await connection.read() === undefined) error = "ended";
    } finally {
      connection.close();
    }
  } catch (failure) {
    error = failure;
  }
  listener.close();
  await accepting;
  taken?.close();
  return { error, accepted: taken !== undefined };
}

Deno.test("tls: a client without a certificate, or with one of another authority, is never accepted", async () => {
  const server = tlsTransport(mutual);
  const without = await attempt(server, tlsTransport({ ca: authority.cert }));
  assertEquals(without.accepted, false);
  assert(without.error !== undefined);
  const strange = await attempt(server, tlsTransport({ ...await stranger.issue("node"), ca: authority.cert }));
  assertEquals(strange.accepted, false);
  assert(strange.error !== undefined);
  const expired = await authority.issue("node", { hours: -1 });
  const old = await attempt(server, tlsTransport({ ...expired, ca: authority.cert }));
  assertEquals(old.accepted, false);
});

Deno.test("tls: a client refuses a server of another authority, for another name, or whose time is over", async () => {
  const client = tlsTransport({ ca: authority.cert });
  const servers = {
    authority: await stranger.issue("node"),
    name: await authority.issue("node", { names: ["elsewhere.example"] }),
    time: await authority.issue("node", { hours: -1 }),
  };
  for (const [what, certificate] of Object.entries(servers)) {
    const { error } = await attempt(tlsTransport(certificate), client);
    assert(error instanceof Error, `${what}: ${error}`);
  }
});

Deno.test("tls: a certificate may be for another name than the host, when the client says which", async () => {
  const certificate = await authority.issue("node", { names: ["node.example"] });
  const listener = await tlsTransport(certificate).listen(local);
  const client = tlsTransport({ ca: authority.cert, serverName: "node.example" });
  const [connection, accepted] = await Promise.all([client.connect(listener.address), listener.accept()]);
  await connection.write(new Uint8Array([7]));
  assertEquals(await accepted!.read(), new Uint8Array([7]));
  for (const end of [connection, accepted!, listener]) end.close();
});

Deno.test("tls: a server needs a certificate and its key, and says so", async () => {
  await assertRejects(() => tlsTransport({ ca: authority.cert }).listen(local), TypeError);
});

Deno.test("tls: plain bytes, and connections that say nothing, keep no client out", async () => {
  const transport = tlsTransport(mutual);
  const listener = await transport.listen(local);
  const plain = tcpTransport();
  const silent = await Promise.all(Array.from({ length: 200 }, () => plain.connect(listener.address)));
  await silent[0]!.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  const [client, server] = await Promise.all([transport.connect(listener.address), listener.accept()]);
  await client.write(new Uint8Array([1]));
  assertEquals(await server!.read(), new Uint8Array([1]));
  for (const end of [...silent, client, server!, listener] satisfies (Connection | Listener)[]) end.close();
});

Deno.test("tls: actors are reached through it, with a certificate only", async () => {
  await using office = await Office.open({ tls: mutual });
  assertEquals(await (await office.desk()).send({ type: "echo", text: "safe" }), "safe");
  const client = office.clients[0]!;
  const large = "x".repeat(1_000_000);
  assertEquals(await client.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: large }), large);
  await assertRejects(() => office.connect({ tls: { ca: authority.cert } }));
});
