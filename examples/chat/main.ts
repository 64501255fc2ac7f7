/**
 * A chat server on TCP: one actor per connection, one for the room, and any number of people with `nc`.
 *
 * Run it:
 *
 *     deno run --allow-net examples/chat/main.ts
 *
 * and join from other terminals with `nc localhost 8080`. It prints where it listens and what crashes, until Ctrl-C.
 * `README.md` beside this file says more; `demo.ts` shows it without a second terminal.
 *
 * @module
 */

import type { SystemEvent } from "@cinema/cinema";
import { type Command, readCommandLine, USAGE } from "./command_line.ts";
import { Chat } from "./server.ts";

const command = readCommandLine(Deno.args);
if (command.kind === "help") console.log(USAGE);
else if (command.kind === "wrong") giveUp(`${command.problem}\n\n${USAGE}`, 2);
else await serve(command);

async function serve(where: Command & { kind: "listen" }): Promise<void> {
  const chat = listen(where);
  if (chat === undefined) return;
  // Once: a second Ctrl-C ends the process at once, as usual.
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  const close = (): void => {
    for (const signal of signals) Deno.removeSignalListener(signal, close);
    console.log("Closing");
    chat.close();
  };
  for (const signal of signals) Deno.addSignalListener(signal, close);
  const { hostname, port } = chat.address;
  console.log(`Listening on ${hostname}:${port}. Join with: nc ${hostname} ${port}`);
  await logFailures(chat.events);
  const { error } = await chat.closed;
  if (error !== undefined) giveUp(`The chat has failed: ${error}`, 1);
}

function listen({ hostname, port }: Command & { kind: "listen" }): Chat | undefined {
  try {
    return new Chat({ hostname, port });
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is in use. Choose another one with --port"
      : (error as Error).message;
    giveUp(`Cannot listen on ${hostname}:${port}: ${reason}`, 1);
    return undefined;
  }
}

/** Reads the events until the chat has ended. */
async function logFailures(events: ReadableStream<SystemEvent>): Promise<void> {
  for await (const event of events) {
    if (event.kind === "failed") console.error(`${event.addr.id} failed: ${event.error}`);
    if (event.kind === "restarted") console.error(`${event.addr.id} was restarted`);
  }
}

function giveUp(message: string, exitCode: number): void {
  console.error(message);
  Deno.exitCode = exitCode;
}
