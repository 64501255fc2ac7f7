/**
 * The ways into a mailbox: try, tell and ask.
 * @module
 */

import type { SendOptions, SendResult, TrySendResult } from "../addr.ts";
import { MailboxFullError, MessageRefusedError } from "../message_errors.ts";
import { BLOCKED_AFTER_MS } from "../limits.ts";
import type { Mailbox } from "../mailbox.ts";
import type { AnyMessage } from "../message.ts";
import { Ask } from "./ask.ts";
import type { Cell } from "./cell.ts";
import { Deadline } from "./deadlines.ts";
import { Envelope, ticketIn, TracedEnvelope, typeOf } from "./envelope.ts";
import { ownerOf } from "./incarnation.ts";
import { type AskTicket, probeOf, type Ticket } from "./instrument.ts";
import { closedError, deadLetter, runningCell } from "./turn.ts";
import { Waiter } from "./waiter.ts";

type UnsentResult = Exclude<SendResult, "sent">;

// Shared, because an awaited tell is the hottest path of all.
const SENT: Promise<SendResult> = Promise.resolve("sent");

/** Sends now or not at all. */
export function trySend(cell: Cell, message: AnyMessage): TrySendResult {
  if (!cell.isAlive) return "closed";
  const { mailbox } = cell;
  const size = sizeOf(cell, mailbox, message);
  if (typeof size !== "number") return "refused";
  if (!mailbox.hasRoom) return "full";
  accept(cell, mailbox, message, size);
  return "sent";
}

/** Sends, and waits for room first where there is none. */
export function doSend(cell: Cell, message: AnyMessage, options?: SendOptions): Promise<SendResult> {
  if (options !== undefined) checkTimeout(options.timeout);
  if (!cell.isAlive) return unsent(cell, message, "closed");
  if (options?.signal?.aborted) return unsent(cell, message, "aborted", options.signal.reason);
  const { mailbox } = cell;
  const size = sizeOf(cell, mailbox, message);
  if (typeof size !== "number") return unsent(cell, message, "refused", size);
  if (!mailbox.hasRoom) return waitForRoom(cell, packed(cell, message, size), options ?? {});
  accept(cell, mailbox, message, size);
  return SENT;
}

/**
 * Sends for a sender that is elsewhere: waits for room as `doSend` does, but makes no dead letter, because that is the
 * sender's; and tells the result by a call, at once where it can.
 */
export function offer(cell: Cell, message: AnyMessage, settled: (result: SendResult) => void): void {
  if (!cell.isAlive) return settled("closed");
  const { mailbox } = cell;
  const size = sizeOf(cell, mailbox, message);
  if (typeof size !== "number") return settled("refused");
  if (mailbox.hasRoom) {
    accept(cell, mailbox, message, size);
    return settled("sent");
  }
  const waiter = new Waiter(packed(cell, message, size));
  if (!line(cell, waiter, undefined)) return settled("full");
  waiter.onLeave = ticketIn(waiter.envelope) === undefined ? settled : admitting(waiter.envelope, settled);
}

/** What tells the ticket, too, how a wait for room has ended: apart, or `offer` would pay for the closure each time. */
function admitting(envelope: Envelope, settled: (result: SendResult) => void): (result: SendResult) => void {
  return (result) => {
    if (result === "sent") ticketIn(envelope)?.admitted();
    settled(result);
  };
}

/** Sends and promises the reply. */
export function ask(cell: Cell, message: AnyMessage, options: SendOptions = {}): Promise<unknown> {
  const { timeout = cell.runtime.askTimeoutMs, signal } = options;
  try {
    checkTimeout(timeout);
    signal?.throwIfAborted();
  } catch (error) {
    return Promise.reject(error);
  }
  const asked = new Ask(cell, message, timeout);
  const ticket = probeOf(cell)?.asked(typeOf(message));
  const promise = ticket === undefined ? asked.promise() : tracedPromise(asked, ticket);
  submit(cell, message, asked, { signal, ticket });
  // Not only where it is undefined: in a `RequestInit` it may be null, and by now the message is on its way.
  if (signal && !asked.isDone) asked.cancelOn(signal);
  return promise;
}

/** The reply, of which its ticket is told. */
function tracedPromise(asked: Ask, ticket: AskTicket): Promise<unknown> {
  return new Promise((resolve, reject) => {
    asked.answerTo((value) => {
      ticket.replied();
      resolve(value);
    }, (error) => {
      ticket.failed(error);
      reject(error);
    });
  });
}

/** Puts an ask into the mailbox or in line for it, or fails it; `admitted` is called when the mailbox has taken it. */
export function submit(
  cell: Cell,
  message: AnyMessage,
  asked: Ask,
  { signal, admitted, ticket }: {
    signal?: AbortSignal | undefined;
    admitted?: () => void;
    ticket?: Ticket | undefined;
  } = {},
): void {
  if (!cell.isAlive) return void asked.fail(closedError(cell.id, typeOf(message)));
  const { mailbox } = cell;
  const size = sizeOf(cell, mailbox, message);
  if (typeof size !== "number") return void asked.fail(size);
  const envelope = ticket === undefined
    ? new Envelope(message, size, asked, undefined)
    : new TracedEnvelope(message, size, asked, ticket);
  if (mailbox.hasRoom) {
    mailbox.accept(envelope);
    ticket?.admitted();
    cell.arrived();
    admitted?.();
  } else {
    const waiter = new Waiter(envelope);
    if (!line(cell, waiter, signal)) return void asked.fail(fullError(cell, message));
    asked.place = waiter;
    waiter.onLeave = (result) => {
      if (result === "sent") {
        ticketIn(waiter.envelope)?.admitted();
        admitted?.();
      } else if (result === "closed") asked.fail(closedError(cell.id, typeOf(message)));
    };
  }
  if (asked.timeoutMs !== Infinity) cell.runtime.deadlines.add(asked);
}

