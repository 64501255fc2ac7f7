/**
 * A session: understands what one client types.
 * @module
 */

import { Actor, type Addr, type Context, Rejection } from "@cinema/cinema";
import { cleanText } from "./clean_text.ts";
import type { HangUp, Line, Print, RoomMessage, SessionMessage } from "./messages.ts";

const HELP = "* Type to talk. /who lists who is here, /quit leaves, /help shows this.";

/**
 * It may crash: its supervisor restarts it, and it learns from the room who its client is. Neither the connection nor
 * anybody else is troubled.
 */
export class Session extends Actor<SessionMessage> {
  readonly #connection: Addr<Print>;
  readonly #room: Addr<RoomMessage>;
  #isMember = false;

  constructor(connection: Addr<Print>, room: Addr<RoomMessage>) {
    super();
    this.#connection = connection;
    this.#room = room;
  }

  override async started(ctx: Context<SessionMessage>): Promise<void> {
    const name = await this.#room.send({ type: "nameOf", connection: this.#connection });
    this.#isMember = name !== undefined;
    if (this.#isMember) this.#print(`* Your session failed and was restarted. You are still ${name}.`, ctx);
    else this.#print("* Welcome! What is your name?", ctx);
  }

  async line({ text }: Line, ctx: Context<SessionMessage>): Promise<void> {
    const words = cleanText(text).trim();
    if (words === "") return;
    if (words.startsWith("/")) await this.#obey(words, ctx);
    else if (this.#isMember) await this.#room.doSend({ type: "say", text: words, connection: this.#connection });
    else await this.#join(words, ctx);
  }

  hangUp(_: HangUp, ctx: Context<SessionMessage>): void {
    ctx.stop();
  }

  async #join(name: string, ctx: Context<SessionMessage>): Promise<void> {
    try {
      const names = await this.#room.send({ type: "join", name, connection: this.#connection });
      this.#isMember = true;
      this.#print(`* Here: ${names.join(", ")}. Type /help for help.`, ctx);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      this.#print(`* ${error.message}`, ctx);
    }
  }

  async #obey(command: string, ctx: Context<SessionMessage>): Promise<void> {
    switch (command) {
      case "/help":
        return this.#print(HELP, ctx);
      case "/who":
        return this.#print(`* Here: ${(await this.#room.send({ type: "who" })).join(", ")}.`, ctx);
      case "/quit":
        return ctx.stop();
      case "/crash":
        throw new Error("Crashed by /crash");
      default:
        return this.#print("* Unknown command: try /help", ctx);
    }
  }

  /** Never waits for the connection, which may be waiting for this session: they would wait for each other. */
  #print(text: string, ctx: Context<SessionMessage>): void {
    if (this.#connection.trySend({ type: "print", text }) !== "sent") ctx.stop();
  }
}
