/**
 * Drives the core of a node: performs what it wants done over connections, in the time of a clock.
 * @module
 */

import type { ChannelPeer } from "../remote/spi.ts";
import type { Clock, ClockTimer } from "../src/spi.ts";
import { formatAddress } from "./address.ts";
import type { Core } from "./core.ts";
import type { CoreEffect, CoreEvent } from "./core_event.ts";
import { MESH_MAX, RECHECK_MS } from "./limits.ts";
import { Links, type LinksOptions } from "./links.ts";
import { isAlive, type MemberRecord } from "./membership/member.ts";
import { isBulk } from "./membership/messages.ts";
import { ClusterCodec, type ClusterMessage } from "./wire/cluster_codec.ts";

/** What a driver needs. */
export interface DriverOptions extends Pick<LinksOptions, "clock" | "dial" | "failed"> {
  /** What it drives. */
  readonly core: Core;
  /** Hears what happens. */
  readonly emit: (event: CoreEvent) => void;
  /** This node itself was reached at an address. */
  readonly metSelf: (addr: string) => void;
}

/** See the module. */
export class Driver {
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #emit: (event: CoreEvent) => void;
  readonly #metSelf: (addr: string) => void;
  readonly #codec: ClusterCodec = new ClusterCodec();
  readonly #links: Links;
  readonly #rechecks: Map<string, ClockTimer> = new Map();
  #timer: ClockTimer | undefined;
  #armedFor = Infinity;
  #isClosed = false;

  /** Creates a driver that does nothing until it is told to. */
  constructor({ core, clock, dial, failed, emit, metSelf }: DriverOptions) {
    this.#core = core;
    this.#clock = clock;
    this.#emit = emit;
    this.#metSelf = metSelf;
    this.#links = new Links({
      clock,
      dial,
      failed,
      received: (payload, peer, addr) => this.receive(payload, peer, addr),
      lost: (addr) => this.perform((now) => core.connectionLost(addr, now)),
      refused: (addr) => {
        this.perform((now) => core.connectionRefused(addr, now));
        this.#recheck(addr);
      },
    });
  }

  /** Does something with the core, and what that wants done. */
  perform(act: (now: number) => readonly CoreEffect[]): void {
    if (this.#isClosed) return;
    for (const effect of act(this.#clock.now())) {
      if (effect.kind === "event") this.#heard(effect.event);
      else this.#links.send(effect.addr, this.#encode(effect.message), effect.isBulk);
    }
    this.#arm();
  }

  /** Takes what a peer says; `addr` is where it was reached, when this node has connected. */
  receive(payload: Uint8Array, peer: ChannelPeer, addr?: string): void {
    if (this.#isClosed) return;
    let message: ClusterMessage | undefined;
    try {
      message = this.#codec.decode(payload);
    } catch (error) {
      return this.#reject(peer, error instanceof Error ? error.message : String(error));
    }
    if (message === undefined) return;
    const { sender } = message.kind === "packet" ? message.packet : message.message;
    if (sender.id !== peer.node) return this.#reject(peer, `"${peer.node}" speaks for "${sender.id}"`);
    if (this.#isSelf(sender)) {
      // By another name of its own address. Whoever asked hears it from the echo.
      if (addr === undefined) peer.say(payload);
      else this.#metSelf(addr);
      return;
    }
    const cameAsBulk = message.kind === "directory" || isBulk(message.packet.body);
    const effects = this.#core.receive(message, this.#clock.now());
    for (const effect of effects) {
      if (effect.kind === "event") this.#heard(addr === undefined ? effect.event : reachedAt(addr, effect.event));
      else {
        const bytes = this.#encode(effect.message);
        // An answer goes back the way the question came, but nothing large where probes go.
        const goesBack = effect.addr === sender.addr && (cameAsBulk || !effect.isBulk);
        if (!goesBack || !peer.say(bytes)) this.#links.send(effect.addr, bytes, effect.isBulk);
      }
    }
    this.#arm();
  }

  /** Resolves when everything that was sent has been handed over, or never will be. */
  drained(): Promise<void> {
    return this.#links.drained();
  }

  /** Stops, closes all connections, and resolves when nothing is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const timer of this.#rechecks.values()) timer.cancel();
    await this.#links.close();
  }

  #isSelf({ id, uid }: MemberRecord): boolean {
    const { self } = this.#core;
    return id === self.id && uid === self.uid;
  }

  #encode(message: ClusterMessage): Uint8Array {
    return message.kind === "packet"
      ? this.#codec.encodePacket(message.packet)
      : this.#codec.encodeDirectory(message.message);
  }

  #heard(event: CoreEvent): void {
    if (event.kind === "status") {
      const { addr, status } = event.member;
      // Whoever hears of a suspicion looks for itself: a closed port that several have found is a process that died.
      if (status === "suspect") this.#links.check(addr);
      // In a small cluster everybody is connected with everybody: then a process that dies shows at once.
      else if (status === "up" && this.#isSmall()) this.#links.check(addr);
      else if (status !== "up") this.#links.drop(addr);
    }
    this.#emit(event);
  }

  /** Whether few enough are alive for everybody to be connected with everybody. */
  #isSmall(): boolean {
    let alive = 0;
    for (const member of this.#core.members) if (isAlive(member) && ++alive > MESH_MAX) return false;
    return true;
  }

  #reject({ remote }: ChannelPeer, reason: string): void {
    this.#emit({ kind: "rejected", addr: formatAddress(remote), reason });
  }

  /** Looks at a closed port again while its member is suspected: where nobody can confirm it, it must stay closed. */
  #recheck(addr: string): void {
    if (this.#isClosed || this.#rechecks.has(addr)) return;
    if (!this.#core.members.some((member) => member.addr === addr && isAlive(member))) return;
    const timer = this.#clock.schedule(RECHECK_MS, () => {
      this.#rechecks.delete(addr);
      this.#links.check(addr);
    });
    this.#rechecks.set(addr, timer);
  }

  #arm(): void {
    const { nextAt } = this.#core;
    if (nextAt >= this.#armedFor) return;
    this.#timer?.cancel();
    this.#armedFor = nextAt;
    this.#timer = this.#clock.schedule(Math.max(0, nextAt - this.#clock.now()), () => {
      this.#armedFor = Infinity;
      this.perform((now) => this.#core.advance(now));
    });
  }
}

/** Whoever answers a seed is named as it was reached, not as it calls itself. */
function reachedAt(addr: string, event: CoreEvent): CoreEvent {
  return event.kind === "refused" || event.kind === "synced" ? { ...event, addr } : event;
}
