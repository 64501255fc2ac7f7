/**
 * Where a server receives its connections: shakes hands with them, and keeps those that have a session.
 * @module
 */

import type { ChannelReceiver } from "./channel.ts";
import type { Clock, Events, Instrument, Random } from "../src/spi.ts";
import { CinemaError } from "../src/spi.ts";
import type { ServerEvent } from "./events.ts";
import { type Admission, type ClientPeer, greetClient } from "./greeting.ts";
import type { KeyRing } from "./keys.ts";
import {
  ASKS_MAX,
  CONNECTIONS_MAX,
  FRAME_BYTES_MAX,
  HANDSHAKE_TIMEOUT_MS,
  HANDSHAKES_MAX,
  HEARTBEAT_MS,
  RECEIVE_BYTES_MAX,
  SEND_BYTES_MAX,
  SILENCE_MS,
  WINDOW_BYTES,
  WINDOW_MESSAGES,
  WINDOW_MESSAGES_MAX,
} from "./limits.ts";
import type { BindOptions } from "./options.ts";
import type { ReadGate } from "./read_gate.ts";
import type { Routes } from "./routes.ts";
import { ServerLink } from "./server_link.ts";
import type { Connection } from "./transport/transport.ts";
import { FrameDecoder } from "./wire/frame.ts";

/** Who a server is. */
export interface NodeIdentity {
  /** The id of its node. */
  readonly node: string;
  /** Which start of it, as clients are told; it may change, and each handshake tells what it is then. */
  readonly uid: string;
  /** Takes what comes on the channel; undefined where there is none. */
  readonly channel: ChannelReceiver | undefined;
}

/** What a reception works with. */
export interface ReceptionOptions extends Omit<BindOptions, "hostname" | "port" | "key"> {
  /** The time. */
  readonly clock: Clock;
  /** Makes nonces. */
  readonly random: Random;
  /** The secrets, if clients must have one. */
  readonly keys: KeyRing | undefined;
  /** Who the server is. */
  readonly server: NodeIdentity;
  /** Where messages go. */
  readonly routes: Routes;
  /** What the connections share. */
  readonly gate: ReadGate;
  /** Who hears what happens. */
  readonly events: Events<ServerEvent>;
  /** Who hears of messages and connections, for traces and metrics. */
  readonly instrument?: Instrument | undefined;
}

/** A connection, from the moment it comes in. */
class Guest {
  readonly connection: Connection;
  /** Ends its handshake. */
  readonly stop: AbortController = new AbortController();
  /** Who it says it is, when that was proved. */
  peer: ClientPeer | undefined;
  /** Drives it once it has a session. */
  link: ServerLink | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Ends it, whatever it is doing; it delivers nothing any more. */
  end(reason: Error): void {
    this.stop.abort(reason);
    this.link?.close(reason);
  }
}

