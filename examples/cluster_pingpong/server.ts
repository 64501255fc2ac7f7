/**
 * A node with an actor that others find by its name, step by step: a router, a server, gossip, an announcement.
 * (`node.register()` and `node.join()` do all of it at once, as `distributed_kv/` shows.)
 *
 * Run it, and then `client.ts` beside it:
 *
 *     deno run --allow-net examples/cluster_pingpong/server.ts
 *
 * It prints, on port 9002 unless another is given behind the file, and 0 is any that is free:
 *
 *     node-2 is listening on 127.0.0.1:9002
 *
 * and who comes and goes, until Ctrl-C.
 *
 * @module
 */

import { Actor, ActorSystem } from "@cinema/cinema";
import { ClusterNode } from "@cinema/cinema/cluster";
import { BindError, LocalNode, MessageRouter } from "@cinema/cinema/remote";
import { type Ping, PingPongProtocol, type Pong } from "./messages.ts";
import { interrupted } from "../interrupted.ts";
import { readPort } from "../read_port.ts";

class PingPong extends Actor<Ping> {
  ping({ msg }: Ping): Pong {
    return { reply: `pong: ${msg}` };
  }
}

const port = readPort(Deno.args, "cluster_pingpong/server.ts", 9_002);
await using system = new ActorSystem();
const actor = system.spawn(() => new PingPong());

// What others may call, and under which name.
const local = new LocalNode("node-2");
const router = new MessageRouter().route(PingPongProtocol, local.handler(actor, { name: "pingpong" }));

await using node = new ClusterNode("node-2", `127.0.0.1:${port}`);
report();
try {
  await node.startServer(port, router); // one port for gossip and for messages to actors
  node.startPeriodicGossip({ interval: 100, suspectTimeout: 10_000 }); // ms
  node.registerActor("pingpong", "PingPong"); // the others hear of it by gossip
  console.log(`node-2 is listening on ${node.addr}`);
  await interrupted();
} catch (error) {
  if (!(error instanceof BindError)) throw error;
  console.error(error.message);
  Deno.exitCode = 1;
}

async function report(): Promise<void> {
  for await (const event of node.events) if ("member" in event) console.log(`${event.member.id}: ${event.kind}`);
}
