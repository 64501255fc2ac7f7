/**
 * The way into a cluster: seeds are asked until one of them has answered.
 * @module
 */

import { HandshakeError } from "../remote/mod.ts";
import type { Clock, ClockTimer } from "../src/spi.ts";
import { JoinError, type JoinErrorCode } from "./errors.ts";
import type { ClusterEvent } from "./events.ts";
import { JOIN_RETRY_MAX_MS, JOIN_RETRY_MIN_MS, OTHER_SEEDS_MS } from "./limits.ts";

/** What a join needs. */
export interface JoiningOptions {
  /** The addresses to ask. */
  readonly seeds: readonly string[];
  /** The time. */
  readonly clock: Clock;
  /** Asks all seeds; with none, nobody is asked any more. */
  readonly ask: (seeds: readonly string[]) => void;
  /** Hears what happens. */
  readonly emit: (event: ClusterEvent) => void;
}

/** A join under way. */
export class Joining {
  readonly #options: JoiningOptions;
  #seeds: readonly string[];
  readonly #done: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #timer: ClockTimer | undefined;
  #retryMs = JOIN_RETRY_MIN_MS;
  #retryAt = 0;
  #synced: string | undefined;
  // Seeds that have not answered, nor failed. Nodes that start together find each other first: a node that runs knows
  // more.
  readonly #unheard: Set<string>;
  #isCaughtUp = false;
  #isOver = false;

  /** Asks the seeds for the first time. */
  constructor(options: JoiningOptions) {
    this.#options = options;
    this.#seeds = options.seeds;
    this.#unheard = new Set(options.seeds);
    this.#ask();
  }

  /**
   * Resolves when the node has caught up with a seed; rejects when this node was turned away, or the join was given up,
   * as by `signal`.
   */
  async finish(signal?: AbortSignal): Promise<void> {
    const abort = () => this.giveUp(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      await this.#done.promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** A node has told which members it knows: nobody need be asked any more, or can turn this one away. */
  synced(seed: string): void {
    if (this.#isOver) return;
    // What this one knows is told in a moment.
    if (this.#unheard.delete(seed)) this.#isCaughtUp = false;
    if (this.#synced !== undefined) return;
    this.#synced = seed;
    this.#seeds = [];
    this.#timer?.cancel();
    this.#timer = this.#options.clock.schedule(OTHER_SEEDS_MS, () => {
      this.#unheard.clear();
      this.#finishIfDone();
    });
  }

  /** What that node knew of actors is known here, too. */
  caughtUp(): void {
    if (this.#synced === undefined) return;
    this.#isCaughtUp = true;
    this.#finishIfDone();
  }

  /** A seed is this node itself, by another name: without others, it is the first one. */
  metSelf(addr: string): void {
    this.#heard(addr);
    if (this.#isOver || !this.#seeds.includes(addr)) return;
    this.#seeds = this.#seeds.filter((seed) => seed !== addr);
    this.#options.ask(this.#seeds);
    if (this.#seeds.length === 0 && this.#end()) this.#done.resolve();
  }

  /** A node does not talk to this one. */
  refused(addr: string, code: JoinErrorCode, message: string, cause?: unknown): void {
    this.#heard(addr);
    if (!this.#seeds.includes(addr)) return;
    this.giveUp(new JoinError(`Cannot join by way of ${addr}: ${message}`, { code, cause }));
  }

  /** A connection could not be made, or has failed. */
  failed(addr: string, error: unknown): void {
    this.#heard(addr);
    if (this.#isOver || !this.#seeds.includes(addr)) return;
    const handshake = (error as { cause?: unknown } | undefined)?.cause;
    // It would be the same the next time.
    if (handshake instanceof HandshakeError && (handshake.code === "key" || handshake.code === "version")) {
      return this.refused(addr, handshake.code === "key" ? "key" : "cluster", handshake.message, error);
    }
    const retryInMs = Math.max(0, Math.ceil(this.#retryAt - this.#options.clock.now()));
    this.#options.emit({ kind: "unreachable", addr, error, retryInMs });
  }

  /** Ends the join: it rejects with `reason`. */
  giveUp(reason: unknown): void {
    if (!this.#end()) return;
    this.#options.ask([]);
    this.#done.reject(reason);
  }

  /** A seed will say nothing for now. */
  #heard(addr: string): void {
    if (this.#unheard.delete(addr)) this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (!this.#isCaughtUp || this.#unheard.size > 0 || !this.#end()) return;
    this.#options.emit({ kind: "joined", seed: this.#synced! });
    this.#done.resolve();
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#timer?.cancel();
    return true;
  }

  #ask(): void {
    const { clock, ask } = this.#options;
    this.#timer = clock.schedule(this.#retryMs, () => this.#ask());
    this.#retryAt = clock.now() + this.#retryMs;
    this.#retryMs = Math.min(2 * this.#retryMs, JOIN_RETRY_MAX_MS);
    ask(this.#seeds);
  }
}
