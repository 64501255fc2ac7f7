/**
 * Nodes of a cluster on real sockets, all in this process: how soon a chain of them knows each other, and what it costs
 * to call an actor by its name.
 *
 * @module
 */

import { type ActorRef, ActorSystem } from "@cinema/cinema";
import { ClusterClient, type ClusterEvent, ClusterNode, type Preset } from "@cinema/cinema/cluster";
import { LocalNode, MessageRouter, RemoteClient, RemoteServer } from "@cinema/cinema/remote";
import { compare, expectHandled, type Side, times } from "./compare.ts";
import { isAllowed } from "./permissions.ts";
import { type Count, Counter, CounterProtocol, type Ping, type Tick } from "./remote_counter.ts";

/** As many nodes as the original's benchmark has. */
const CHAIN = 7;
const ASKS = times(2_000);
const PIPELINED_ASKS = times(20_000, 100);
const OWN_ASKS = times(50_000);
const AT_A_TIME = 100;
const BYTES = 64;
const LOCAL = { hostname: "127.0.0.1", port: 0 };

type CounterRef = ActorRef<Tick | Ping | Count>;

const body = new Uint8Array(BYTES);

if (await isAllowed("nodes of a cluster", { run: false })) {
  const floor = floorOfChain();
  chain(floor, "local");
  chain(floor, "lan");
  await calls();
}

/** What a chain needs at the least: each node connects with the one before, and a byte goes there and back. */
function floorOfChain(): Side {
  const listener = Deno.listen(LOCAL);
  const echo = async (connection: Deno.TcpConn) => {
    await connection.readable.pipeTo(connection.writable);
  };
  (async () => {
    for await (const connection of listener) echo(connection).catch((error) => console.error(error));
  })();
  return async (lap) => {
    const connections: Deno.TcpConn[] = [];
    const byte = new Uint8Array(1);
    for (let i = 1; i < CHAIN; i++) {
      const connection = await Deno.connect({ ...LOCAL, port: listener.addr.port });
      connections.push(connection);
      await connection.write(byte);
      expectHandled(await connection.read(byte) ?? 0, 1);
    }
    lap();
    for (const connection of connections) connection.close();
  };
}

/** From nothing until all see all: the nodes start one after the other, and each joins the one before. */
function chain(floor: Side, preset: Preset): void {
  compare({
    name: `cluster: a chain of ${CHAIN} nodes, preset "${preset}", median (floor: raw connections)`,
    operations: 1,
    median: true,
    floor,
    cinema: async (lap) => {
      const nodes: ClusterNode[] = [];
      const sights: Promise<void>[] = [];
      for (let i = 1; i <= CHAIN; i++) {
        const node = new ClusterNode(`node-${i}`, "127.0.0.1:0", { preset });
        const before = nodes.at(-1);
        nodes.push(node);
        sights.push(seesUp(node.events, CHAIN - 1));
        await node.join(before === undefined ? [] : [before.addr]);
      }
      await Promise.all(sights);
      lap();
      for (const { members } of nodes) {
        expectHandled(members.filter(({ status }) => status === "up").length, CHAIN);
      }
      await Promise.all(nodes.map((node) => node.leave()));
    },
  });
}

/** Resolves when so many others have been seen. */
async function seesUp(events: ReadableStream<ClusterEvent>, others: number): Promise<void> {
  const seen = new Set<string>();
  for await (const event of events) {
    if (event.kind === "up") seen.add(event.member.id);
    if (seen.size === others) return;
  }
  throw new Error(`Cannot trust the run: a node has seen ${seen.size} of ${others} others`);
}

/** Calls to an actor of another node, beside a client of the remote layer; and to one of the own node. */
async function calls(): Promise<void> {
  const system = new ActorSystem();
  const counter = system.spawn(() => new Counter());
  const router = new MessageRouter();
  router.route(CounterProtocol, new LocalNode("floor").handler(counter, { name: "counter" }));
  const server = await RemoteServer.bind(LOCAL, router);
  const remote = (await RemoteClient.connect({ ...LOCAL, port: server.address.port }))
    .remoteAddr("counter", CounterProtocol);

  const [one, two] = [new ClusterNode("node-1", "127.0.0.1:0"), new ClusterNode("node-2", "127.0.0.1:0")];
  one.register("counter", counter, CounterProtocol);
  await one.join([]);
  await two.join([one.addr]);
  await two.waitForActor("counter");
  const there = new ClusterClient(two).remoteAddr("counter", CounterProtocol);
  const here = new ClusterClient(one).remoteAddr("counter", CounterProtocol);

  compare({
    name: `cluster: call another node, one after the other, ${BYTES} B, median (floor: RemoteClient)`,
    operations: ASKS,
    median: true,
    floor: (lap) => askInTurn(remote, ASKS, lap),
    cinema: (lap) => askInTurn(there, ASKS, lap),
  });
  compare({
    name: `cluster: call another node, ${AT_A_TIME} at a time, ${BYTES} B (floor: RemoteClient)`,
    operations: PIPELINED_ASKS,
    floor: () => askAtOnce(remote, PIPELINED_ASKS),
    cinema: () => askAtOnce(there, PIPELINED_ASKS),
  });
  compare({
    name: `cluster: call the own node, one after the other, ${BYTES} B (floor: Addr.send)`,
    operations: OWN_ASKS,
    floor: () => askInTurn(counter, OWN_ASKS),
    cinema: () => askInTurn(here, OWN_ASKS),
  });
}

async function askInTurn(addr: CounterRef, asks: number, lap: () => void = () => {}): Promise<void> {
  const before = (await addr.send({ type: "count" })).handled;
  for (let i = 0; i < asks; i++) {
    const reply = await addr.send({ type: "ping", body });
    if (reply.body.length !== BYTES) throw new Error("Cannot trust the run: an answer is not what was sent");
    lap();
  }
  expectHandled((await addr.send({ type: "count" })).handled - before, asks);
}

async function askAtOnce(addr: CounterRef, asks: number): Promise<void> {
  for (let i = 0; i < asks; i += AT_A_TIME) {
    const replies = Array.from({ length: AT_A_TIME }, () => addr.send({ type: "ping", body }));
    for (const reply of await Promise.all(replies)) expectHandled(reply.body.length, BYTES);
  }
}
