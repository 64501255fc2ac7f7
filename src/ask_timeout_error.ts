/**
 * The error of an ask that took too long.
 * @module
 */

import { MessageError, type MessageErrorOptions } from "./message_errors.ts";

/** What {@linkcode AskTimeoutError} knows: the message, and what the actor was doing. */
export interface AskTimeoutErrorOptions extends MessageErrorOptions {
  /** The time-out in ms. */
  readonly timeoutMs: number;
  /** Whether the handler had started; `undefined` where that cannot be known. */
  readonly started: boolean | undefined;
  /** How many messages were queued for the actor; `undefined` where that cannot be known. */
  readonly queued: number | undefined;
  /** How long in ms the actor's current handler has been running; `undefined` when none runs. */
  readonly busyMs: number | undefined;
  /**
   * What became of the message.
   *
   * @default {"not-delivered"} when `started` is `false`, otherwise `"unknown"`
   */
  readonly outcome?: "not-delivered" | "unknown";
}

/**
 * The reply did not come in time. When `started` is false, the message will not be handled any more; when it is true,
 * the handler goes on and its reply is dropped. `busyMs` and `queued` tell a hung handler from a long queue.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, AskTimeoutError, type Message } from "@cinema/cinema";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Shy extends Actor<Greet> {
 *   greet(): Promise<string> {
 *     return new Promise(() => {}); // never answers
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const shy = system.spawn(() => new Shy(), { stopTimeout: 0 });
 * const error = await assertRejects(() => shy.send({ type: "greet" }, { timeout: 10 }), AskTimeoutError);
 * assertEquals([error.started, error.queued, error.timeoutMs], [true, 0, 10]);
 * ```
 */
export class AskTimeoutError extends MessageError {
  /** The name of the class. */
  override name = "AskTimeoutError";
  /** What became of the message: `"unknown"` when its handler had started or may have. */
  readonly outcome: "not-delivered" | "unknown";
  /** The time-out in ms. */
  readonly timeoutMs: number;
  /** Whether the handler had started; `undefined` where the actor is in another process. */
  readonly started: boolean | undefined;
  /**
   * How many messages were queued in the actor's mailbox; for an actor of another process, how many wait here to be
   * sent to it, and `undefined` where the time-out was found out over there.
   */
  readonly queued: number | undefined;
  /** How long in ms the actor's current handler has been running; `undefined` when none runs. */
  readonly busyMs: number | undefined;

  /** Creates the error; the runtime does. */
  constructor(options: AskTimeoutErrorOptions) {
    const { target, messageType, timeoutMs, started, queued, busyMs } = options;
    const { outcome = started === false ? "not-delivered" : "unknown" } = options;
    const idle = started ? "its LateReply is still open" : "no handler is running"; // it waits for no other reason
    const busy = busyMs === undefined ? idle : `a handler has run for ${Math.round(busyMs)} ms`;
    const here = `it was ${started ? "" : "not "}started, ${counted(queued ?? 0, "is", "are")} queued, ${busy}`;
    const waiting = queued === undefined
      ? "and took too long over there"
      : `${counted(queued, "waits", "wait")} to be sent`;
    const elsewhere = `it was ${outcome === "unknown" ? "" : "not "}sent, ${waiting}`;
    super(
      `Cannot get a reply to "${messageType}" from ${target} within ${timeoutMs} ms: ` +
        (started === undefined ? elsewhere : here),
      options,
    );
    this.outcome = outcome;
    this.timeoutMs = timeoutMs;
    this.started = started;
    this.queued = queued;
    this.busyMs = busyMs;
  }
}

function counted(messages: number, one: string, many: string): string {
  return messages === 1 ? `1 message ${one}` : `${messages} messages ${many}`;
}
