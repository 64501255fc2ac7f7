/**
 * What a node of the soak sends: asks and tells to every actor of every other node, at a steady pace, and what it was
 * told of each.
 *
 * @module
 */

import { type AnyMessage, MessageError, type Random, Rejection, type SendResult } from "@cinema/cinema";
import type { ClusterClient, ClusterRemoteAddr } from "@cinema/cinema/cluster";
import { type Fate, pairNumber, type RecordWriter, type Way } from "./records.ts";
import { bodyOf, type Note, type Put, type Receipt, storeName, StoreProtocol, STORES } from "./stores.ts";

/** What the load needs to know. */
export interface LoadOptions {
  /** Sends. */
  readonly client: ClusterClient;
  /** Is told of every message. */
  readonly writer: RecordWriter;
  /** Chooses. */
  readonly random: Random;
  /** This node, from 1, and which start of it this is. */
  readonly node: number;
  /** Which start of this node it is, from 1. */
  readonly start: number;
  /** How many nodes there are. */
  readonly nodes: number;
  /** How many messages to send each second, as long as those who receive keep up. */
  readonly perSecond: number;
}

/** How the load is at the moment. */
export interface LoadSample {
  /** Asks that have no answer. */
  readonly asks: number;
  /** Tells that wait for room. */
  readonly tells: number;
  /**
   * Ms after its time-out that the latest ask of all was settled; time in which this process did not run is left out.
   */
  readonly lateMs: number;
}

interface Peer {
  readonly pair: number;
  readonly addr: ClusterRemoteAddr<Put | Note>;
  readonly isSlow: boolean;
  seq: number;
  asks: number;
  tells: number;
}

interface OpenAsk {
  readonly peer: Peer;
  readonly seq: number;
  readonly timeoutMs: number;
  readonly startedAt: number;
  readonly lagMs: number;
}

const TICK_MS = 10;
/** What was not sent in time is sent later, up to this much. */
const DEBT_MS = 500;
const BURSTS_PER_TICK = 12;
const BURST_MAX = 16;
/** One burst of so many goes to a slow actor. */
const SLOW_PART = 0.08;
/** How many asks and waiting tells there may be to one actor, quick or slow. */
const [QUICK_MAX, SLOW_MAX] = [256, 12];
const ASK_TIMEOUTS_MS = [1_000, 2_000, 5_000];
const TELL_TIMEOUT_MS = 1_000;
/** A tick that is this late shows that the process was stopped or had no processor. */
const LAG_MS = 50;
/** An ask that is settled later than this is as good as hung. */
const LATE_MAX_MS = 500;
/** How long it may take until everything works again, after the last fault. */
const HEAL_MS = 90_000;
const FENCE_TIMEOUT_MS = 20_000;

/** See the module. */
export class Load {
  readonly #options: LoadOptions;
  readonly #quick: Peer[] = [];
  readonly #slow: Peer[] = [];
  readonly #open: Set<OpenAsk> = new Set();
  readonly #settling: Set<Promise<unknown>> = new Set();
  #timer: ReturnType<typeof setInterval> | undefined;
  #tickedAt = performance.now();
  #sweptAt = 0;
  #lagMs = 0;
  #lateMs = 0;
  #owed = 0;
  #isResting = false;

