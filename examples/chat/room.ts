/**
 * The room: who is there, and what is said to all.
 * @module
 */

import { Actor, type ActorRef, type Addr, type Context, Rejection, type Terminated } from "@cinema/cinema";
import type { Join, NameOf, Print, RoomMessage, Say } from "./messages.ts";

const NAME = /^[\p{L}\p{N}_-]{1,20}$/u;

interface Member {
  readonly name: string;
  readonly connection: Addr<Print>;
}

/** Never waits for a client: a message that finds the mailbox of a connection full costs that client its place. */
export class Room extends Actor<RoomMessage> {
  readonly #members = new Map<ActorRef<never>, Member>();

  join({ name, connection }: Join, ctx: Context<RoomMessage>): readonly string[] {
    if (!NAME.test(name)) throw new Rejection("A name is 1 to 20 letters, digits, - or _. What is your name?");
    if (this.#isTaken(name)) throw new Rejection(`The name ${name} is taken. What is your name?`);
    this.#members.set(connection, { name, connection });
    // However the connection ends, `terminated` tells.
    ctx.watch(connection);
    this.#tell(`* ${name} joined`, ctx);
    return this.who();
  }

  say({ text, connection }: Say, ctx: Context<RoomMessage>): void {
    const member = this.#members.get(connection);
    if (member !== undefined) this.#tell(`<${member.name}> ${text}`, ctx);
  }

  who(): readonly string[] {
    return [...this.#members.values()].map(({ name }) => name);
  }

  nameOf({ connection }: NameOf): string | undefined {
    return this.#members.get(connection)?.name;
  }

  override terminated({ addr }: Terminated, ctx: Context<RoomMessage>): void {
    const member = this.#members.get(addr);
    // Who was too slow has left already.
    if (member === undefined) return;
    this.#members.delete(addr);
    this.#tell(`* ${member.name} left`, ctx);
  }

  #isTaken(name: string): boolean {
    return this.who().some((other) => other.toLowerCase() === name.toLowerCase());
  }

  #tell(text: string, ctx: Context<RoomMessage>): void {
    const slow = [...this.#members.values()].filter(({ connection }) =>
      connection.trySend({ type: "print", text }) === "full"
    );
    for (const { connection } of slow) this.#members.delete(connection);
    for (const { name, connection } of slow) {
      // Not awaited: the room goes on while the connection ends.
      ctx.system.stop(connection);
      this.#tell(`* ${name} was dropped: too slow`, ctx);
    }
  }
}
