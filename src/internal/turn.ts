/**
 * One turn of an actor: a handler is called, and whoever is concerned hears of the outcome.
 * @module
 */

import { isRejection } from "../errors.ts";
import { ActorFailedError, HandlerAbandonedError, MailboxClosedError } from "../message_errors.ts";
import type { DeadLetterReason } from "../events.ts";
import { isLateReply, type LateReply, promiseReply } from "../late_reply.ts";
import type { AnyMessage } from "../message.ts";
import type { Cell } from "./cell.ts";
import { Envelope, enveloped, isEnvelope, type Queued, ticketIn, typeOf } from "./envelope.ts";
import { type Incarnation, unhandled } from "./incarnation.ts";
import { type Handling, probeOf } from "./instrument.ts";
import { gaveUpError } from "./open_asks.ts";
import { ABANDONED } from "./patience.ts";
import { isThenable } from "./thenable.ts";

/** The hook `started`, which is a turn like any other. */
export const STARTED: Envelope = new Envelope(undefined, 0, undefined, {
  run: ({ actor, context }) => actor.started?.(context),
});

/** The hook `stopped`. */
export const STOPPED: Envelope = new Envelope(undefined, 0, undefined, {
  run: ({ actor, context }) => actor.stopped?.(context),
});

let running: Cell | undefined;

/** The cell whose handler is on the stack; undefined after the handler's first `await`. */
export function runningCell(): Cell | undefined {
  return running;
}

/** Handles what was queued; returns a promise when the handler did. Never throws and never rejects. */
export function runTurn(cell: Cell, incarnation: Incarnation, queued: Queued): Promise<void> | undefined {
  const isPlain = !isEnvelope(queued);
  const ask = isPlain ? undefined : queued.ask;
  if (ask !== undefined && !ask.begin()) return undefined;
  let result: unknown;
  let isPending = false;
  running = cell;
  try {
    if (!isPlain && queued.turn !== undefined) {
      result = queued.turn.run(incarnation);
    } else {
      const message = isPlain ? queued : queued.message!;
      const handler = incarnation.handlerOf(message);
      if (handler === undefined) return failUnhandled(cell, enveloped(queued));
      result = handler.call(incarnation.actor, message, incarnation.context);
    }
    // In here, because a `then` that is a getter may throw.
    isPending = isThenable(result);
  } catch (error) {
    return fail(cell, incarnation, enveloped(queued), error);
  } finally {
    running = undefined;
  }
  if (isPending) return settle(cell, incarnation, enveloped(queued), result as PromiseLike<unknown>);
  // A tell returns nothing, and is spared even the call.
  if (result !== undefined && isLateReply(result)) return answerLater(cell, incarnation, enveloped(queued), result);
  if (ask !== undefined) ask.succeed(result);
  return undefined;
}

/**
 * The same for an actor that somebody hears of: a message is handled as a part of the trace that it was sent in. What
 * the runtime does itself is a part of none; but the tick of a timer, which is a message, begins one.
 */
export function runTracedTurn(cell: Cell, incarnation: Incarnation, queued: Queued): Promise<void> | undefined {
  const envelope = enveloped(queued);
  const { ask, message, turn } = envelope;
  const ticket = ticketIn(envelope);
  ticket?.taken();
  const probe = probeOf(cell);
  if (probe === undefined || message === undefined || turn?.isVoid) return runTurn(cell, incarnation, envelope);
  const isWanted = ask === undefined || ask.begin();
  if (!isWanted) return undefined;
  const handling = probe.handle(typeOf(message), ticket, ask !== undefined);
  let result: unknown;
  let isPending = false;
  running = cell;
  try {
    const handler = turn === undefined ? incarnation.handlerOf(message) : undefined;
    if (turn !== undefined) result = handling.run(() => turn.run(incarnation));
    else if (handler !== undefined) {
      result = handling.run(() => handler.call(incarnation.actor, message, incarnation.context));
    } else return failUnhandled(cell, envelope, handling);
    isPending = isThenable(result);
  } catch (error) {
    return fail(cell, incarnation, envelope, error, handling);
  } finally {
    running = undefined;
  }
  if (isPending) return settle(cell, incarnation, envelope, result as PromiseLike<unknown>, handling);
  if (isLateReply(result)) return answerLater(cell, incarnation, envelope, result, handling);
  handling.succeeded();
  ask?.succeed(result);
  return undefined;
}

