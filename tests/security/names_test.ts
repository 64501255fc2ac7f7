// What has no window of its own is short: names, kinds and packets that wait are no way around the bounds for payload.

import { assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { json, MemoryNetwork, NoRouteError, protocol } from "../../remote/mod.ts";
import { NAME_BYTES_MAX } from "../../remote/wire/envelope.ts";
import { ClusterNode } from "../../cluster/mod.ts";
import { Stage } from "../cluster/compat/stage.ts";
import { recordOf } from "../support/cluster_records.ts";
import { type Note, Office } from "../support/desk.ts";
import { rustFrame } from "../support/rust_node.ts";
import { growth, MIB } from "./growth.ts";
import { LonelyNetwork } from "./lonely_network.ts";
import { lostIsEnded, Stranger } from "./stranger.ts";

const payload = new TextEncoder().encode(JSON.stringify({ gate: "never" }));
const message = { messageType: "desk.Wait", targetActor: "held", payload };
const name = (n: number, length: number): string => `${n}`.padStart(length, "x");

for (const field of ["messageType", "targetActor", "senderNode", "traceparent"] as const) {
  Deno.test(`a peer whose ${field} is as long as a frame may be loses its connection, and nothing of it is kept`, async () => {
    const transport = new MemoryNetwork();
    await using office = await Office.open({ transport });
    office.addDesk("held", { stopTimeout: 0 });
    const grown = await growth(async () => {
      for (let n = 0; n < 8; n++) {
        using stranger = await Stranger.greet(transport, office.server.address, `stranger-${n}`);
        await stranger.send({ ...message, [field]: name(n, 4 * MIB) }).catch(lostIsEnded);
        await stranger.closed();
      }
    });
    assertLess(grown, 4 * MIB);
  });
}

Deno.test("a message of names that are as long as they may be is taken, and one byte more ends the connection", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport });
  using stranger = await Stranger.greet(transport, office.server.address);
  const target = name(1, NAME_BYTES_MAX);
  await stranger.send({ ...message, targetActor: target });
  const answer = await stranger.receive();
  assertEquals([answer?.fault?.code, answer?.targetActor], ["no-such-actor", target]);
  await stranger.send({ ...message, targetActor: `${target}x` });
  await stranger.closed();
});

Deno.test("a name that no peer would take is refused where its protocol is declared, and one that is long enough is sent", async () => {
  const long = (length: number) => protocol<Note>({ note: { name: name(1, length), request: json() } });
  assertThrows(() => long(342), TypeError, "it is too long");
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport });
  const client = await office.connect();
  const desk = client.remoteAddr("desk", long(341));
  assertEquals((await assertRejects(() => desk.send({ type: "note", n: 1 }), NoRouteError)).outcome, "not-delivered");
});

Deno.test("a Cinema-rs peer that describes its actors at length has none, and is not remembered for it", async () => {
  await using stage = await Stage.open();
  const connection = await stage.network.connect({ hostname: "deno", port: 7000 });
  const grown = await growth(async () => {
    for (let n = 0; n < 30; n++) {
      const actors = [{ actorId: `actor-${n}`, nodeId: "evil", actorType: name(n, MIB) }];
      const gossip = { members: [{ id: "evil", addr: "evil:1" }], actors };
      await connection.write(rustFrame({ senderNode: "evil", isResponse: false, gossip }));
      await connection.read();
    }
  });
  assertLess(grown, 8 * MIB);
  assertEquals(stage.bridge.lookup("actor-1"), undefined);
  connection.close();
});

Deno.test("states that go to addresses where nobody answers wait within one bound, whoever asks for them and how often", async () => {
  const transport = new LonelyNetwork();
  const node = new ClusterNode("one", "one:7000", { transport });
  await node.join([]);
  using stranger = await Stranger.greet(transport.network, { hostname: "one", port: 7000 });
  const records = Array.from(
    { length: 2_000 },
    (_, n) => recordOf({ id: name(n, 250), addr: `nowhere-${n}:7000`, uid: n + 1 }),
  );
  await stranger.gossip({ body: { kind: "state", records, wantsReply: false } });
  const grown = await growth(async () => {
    for (let n = 0; n < 200; n++) {
      const sender = recordOf({ id: "stranger", addr: `elsewhere-${n % 20}:7000` });
      // Nothing is read, so that the way back is full soon.
      await stranger.gossip({ sender, body: { kind: "digest", digest: 1, isJoin: true } });
    }
  });
  // 200 states of half a MiB each.
  assertLess(grown, 32 * MIB);
  await node.leave({ timeout: 0 });
});
