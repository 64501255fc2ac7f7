/**
 * The sessions of one node: each with a timer that ends it, and only so many of them.
 * @module
 */

import { Actor, type Context, type Message, type TimerHandle } from "@cinema/cinema";
import type { Adopt, Delete, Get, MovingSession, Put, Session, SessionMessage, Touch } from "./messages.ts";

/** The time of a session is over. It has no codec, so that it can come from this process only, as the next one. */
interface Expire extends Message {
  type: "expire";
  key: string;
}
/** Gives away the sessions that `leaves` picks. */
interface Release extends Message<MovingSession[]> {
  type: "release";
  leaves: (key: string) => boolean;
}
export type ShardMessage = SessionMessage | Expire | Release;

interface Entry {
  readonly session: Session;
  readonly expiresAt: number;
  readonly timer: TimerHandle;
}

export class Shard extends Actor<ShardMessage> {
  readonly #sessionsMax: number;
  /** By key; the one that was used last comes last. */
  readonly #entries = new Map<string, Entry>();

  constructor(sessionsMax: number) {
    super();
    this.#sessionsMax = sessionsMax;
  }

  put({ key, session, ttlMs }: Put, ctx: Context<ShardMessage>): string | null {
    this.#keep({ key, session, ttlMs }, ctx);
    return this.#makeRoom();
  }

  get({ key }: Get): Session | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key); // and in again, as the last one
    this.#entries.set(key, entry);
    return entry.session;
  }

  touch({ key, ttlMs }: Touch, ctx: Context<ShardMessage>): boolean {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#keep({ key, session: entry.session, ttlMs }, ctx);
    return entry !== undefined;
  }

  delete({ key }: Delete): boolean {
    return this.#drop(key);
  }

  adopt({ key, session, ttlMs }: Adopt, ctx: Context<ShardMessage>): boolean {
    if (this.#entries.has(key)) return false; // the user has come back here before the old session did
    this.#keep({ key, session, ttlMs }, ctx);
    this.#makeRoom();
    return true;
  }

  expire({ key }: Expire): void {
    this.#drop(key);
  }

  release({ leaves }: Release, ctx: Context<ShardMessage>): MovingSession[] {
    const moving = Array.from(this.#entries).filter(([key]) => leaves(key));
    for (const [key] of moving) this.#drop(key);
    const now = ctx.system.clock.now();
    return moving.map(([key, { session, expiresAt }]) => ({ key, session, ttlMs: Math.max(0, expiresAt - now) }));
  }

  #keep({ key, session, ttlMs }: MovingSession, ctx: Context<ShardMessage>): void {
    this.#drop(key);
    const timer = ctx.runLater(ttlMs, { type: "expire", key });
    this.#entries.set(key, { session, expiresAt: ctx.system.clock.now() + ttlMs, timer });
  }

  #drop(key: string): boolean {
    this.#entries.get(key)?.timer.cancel(); // takes back an `expire` that waits in the mailbox, too
    return this.#entries.delete(key);
  }

  /** Where there is one too many, the one that was used longest ago goes. */
  #makeRoom(): string | null {
    if (this.#entries.size <= this.#sessionsMax) return null;
    const [oldest = null] = this.#entries.keys();
    if (oldest !== null) this.#drop(oldest);
    return oldest;
  }
}
