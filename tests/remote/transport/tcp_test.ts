import { createServer } from "node:net";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { TcpListener, tcpTransport } from "../../../remote/transport/tcp.ts";
import { ManualClock } from "../../../src/testing/mod.ts";
import { testTransport } from "../../conformance/transport_suite.ts";

testTransport("tcp", () => ({ transport: tcpTransport(), hostname: "127.0.0.1" }));

Deno.test("tcp: a true reset of the peer rejects the read that waits", async () => {
  const server = createServer((socket) => {
    socket.once("data", () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const connection = await tcpTransport().connect({ hostname: "127.0.0.1", port });
  await connection.write(new Uint8Array(10));
  await assertRejects(() => connection.read());
  connection.close();
  await new Promise((resolve) => server.close(resolve));
});

Deno.test("tcp: reads grow with what comes, so that an idle connection stays small", async () => {
  const transport = tcpTransport();
  const listener = await transport.listen({ hostname: "127.0.0.1", port: 0 });
  const [client, server] = await Promise.all([transport.connect(listener.address), listener.accept()]);
  const writing = client.write(new Uint8Array(4_000_000));
  let most = 0;
  let first = 0;
  for (let got = 0; got < 4_000_000;) {
    const chunk = (await server!.read())!;
    first ||= chunk.length;
    most = Math.max(most, chunk.length);
    got += chunk.length;
  }
  await writing;
  assert(first <= 4_096 && most > 16_384 && most <= 262_144, `from ${first} to ${most}`);
  for (const end of [client, server!, listener]) end.close();
});

Deno.test("tcp: an accept that fails is tried again after a while, and a close ends the wait", async () => {
  const clock = new ManualClock();
  let tries = 0;
  const broken = {
    addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 } as const,
    accept: () => {
      tries++;
      return Promise.reject(new Error("Too many open files"));
    },
    close: () => {},
  };
  const listener = new TcpListener(broken, clock);
  const accepting = listener.accept();
  await clock.advance(1_000);
  assert(tries > 10 && tries <= 100, `${tries} tries in a second`);
  listener.close();
  assertEquals(await accepting, undefined);
});