  /** Creates a load that sends nothing yet. */
  constructor(options: LoadOptions) {
    this.#options = options;
    const { client, node: sender, start, nodes } = options;
    for (let receiver = 1; receiver <= nodes; receiver++) {
      for (const [actor, { delayMs }] of STORES.entries()) {
        if (receiver === sender) continue;
        const addr = client.remoteAddr(storeName(receiver, actor), StoreProtocol);
        const pair = pairNumber({ sender, start, receiver, actor });
        const peer = { pair, addr, isSlow: delayMs > 0, seq: 0, asks: 0, tells: 0 };
        (peer.isSlow ? this.#slow : this.#quick).push(peer);
      }
    }
  }

  /** Begins to send. */
  begin(): void {
    this.#tickedAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** How it is. */
  sample(): LoadSample {
    const tells = [...this.#quick, ...this.#slow].reduce((sum, peer) => sum + peer.tells, 0);
    return { asks: this.#open.size, tells, lateMs: Math.round(this.#lateMs) };
  }

  /** Sends nothing new, and resolves when everything is settled and every actor has answered once more. */
  async rest(): Promise<void> {
    this.#isResting = true;
    while (this.#settling.size > 0) await Promise.all(this.#settling);
    await Promise.all([...this.#quick, ...this.#slow].map((peer) => this.#fence(peer)));
    clearInterval(this.#timer);
  }

  /**
   * Messages of one sender are handled in order: when this one has its answer, all before it were handled or never will
   * be.
   */
  async #fence(peer: Peer): Promise<void> {
    const endsAt = performance.now() + HEAL_MS;
    while (performance.now() < endsAt) {
      this.#options.writer.intent(peer.pair, ++peer.seq, "ask");
      this.#options.writer.flush();
      const fate = await this.#ask(peer, peer.seq, FENCE_TIMEOUT_MS, undefined);
      if (fate === "answered" || fate === "failed") return;
      await new Promise((resolve) => setTimeout(resolve, 25 * TICK_MS));
    }
    this.#wrong(`${peer.addr.id} cannot be reached ${HEAL_MS} ms after the last fault`);
  }

  #tick(): void {
    const now = performance.now();
    const { perSecond } = this.#options;
    this.#lagMs += lagOf(now - this.#tickedAt);
    this.#owed = Math.min(this.#owed + (now - this.#tickedAt) * perSecond / 1_000, DEBT_MS * perSecond / 1_000);
    this.#tickedAt = now;
    for (let left = BURSTS_PER_TICK; left > 0 && this.#owed >= 1 && !this.#isResting; left--) this.#burst();
    this.#options.writer.flush();
    if (now - this.#sweptAt >= 1_000) this.#sweep(now);
  }

  #burst(): void {
    const { random, writer } = this.#options;
    const peer = this.#pick(random.next() < SLOW_PART ? this.#slow : this.#quick);
    const room = (peer.isSlow ? SLOW_MAX : QUICK_MAX) - Math.max(peer.asks, peer.tells);
    const count = Math.min(1 + Math.floor(random.next() * BURST_MAX), Math.floor(this.#owed), room);
    const ways: Way[] = [];
    for (let i = 1; i <= count; i++) {
      const drawn = random.next();
      const way = drawn < 0.5 ? "ask" : drawn < 0.9 ? "doSend" : "trySend";
      writer.intent(peer.pair, peer.seq + i, way);
      ways.push(way);
    }
    // The main process must know of a message before anybody can handle it.
    writer.flush();
    for (const way of ways) this.#send(peer, ++peer.seq, way);
    this.#owed -= Math.max(0, count);
  }

  #send(peer: Peer, seq: number, way: Way): void {
    const { random, writer } = this.#options;
    if (way === "ask") {
      const takenBackMs = random.next() < 0.01 ? random.next() * 20 : undefined;
      this.#track(this.#ask(peer, seq, this.#pick(ASK_TIMEOUTS_MS), takenBackMs));
    } else if (way === "doSend") this.#track(this.#tell(peer, seq, random.next() < 0.1));
    else {
      const result = peer.addr.trySend(note(peer, seq));
      writer.fate(peer.pair, seq, result === "sent" ? "sent" : "turned-away", result === "sent" ? "" : result);
    }
  }

  async #tell(peer: Peer, seq: number, isImpatient: boolean): Promise<void> {
    peer.tells++;
    const options = isImpatient ? { timeout: TELL_TIMEOUT_MS } : {};
    const result: SendResult = await peer.addr.doSend(note(peer, seq), options);
    peer.tells--;
    const reason = result === "sent" ? "" : result;
    this.#options.writer.fate(peer.pair, seq, result === "sent" ? "sent" : "unsent", reason);
  }

  async #ask(peer: Peer, seq: number, timeoutMs: number, takenBackMs: number | undefined): Promise<Fate> {
    const open = { peer, seq, timeoutMs, startedAt: performance.now(), lagMs: this.#lagMs };
    const takingBack = new AbortController();
    const timer = takenBackMs === undefined ? undefined : setTimeout(() => takingBack.abort(), takenBackMs);
    const signal = takenBackMs === undefined ? {} : { signal: takingBack.signal };
    this.#open.add(open);
    peer.asks++;
    let [fate, reason]: [Fate, string] = ["answered", ""];
    try {
      const message: Put = { type: "put", pair: peer.pair, seq, body: bodyOf(seq) };
      const receipt: Receipt = await peer.addr.send(message, { timeout: timeoutMs, ...signal });
      if (receipt.pair !== peer.pair || receipt.seq !== seq) this.#wrong(`${seq} of ${peer.pair} got another's answer`);
    } catch (error) {
      const { aborted, reason: takenBack } = takingBack.signal;
      [fate, reason] = aborted && error === takenBack ? ["unknown", "taken back"] : this.#fateOf(error);
    }
    clearTimeout(timer);
    peer.asks--;
    if (this.#open.delete(open)) this.#checkLate(open, performance.now(), LATE_MAX_MS);
    this.#options.writer.fate(peer.pair, seq, fate, reason);
    return fate;
  }

  #fateOf(error: unknown): [Fate, string] {
    if (error instanceof Rejection) return ["answered", "Rejection"];
    if (!(error instanceof MessageError)) {
      this.#wrong(`an ask has failed with ${error instanceof Error ? error.stack : String(error)}`);
      return ["unknown", "other"];
    }
    return [error.outcome === "handled" ? "failed" : error.outcome, error.name];
  }

  /** Looks for asks that should have been settled long ago. */
  #sweep(now: number): void {
    this.#sweptAt = now;
    for (const open of this.#open) if (this.#checkLate(open, now, 2 * LATE_MAX_MS)) this.#open.delete(open);
  }

  #checkLate({ peer, seq, timeoutMs, startedAt, lagMs }: OpenAsk, now: number, lateMaxMs: number): boolean {
    // Time that this process did not have does not count.
    const lag = this.#lagMs - lagMs + lagOf(now - this.#tickedAt);
    const lateMs = now - startedAt - timeoutMs - lag;
    this.#lateMs = Math.max(this.#lateMs, lateMs);
    if (lateMs <= lateMaxMs) return false;
    const what = `ask ${seq} to ${peer.addr.id}, of ${timeoutMs} ms, has waited ${Math.round(now - startedAt)} ms`;
    this.#options.writer.text({ kind: "hung", what });
    return true;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#options.random.next() * items.length)]!;
  }

  #track(promise: Promise<unknown>): void {
    const tracked = promise.finally(() => this.#settling.delete(tracked));
    this.#settling.add(tracked);
  }

  #wrong(what: string): void {
    this.#options.writer.text({ kind: "wrong", what });
  }
}

/** Whether a message that was lost is one of the soak: all of them are. */
export function loadOf(message: AnyMessage): { readonly pair: number; readonly seq: number } {
  return message as Put | Note;
}

/** Ms that this process did not run, of those between two ticks. */
function lagOf(elapsedMs: number): number {
  return elapsedMs < LAG_MS ? 0 : elapsedMs - TICK_MS;
}

function note({ pair }: Peer, seq: number): Note {
  return { type: "note", pair, seq, body: bodyOf(seq) };
}
