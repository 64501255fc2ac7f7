/**
 * The way into a cluster: seeds are asked until one of them has answered.
 * @module
 */

import { HandshakeError } from "../remote/mod.ts";
import type { Clock, ClockTimer } from "../src/spi.ts";
import { JoinError, type JoinErrorCode } from "./errors.ts";
import type { ClusterEvent } from "./events.ts";
import { JOIN_RETRY_MAX_MS, JOIN_RETRY_MIN_MS } from "./limits.ts";

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
  readonly #done: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #timer: ClockTimer | undefined;
  #retryMs = JOIN_RETRY_MIN_MS;
  #isOver = false;

  /** Asks the seeds for the first time. */
  constructor(options: JoiningOptions) {
    this.#options = options;
    this.#ask();
  }

  /** Resolves when a seed has answered; rejects when this node was turned away, or the join was given up. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** A node has told all it knows. */
  synced(seed: string): void {
    if (!this.#end()) return;
    this.#options.emit({ kind: "joined", seed });
    this.#done.resolve();
  }

  /** A node does not talk to this one. */
  refused(addr: string, code: JoinErrorCode, message: string, cause?: unknown): void {
    if (!this.#options.seeds.includes(addr)) return;
    this.giveUp(new JoinError(`Cannot join by way of ${addr}: ${message}`, { code, cause }));
  }

  /** A connection could not be made. */
  failed(addr: string, error: unknown): void {
    if (this.#isOver || !this.#options.seeds.includes(addr)) return;
    const handshake = (error as { cause?: unknown } | undefined)?.cause;
    // It would be the same the next time.
    if (handshake instanceof HandshakeError && (handshake.code === "key" || handshake.code === "version")) {
      return this.refused(addr, handshake.code === "key" ? "key" : "cluster", handshake.message, error);
    }
    this.#options.emit({ kind: "unreachable", addr, error, retryInMs: this.#retryMs });
  }

  /** Ends the join: it rejects with `reason`. */
  giveUp(reason: unknown): void {
    if (!this.#end()) return;
    this.#options.ask([]);
    this.#done.reject(reason);
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#timer?.cancel();
    return true;
  }

  #ask(): void {
    this.#timer = this.#options.clock.schedule(this.#retryMs, () => this.#ask());
    this.#retryMs = Math.min(2 * this.#retryMs, JOIN_RETRY_MAX_MS);
    this.#options.ask(this.#options.seeds);
  }
}
