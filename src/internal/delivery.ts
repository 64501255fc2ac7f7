/**
 * How a message that comes from elsewhere gets to its actor.
 * @module
 */

import type { ActorRef, SendResult } from "../addr.ts";
import type { AnyMessage } from "../message.ts";
import type { Terminated } from "../watch.ts";
import { Ask } from "./ask.ts";
import { probeOf } from "./instrument.ts";
import { cellOf } from "./local_addr.ts";
import { offer, submit } from "./sending.ts";

/** Resolves when a local actor has ended, without counting as somebody who observes it; undefined for others. */
export function endOf(ref: ActorRef<never>): Promise<Terminated> | undefined {
  return cellOf(ref)?.closed;
}

/** Who waits for the answer to an ask, as functions: an ask from elsewhere needs no promise here. */
export interface Asker {
  /** Called when the mailbox has taken the message; never, when it did not. */
  readonly admitted: () => void;
  /** Called with the reply. */
  readonly replied: (value: unknown) => void;
  /** Called with what `send` would reject with. */
  readonly failed: (error: unknown) => void;
}

/** An ask that may be taken back. */
export interface OpenAsk {
  /** Takes it back: a handler that has not started never will. The asker is told `reason` as the error. */
  cancel(reason: unknown): void;
}

/**
 * Tells. `settled` is called once: when the mailbox has taken the message, at once where it has room, or when it never
 * will. The message is no dead letter here: whoever sent it is told.
 */
export function offerTo(ref: ActorRef<AnyMessage>, message: AnyMessage, settled: (result: SendResult) => void): void {
  const cell = cellOf(ref);
  if (cell !== undefined) offer(cell, message, settled);
  // An actor of another process: its address never rejects.
  else ref.doSend(message).then(settled);
}

/** Asks, within `timeoutMs`. */
export function askActor(ref: ActorRef<AnyMessage>, message: AnyMessage, timeoutMs: number, asker: Asker): OpenAsk {
  const cell = cellOf(ref);
  if (cell !== undefined) {
    const asked = new Ask(cell, message, timeoutMs);
    asked.answerTo(asker.replied, asker.failed);
    submit(cell, message, asked, { admitted: asker.admitted, ticket: probeOf(cell)?.posted() });
    return { cancel: (reason) => void asked.fail(reason) };
  }
  const stop = new AbortController();
  const { signal } = stop;
  ref.send(message, { timeout: timeoutMs, signal }).then(asker.replied, asker.failed);
  return { cancel: (reason) => stop.abort(reason) };
}
