/**
 * The other process of the remote benchmarks: an echo of bytes as the floor, and a counter behind Cinema. It says on
 * one line of JSON where each of them listens, and ends when its input does. Its input begins with a line of JSON too:
 * the certificates.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { LocalNode, MessageRouter, RemoteServer, type TlsOptions } from "@cinema/cinema/remote";
import { Counter, CounterProtocol } from "./remote_counter.ts";

/** A key for the benchmark; a real one is random. */
export const BENCH_KEY = "only for benchmarks: 32 bytes or more";

/** Sends every byte back, or drops it after the first one of a connection says so. */
async function echo(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay(true);
  const buffer = new Uint8Array(262_144);
  try {
    for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
      for (let sent = 0; sent < count;) sent += await connection.write(buffer.subarray(sent, count));
    }
  } finally {
    connection.close();
  }
}

/** Where the parts of the peer listen. */
export interface PeerPorts {
  readonly echo: number;
  readonly plain: number;
  readonly key: number;
  readonly tls: number;
}

if (import.meta.main) {
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
  const tls: TlsOptions = JSON.parse((await input.read()).value ?? "{}");
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const system = new ActorSystem();
  const counter = system.spawn(() => new Counter());
  const node = new LocalNode("bench");
  const router = new MessageRouter().route(CounterProtocol, node.handler(counter, { name: "counter" }));
  const local = { hostname: "127.0.0.1", port: 0 };
  const plain = await RemoteServer.bind(local, router);
  const key = await RemoteServer.bind({ ...local, key: BENCH_KEY }, router);
  const mutual = await RemoteServer.bind({ ...local, tls }, router);
  const ports: PeerPorts = {
    echo: listener.addr.port,
    plain: plain.address.port,
    key: key.address.port,
    tls: mutual.address.port,
  };
  console.log(JSON.stringify(ports));
  (async () => {
    for await (const connection of listener) echo(connection).catch((error) => console.error(error));
  })();
  // Whoever started this process closes its input, or ends: then this one ends too.
  while (!(await input.read()).done);
  Deno.exit();
}
