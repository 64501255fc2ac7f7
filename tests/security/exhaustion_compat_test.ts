// What a peer of Cinema-rs, who proves nothing, can make this process keep.

import { assertEquals, assertLess } from "@std/assert";
import { deadline } from "@std/async";
import { CompatBridge } from "../../cluster/compat/bridge.ts";
import { GOSSIP_MEMBERS_MAX, PEERS_MAX } from "../../cluster/compat/limits.ts";
import { systemClock, systemRandom } from "../../mod.ts";
import { json, MemoryNetwork, MessageRouter } from "../../remote/mod.ts";
import { Stage } from "../cluster/compat/stage.ts";
import { Office } from "../support/desk.ts";
import { framesOf } from "../support/frames.ts";
import { recordAll } from "../support/record.ts";
import { rustFrame } from "../support/rust_node.ts";
import { growth, MIB } from "./growth.ts";
import { lostIsEnded } from "./stranger.ts";

const HOME = { hostname: "deno", port: 7000 };

/** Comes, says that it has a hundred actors, and goes. */
async function visit(network: MemoryNetwork, id: string): Promise<void> {
  const connection = await network.connect(HOME);
  const actors = Array.from({ length: 100 }, (_, i) => ({ actorId: `${id}-${i}`, nodeId: id, actorType: "Actor" }));
  const gossip = { members: [{ id, addr: `${id}:1` }], actors };
  await connection.write(rustFrame({ senderNode: id, isResponse: false, gossip }));
  await connection.read().catch(lostIsEnded);
  connection.close();
}

Deno.test("strangers become peers up to a bound, which costs some MiB, and however many come after them cost nothing", async () => {
  const network = new MemoryNetwork();
  // In real time: a clock that is moved by hand keeps what was cancelled until it gets there.
  const bridge = await CompatBridge.open({
    ...{ ...HOME, nodeId: "deno-1", router: new MessageRouter(), transport: network },
    ...{ clock: systemClock, random: systemRandom, intervalMs: 60_000, suspectTimeoutMs: 240_000 },
    ...{ ownMembers: () => ["deno-1"], ownActors: () => [], emit: () => {} },
  });
  const flood = (from: number, count: number) => async () => {
    for (let n = from; n < from + count; n++) await visit(network, `stranger-${n}`);
  };
  const first = await growth(flood(0, PEERS_MAX));
  assertEquals(bridge.peers.length, PEERS_MAX);
  assertLess(first, 32 * MIB);
  assertLess(await growth(flood(PEERS_MAX, 600)), 4 * MIB);
  assertEquals(bridge.peers.length, PEERS_MAX);
  await bridge.close({ timeout: 0 });
});

Deno.test("gossip of thousands of members and a hundred thousand actors is cut, and costs some MiB however often it comes", async () => {
  await using stage = await Stage.open();
  const connection = await stage.network.connect(HOME);
  const actors = Array.from({ length: 100_001 }, (_, i) => ({ actorId: `a${i}`, nodeId: "evil", actorType: "A" }));
  const others = Array.from({ length: GOSSIP_MEMBERS_MAX + 1 }, (_, i) => ({ id: `m${i}`, addr: `nowhere-${i}:1` }));
  const gossip = { members: [{ id: "evil", addr: "evil:1" }, ...others], actors };
  const frame = rustFrame({ senderNode: "evil", isResponse: false, gossip });
  const say = async () => {
    await connection.write(frame);
    await connection.read();
  };
  await say();
  const grown = await growth(async () => {
    for (let n = 0; n < 3; n++) await say();
  });
  assertEquals(stage.bridge.lookup("a99999")?.node, "evil");
  assertEquals(stage.bridge.lookup("a100000"), undefined);
  assertEquals(
    stage.events.some((event) => event.kind === "rejected" && /more members or actors/.test(event.reason)),
    true,
  );
  assertLess(grown, 16 * MIB);
  connection.close();
});

Deno.test("a server for Cinema-rs peers takes so many connections, and the next one is closed", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport, compat: "cinema-rs-0.1", maxConnections: 2 });
  const { address } = office.server;
  const kept = [await transport.connect(address), await transport.connect(address)];
  const third = await transport.connect(address);
  assertEquals(await deadline(third.read().catch(lostIsEnded), 5_000), undefined);
  assertEquals(office.server.connections, 2);
  for (const connection of [...kept, third]) connection.close();
});

Deno.test("what a Cinema-rs peer has asked is not handled after it has gone, and an answer to nothing is dropped", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport, compat: "cinema-rs-0.1" });
  const ends = recordAll(office.server.events);
  const peer = await transport.connect(office.server.address);
  const ask = (messageType: string, correlationId: number, payload: object) => ({
    ...{ messageType, correlationId, senderNode: "rust", payload: json<object>().encode(payload) as Uint8Array },
  });
  await peer.write(framesOf(
    { isResponse: true, correlationId: 9, payload: new Uint8Array(1) },
    ask("desk.Wait", 1, { gate: "go" }),
    ask("desk.Echo", 2, { text: "waits behind it" }),
  ));
  const local = office.addDesk("other");
  await local.send({ type: "echo", text: "a turn" });
  peer.close();
  while (!ends.some(({ kind }) => kind === "disconnected")) await local.send({ type: "echo", text: "a turn" });
  office.gates.open("go");
  assertEquals(await local.send({ type: "echo", text: "on" }), "on");
  assertEquals([office.server.connections, office.notes], [0, []]);
});
