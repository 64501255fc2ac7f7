import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemoryNetwork } from "../../../remote/transport/memory.ts";
import type { Faults } from "../../../remote/transport/pipe.ts";
import { ManualClock, SeededRandom } from "../../../src/testing/mod.ts";
import { testTransport } from "../../conformance/transport_suite.ts";
import { watch } from "../../support/signals.ts";

testTransport("memory", () => {
  const transport = new MemoryNetwork();
  return { transport, hostname: "here", reset: () => transport.reset() };
});
testTransport("memory that splits and delays", () => {
  const transport = new MemoryNetwork({ random: new SeededRandom(5), faults: { split: true, delayMs: [0, 2] } });
  return { transport, hostname: "here", reset: () => transport.reset() };
});

async function connected(network: MemoryNetwork) {
  const listener = await network.listen({ hostname: "here", port: 0 });
  const [client, server] = await Promise.all([network.connect(listener.address), listener.accept()]);
  return { listener, client, server: server! };
}

/** What a seeded network makes of some writes: the sizes and times of what arrives. */
async function trace(seed: number, faults: Faults): Promise<string> {
  const clock = new ManualClock();
  const { client, server } = await connected(new MemoryNetwork({ clock, random: new SeededRandom(seed), faults }));
  const seen: string[] = [];
  const reading = (async () => {
    for (let chunk = await server.read(); chunk !== undefined; chunk = await server.read()) {
      seen.push(`${chunk.length} at ${clock.now().toFixed(3)}`);
    }
  })().catch((error) => seen.push(String(error)));
  for (let n = 1; n <= 20; n++) await client.write(new Uint8Array(n * 100)).catch((error) => seen.push(String(error)));
  client.close();
  await clock.advance(1_000);
  await reading;
  return seen.join("\n");
}

Deno.test("memory: the same seed gives the same faults, and another seed others", async () => {
  const faults: Faults = { split: true, delayMs: [1, 9], reset: 0.05 };
  assertEquals(await trace(1, faults), await trace(1, faults));
  assert(await trace(1, faults) !== await trace(2, faults));
});

Deno.test("memory: a write that is cut off leaves a part of itself, and both ends fail", async () => {
  const network = new MemoryNetwork({ random: new SeededRandom(3), faults: { reset: 1 } });
  const { client, server } = await connected(network);
  await client.write(new Uint8Array(1_000)).catch(() => "it may be told at once");
  let got = 0;
  await assertRejects(
    async () => {
      for (;;) got += (await server.read())!.length;
    },
    Error,
    "reset",
  );
  assert(got < 1_000);
  await assertRejects(() => client.read(), Error, "reset");
  await assertRejects(() => client.write(new Uint8Array(1)), Error, "reset");
});

Deno.test("memory: connects are refused as often as was asked for", async () => {
  const network = new MemoryNetwork({ random: new SeededRandom(1), faults: { refuse: 0.5 } });
  const listener = await network.listen({ hostname: "here", port: 1 });
  let refused = 0;
  for (let n = 0; n < 200; n++) await network.connect(listener.address).catch(() => refused++);
  assert(refused > 60 && refused < 140, `${refused} of 200 were refused`);
});

Deno.test("memory: a paused network holds everything up and loses nothing", async () => {
  const network = new MemoryNetwork();
  const { client, server } = await connected(network);
  network.pause();
  const read = watch(server.read());
  await client.write(new Uint8Array([7]));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(read.ended, "pending");
  network.resume();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(read.ended, new Uint8Array([7]));
});