/** A message that will never be handled: its asker hears why, and a tell becomes a dead letter. */
export function discard(cell: Cell, envelope: Envelope): void {
  const { message, ask, turn } = envelope;
  ticketIn(envelope)?.taken();
  if (turn !== undefined || message === undefined) return turn?.discarded?.();
  if (ask === undefined) return deadLetter(cell, message, "stopped");
  ask.fail(closedError(cell.id, typeOf(message)));
}

/** Tells the event stream of a message that nobody handles. */
export function deadLetter(cell: Cell, message: AnyMessage, reason: DeadLetterReason, error?: unknown): void {
  const { events } = cell.runtime;
  probeOf(cell)?.deadLetter(reason);
  if (events.isTroubleHeard) events.emitTrouble({ kind: "dead-letter", addr: cell.addr, message, reason, error });
}

/** The error of a message to an actor that takes none any more. */
export function closedError(target: string, messageType: string): MailboxClosedError {
  return new MailboxClosedError(`Cannot deliver "${messageType}": ${target} has ended or is stopping`, {
    target,
    messageType,
  });
}

async function settle(
  cell: Cell,
  incarnation: Incarnation,
  envelope: Envelope,
  result: PromiseLike<unknown>,
  handling?: Handling,
): Promise<void> {
  try {
    const value = await cell.patience.settle(result);
    if (isLateReply(value)) return answerLater(cell, incarnation, envelope, value, handling);
    handling?.succeeded();
    envelope.ask?.succeed(value);
  } catch (error) {
    fail(cell, incarnation, envelope, error, handling);
  }
}

/** The handler is done, and its answer comes later. */
function answerLater(
  cell: Cell,
  incarnation: Incarnation,
  envelope: Envelope,
  reply: LateReply<unknown>,
  handling?: Handling,
): undefined {
  try {
    promiseReply(reply, cell, envelope.ask);
  } catch (error) {
    return fail(cell, incarnation, envelope, error, handling);
  }
  handling?.succeeded();
  return undefined;
}

function fail(
  cell: Cell,
  incarnation: Incarnation,
  { ask, message, turn }: Envelope,
  error: unknown,
  handling?: Handling,
): undefined {
  const target = cell.id;
  const messageType = message === undefined ? "(hook or stream)" : typeOf(message);
  if (error === ABANDONED) {
    const abandoned = abandonedError(target, messageType);
    handling?.failed(abandoned);
    ask?.fail(abandoned);
    if (message === undefined) cell.report(abandoned);
    else deadLetter(cell, message, "abandoned", abandoned);
    cell.abandon();
  } else if (turn !== STOPPED.turn && incarnation.isAbortReason(error)) {
    // Not a failure: the handler was told to stop and did. A `started` that gives up has not started, though.
    const gaveUp = gaveUpError(target, messageType);
    handling?.failed(gaveUp);
    ask?.fail(gaveUp);
    if (message !== undefined) deadLetter(cell, message, "abandoned", gaveUp);
    if (!incarnation.hasStarted) incarnation.hasFailed = true;
  } else if (isRejection(error) && message !== undefined) {
    handling?.failed(error);
    if (ask === undefined) deadLetter(cell, message, "rejected", error);
    else ask.fail(error);
  } else {
    handling?.failed(error);
    const failed = `Cannot answer "${messageType}": ${target} failed while it handled it`;
    const isKnown = ask?.fail(new ActorFailedError(failed, { target, messageType, cause: error })) ?? false;
    if (message !== undefined) deadLetter(cell, message, "failed", error);
    cell.fail(error, isKnown);
  }
  return undefined;
}

function failUnhandled(cell: Cell, { ask, message }: Envelope, handling?: Handling): undefined {
  const error = unhandled(cell.id, message!);
  handling?.failed(error);
  ask?.fail(error);
  deadLetter(cell, message!, "unhandled", error);
  return undefined;
}

/** The error of a handler or hook that did not settle in time. */
function abandonedError(target: string, messageType: string): HandlerAbandonedError {
  return new HandlerAbandonedError(
    `Cannot wait for "${messageType}" any longer: ${target} was to end and it did not settle within the stop time-out`,
    { target, messageType },
  );
}
