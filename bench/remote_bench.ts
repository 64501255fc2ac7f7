/**
 * Between two processes: what an ask and a tell cost, beside raw TCP. For latencies pin both to one core, or wake-ups
 * between cores are all that is seen: `taskset -c 1 deno task bench remote`.
 *
 * @module
 */

import { RemoteClient, type TlsOptions } from "@cinema/cinema/remote";
import { Authority } from "../tests/support/certificates.ts";
import { compare, expectHandled, times } from "./compare.ts";
import { CounterProtocol } from "./remote_counter.ts";
import { BENCH_KEY, type PeerPorts } from "./remote_peer.ts";

const ASKS = times(2_000);
const PIPELINED_ASKS = times(50_000, 100);
const TELLS = times(200_000);
const AT_A_TIME = 100;
const BYTES = 64;

const body = new Uint8Array(BYTES);
const frame = new Uint8Array(BYTES + 4);
const buffer = new Uint8Array(262_144);

if (await isAllowed()) await measure();
else console.log("Skipping the remote benchmarks: they need --allow-net and --allow-run, which deno task bench gives");

/** Whether this may start a process and talk to it. */
async function isAllowed(): Promise<boolean> {
  const states = await Promise.all([
    Deno.permissions.query({ name: "run" }),
    Deno.permissions.query({ name: "net", host: "127.0.0.1" }),
  ]);
  return states.every(({ state }) => state === "granted");
}

/** Starts the other process and registers the benchmarks. */
async function measure(): Promise<void> {
  const authority = await Authority.create("bench");
  const { cert, key } = await authority.issue("bench");
  const tls: TlsOptions = { cert, key, ca: authority.cert };
  const ports = await startPeer(tls);
  const raw = await Deno.connect({ hostname: "127.0.0.1", port: ports.echo });
  raw.setNoDelay(true);
  const local = { hostname: "127.0.0.1" };
  const clients = {
    "": await RemoteClient.connect({ ...local, port: ports.plain }),
    " with a key": await RemoteClient.connect({ ...local, port: ports.key, key: BENCH_KEY }),
    " with mutual TLS": await RemoteClient.connect({ ...local, port: ports.tls, tls }),
  };
  for (const [how, client] of Object.entries(clients)) {
    compareAsks(client, raw, how);
    comparePipelined(client, raw, how);
    compareTells(client, raw, how);
  }
}

/** The other process ends with this one. */
async function startPeer(tls: TlsOptions): Promise<PeerPorts> {
  const peer = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", new URL("./remote_peer.ts", import.meta.url).href],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  globalThis.addEventListener("unload", () => peer.kill());
  await peer.stdin.getWriter().write(new TextEncoder().encode(JSON.stringify(tls)));
  const lines = peer.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return JSON.parse((await lines.read()).value ?? "{}");
}

/** Reads until so many bytes have come back. */
async function readBack(raw: Deno.TcpConn, bytes: number): Promise<void> {
  for (let got = 0; got < bytes;) got += (await raw.read(buffer)) ?? bytes;
}

function compareAsks(client: RemoteClient, raw: Deno.TcpConn, how: string): void {
  const counter = client.remoteAddr("counter", CounterProtocol);
  compare({
    name: `remote ask: one after the other, ${BYTES} B${how}, median (floor: raw ping-pong)`,
    operations: ASKS,
    median: true,
    floor: async (lap) => {
      for (let i = 0; i < ASKS; i++) {
        await raw.write(frame);
        await readBack(raw, frame.length);
        lap();
      }
    },
    cinema: async (lap) => {
      for (let i = 0; i < ASKS; i++) {
        const reply = await counter.send({ type: "ping", body });
        expectHandled(reply.body.length, BYTES);
        lap();
      }
    },
  });
}

function comparePipelined(client: RemoteClient, raw: Deno.TcpConn, how: string): void {
  const counter = client.remoteAddr("counter", CounterProtocol);
  compare({
    name: `remote ask: ${AT_A_TIME} at a time, ${BYTES} B${how} (floor: one raw write each)`,
    operations: PIPELINED_ASKS,
    floor: async () => {
      for (let i = 0; i < PIPELINED_ASKS; i += AT_A_TIME) {
        for (let n = 0; n < AT_A_TIME; n++) await raw.write(frame);
        await readBack(raw, AT_A_TIME * frame.length);
      }
    },
    cinema: async () => {
      for (let i = 0; i < PIPELINED_ASKS; i += AT_A_TIME) {
        const asks = Array.from({ length: AT_A_TIME }, () => counter.send({ type: "ping", body }));
        for (const reply of await Promise.all(asks)) expectHandled(reply.body.length, BYTES);
      }
    },
  });
}

function compareTells(client: RemoteClient, raw: Deno.TcpConn, how: string): void {
  const counter = client.remoteAddr("counter", CounterProtocol);
  const handledSoFar = async () => (await counter.send({ type: "count" })).handled;
  compare({
    name: `remote tell: each doSend awaited, ${BYTES} B${how} (floor: one raw write each)`,
    operations: TELLS,
    floor: async () => {
      const back = readBack(raw, TELLS * frame.length);
      for (let i = 0; i < TELLS; i++) await raw.write(frame);
      await back;
    },
    cinema: async () => {
      const before = await handledSoFar();
      for (let i = 0; i < TELLS; i++) await counter.doSend({ type: "tick", body });
      expectHandled(await handledSoFar() - before, TELLS);
    },
  });
}
