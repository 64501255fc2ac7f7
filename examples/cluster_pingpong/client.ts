/**
 * A node that calls an actor by its name, without knowing where it lives: that of `server.ts`, in another process.
 *
 * Run it while that runs:
 *
 *     deno run --allow-net examples/cluster_pingpong/client.ts
 *
 * It prints:
 *
 *     pingpong is on node-2
 *     pong: hello
 *     pong: 1, pong: 2, pong: 3
 *
 * @module
 */

import { ClusterClient, ClusterNode } from "@cinema/cinema/cluster";
import { PingPongProtocol } from "./messages.ts";
import { readPort } from "../read_port.ts";

const port = readPort(Deno.args, "cluster_pingpong/client.ts", 9_002);
await using node = new ClusterNode("node-1", "127.0.0.1:0"); // any port that is free
try {
  // Without a signal it would go on trying: the seed may come up later.
  await node.join([`127.0.0.1:${port}`], { signal: AbortSignal.timeout(5_000) });

  const { node: where } = await node.waitForActor("pingpong");
  console.log(`pingpong is on ${where}`);

  const client = new ClusterClient(node);
  const pingpong = client.remoteAddr("pingpong", PingPongProtocol); // no address: only a name

  const { reply } = await pingpong.call({ type: "ping", msg: "hello" });
  console.log(reply);

  // Many at once, over one connection: each answer finds its question.
  const replies = await Promise.all(["1", "2", "3"].map((msg) => pingpong.call({ type: "ping", msg })));
  console.log(replies.map((pong) => pong.reply).join(", "));
} catch (error) {
  if (!(error instanceof DOMException && error.name === "TimeoutError")) throw error;
  console.error(`Nobody answers at 127.0.0.1:${port}. Start deno run --allow-net examples/cluster_pingpong/server.ts`);
  Deno.exitCode = 1;
}
