// Scenarios that other systems were lost in, over real sockets.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Actor, type ActorRef, AskTimeoutError, systemClock } from "../../mod.ts";
import { ConnectionLostError, json, MemoryNetwork, protocol } from "../../remote/mod.ts";
import { encodeHandshake } from "../../remote/wire/handshake_codec.ts";
import { framesOf } from "../support/frames.ts";
import { DeskProtocol, type Echo, Office, roundTrip } from "../support/desk.ts";
import { recordAll } from "../support/record.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { Seeded } from "../support/seeded.ts";

/** Answers after a random number of turns of the event loop, so that replies come in any order. */
class Dawdler extends Actor<Echo> {
  readonly #random: Seeded;

  constructor(random: Seeded) {
    super();
    this.#random = random;
  }

  async echo({ text }: Echo): Promise<string> {
    for (let turns = this.#random.below(4); turns > 0; turns--) await systemClock.yield();
    return text;
  }
}

Deno.test("1,000 asks at a time on one connection, 100 times: each gets its own reply, whatever the order", async () => {
  await using office = await Office.open();
  const random = new Seeded(1);
  const echo = protocol<Echo>({ echo: { name: "Echo", request: json(), reply: json() } });
  const actors = 100;
  for (let n = 0; n < actors; n++) {
    const dawdler = office.system.spawn(() => new Dawdler(random));
    office.router.route(echo, office.node.handler(dawdler, { name: `dawdler-${n}` }));
  }
  const client = await office.connect();
  const strays = recordAll(client.events);
  const addrs = Array.from({ length: actors }, (_, n) => client.remoteAddr(`dawdler-${n}`, echo));
  const order: number[] = [];
  for (let round = 0; round < 100; round++) {
    const asks = Array.from({ length: 1_000 }, async (_, n) => {
      const reply = await addrs[n % actors]!.send({ type: "echo", text: `${round}:${n}` });
      if (round === 0) order.push(n);
      return reply;
    });
    assertEquals(await Promise.all(asks), Array.from({ length: 1_000 }, (_, n) => `${round}:${n}`));
  }
  assert(order.some((n, at) => at > 0 && n < order[at - 1]!), "the replies came in order, so this tests nothing");
  assertEquals(strays, []);
});

Deno.test("a producer that is much faster than a remote consumer is slowed down, and nothing is lost", async () => {
  await using office = await Office.open();
  let handled = 0;
  class Slow extends Actor<Echo> {
    async echo(_: Echo): Promise<string> {
      if (++handled % 64 === 0) await systemClock.yield();
      return "";
    }
  }
  const echo = protocol<Echo>({ echo: { name: "Echo", request: json(), reply: json() } });
  const slow = office.system.spawn(() => new Slow(), { capacity: 16 });
  office.router.route(echo, office.node.handler(slow, { name: "slow" }));
  const client = await office.connect();
  const letters = recordAll(client.events);
  const addr: ActorRef<Echo> = client.remoteAddr("slow", echo);
  const text = "x".repeat(1_000);
  let ahead = 0;
  for (let sent = 0; sent < 20_000; sent++) {
    assertEquals(await addr.doSend({ type: "echo", text }), "sent");
    ahead = Math.max(ahead, sent - handled);
  }
  await addr.send({ type: "echo", text: "last" });
  assertEquals(handled, 20_001);
  // 256 KiB of credit are 262 messages; a grant may be on its way for each that was handled meanwhile.
  assert(ahead <= 600, `the producer was ${ahead} messages ahead`);
  assertEquals(letters, []);
});

Deno.test("a producer ten times faster than its consumer for 10 s leaves the heap within its bounds, and loses nothing", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-net",
      "--v8-flags=--expose-gc",
      new URL("../support/overrun.ts", import.meta.url).href,
      "10",
    ],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const seen = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals([seen.handled, seen.lost, seen.isSorted], [seen.sent, 0, true]);
  assert(seen.growth <= 2 * seen.bound, `the heap grew by ${seen.growth} bytes: the bounds are ${seen.bound}`);
  // The mailbox, the window, and what is on its way.
  assert(seen.ahead <= 256 + 1_024, `the producer was ${seen.ahead} messages ahead`);
});

Deno.test("large messages in bursts are no reason to lose a connection, nor do they hold up small ones for long", async () => {
  await using office = await Office.open({ silenceTimeout: 1_000 });
  office.addDesk("large");
  const client = await office.connect();
  const events = recordAll(client.events);
  const [large, small] = ["large", "desk"].map((name) => client.remoteAddr(name, DeskProtocol));
  const text = "x".repeat(500_000);
  const burst = Array.from({ length: 20 }, () => large!.send({ type: "echo", text }, { timeout: 60_000 }));
  for (let n = 0; n < 20; n++) assertEquals(await small!.send({ type: "echo", text: `${n}` }), `${n}`);
  for (const reply of await Promise.all(burst)) assertEquals(reply.length, text.length);
  assertEquals(events, []);
});

Deno.test("ten thousand connections that say nothing are closed but for the last ones, and keep no client out", async () => {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport });
  const address = office.server.address;
  const flood = await Promise.all(Array.from({ length: 10_000 }, () => transport.connect(address)));
  const desk = await office.desk();
  assertEquals(await desk.send({ type: "echo", text: "in" }), "in");
  const ends = await Promise.all(flood.slice(0, 9_000).map((connection) => connection.read()));
  assertEquals(ends.filter((end) => end !== undefined), []);
  for (const connection of flood) connection.close();
});

for (const [how, sendBytesMax] of [["", 16_777_216], [", also while it is not read", 50_000]] as const) {
  Deno.test(`a client that goes on to speak but takes no replies is given up${how}`, () => givenUp(sendBytesMax));
}

