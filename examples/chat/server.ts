/**
 * The chat server: a listener, a room, and a connection for each client.
 * @module
 */

import {
  Actor,
  ActorSystem,
  type Addr,
  type Context,
  SupervisorStrategy,
  type SystemEvent,
  type Terminated,
} from "@cinema/cinema";
import { Connection, OUTGOING_MAX } from "./connection.ts";
import type { RoomMessage } from "./messages.ts";
import { Room } from "./room.ts";
import { Socket } from "./socket.ts";

/**
 * Clients at a time, unless told otherwise: well below the 1,024 files that a process may have open on many systems.
 */
const CLIENTS_MAX = 256;

/** Where a chat listens. */
export interface ChatOptions {
  readonly hostname: string;
  /** `0` lets the system choose; `address` tells. */
  readonly port: number;
  readonly clientsMax?: number;
}

/** Where clients connect to. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** The parent of all: its children are the room and the connections, and they end with it. */
class Server extends Actor {
  readonly #listener: Deno.TcpListener;
  readonly #clientsMax: number;
  #room!: Addr<RoomMessage>;
  #accepted = 0;

  constructor(listener: Deno.TcpListener, clientsMax: number) {
    super();
    this.#listener = listener;
    this.#clientsMax = clientsMax;
  }

  override started(ctx: Context<never>): void {
    // Without its room, a chat has nothing to go on with.
    this.#room = ctx.spawnChild(() => new Room(), { name: "room", strategy: SupervisorStrategy.escalate });
    ctx.addStream(ReadableStream.from(this.#listener), {
      item: (conn) => this.#accept(new Socket(conn), ctx),
      finished: () => this.#close(ctx),
    });
  }

  async #accept(socket: Socket, ctx: Context<never>): Promise<void> {
    // The room is a child too.
    if (ctx.children.length <= this.#clientsMax) {
      const name = `client-${++this.#accepted}`;
      ctx.spawnChild(() => new Connection(socket, this.#room), { name, capacity: OUTGOING_MAX });
    } else {
      await socket.write("* The server is full. Try again later.");
      socket.close();
    }
  }

  /** All clients at once, so that one that does not react holds up nobody's goodbye. */
  #close(ctx: Context<never>): void {
    for (const child of ctx.children) if (child !== this.#room) ctx.stopChild(child);
    ctx.stop();
  }
}

/** A running chat. */
export class Chat implements AsyncDisposable {
  /** Where it listens. */
  readonly address: Address;
  /** Resolves when it has ended, with the reason. */
  readonly closed: Promise<Terminated>;
  readonly #listener: Deno.TcpListener;
  readonly #system = new ActorSystem();

  /** Starts to listen; throws when it cannot. */
  constructor({ hostname, port, clientsMax = CLIENTS_MAX }: ChatOptions) {
    const listener = Deno.listen({ hostname, port });
    this.#listener = listener;
    this.address = listener.addr;
    const server = this.#system.spawn(() => new Server(listener, clientsMax), { name: "chat" });
    this.closed = server.closed.then(async (notice) => {
      await this.#system.shutdown();
      return notice;
    });
  }

  /** What happens among its actors from now on. */
  get events(): ReadableStream<SystemEvent> {
    return this.#system.events;
  }

  /**
   * Says goodbye to everybody and closes every socket. The listener closes first: that ends the stream of connections,
   * and so the server stops when it has taken over every one that was accepted.
   */
  async close(): Promise<void> {
    this.#listener[Symbol.dispose]();
    await this.closed;
  }

  /** The same as `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
