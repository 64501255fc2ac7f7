/**
 * The chat, played by three scripted clients over TCP: they join, talk, one crashes its session, and the server closes.
 *
 * Run it:
 *
 *     deno run --allow-net examples/chat/demo.ts
 *
 * It takes a moment and prints what each client types (>) and what each one then sees:
 *
 *     ann      * Welcome! What is your name?
 *     ann    > ann
 *     ann      * ann joined
 *     ann      * Here: ann. Type /help for help.
 *     bob      * Welcome! What is your name?
 *     bob    > bob
 *     ann      * bob joined
 *     bob      * bob joined
 *     bob      * Here: ann, bob. Type /help for help.
 *     cho      * Welcome! What is your name?
 *     cho    > cho
 *     ann      * cho joined
 *     bob      * cho joined
 *     cho      * cho joined
 *     cho      * Here: ann, bob, cho. Type /help for help.
 *     ann    > Hello, everybody!
 *     ann      <ann> Hello, everybody!
 *     bob      <ann> Hello, everybody!
 *     cho      <ann> Hello, everybody!
 *     bob    > Watch this: \u001b[31mred\u0007
 *     ann      <bob> Watch this: �[31mred�
 *     bob      <bob> Watch this: �[31mred�
 *     cho      <bob> Watch this: �[31mred�
 *     bob    > /crash
 *     server ! /chat/client-2/session failed: Error: Crashed by /crash
 *     server ! /chat/client-2/session was restarted
 *     bob      * Your session failed and was restarted. You are still bob.
 *     bob    > Nobody noticed.
 *     ann      <bob> Nobody noticed.
 *     bob      <bob> Nobody noticed.
 *     cho      <bob> Nobody noticed.
 *     cho    > /quit
 *     cho      * Goodbye!
 *     cho      (the connection is closed)
 *     ann      * cho left
 *     bob      * cho left
 *     ann    > /who
 *     ann      * Here: ann, bob.
 *     server ! closes
 *     ann      * The server closes this connection. Goodbye!
 *     ann      (the connection is closed)
 *     bob      * The server closes this connection. Goodbye!
 *     bob      (the connection is closed)
 *
 * @module
 */

import { Client } from "./client.ts";
import { Chat } from "./server.ts";

const chat = new Chat({ hostname: "127.0.0.1", port: 0 });
const events = chat.events.getReader();
const clients = new Map<string, Client>();

function show(who: string, text: string): void {
  console.log(`${who.padEnd(6)} ${text}`);
}

/** Shows the next line that each of `names` sees: waiting for it is what keeps the play in order. */
async function sees(...names: string[]): Promise<void> {
  for (const name of names) show(name, `  ${await clients.get(name)!.read() ?? "(the connection is closed)"}`);
}

async function types(name: string, line: string): Promise<void> {
  // As in source code, so that no escape sequence reaches the terminal that shows this.
  show(name, `> ${JSON.stringify(line).slice(1, -1)}`);
  await clients.get(name)!.type(line);
}

async function enters(name: string): Promise<void> {
  clients.set(name, await Client.connect(chat.address));
  await sees(name);
  await types(name, name);
  await sees(...clients.keys(), name);
}

/** Shows a failure and what its supervisor did about it. */
async function recovers(): Promise<void> {
  for (;;) {
    const { value: event } = await events.read();
    if (event?.kind === "failed") show("server", `! ${event.addr.id} failed: ${event.error}`);
    if (event?.kind !== "restarted") continue;
    return show("server", `! ${event.addr.id} was restarted`);
  }
}

await enters("ann");
await enters("bob");
await enters("cho");

await types("ann", "Hello, everybody!");
await sees("ann", "bob", "cho");
await types("bob", "Watch this: \x1b[31mred\x07");
await sees("ann", "bob", "cho");

await types("bob", "/crash");
await recovers();
await sees("bob");
await types("bob", "Nobody noticed.");
await sees("ann", "bob", "cho");

await types("cho", "/quit");
await sees("cho", "cho", "ann", "bob");
await types("ann", "/who");
await sees("ann");

show("server", "! closes");
await chat.close();
await sees("ann", "ann", "bob", "bob");
