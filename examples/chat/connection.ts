/**
 * A connection: the actor that owns the socket of one client.
 * @module
 */

import { Actor, type Addr, type Context, SupervisorStrategy, type Terminated } from "@cinema/cinema";
import { LineTooLongError } from "./line_limit.ts";
import type { Print, RoomMessage } from "./messages.ts";
import { Session } from "./session.ts";
import type { Socket } from "./socket.ts";

/** Lines that wait for a client that reads slowly, before it is dropped. */
export const OUTGOING_MAX = 256;

/**
 * Lines of the client come in as a stream, lines for the client as messages, and its mailbox is the outgoing queue. It
 * does little, so it has little to fail with: what a client types is understood by its child, the session.
 */
export class Connection extends Actor<Print> {
  readonly #socket: Socket;
  readonly #room: Addr<RoomMessage>;
  #lastWords = "* The server closes this connection. Goodbye!";

  constructor(socket: Socket, room: Addr<RoomMessage>) {
    super();
    this.#socket = socket;
    this.#room = room;
  }

  override started(ctx: Context<Print>): void {
    // A write to a client that does not read would go on for ever.
    ctx.signal.addEventListener("abort", () => this.#socket.closeSoon(), { once: true });
    const session = ctx.spawnChild(() => new Session(ctx.address, this.#room), {
      name: "session",
      capacity: 16,
      strategy: SupervisorStrategy.restart(3, 60_000),
    });
    // The next line is read when the session had room for this one: who types too fast is slowed by TCP itself.
    ctx.addStream(this.#socket.lines(), {
      item: async (text) => {
        await session.doSend({ type: "line", text }, { signal: ctx.signal });
      },
      finished: async () => {
        await session.doSend({ type: "hangUp" }, { signal: ctx.signal });
      },
      failed: (error) => {
        if (error instanceof LineTooLongError) this.#lastWords = `* ${error.message}. Goodbye!`;
        ctx.stop();
      },
    });
  }

  async print({ text }: Print, ctx: Context<Print>): Promise<void> {
    if (!await this.#socket.write(text)) ctx.stop();
  }

  /** The session has ended, and with it the connection. */
  override terminated({ reason }: Terminated, ctx: Context<Print>): void {
    this.#lastWords = reason === "stopped" ? "* Goodbye!" : "* Your session failed too often. Goodbye!";
    ctx.stop();
  }

  override async stopped(): Promise<void> {
    await this.#socket.end(this.#lastWords);
  }
}