/** A stream into the mailbox. */
export function writable(cell: Cell): WritableStream<AnyMessage> {
  // A cell may outlive thousands of streams, so each that is over must be forgotten.
  let forget: () => void;
  return new WritableStream<AnyMessage>({
    start: (controller) => {
      forget = cell.onClosed(() => controller.error(closedError(cell.id, "(stream)")));
    },
    write: async (message, { signal }) => {
      const result = await doSend(cell, message, { signal });
      if (result !== "sent") forget();
      if (result === "closed") throw closedError(cell.id, typeOf(message));
      if (result === "full") throw fullError(cell, message);
      if (result === "refused") throw refusedError(cell, message);
    },
    close: () => forget(),
    abort: () => forget(),
  });
}

/** Puts a tell into a mailbox that has room. */
function accept(cell: Cell, mailbox: Mailbox, message: AnyMessage, size: number): void {
  if (size === 1 && cell.runtime.instrument === undefined) mailbox.accept(message);
  else {
    const envelope = packed(cell, message, size);
    mailbox.accept(envelope);
    ticketIn(envelope)?.admitted();
  }
  cell.arrived();
}

/** A tell in an envelope, with its ticket where somebody hears of it. */
function packed(cell: Cell, message: AnyMessage, size: number): Envelope {
  const ticket = probeOf(cell)?.posted();
  return ticket === undefined
    ? new Envelope(message, size, undefined, undefined)
    : new TracedEnvelope(message, size, undefined, ticket);
}

function waitForRoom(cell: Cell, envelope: Envelope, { timeout = Infinity, signal }: SendOptions): Promise<SendResult> {
  const message = envelope.message!;
  const waiter = new Waiter(envelope, timeout);
  if (!line(cell, waiter, signal)) return unsent(cell, message, "full");
  if (timeout !== Infinity) cell.runtime.deadlines.add(waiter);
  return new Promise((resolve) => {
    const abort = () => waiter.leave("aborted");
    signal?.addEventListener("abort", abort, { once: true });
    waiter.onLeave = (result) => {
      signal?.removeEventListener("abort", abort);
      if (result === "sent") ticketIn(envelope)?.admitted();
      else deadLetter(cell, message, result, signal?.reason);
      resolve(result);
    };
  });
}

/** Puts a sender in line and sees to it that a wait that takes too long is told; false when the line is full. */
function line(cell: Cell, waiter: Waiter, signal: AbortSignal | undefined): boolean {
  if (!cell.mailbox.wait(waiter)) return false;
  const alarm = new BlockedAlarm(cell, runningCell() ?? ownerOf(signal));
  waiter.alarm = alarm;
  cell.runtime.deadlines.add(alarm);
  return true;
}

/** Raises `blocked` when a sender waits too long: where mailboxes wait for each other in a circle, this shows it. */
class BlockedAlarm extends Deadline {
  override isDone = false;
  readonly #to: Cell;
  readonly #from: Cell | undefined;

  constructor(to: Cell, from: Cell | undefined) {
    super(BLOCKED_AFTER_MS);
    this.#to = to;
    this.#from = from;
  }

  silence(): void {
    this.isDone = true;
    this.freshIn?.remove(this);
  }

  override expire(): void {
    const { events } = this.#to.runtime;
    if (!events.isTroubleHeard) return;
    events.emitTrouble({ kind: "blocked", from: this.#from?.addr, to: this.#to.addr, waitedMs: this.timeoutMs });
  }
}

function unsent(cell: Cell, message: AnyMessage, result: UnsentResult, error?: unknown): Promise<SendResult> {
  deadLetter(cell, message, result, error);
  return Promise.resolve(result);
}

/** Throws unless a time-out is one. */
export function checkTimeout(timeout: number | undefined): void {
  if (timeout === undefined || (typeof timeout === "number" && timeout >= 0)) return;
  throw new RangeError(`Cannot wait ${timeout} ms: a time-out must be >= 0`);
}

/** The size of a message, or why it is refused. */
function sizeOf(cell: Cell, mailbox: Mailbox, message: AnyMessage): number | MessageRefusedError {
  try {
    if (typeof message === "object" && message !== null && typeof message.type === "string") {
      return mailbox.measure(message);
    }
    throw new TypeError("Cannot send what is no message: it must be an object with a string `type`");
  } catch (cause) {
    return refusedError(cell, message, cause);
  }
}

function refusedError({ id }: Cell, message: unknown, cause?: unknown): MessageRefusedError {
  const messageType = typeOf(message);
  return new MessageRefusedError(`Cannot take "${messageType}": ${id} refused it`, { target: id, messageType, cause });
}

function fullError({ id }: Cell, message: AnyMessage): MailboxFullError {
  const messageType = typeOf(message);
  return new MailboxFullError(`Cannot wait for room to send "${messageType}": too many wait at ${id} already`, {
    target: id,
    messageType,
  });
}