/** See the module. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #handshakes: Set<Guest> = new Set();
  readonly #links: Set<ServerLink> = new Set();
  // Those that have proved who they are, by uid.
  readonly #guests: Map<string, Guest> = new Map();
  readonly #serving: Set<Promise<void>> = new Set();
  #ungreeted = 0;
  #isClosing = false;

  /** Creates a reception without connections. */
  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  /** How many connections have a session. */
  get connections(): number {
    return this.#links.size;
  }

  /** Takes a connection that has just come in. */
  take(connection: Connection): void {
    const serving = this.#serve(new Guest(connection)).finally(() => this.#serving.delete(serving));
    this.#serving.add(serving);
  }

  /** Says goodbye to everybody, and resolves when all have gone; those that have not after `timeoutMs` are cut off. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    for (const guest of this.#handshakes) guest.end(new CinemaError("The server is closing"));
    for (const link of this.#links) link.sayGoodbye();
    const timer = timeoutMs === Infinity ? undefined : this.#options.clock.schedule(timeoutMs, () => {
      for (const link of this.#links) link.close(new CinemaError("The server has closed"));
    });
    await Promise.all(this.#serving);
    timer?.cancel();
  }

  async #serve(guest: Guest): Promise<void> {
    const { events } = this.#options;
    const { remote } = guest.connection;
    try {
      const link = await this.#welcome(guest);
      const { node } = guest.peer!;
      events.emit({ kind: "connected", node, remote });
      const error = await link.run();
      this.#links.delete(link);
      events.emit({ kind: "disconnected", node, remote, ...(error === undefined ? {} : { error }) });
    } catch (error) {
      guest.connection.close();
      events.emit({ kind: "refused", remote, error });
    } finally {
      const uid = guest.peer?.uid;
      if (uid !== undefined && this.#guests.get(uid) === guest) this.#guests.delete(uid);
    }
  }

  /** Shakes hands and opens the session. */
  async #welcome(guest: Guest): Promise<ServerLink> {
    const { connection, decoder } = await this.#greet(guest);
    guest.stop.signal.throwIfAborted();
    const { frameBytesMax, node } = guest.peer!;
    const { clock, silenceTimeout: silenceMs = SILENCE_MS, routes, gate, events, compat, server } = this.#options;
    const { instrument } = this.#options;
    const link = new ServerLink(connection, decoder, {
      clock,
      silenceMs,
      heartbeatMs: compat === undefined ? Math.min(HEARTBEAT_MS, silenceMs / 3) : 0,
      compatNode: compat === undefined ? undefined : server.node,
      node,
      routes,
      channel: server.channel,
      gate,
      frameBytesMax,
      isOffered: (target) => routes.refOf(target) !== undefined,
      messages: WINDOW_MESSAGES,
      messagesMax: WINDOW_MESSAGES_MAX,
      bytes: WINDOW_BYTES,
      asksMax: this.#options.maxAsks ?? ASKS_MAX,
      receiveBytesMax: this.#options.receiveBytesMax ?? RECEIVE_BYTES_MAX,
      sendBytesMax: this.#options.sendBytesMax ?? SEND_BYTES_MAX,
      instrument,
      probe: instrument?.connection("server"),
      undelivered: ({ targetActor: target, messageType }, error) =>
        events.emit({ kind: "dead-letter", node, target, messageType, error }),
    });
    guest.link = link;
    this.#links.add(link);
    if (this.#isClosing) link.sayGoodbye();
    return link;
  }

  async #greet(guest: Guest): Promise<{ connection: Connection; decoder: FrameDecoder }> {
    const { clock, handshakeTimeout = HANDSHAKE_TIMEOUT_MS, maxHandshakes = HANDSHAKES_MAX } = this.#options;
    const { server, keys, random, frameBytesMax = FRAME_BYTES_MAX } = this.#options;
    if (this.#options.compat !== undefined) return this.#takeUngreeted(guest, frameBytesMax);
    const late = new CinemaError(`Cannot shake hands within ${handshakeTimeout} ms`);
    const timer = clock.schedule(handshakeTimeout, () => guest.end(late));
    this.#handshakes.add(guest);
    // The oldest is the least likely to be a client that is only slow.
    if (this.#handshakes.size > maxHandshakes) {
      const [oldest] = this.#handshakes;
      oldest!.end(new CinemaError(`Too many handshakes: ${maxHandshakes} are under way`));
      this.#handshakes.delete(oldest!);
    }
    try {
      return await greetClient(guest.connection, {
        identity: {
          node: server.node,
          uid: server.uid,
          frameBytesMax,
          windowMessages: WINDOW_MESSAGES,
          windowBytes: WINDOW_BYTES,
        },
        keys,
        random,
        signal: guest.stop.signal,
        admit: (peer) => this.#admit(guest, peer),
      });
    } finally {
      timer.cancel();
      this.#handshakes.delete(guest);
    }
  }

  /** A Cinema-rs peer says nothing about itself: every connection is a client of its own. */
  #takeUngreeted(guest: Guest, frameBytesMax: number): { connection: Connection; decoder: FrameDecoder } {
    const { connection } = guest;
    const { hostname, port } = connection.remote;
    const node = `${hostname}:${port}`;
    const refusal = this.#admit(guest, { node, uid: `${node}#${++this.#ungreeted}`, epoch: 1, frameBytesMax });
    if (refusal !== undefined) throw new CinemaError(`Cannot take a connection: ${refusal.message}`);
    return { connection, decoder: new FrameDecoder(frameBytesMax) };
  }

  /** Called when a client has proved who it is: fences its older session, so that nothing of it comes after. */
  #admit(guest: Guest, peer: ClientPeer): Admission {
    const { maxConnections = CONNECTIONS_MAX } = this.#options;
    const { uid, epoch } = peer;
    const older = this.#guests.get(uid);
    if (this.#isClosing) return { code: "closing", message: "The server is closing" };
    if (older === undefined && this.#guests.size >= maxConnections) {
      const text = maxConnections === 1 ? "is 1 connection" : `are ${maxConnections} connections`;
      return { code: "connections", message: `There ${text} already` };
    }
    if (older !== undefined && older.peer!.epoch >= epoch) {
      return { code: "epoch", message: `There is a session of epoch ${older.peer!.epoch}: this one is of ${epoch}` };
    }
    older?.end(new CinemaError("The client has connected anew"));
    guest.peer = peer;
    this.#guests.set(uid, guest);
    return undefined;
  }
}
