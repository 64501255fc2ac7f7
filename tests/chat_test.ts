import {
  assert,
  assertEquals,
  assertGreater,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { deadline } from "@std/async";
import { once } from "node:events";
import { connect } from "node:net";
import { Client } from "../examples/chat/client.ts";
import { OUTGOING_MAX } from "../examples/chat/connection.ts";
import { Chat } from "../examples/chat/server.ts";
import { LINE_BYTES_MAX } from "../examples/chat/socket.ts";

const WELCOME = "* Welcome! What is your name?";
const GOODBYE = "* The server closes this connection. Goodbye!";

function startChat(clientsMax?: number): Chat {
  return new Chat({ hostname: "127.0.0.1", port: 0, ...(clientsMax === undefined ? {} : { clientsMax }) });
}

/** Connects a client and reads up to the answer to its name. */
async function join(chat: Chat, name: string): Promise<Client> {
  const client = await Client.connect(chat.address);
  assertEquals(await client.read(), WELCOME);
  await client.type(name);
  assertEquals(await client.read(), `* ${name} joined`);
  assertMatch(await client.read() ?? "", /^\* Here: /);
  return client;
}

/** Connects clients, each of which has seen those after it join. */
async function joinAll(chat: Chat, names: readonly string[]): Promise<Client[]> {
  const clients: Client[] = [];
  for (const name of names) {
    const newcomer = await join(chat, name);
    await expectAll(clients, `* ${name} joined`);
    clients.push(newcomer);
  }
  return clients;
}

async function expectAll(clients: readonly Client[], line: string | undefined): Promise<void> {
  for (const client of clients) assertEquals(await client.read(), line);
}

async function readLines(client: Client, count: number): Promise<(string | undefined)[]> {
  const lines = [];
  while (lines.length < count) lines.push(await client.read());
  return lines;
}

async function readToTheEnd(client: Client): Promise<void> {
  try {
    while (await client.read() !== undefined);
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
}

async function closeInTime(chat: Chat): Promise<void> {
  await deadline(chat.close(), 5_000);
}

/** A connection whose client sends and never reads, so that closing it resets it. */
async function connectRaw(chat: Chat, text: string): Promise<Deno.TcpConn> {
  const conn = await Deno.connect(chat.address);
  await conn.write(new TextEncoder().encode(text));
  return conn;
}

Deno.test("chat: everybody sees who joins, what is said and who leaves", async () => {
  await using chat = startChat();
  const [ann, bob, cho] = await joinAll(chat, ["ann", "bob", "cho"]) as [Client, Client, Client];
  await ann.type("hello");
  await expectAll([ann, bob, cho], "<ann> hello");
  await bob.type("  hi \t ann  ");
  await expectAll([ann, bob, cho], "<bob> hi   ann");
  await cho.type("/quit");
  await expectAll([cho], "* Goodbye!");
  await expectAll([cho], undefined);
  await expectAll([ann, bob], "* cho left");
  bob[Symbol.dispose]();
  await expectAll([ann], "* bob left");
  await ann.type("/quit");
  await expectAll([ann], "* Goodbye!");
  cho[Symbol.dispose]();
  ann[Symbol.dispose]();
});

Deno.test("chat: commands are answered to the one who gave them", async () => {
  await using chat = startChat();
  const [ann, bob] = await joinAll(chat, ["ann", "bob"]) as [Client, Client];
  await ann.type("/who");
  assertEquals(await ann.read(), "* Here: ann, bob.");
  await ann.type("/help");
  assertMatch(await ann.read() ?? "", /\/who .*\/quit/);
  await ann.type("/toString");
  assertEquals(await ann.read(), "* Unknown command: try /help");
  await ann.type("");
  await ann.type("done");
  await expectAll([ann, bob], "<ann> done");
  ann[Symbol.dispose]();
  bob[Symbol.dispose]();
});

Deno.test("chat: a name that is invalid, too long or taken is refused, and free again when its owner left", async () => {
  await using chat = startChat();
  using ann = await join(chat, "ann");
  using other = await Client.connect(chat.address);
  assertEquals(await other.read(), WELCOME);
  for (const name of ["a b", "a".repeat(21), "a".repeat(4_000), "a\x1b[31m", "\u202eann", "<ann>", "*"]) {
    await other.type(name);
    assertEquals(await other.read(), "* A name is 1 to 20 letters, digits, - or _. What is your name?");
  }
  for (const name of ["ann", "Ann"]) {
    await other.type(name);
    assertEquals(await other.read(), `* The name ${name} is taken. What is your name?`);
  }
  await other.type("constructor");
  await expectAll([other, ann], "* constructor joined");
  assertEquals(await other.read(), "* Here: ann, constructor. Type /help for help.");
  ann[Symbol.dispose]();
  assertEquals(await other.read(), "* ann left");
  using again = await join(chat, "ann");
  await expectAll([other], "* ann joined");
  await again.type("Élodie ist 5");
  await expectAll([again, other], "<ann> Élodie ist 5");
});

Deno.test("chat: ten clients that talk at once all see the same lines in the same order", async () => {
  await using chat = startChat();
  const names = Array.from({ length: 10 }, (_, i) => `client_${i}`);
  const clients = await joinAll(chat, names);
  const talk = async (client: Client): Promise<void> => {
    for (let i = 0; i < 20; i++) await client.type(`line ${i}`);
  };
  const [seen] = await Promise.all([
    Promise.all(clients.map((client) => readLines(client, 200))),
    ...clients.map(talk),
  ]);
  for (const lines of seen) assertEquals(lines, seen[0]);
  for (const name of names) {
    const expected = Array.from({ length: 20 }, (_, i) => `<${name}> line ${i}`);
    assertEquals(seen[0]?.filter((line) => line?.startsWith(`<${name}>`)), expected);
  }
  for (const client of clients) client[Symbol.dispose]();
});

Deno.test("chat: a client that pastes thousands of lines at once costs nobody who reads a line", async () => {
  await using chat = startChat();
  const [ann, bob] = await joinAll(chat, ["ann", "bob"]) as [Client, Client];
  const lines = Array.from({ length: 5_000 }, (_, i) => `${i}`);
  const expected = lines.map((line) => `<ann> ${line}`);
  const [seenByAnn, seenByBob] = await Promise.all([
    readLines(ann, lines.length),
    readLines(bob, lines.length),
    ann.type(lines.join("\n")),
  ]);
  assertEquals(seenByAnn, expected);
  assertEquals(seenByBob, expected);
  ann[Symbol.dispose]();
  bob[Symbol.dispose]();
});

Deno.test("chat: a client that never reads slows nobody, holds a bounded queue and is dropped", async () => {
  const chat = startChat();
  const events = chat.events;
  using ann = await join(chat, "ann");
  using mute = await connectRaw(chat, "mute\n");
  assertEquals(await ann.read(), "* mute joined");
  using bob = await join(chat, "bob");
  await expectAll([ann], "* bob joined");

  // Goes on until the buffers of the system are full too; each line must reach the others although `mute` is stuck.
  const line = "x".repeat(4_000);
  const dropped = "* mute was dropped: too slow";
  let isDropped = false;
  for (let rounds = 0; !isDropped; rounds++) {
    assertLessOrEqual(rounds, 20_000, "mute was never dropped");
    await ann.type(line);
    for (const client of [ann, bob]) {
      let seen = await client.read();
      if (seen === dropped) isDropped = true;
      if (seen === dropped) seen = await client.read();
      assertEquals(seen, `<ann> ${line}`);
    }
  }
  await ann.type("/who");
  assertEquals(await ann.read(), "* Here: ann, bob.");
  // What the system had buffered still arrives, and then the end.
  const buffer = new Uint8Array(65_536);
  while (await deadline(mute.read(buffer), 10_000) !== null);
  await closeInTime(chat);
  let queued = 0;
  for await (const event of events) {
    if (event.kind === "dead-letter" && event.addr.id === "/chat/client-2") queued++;
  }
  assertGreater(queued, 0);
  assertLessOrEqual(queued, OUTGOING_MAX);
});

Deno.test("chat: a line of 10 MiB without an end is refused, and its client only", async () => {
  await using chat = startChat();
  const [ann, bob, long] = await joinAll(chat, ["ann", "bob", "long"]) as [Client, Client, Client];
  // It is cut off while it writes, or has written when it is.
  const typed = long.type("x".repeat(10 * 1_024 * 1_024)).catch((error) => assert(error instanceof Error));
  assertEquals(await long.read(), `* A line may have ${LINE_BYTES_MAX} bytes at most. Goodbye!`);
  assertEquals(await long.read(), undefined);
  await typed;
  await expectAll([ann, bob], "* long left");
  const longest = "y".repeat(LINE_BYTES_MAX);
  await ann.type(longest);
  await expectAll([ann, bob], `<ann> ${longest}`);
  await ann.type(`${longest}y`);
  assertEquals(await ann.read(), `* A line may have ${LINE_BYTES_MAX} bytes at most. Goodbye!`);
  await expectAll([bob], "* ann left");
  for (const client of [ann, bob, long]) client[Symbol.dispose]();
});

Deno.test("chat: garbage bytes are harmless to those who see them", async () => {
  await using chat = startChat();
  using ann = await join(chat, "ann");
  // Before it has a name, after it has one, and with an unfinished character at the end.
  const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);
  using garbage = await connectRaw(chat, "");
  await garbage.write(everyByte);
  await garbage.write(new TextEncoder().encode("\ngarbage\n"));
  await expectAll([ann], "* garbage joined");
  await garbage.write(everyByte);
  await garbage.write(new TextEncoder().encode("\n\x1b]0;title\x07\x9b2J\u202egnol\n"));
  await garbage.write(Uint8Array.of(0xf0, 0x9f));
  await garbage.closeWrite();
  const seen = await readLines(ann, 5);
  assertEquals(seen.at(-1), "* garbage left");
  assertEquals(seen.at(-2), "<garbage> \ufffd");
  for (const line of seen) assertMatch(line ?? "", /^[^\p{Cc}\u202e]+$/u);
  // Telling its own client goes wrong nowhere either: it reads nothing but text.
  await ann.type("still here");
  await expectAll([ann], "<ann> still here");
});

Deno.test("chat: a connection that is reset leaves, and the others go on", async () => {
  const chat = startChat();
  const events = chat.events;
  using ann = await join(chat, "ann");
  for (let i = 0; i < 20; i++) {
    const rude = connect(chat.address.port, chat.address.hostname);
    rude.on("error", (error) => assertMatch(error.message, /reset/));
    await once(rude, "connect");
    rude.write("rude\nhalf a li");
    assertEquals(await ann.read(), "* rude joined");
    rude.resetAndDestroy();
    assertEquals(await ann.read(), "* rude left");
  }
  // Reset before it says a word, and while the server answers: closing with unread bytes does that.
  for (let i = 0; i < 20; i++) (await connectRaw(chat, i % 2 === 0 ? "" : "/help\n".repeat(1_000))).close();
  await ann.type("/who");
  assertEquals(await ann.read(), "* Here: ann.");
  await closeInTime(chat);
  // It is the way of the world, no failure of an actor.
  for await (const event of events) assertNotEquals(event.kind, "failed");
});

Deno.test("chat: a client that closes its half is heard to the end and answered", async () => {
  await using chat = startChat();
  using ann = await join(chat, "ann");
  const piped = await connectRaw(chat, "bob\nfirst\nlast, without an end");
  await piped.closeWrite();
  assertEquals(await readLines(ann, 4), ["* bob joined", "<bob> first", "<bob> last, without an end", "* bob left"]);
  const text = await new Response(piped.readable).text();
  assert(text.endsWith("<bob> last, without an end\n* Goodbye!\n"), text);
});

Deno.test("chat: a session that crashes is restarted and keeps its name, and the others notice nothing", async () => {
  await using chat = startChat();
  const events = chat.events;
  const [ann, bob] = await joinAll(chat, ["ann", "bob"]) as [Client, Client];
  for (let i = 0; i < 3; i++) {
    await bob.type("/crash");
    assertEquals(await bob.read(), "* Your session failed and was restarted. You are still bob.");
    await bob.type(`${i}`);
    await expectAll([ann, bob], `<bob> ${i}`);
  }
  await bob.type("/crash");
  assertEquals(await bob.read(), "* Your session failed too often. Goodbye!");
  assertEquals(await bob.read(), undefined);
  await expectAll([ann], "* bob left");
  ann[Symbol.dispose]();
  bob[Symbol.dispose]();
  await closeInTime(chat);
  const kinds: string[] = [];
  for await (const { kind } of events) if (kind === "failed" || kind === "restarted") kinds.push(kind);
  assertEquals(kinds, ["failed", "restarted", "failed", "restarted", "failed", "restarted", "failed"]);
});

Deno.test("chat: who comes when the server is full is told, and there is room again when somebody left", async () => {
  await using chat = startChat(2);
  const [ann, bob] = await joinAll(chat, ["ann", "bob"]) as [Client, Client];
  for (let i = 0; i < 10; i++) {
    using refused = await Client.connect(chat.address);
    assertEquals(await refused.read(), "* The server is full. Try again later.");
    assertEquals(await refused.read(), undefined);
  }
  bob[Symbol.dispose]();
  await expectAll([ann], "* bob left");
  using cho = await join(chat, "cho");
  await expectAll([ann], "* cho joined");
  cho[Symbol.dispose]();
  ann[Symbol.dispose]();
});

Deno.test("chat: closing says goodbye to all and closes every socket, also of one that is stuck", async () => {
  const chat = startChat();
  const clients = await joinAll(chat, ["ann", "bob"]);
  using nameless = await Client.connect(chat.address);
  assertEquals(await nameless.read(), WELCOME);
  // Hear goodbye and do not close: each holds up its own end only.
  const lazy = await Promise.all(Array.from({ length: 12 }, () => connectRaw(chat, "")));
  // Asks for much more than the system buffers and never reads: the server is stuck with its answers.
  using stuck = await connectRaw(chat, "");
  const asked = stuck.write(new TextEncoder().encode("/help\n".repeat(500_000)));
  for (let i = 0; i < 100; i++) {
    await clients[0]?.type(`${i}`);
    await expectAll(clients, `<ann> ${i}`);
  }
  await closeInTime(chat);
  await expectAll([...clients, nameless], GOODBYE);
  await expectAll([...clients, nameless], undefined);
  for (const conn of lazy) assertEquals(await new Response(conn.readable).text(), `${WELCOME}\n${GOODBYE}\n`);
  await asked.catch((error) => assert(error instanceof Error));
  await assertRejects(() => Deno.connect(chat.address), Deno.errors.ConnectionRefused);
  assertEquals((await chat.closed).reason, "stopped");
  await closeInTime(chat);
});

Deno.test("chat: closing while clients are connecting leaves nothing open", async () => {
  for (let i = 0; i < 20; i++) {
    const chat = startChat();
    const connecting = Array.from({ length: 10 }, () => Client.connect(chat.address));
    if (i % 2 === 0) await connecting[0];
    const outcomes = Promise.allSettled(connecting);
    await closeInTime(chat);
    for (const outcome of await outcomes) {
      if (outcome.status === "rejected") continue;
      using client = outcome.value;
      // Some came in time to be greeted; all are closed, by an end or by a reset.
      await readToTheEnd(client);
    }
  }
});
