/**
 * Whom to gossip with, and when.
 * @module
 */

import type { Random } from "../../src/spi.ts";
import {
  CANDIDATE_MS,
  CANDIDATES_MAX,
  DOUBTFUL_EXCHANGES_MAX,
  FORGET_MS,
  RETRY_MAX_MS,
  STEADY_EXCHANGES_MAX,
} from "./limits.ts";

/** How contacts are kept. */
export interface ContactsOptions {
  /** Ms between two exchanges with one peer. */
  readonly intervalMs: number;
  /** Spreads them. */
  readonly random: Random;
  /** Addresses that are only reported. */
  readonly candidatesMax?: number;
}

interface Contact {
  readonly addr: string;
  /** Given by whoever runs this node: it is never given up. */
  isSeed: boolean;
  /**
   * The address of a peer that is not Down: once it has answered it is asked at every interval, whatever becomes of it.
   */
  isPinned: boolean;
  /** Whether it has answered once. */
  isProven: boolean;
  isBusy: boolean;
  failures: number;
  startedAt: number;
  dueAt: number;
  namedAt: number;
}

/**
 * The addresses to gossip with. Two lanes bound what is under way: one for those that answered the last time, one for
 * all others. So addresses that hang, however many, delay only each other.
 */
export class Contacts {
  readonly #options: ContactsOptions;
  readonly #contacts: Map<string, Contact> = new Map();
  #candidates = 0;

  /** Creates a table without contacts. */
  constructor(options: ContactsOptions) {
    this.#options = options;
  }

  /** How many addresses there are. */
  get size(): number {
    return this.#contacts.size;
  }

  /** Whether an address was given by whoever runs this node. */
  isSeed(addr: string): boolean {
    return this.#contacts.get(addr)?.isSeed === true;
  }

  /** Whoever runs this node wants it to be asked. */
  seed(addr: string, now: number): void {
    this.#change(addr, now, (contact) => contact.isSeed = true);
  }

  /** A peer that is not Down listens there. */
  pin(addr: string, now: number): void {
    this.#change(addr, now, (contact) => contact.isPinned = true);
  }

  /** The peer there is Down, or has moved. */
  unpin(addr: string, now: number): void {
    if (!this.#contacts.has(addr)) return;
    this.#change(addr, now, (contact) => {
      contact.isPinned = false;
      // It begins anew to be asked less and less often.
      contact.failures = Math.min(contact.failures, 1);
    });
  }

  /** Somebody says that a node listens there; false where there is no room for it. */
  report(addr: string, now: number): boolean {
    const { candidatesMax = CANDIDATES_MAX } = this.#options;
    if (!this.#contacts.has(addr) && this.#candidates >= candidatesMax) return false;
    this.#change(addr, now, () => {});
    return true;
  }

  /** Nobody who may be asked listens there. */
  drop(addr: string): void {
    const contact = this.#contacts.get(addr);
    if (contact === undefined) return;
    if (isCandidate(contact)) this.#candidates--;
    this.#contacts.delete(addr);
  }

  /** The addresses whose turn it is, the one that waits longest first. Each counts as asked until it is settled. */
  due(now: number): string[] {
    const waiting: Contact[] = [];
    const room = { steady: STEADY_EXCHANGES_MAX, doubtful: DOUBTFUL_EXCHANGES_MAX };
    for (const contact of this.#contacts.values()) {
      if (contact.isBusy) room[laneOf(contact)]--;
      else if (contact.dueAt <= now) waiting.push(contact);
    }
    waiting.sort((a, b) => a.dueAt - b.dueAt);
    const due = waiting.filter((contact) => room[laneOf(contact)]-- > 0);
    for (const contact of due) {
      contact.isBusy = true;
      contact.startedAt = now;
    }
    return due.map(({ addr }) => addr);
  }

  /** It has answered. */
  answered(addr: string, now: number): void {
    const contact = this.#contacts.get(addr);
    if (contact === undefined) return;
    contact.isBusy = false;
    contact.isProven = true;
    contact.failures = 0;
    contact.namedAt = now;
    this.#plan(contact, this.#options.intervalMs);
  }

  /** It has not. */
  failed(addr: string): void {
    const contact = this.#contacts.get(addr);
    if (contact === undefined) return;
    contact.isBusy = false;
    contact.failures++;
    const { intervalMs } = this.#options;
    const backoffMs = Math.min(intervalMs * 2 ** contact.failures, Math.max(intervalMs, RETRY_MAX_MS));
    this.#plan(contact, contact.isPinned && contact.isProven ? intervalMs : backoffMs);
  }

  /** Forgets addresses that nobody names any more. */
  expire(now: number): void {
    for (const [addr, { isSeed, isPinned, isProven, namedAt }] of this.#contacts) {
      const keepMs = isProven ? FORGET_MS : CANDIDATE_MS;
      if (!isSeed && !isPinned && now - namedAt >= keepMs) this.drop(addr);
    }
  }

  /** The next turn, counted from the last one. All nodes that start together would else ask at the same moments. */
  #plan(contact: Contact, delayMs: number): void {
    contact.dueAt = contact.startedAt + delayMs * (0.9 + 0.2 * this.#options.random.next());
  }

  #change(addr: string, now: number, change: (contact: Contact) => void): void {
    let contact = this.#contacts.get(addr);
    if (contact === undefined) {
      contact = newContact(addr, now);
      this.#contacts.set(addr, contact);
    } else if (isCandidate(contact)) this.#candidates--;
    contact.namedAt = now;
    change(contact);
    if (isCandidate(contact)) this.#candidates++;
  }
}

function newContact(addr: string, now: number): Contact {
  const flags = { isSeed: false, isPinned: false, isProven: false, isBusy: false };
  return { addr, ...flags, failures: 0, startedAt: now, dueAt: now, namedAt: now };
}

function isCandidate({ isSeed, isPinned }: Contact): boolean {
  return !isSeed && !isPinned;
}

function laneOf({ isProven, failures }: Contact): "steady" | "doubtful" {
  return isProven && failures === 0 ? "steady" : "doubtful";
}
