/**
 * Actors that do what a check wants to see.
 * @module
 */

import { Actor, type Addr, type Context, type Message, SupervisorStrategy } from "@cinema/cinema";

/** What they understand. */
export type Order = Count | Fail | Block | Unblock;
/** Something to be counted. */
export interface Count extends Message<number> {
  readonly type: "count";
}
/** Makes it fail. */
export interface Fail extends Message {
  readonly type: "fail";
  readonly text: string;
}
/** Makes it busy until it is unblocked. */
export interface Block extends Message {
  readonly type: "block";
  readonly until: Promise<void>;
}
/** Nothing: it takes room. */
export interface Unblock extends Message {
  readonly type: "unblock";
}

/** An actor that does what it is told. */
export class Worker extends Actor<Order> {
  #count = 0;

  /** Counts. */
  count(): number {
    return ++this.#count;
  }

  /** Fails. */
  fail({ text }: Fail): void {
    throw new Error(text);
  }

  /** Waits. */
  async block({ until }: Block): Promise<void> {
    await until;
  }

  /** Does nothing. */
  unblock(): void {}
}

/** Asks for the children. */
export interface GetTeam extends Message<readonly Addr<Order>[]> {
  readonly type: "getTeam";
}

/** An actor with children. */
export class Team extends Actor<GetTeam> {
  readonly #names: readonly string[];
  #team: readonly Addr<Order>[] = [];

  /** Of these names. */
  constructor(names: readonly string[]) {
    super();
    this.#names = names;
  }

  /** Starts them. */
  override started(ctx: Context<GetTeam>): void {
    const strategy = SupervisorStrategy.restart(100, 60_000);
    this.#team = this.#names.map((name) =>
      ctx.spawnChild(() => new Worker(), { name, strategy, capacity: 8, stopTimeout: 0 })
    );
  }

  /** The children. */
  getTeam(): readonly Addr<Order>[] {
    return this.#team;
  }
}
