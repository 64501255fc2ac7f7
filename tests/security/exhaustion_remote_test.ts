// What a peer that was let in can make a server, or a client, keep: each test pushes against one bound and measures.

import { assert, assertEquals, assertLess } from "@std/assert";
import { MemoryNetwork, RemoteClient } from "../../remote/mod.ts";
import { encodeHandshake } from "../../remote/wire/handshake_codec.ts";
import { EVENT_BUFFER } from "../../src/limits.ts";
import { Office } from "../support/desk.ts";
import { framesOf } from "../support/frames.ts";
import { growth, MIB } from "./growth.ts";
import { Stranger } from "./stranger.ts";

/** More than any of these may keep. */
const LITTLE = 4 * MIB;

/** Sends tells for that many actors that there are not, a few at a time, so that each has its fault before the next. */
async function callAround(stranger: Stranger, first: number, count: number): Promise<void> {
  for (let n = first; n < first + count; n += 64) {
    const targets = Array.from({ length: Math.min(64, first + count - n) }, (_, i) => `nobody-${n + i}`);
    await stranger.send(...targets.map((targetActor) => ({ messageType: "desk.Note", targetActor })));
    for (const _ of targets) assertEquals((await stranger.receive())?.fault?.code, "no-such-actor");
  }
}

Deno.test("a peer may use 4,096 names of actors, which cost a server little, and loses its connection with the next", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport });
  using stranger = await Stranger.greet(transport, office.server.address);
  assertLess(await growth(() => callAround(stranger, 0, 4_096)), LITTLE);
  await stranger.send({ messageType: "desk.Note", targetActor: "one-too-many" });
  await stranger.closed();
});

Deno.test("names are counted for each connection: those of a peer that has gone cost nothing", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport });
  const grown = await growth(async () => {
    for (let round = 0; round < 4; round++) {
      using stranger = await Stranger.greet(transport, office.server.address, `stranger-${round}`);
      await callAround(stranger, round * 3_000, 3_000);
    }
  });
  assertLess(grown, LITTLE);
});

Deno.test("a server whose events nobody reads keeps the newest of them and no more, whatever peers provoke", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport });
  const events = office.server.events;
  const grown = await growth(async () => {
    for (let round = 0; round < 3; round++) {
      using stranger = await Stranger.greet(transport, office.server.address, `stranger-${round}`);
      await callAround(stranger, round * 3_000, 3_000);
    }
  });
  assertLess(grown, LITTLE);
  const reader = events.getReader();
  const { value: first } = await reader.read();
  assert(first?.kind === "missed" && first.count >= 9_000 - EVENT_BUFFER, JSON.stringify(first));
  await reader.cancel();
});

Deno.test("a client whose server answers what nobody has asked keeps the newest events of that and no more", async () => {
  const transport = new MemoryNetwork();
  const listener = await transport.listen({ hostname: "server", port: 7000 });
  const connecting = RemoteClient.connect({ hostname: "server", port: 7000, transport });
  const server = (await listener.accept())!;
  await server.read();
  const welcome = { step: "welcome", version: 1, node: "s", uid: "s", frameBytesMax: 1_000_000 } as const;
  await server.write(framesOf({ handshake: encodeHandshake({ ...welcome, windowMessages: 32, windowBytes: 1_000 }) }));
  const client = await connecting;
  const events = client.events;
  const grown = await growth(async () => {
    for (let n = 1; n <= 10_000; n += 100) {
      const replies = Array.from({ length: 100 }, (_, i) => ({ isResponse: true, correlationId: n + i }));
      await server.write(framesOf(...replies));
    }
  });
  assertLess(grown, LITTLE);
  const reader = events.getReader();
  assertEquals((await reader.read()).value?.kind, "missed");
  await reader.cancel();
  await client.close({ timeout: 0 });
  server.close();
  listener.close();
});

Deno.test("what a thousand peers have asked goes with them: nothing of it is kept", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport });
  office.addDesk("held", { stopTimeout: 0 });
  const payload = new TextEncoder().encode(JSON.stringify({ gate: "never" }));
  const grown = await growth(async () => {
    const events = office.server.events;
    const strangers: Stranger[] = [];
    for (let n = 0; n < 1_000; n++) {
      const stranger = await Stranger.greet(transport, office.server.address, `stranger-${n}`);
      const asks = Array.from({ length: 32 }, (_, i) => ({ correlationId: i + 1, payload }));
      await stranger.send(...asks.map((ask) => ({ ...ask, messageType: "desk.Wait", targetActor: "held" })));
      strangers.push(stranger);
    }
    for (const stranger of strangers) stranger[Symbol.dispose]();
    let gone = 0;
    for await (const { kind } of events) if (kind === "disconnected" && ++gone === strangers.length) break;
  });
  // What the mailbox has taken it keeps: 256 messages.
  assertLess(grown, LITTLE);
});