async function givenUp(sendBytesMax: number): Promise<void> {
  const transport = new MemoryNetwork();
  await using office = await Office.open({ transport, silenceTimeout: 90, sendBytesMax });
  const events = recordAll(office.server.events);
  const peer = await transport.connect(office.server.address);
  const hello = { step: "hello", versionMin: 1, versionMax: 1, node: "raw", uid: "raw", epoch: 1 } as const;
  const nothing = new Uint8Array(0);
  const handshake = encodeHandshake({ ...hello, frameBytesMax: 1_000_000, nonce: nothing, keyIds: [] });
  await peer.write(framesOf({ handshake }));
  await peer.read();
  const payload = new TextEncoder().encode(JSON.stringify({ text: "x".repeat(30_000) }));
  for (let correlationId = 1; correlationId <= 8; correlationId++) {
    await peer.write(framesOf({ messageType: "desk.Echo", targetActor: "desk", correlationId, payload }));
  }
  let beats = 0;
  while (!events.some(({ kind }) => kind === "disconnected") && beats++ < 200) {
    // It may be closed just now, or held up: it is not read while too much waits for it.
    peer.write(framesOf({ control: "ping" })).catch(() => "closed");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const end = events.find((event) => event.kind === "disconnected");
  assert(end?.kind === "disconnected" && String(end.error).includes("took nothing"), `${end?.kind}`);
  peer.close();
}

Deno.test("a server that is stopped, as by SIGSTOP, fails asks in time and delays nobody else", async () => {
  await using office = await Office.open();
  await using child = await DeskProcess.start();
  const stuck = await office.connect({ port: child.port, silenceTimeout: 300, outageTimeout: 50 });
  const other = await office.connect();
  const desk = stuck.remoteAddr("desk", DeskProtocol);
  assertEquals(await desk.send({ type: "echo", text: "well" }), "well");
  child.signal("SIGSTOP");
  await assertRejects(() => desk.send({ type: "echo", text: "" }, { timeout: 30 }), AskTimeoutError);
  assertEquals(await other.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "on" }), "on");
  const lost = await assertRejects(
    () => desk.send({ type: "echo", text: "" }, { timeout: 10_000 }),
    ConnectionLostError,
  );
  assertEquals(lost.outcome, "unknown");
  child.signal("SIGCONT");
});

Deno.test("a server that is killed fails what was on its way at once, as unknown", async () => {
  await using office = await Office.open();
  await using child = await DeskProcess.start();
  const client = await office.connect({ port: child.port });
  const asked = client.remoteAddr("desk", DeskProtocol).send({ type: "wait", gate: "never" }, { timeout: 60_000 });
  const failed = assertRejects(() => asked, ConnectionLostError);
  await roundTrip(client);
  child.signal("SIGKILL");
  assertEquals((await failed).outcome, "unknown");
});

/** A desk in a process of its own. Ends by killing it. */
class DeskProcess implements AsyncDisposable {
  readonly port: number;
  readonly #process: Deno.ChildProcess;

  private constructor(process: Deno.ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start(): Promise<DeskProcess> {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-net", new URL("../support/desk_process.ts", import.meta.url).href],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await reader.read();
    await reader.cancel();
    return new DeskProcess(process, Number(value));
  }

  signal(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It was killed by the test.
    }
    await this.#process.status;
  }
}

Deno.test("a client calls more actors of a server than a stranger may name, and its connection lasts", async () => {
  await using office = await Office.open({ transport: new MemoryNetwork() });
  const desk = office.addDesk("first");
  for (let n = 0; n < 5_000; n++) {
    office.router.route(DeskProtocol, office.node.handler(desk, { name: `desk-${n}` }));
  }
  const client = await office.connect();
  const events = recordAll(client.events);
  const held = client.remoteAddr("desk", DeskProtocol).send({ type: "wait", gate: "later" });
  for (let n = 0; n < 5_000; n++) {
    assertEquals(await client.remoteAddr(`desk-${n}`, DeskProtocol).send({ type: "echo", text: `${n}` }), `${n}`);
  }
  office.gates.open("later");
  assertEquals([await held, events], ["later", []]);
});

Deno.test("a server that does not read for long, because its actors are behind, is waited for, and nothing is lost", async () => {
  const clock = new ManualClock();
  const transport = new MemoryNetwork({ clock });
  await using office = await Office.open({ transport, clock, receiveBytesMax: 100_000 });
  const names = ["one", "two", "three", "four"];
  const notes = names.map((name) => {
    const own: number[] = [];
    office.addDesk(name, { capacity: 1 }, own);
    return own;
  });
  const client = await office.connect();
  const events = [recordAll(client.events), recordAll(office.server.events)];
  const desks = names.map((name) => client.remoteAddr(name, DeskProtocol));
  const padding = "x".repeat(20_000);
  // What the windows of four actors hold is more than the server takes, and more than the network does.
  const held = desks.map((desk) => desk.send({ type: "wait", gate: "later" }, { timeout: Infinity }));
  const sent = desks.flatMap((desk) => Array.from({ length: 20 }, (_, n) => desk.doSend({ type: "note", n, padding })));
  const last = client.remoteAddr("desk", DeskProtocol).doSend({ type: "note", n: 7 });
  // For eight times as long as a peer may be silent.
  await clock.advance(120_000);
  assertEquals([office.notes, events, client.isConnected], [[], [[], []], true]);
  office.gates.open("later");
  await clock.advance(1_000);
  assertEquals(new Set(await Promise.all([...held, ...sent, last])), new Set(["later", "sent"]));
  await clock.advance(1_000);
  assertEquals([office.notes, events], [[7], [[], []]]);
  assertEquals(notes, names.map(() => Array.from({ length: 20 }, (_, n) => n)));
});
