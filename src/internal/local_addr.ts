/**
 * The address of a local actor: what users may see of its cell, and nothing that could break it.
 * @module
 */

import type { Addr, SendOptions, SendResult, TrySendResult } from "../addr.ts";
import type { AnyMessage } from "../message.ts";
import type { Terminated } from "../watch.ts";
import type { Cell } from "./cell.ts";
import { ask, doSend, trySend, writable } from "./sending.ts";
import { showAs } from "./shown.ts";

/** See {@linkcode Addr}. */
export class LocalAddr {
  readonly #cell: Cell;

  private constructor(cell: Cell) {
    this.#cell = cell;
  }

  /** The address of a cell; which messages it takes is the compiler's concern. */
  static of(cell: Cell): Addr<AnyMessage> {
    return new LocalAddr(cell) as unknown as Addr<AnyMessage>;
  }

  /** The cell behind a local address; undefined for anything else. */
  static cellOf(addr: object): Cell | undefined {
    return typeof addr === "object" && addr !== null && #cell in addr ? addr.#cell : undefined;
  }

  get id(): string {
    return this.#cell.id;
  }

  get desiredSize(): number | null {
    return this.#cell.isAlive ? this.#cell.mailbox.desiredSize : null;
  }

  get ready(): Promise<void> {
    return this.#cell.isAlive ? this.#cell.mailbox.ready : Promise.resolve();
  }

  get isAlive(): boolean {
    return this.#cell.isAlive;
  }

  get closed(): Promise<Terminated> {
    this.#cell.isObserved = true;
    return this.#cell.closed;
  }

  send(msg: AnyMessage, options?: SendOptions): Promise<unknown> {
    return ask(this.#cell, msg, options);
  }

  doSend(msg: AnyMessage, options?: SendOptions): Promise<SendResult> {
    return doSend(this.#cell, msg, options);
  }

  trySend(msg: AnyMessage): TrySendResult {
    return trySend(this.#cell, msg);
  }

  writable(): WritableStream<AnyMessage> {
    return writable(this.#cell);
  }

  toString(): string {
    return this.#cell.id;
  }
}

/** The cell behind a local address; undefined for anything else. */
export const cellOf: (addr: object) => Cell | undefined = LocalAddr.cellOf;

showAs("Addr", LocalAddr.prototype);
