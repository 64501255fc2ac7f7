/**
 * One host of a simulation, with the process that runs on it.
 * @module
 */

import type { Core } from "../core.ts";
import type { CoreEffect, CoreEvent } from "../core_event.ts";
import { ClusterCodec, type ClusterMessage } from "../wire/cluster_codec.ts";
import type { SimulatedEvent } from "./options.ts";

/**
 * What a process does: it runs, it is stopped for a while (SIGSTOP), or it has died. Where the host is still there its
 * port refuses connections; where the whole host is gone nothing comes back.
 */
export type HostState = "running" | "paused" | "closed" | "dark";

/** What a host has sent. */
export interface Traffic {
  /** Packets. */
  readonly packets: number;
  /** Their bytes, with those of the frames around them. */
  readonly bytes: number;
}

/** Bytes around each message: the length, and the envelope with the type of the message. */
const FRAME_BYTES = 17;

/** Events of one host that are kept, beside changes of status: what went on before does not matter to a test. */
const EVENTS_MAX = 10_000;

/** See the module. */
export class SimulatedHost {
  /** The name of the host; its address begins with it. */
  readonly name: string;
  /** Its number, from 0 on. */
  readonly index: number;
  /** Where its process listens. */
  readonly addr: string;
  /** What came while the process was stopped, in its order. */
  readonly inbox: (() => void)[] = [];
  /** Closed ports that it will look at again. */
  readonly redials: Set<string> = new Set();
  /** When it has last sent something to an address, to which it has a connection by that. */
  readonly talkedAt: Map<string, number> = new Map();
  /** What happened here, changes of status apart. */
  readonly events: SimulatedEvent[] = [];
  /** What the process does. */
  state: HostState = "running";
  /** The node; a restart makes a new one. */
  core: Core;
  /** Which start the node takes itself for. */
  uid: number;
  /** When the node is woken next. */
  wakeAt: number;
  /** The last moment at which the process was stopped; Infinity while it is. */
  pausedAt: number;
  /** Seeds that have not answered yet. */
  seeds: readonly string[] = [];
  #codec = new ClusterCodec();
  #clockMs = 0;
  #packets = 0;
  #bytes = 0;

  /** Creates a host whose process runs. */
  constructor(name: string, index: number, addr: string, core: Core) {
    this.name = name;
    this.index = index;
    this.addr = addr;
    this.core = core;
    this.uid = core.self.uid;
    this.wakeAt = Infinity;
    this.pausedAt = -Infinity;
  }

  /** The name of the node on it. */
  get id(): string {
    return this.core.self.id;
  }

  /** Whether its process is there, stopped or not. */
  get isThere(): boolean {
    return this.state === "running" || this.state === "paused";
  }

  /** How far its clock is ahead. */
  get clockMs(): number {
    return this.#clockMs;
  }

  /** What it has sent. */
  get traffic(): Traffic {
    return { packets: this.#packets, bytes: this.#bytes };
  }

  /** Puts its clock forward, or back. */
  jump(ms: number): void {
    this.#clockMs += ms;
  }

  /** A new process runs. */
  replace(core: Core): void {
    this.core = core;
    this.uid = core.self.uid;
    this.#codec = new ClusterCodec();
    this.state = "running";
    this.wakeAt = Infinity;
    this.pausedAt = -Infinity;
    this.inbox.length = 0;
    this.talkedAt.clear();
    this.redials.clear();
    this.events.length = 0;
  }

  /** What a message is on the wire. */
  encode(message: ClusterMessage): Uint8Array {
    const bytes = message.kind === "packet"
      ? this.#codec.encodePacket(message.packet)
      : this.#codec.encodeDirectory(message.message);
    this.#packets++;
    this.#bytes += bytes.length + FRAME_BYTES;
    return bytes;
  }

  /** Takes what has come in. */
  receive(bytes: Uint8Array, now: number): CoreEffect[] {
    const message = this.#codec.decode(bytes);
    return message === undefined ? [] : this.core.receive(message, now + this.#clockMs);
  }

  /** Remembers what happened. */
  heard(event: CoreEvent): void {
    if (event.kind === "synced") this.seeds = [];
    const told = toldOf(event);
    if (told !== undefined && this.events.length < EVENTS_MAX) this.events.push(told);
  }
}

function toldOf(event: CoreEvent): SimulatedEvent | undefined {
  const { kind } = event;
  switch (kind) {
    case "appeared":
      return { kind, about: event.location.name, detail: event.location.node };
    case "gone":
      return { kind, about: event.location.name, detail: event.reason };
    case "name-lost":
      return { kind, about: event.name, detail: event.winner.node };
    case "conflict":
      return { kind, about: event.known.id, detail: event.other.addr };
    case "refused":
      return { kind, about: event.addr, detail: event.code };
    case "rejected":
      return { kind, about: event.addr, detail: event.reason };
    default:
      return undefined;
  }
}
