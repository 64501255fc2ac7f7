// What is wrong about certificates is said before anything listens: whatever the platform would make of it, it would
// trust others.

import { assertEquals, assertRejects } from "@std/assert";
import { MemoryNetwork, MessageRouter, RemoteServer } from "../../remote/mod.ts";
import { HANDSHAKES_MAX } from "../../remote/limits.ts";
import { tlsTransport } from "../../remote/transport/tls.ts";
import { Authority } from "../support/certificates.ts";
import { lostIsEnded } from "./stranger.ts";

const authority = await Authority.create("authority");
const good = { ...await authority.issue("server"), ca: authority.cert };
const { cert, key, ca } = good;

const WRONG: Record<string, { tls: object; says: string }> = {
  "a certificate without its key": { tls: { cert, ca }, says: "key is missing" },
  "a key without its certificate": { tls: { key, ca }, says: "cert is missing" },
  "clients that must have a certificate, which nobody may sign": {
    tls: { cert, key, requestCert: true },
    says: "ca, which signs the certificates of clients, is missing",
  },
  "a list of authorities that is empty": { tls: { cert, key, ca: [] }, says: "ca names no authority" },
  "an authority that is no certificate": { tls: { cert, key, ca: "authority.pem" }, says: "ca is no PEM" },
  "one of two authorities that is none": { tls: { cert, key, ca: [ca, "authority.pem"] }, says: "ca is no PEM" },
  "a certificate that is none": { tls: { cert: "server.pem", key, ca }, says: "cert is no PEM" },
  "a key that is none": { tls: { cert, key: cert, ca }, says: "key is no PEM" },
};

for (const [what, { tls, says }] of Object.entries(WRONG)) {
  Deno.test(`a server refuses ${what}, and does not listen`, async () => {
    const binding = () => RemoteServer.bind({ hostname: "127.0.0.1", port: 0, tls: tls as never }, new MessageRouter());
    await assertRejects(binding, TypeError, says);
  });
}

Deno.test("TLS and a transport of one's own are refused together: one of them would not be used", async () => {
  const options = { hostname: "s", port: 1, tls: good, transport: new MemoryNetwork() };
  const error = await assertRejects(() => RemoteServer.bind(options, new MessageRouter()), TypeError);
  assertEquals(error.message.startsWith("Cannot use both tls and transport"), true);
});

Deno.test("connections that have shaken hands wait up to a bound for whoever accepts them, and are closed with the listener", async () => {
  const transport = tlsTransport(good);
  const listener = await transport.listen({ hostname: "127.0.0.1", port: 0 });
  const connect = () => transport.connect(listener.address);
  const clients = await Promise.all(Array.from({ length: HANDSHAKES_MAX }, connect));
  await assertRejects(connect, Error);
  listener.close();
  const ends = await Promise.all(clients.map((client) => client.read().catch(lostIsEnded)));
  assertEquals(ends.filter((end) => end !== undefined), []);
  for (const client of clients) client.close();
});
